"""The benchmark works; what it measures is for people to read."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_quick_run_measures_every_path():
    command = [sys.executable, "-m", "bench", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in (
        "checking",
        "importing",
        "intercepting",
        "poll",
        "download",
        "submit",
        "refused",
        "start-up",
        "memory",
    ):
        assert f"\n{line}" in done.stdout
