"""Sleeps that last a fraction, and clocks that do not tell."""

import asyncio
import os
import subprocess
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from mockserver.proxy.environment import PYTHON

FILE = Path(PYTHON) / "screentest_haste.py"


@pytest.fixture
def haste(monkeypatch):
    """The module, which may change this process until the test ends."""
    for place, names in (
        (time, ("sleep", "time", "time_ns", "monotonic", "monotonic_ns")),
        (asyncio, ("sleep",)),
        (asyncio.tasks, ("sleep",)),
    ):
        for name in names:
            monkeypatch.setattr(place, name, getattr(place, name))
    spec = spec_from_file_location("screentest_haste", FILE)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_of(module):
    """Give a function that tells the time as code of a module does."""
    scope = {"time": time, "__name__": module}
    exec("def tell():\n    return time.monotonic()", scope)  # noqa: S102 - it is ours
    return scope["tell"]


def test_a_sleeper_sees_all_the_time_pass_that_it_asked_for(haste):
    haste.begin(100_000)
    before = time.monotonic(), time.monotonic_ns(), time.time(), time.time_ns()
    time.sleep(600)
    after = time.monotonic(), time.monotonic_ns(), time.time(), time.time_ns()
    passed = [late - early for late, early in zip(after, before, strict=True)]
    units = (1, 10**9, 1, 10**9)
    assert [each >= 600 * unit for each, unit in zip(passed, units, strict=True)] == [True] * 4
    assert [type(each) for each in passed] == [float, int, float, int]


def test_libraries_that_wait_for_a_network_see_real_time(haste):
    tell = code_of("urllib3.util.timeout")
    haste.begin(100_000)
    before = tell()
    time.sleep(600)
    assert tell() - before < 500
    assert code_of("my_client")() - before >= 600


def test_parts_of_python_that_wait_really_sleep(haste):
    scope = {"time": time, "__name__": "subprocess"}
    exec("def rest():\n    time.sleep(0.03)", scope)  # noqa: S102 - it is ours
    haste.begin(100_000)
    before = haste.really_now()
    scope["rest"]()
    assert haste.really_now() - before >= 0.03


def test_what_cannot_be_slept_is_an_error_as_ever(haste):
    haste.begin(100_000)
    with pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)


def test_sleepers_side_by_side_sleep_through_the_same_time(haste):
    async def both():
        return await asyncio.gather(asyncio.sleep(600, "a"), asyncio.sleep(600, "b"))

    haste.begin(100_000)
    before = time.monotonic()
    assert asyncio.run(both()) == ["a", "b"]
    assert 600 <= time.monotonic() - before < 1200


def test_time_outs_of_an_event_loop_are_in_real_time(haste):
    async def wait():
        async with asyncio.timeout(30):
            await asyncio.sleep(600)
            await asyncio.sleep(0)

    haste.begin(100_000)
    asyncio.run(wait())


@pytest.mark.parametrize(("said", "is_hasty"), [("50", True), ("1", False), ("soon", False)])
def test_a_program_is_hasty_where_the_variable_says_so_and_starts_in_any_case(said, is_hasty):
    done = subprocess.run(
        [sys.executable, "-c", "import time; print(hasattr(time.sleep, '__wrapped__'))"],
        env=os.environ | {"PYTHONPATH": PYTHON, "SCREENTEST_HASTE": said},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(is_hasty)
