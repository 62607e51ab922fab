"""Suites of users, run as they would run them."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

QUIET = ["-p", "no:schemathesis", "-p", "no:asyncio", "-p", "no:cacheprovider"]
INI = """[pytest]
filterwarnings =
    error
    ignore:Module already imported so cannot be rewritten; _editable_impl_screentest
"""
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if "proxy" not in name.lower() and not name.startswith("PYTEST_")
}


class Run:
    """What pytest said of a suite."""

    def __init__(self, done):
        self.text = done.stdout + done.stderr
        self.status = done.returncode

    def counts(self):
        """Give how many tests passed, failed and so on, by word."""
        last = self.text.strip().splitlines()[-1]
        words = last.strip("= ").partition(" in ")[0].split(", ")
        return {word.split()[1].rstrip("s"): int(word.split()[0]) for word in words}


@pytest.fixture
def suite(tmp_path):
    """Run files of tests in a process of their own; gives what pytest said."""

    def run(*options, quiet=QUIET, ini="", **files):
        (tmp_path / "pytest.ini").write_text(f"{INI}{dedent(ini)}")
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(dedent(text))
        command = [sys.executable, "-m", "pytest", "-q", *quiet, *options]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=CLEAN,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Run(done)

    return run
