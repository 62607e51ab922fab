"""Recipes for CI, and our own gate: what they say is valid, and what they run works."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mockserver.cli import main

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "recipes"
KNOWN = ROOT / "tests" / "examples" / "known.json"
CLIENT = """
import json, os, sys, time
from urllib.request import Request, urlopen

API = os.environ["SCREENTEST_URL"] + "/v1/video/generations"
KEY = {"Authorization": "Bearer " + os.environ["SCREENTEST_API_KEY"]}
BODY = {"model": "doubao-seedance-2-0-480p", "prompt": "a cat", "seconds": "5"}


def call(url, body=None, headers=KEY):
    data = body and json.dumps(body).encode()
    with urlopen(Request(url, data, headers | {"Content-Type": "application/json"})) as answer:
        return answer.read()


task = json.loads(call(API, BODY))["task_id"]
while "film" in sys.argv[0]:
    if url := json.loads(call(f"{API}/{task}")).get("url"):
        call(url, headers={})
        break
    time.sleep(0.2)
"""
"""Makes a film as `film.py`, and leaves it undone as a suite: that is a warning."""

EXAMPLE = """
import json, os, sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

BODY = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}


def call(path, body):
    url = os.environ["SCREENTEST_URL"] + "/api/v1/video/" + path
    headers = {"Authorization": "Bearer k", "Content-Type": "application/json"}
    try:
        with urlopen(Request(url, json.dumps(body).encode(), headers)) as answer:
            return answer.read()
    except HTTPError as refused:
        refused.close()


if queued := call("queue", BODY | json.loads(sys.argv[1])):
    for _ in range(8):
        call("retrieve", {"model": BODY["model"], "queue_id": json.loads(queued)["queue_id"]})
"""
"""An example that would come to our gate: it breaks a rule, or looks again and again."""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small client and its suite, where the names of the recipes find them."""
    (tmp_path / "film.py").write_text(CLIENT)
    suite = tmp_path / "pytest"
    suite.write_text(f"#!{sys.executable}\n{CLIENT}")
    suite.chmod(0o755)
    here = os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", here)
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_STEP_SUMMARY", "MAKEFLAGS", "MAKELEVEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def status_of(words):
    """Run a command of ours in this process; gives its exit status."""
    assert words[0] == "screentest"
    try:
        main([*words[1:]])
    except SystemExit as ended:
        return ended.code or 0
    return 0


def made(target, makefile=RECIPES / "Makefile"):
    """Give the commands of a target."""
    command = ["make", "--no-print-directory", "-nf", makefile, target]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [shlex.split(line) for line in told.splitlines()]


def steps(name):
    """Give the scripts of a recipe, and the files that it keeps."""
    told = yaml.safe_load((RECIPES / name).read_text())
    if name.startswith("gitlab"):
        (job,) = (one for one in told.values() if "script" in one)
        kept = job["artifacts"]
        return [*job["before_script"], *job["script"]], kept["paths"] + kept["reports"]["junit"]
    (job,) = told["jobs"].values()
    assert all(("run" in one) != ("uses" in one) for one in job["steps"])
    assert told["permissions"]["security-events"] == "write"
    scripts = [line for one in job["steps"] for line in one.get("run", "").splitlines()]
    given = [one["with"] for one in job["steps"] if one.get("if")]
    return scripts, [one.get("sarif_file") or one["path"] for one in given]


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_what_a_recipe_runs_works_and_leaves_the_files_that_it_keeps(name, project):
    (project / "known.json").write_text('{"version": 1, "findings": []}')
    scripts, kept = steps(name)
    ours = [shlex.split(line) for line in scripts if line.startswith("screentest ")]
    assert [one[1] for one in ours] == ["run", "audition"]
    assert [status_of(one) for one in ours] == [0, 0]
    for pattern in kept:
        assert list(project.glob(pattern)), pattern


def test_the_makefile_takes_for_known_what_is_there_and_tells_what_is_newer(project, capfd):
    ran = [status_of(one) for name in ("baseline", "gate", "newer") for one in made(name)]
    assert ran == [0, 0, 0, 0]
    (row,) = json.loads((project / "known.json").read_text())["findings"]
    assert row["rule"] == "screentest/look-again"
    assert "2 requests replayed" in capfd.readouterr().out


def test_every_recipe_asks_for_options_that_there_are(project):  # noqa: ARG001 - finds our files
    scripts = [line for name in ("github-actions.yml", "gitlab-ci.yml") for line in steps(name)[0]]
    assert any("pip install './screentest[pytest,proxy]'" in line for line in scripts)
    (audition,) = made("audition")
    assert status_of([*audition[: audition.index("--")], "--list"]) == 0


@pytest.mark.parametrize(
    ("wish", "status", "told"),
    [
        ({"duration": "60s"}, 0, "1 finding by the baseline"),
        ({"prompt": ""}, 1, "venice/queue-prompt"),
        ({"duration": "5s"}, 1, "screentest/poll-pace"),
    ],
    ids=["as known", "a broken rule", "bad manners"],
)
def test_our_own_gate_fails_for_all_that_is_not_known(wish, status, told, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (options,) = re.findall(r"^GATE := (.*) -- ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    client = [sys.executable, "-c", EXAMPLE, json.dumps(wish)]
    assert status_of(["screentest", "run", *shlex.split(options), "--", *client]) == status
    assert told in capfd.readouterr().err


def test_what_our_own_gate_accepts_has_a_reason_that_names_an_example():
    for row in json.loads(KNOWN.read_text())["findings"]:
        named = re.findall(r"test_\w+\.py", row["reason"])
        assert named, row
        assert all((KNOWN.parent / one).exists() for one in named), row
