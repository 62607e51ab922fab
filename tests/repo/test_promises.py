"""Promises about the repository itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.kernel.registry import providers

ROOT = Path(__file__).resolve().parents[2]
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
SERVER = sorted((ROOT / "mockserver").rglob("*.py"))


@pytest.mark.parametrize("path", SERVER, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_server_names_no_provider(path: Path):
    text = path.read_text().lower()
    named = [one.id for one in providers().values() if one.id in text or one.title.lower() in text]
    assert named == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_locked_requirements_have_hashes_and_no_hosts(path: Path):
    text = path.read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") >= len(re.findall("^[a-z].*==", text, re.MULTILINE)) > 0


def test_the_server_needs_few_libraries():
    names = re.findall(
        "^([a-z0-9-]+)==", (ROOT / "requirements/server.txt").read_text(), re.MULTILINE
    )
    assert len(names) <= 16


def test_providers_do_not_import_each_other():
    for one in providers():
        for path in (ROOT / "contracts/providers" / one).glob("*.py"):
            others = re.findall(r"contracts\.providers\.(\w+)", path.read_text())
            assert set(others) <= {one}


def test_reference_pages_are_up_to_date():
    command = [sys.executable, str(ROOT / "docs/generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_time_and_randomness_have_one_home_each():
    pattern = re.compile(r"time\.sleep|datetime\.now|time\.time\b|uuid\.uuid4|random\.random\(")
    for folder in ("contracts", "mockserver"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "clock.py" and "shims" not in path.parts:  # those run elsewhere
                assert not pattern.search(path.read_text()), path
