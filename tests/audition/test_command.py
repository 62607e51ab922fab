"""`screentest audition`, as a user runs it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from mockserver.audition.rating import BAD
from mockserver.cli import main
from mockserver.commands import audition as command

ROOT = Path(__file__).resolve().parents[2]
CLIENT = str(Path(__file__).with_name("client.py"))
OPTIONS = ("--seed", "1", "--haste", "400", "--jobs", "2", "--timeout", "20")


@pytest.fixture(autouse=True)
def _nobody_else(monkeypatch):
    for name in ("CI", "GITHUB_STEP_SUMMARY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def screentest(capsys):
    """Run the command; gives its exit status, and what it printed."""

    def run(*arguments):
        status = 0
        try:
            main(["audition", *arguments])
        except SystemExit as error:
            status = error.code
        return status, *capsys.readouterr()

    return run


def test_a_client_that_does_well_is_no_failure_and_is_reported(screentest, tmp_path):
    files = {name: tmp_path / name for name in ("json", "junit", "sarif", "markdown", "html")}
    named = [f"--{name}={file}" for name, file in files.items()]
    only = ("--only", "no-*", "--only", "failed")
    status, out, err = screentest(*OPTIONS, *only, *named, "--", sys.executable, CLIENT)
    assert (status, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()[:2]] == [
        ["✓", "no-balance"],
        ["✓", "failed"],
    ]
    assert [one["name"] for one in json.loads(files["json"].read_text())["chapters"]] == [
        "rehearsal",
        "no-balance",
        "failed",
    ]
    assert all(file.stat().st_size for file in files.values())


@pytest.mark.parametrize(("fail_on", "expected"), [("hung", 1), ("paid-twice", 0), ("never", 0)])
def test_what_is_a_failure_is_up_to_the_user(screentest, fail_on, expected):
    only = ("--only", "failed", "--fail-on", fail_on)
    status, out, _ = screentest(*OPTIONS, *only, "--", sys.executable, CLIENT, "telling")
    assert status == expected
    assert "reported success falsely" in out


def test_a_client_that_does_not_work_is_misuse_and_its_words_are_shown(screentest):
    code = "import sys; print('no key is set'); sys.exit(3)"
    status, _, err = screentest(*OPTIONS, "--", sys.executable, "-c", code)
    assert status == 2
    assert "ended with exit status 3, though nothing went wrong\n  | no key is set" in err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "what is to be auditioned? screentest audition -- COMMAND..."),
        (("--only", "bussy", "--", "true"), "did you mean busy?"),
        (("--", "there-is-none"), "cannot run there-is-none: No such file or directory"),
        (("--contract", "nobody@2026", "--", "true"), "no contract 'nobody@2026'"),
        (("--limits", "documented", "--", "true"), "--limits go by real time"),
        (("--json", "nowhere/at/all.json", "--", "true"), "nowhere/at"),
    ],
)
def test_misuse_is_one_line(screentest, arguments, problem):
    status, _, err = screentest(*arguments)
    assert status == 2
    assert problem in err


def test_a_report_that_cannot_be_written_in_the_end_is_misuse(screentest, tmp_path, monkeypatch):
    monkeypatch.setattr("mockserver.verdict.reports.check_places", lambda _: None)
    only = ("--only", "no-balance", "--json", str(tmp_path / "no" / "file"))
    status, _, err = screentest(*OPTIONS, *only, "--", sys.executable, CLIENT)
    assert status == 2
    assert str(tmp_path / "no") in err


def test_the_acts_are_listed_without_a_command(screentest):
    status, out, _ = screentest("--list", "--only", "accepted-*")
    assert status == 0
    assert out.startswith("accepted-502: A 502 for a request that was accepted\n    happens  ")


def test_on_a_terminal_each_act_is_told_as_it_ends(screentest, monkeypatch):
    for stream in (sys.stderr, sys.stdout):
        monkeypatch.setattr(type(stream), "isatty", lambda _: True, raising=False)
    only = ("--only", "no-balance", "--jobs", "1")
    _, out, err = screentest(*OPTIONS, *only, "--", sys.executable, CLIENT)
    assert err == "no-balance: failed cleanly\n"
    assert "\x1b[32m" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_it_ends_the_command_too(number, tmp_path):
    told = tmp_path / "pid"
    code = f"import os, time; open({str(told)!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(60)"
    auditioning = subprocess.Popen(
        [sys.executable, "-m", "mockserver", "audition", "--", sys.executable, "-c", code],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    while not (told.exists() and told.read_text().endswith(" ")):
        assert auditioning.poll() is None
        Event().wait(0.02)
    auditioning.send_signal(number)
    assert auditioning.wait(20) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


def test_every_bad_rating_can_be_named():
    assert sorted(command.FAIL_ON.values()) == [0, *range(1, len(BAD) + 1)]
