"""The README, word for word: its first successes are run as they stand."""

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import av
import pytest
from acedatacloud import AceDataCloud, ValidationError

from contracts.kernel.registry import every_revision, providers
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.world import World

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
FIRST = README.partition("## First success")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"\*\*([\w ]+)\*\*.*?```sh\n(.*?)```", FIRST, re.DOTALL)
ENVIRONMENT = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


@pytest.fixture
def origin(serve):
    return serve(create_app(Settings(seed=1)))


@pytest.mark.parametrize(("_title", "script"), BLOCKS, ids=[title for title, _ in BLOCKS])
def test_a_first_success_is_a_film(_title, script, origin, tmp_path):
    script = script.replace("http://127.0.0.1:8600", origin)
    subprocess.run(["/bin/sh", "-ec", script], cwd=tmp_path, check=True, env=ENVIRONMENT)
    (file,) = tmp_path.iterdir()
    with av.open(BytesIO(file.read_bytes())) as film:
        assert sum(1 for _ in film.decode(video=0)) == 5 * 24


def test_what_the_readme_does_without_a_server_works(tmp_path):
    scripts = [*re.findall(r"```sh\n(.*?)```", section("Without a server"), re.DOTALL)]
    scripts += re.findall(r"```sh\n(.*?)```", section("Newer rules, other readings"), re.DOTALL)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["/bin/sh", "-ec", "\n".join(scripts)]
    environment = {**ENVIRONMENT, "PATH": path}
    done = subprocess.run(
        command, cwd=tmp_path, check=True, env=environment, capture_output=True, text=True
    )
    (shown,) = re.findall(r"```text\n(.*?)```", section("Without a server"), re.DOTALL)
    assert shown in done.stdout
    assert "exit status 1" in done.stdout


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bad days, on demand", '"status":"failed"'),
        ("Time, money, limits", '"state":"succeeded"'),
    ],
)
def test_what_the_readme_does_to_a_running_mock_works(title, expected, origin, tmp_path):
    (script,) = re.findall(r"```sh\n(.*?)```", section(title), re.DOTALL)
    script = script.replace("http://127.0.0.1:8600", origin)
    done = subprocess.run(
        ["/bin/sh", "-ec", script],
        cwd=tmp_path,
        check=True,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert expected in done.stdout


def test_the_scenarios_of_the_readme_can_be_loaded(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "bad-day.toml"
    file.write_text(text)
    app = create_app(Settings(scenarios=(str(file),)))
    assert len(app.state.world.scenarios.list()) == 2


def test_the_property_tests_of_the_readme_pass(tmp_path):
    own = section("Property-test your own client")
    (code,) = re.findall(r"```python\n(.*?)```", own, re.DOTALL)
    (tmp_path / "test_mine.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "test_mine.py"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "3 passed" in done.stdout, done.stdout


def test_every_contract_is_in_the_readme():
    listed = re.findall(r"^\| `(\w+@[\w-]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(one.name for one in every_revision())


def section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_provider_has_a_first_success_and_a_base_url():
    assert {title for title, _ in BLOCKS} == {one.title for one in providers().values()}
    for one in providers().values():
        assert f"| {one.title} | `http://127.0.0.1:8600{one.base_path}` |" in README


def test_what_the_readme_says_of_memory_is_so():
    settings = Settings()
    assert f"the {settings.tasks_kept:,} latest finished tasks" in README
    assert f"{settings.bytes_kept // 1024**2} MB of requests" in README
    assert f"the {settings.journal_size:,} latest journal entries" in README
    assert World(settings).journal.maxlen == settings.journal_size


def test_every_target_of_the_readme_is_one_of_the_makefile():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", README, re.MULTILINE)) <= targets
    assert {
        "help",
        "setup",
        "serve",
        "test",
        "check",
        "fix",
        "thorough",
        "docs",
        "bench",
        "clean",
    } <= targets


@pytest.mark.screentest(contract="acedata@2026-10")
def test_an_sdk_sends_what_most_models_do_not_take_as_the_readme_says(screentest):
    assert "`acedatacloud` sends `priority: 0`" in section("Unchanged clients")
    model, text = "doubao-seedance-2-0-260128", {"type": "text", "text": "a cat"}
    with AceDataCloud("k") as client:
        with pytest.raises(ValidationError, match="priority"):
            client.seedance.generate(model=model, content=[text])
        client.seedance.generate(model="doubao-seedance-2-5-260628", content=[text])
    assert screentest.requests().first.json["priority"] == 0


def test_every_file_the_readme_links_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
