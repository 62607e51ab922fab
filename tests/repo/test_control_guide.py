"""The guide to the control plane, word for word: what it has a shell do works as it stands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from mockserver.app import create_app
from mockserver.settings import Settings

GUIDE = (Path(__file__).resolve().parents[2] / "docs/control.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
ENVIRONMENT = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
EXPECTED = ('"balance":1.5', '"reserved":{"USD":', '"complete":true')
"""What each block shows, in order."""


@pytest.mark.parametrize(("script", "expected"), [*zip(BLOCKS, EXPECTED, strict=True)])
def test_what_the_guide_does_works(script, expected, serve):
    script = script.replace("http://127.0.0.1:8600", serve(create_app(Settings(seed=1))))
    done = subprocess.run(
        ["/bin/sh", "-euc", script], check=True, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert expected in done.stdout


def test_no_block_of_the_guide_needs_a_server_at_another_place():
    assert all("http://127.0.0.1:8600" in one for one in BLOCKS)
