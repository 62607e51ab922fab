"""Has programs sleep shorter than they ask for, and see their clocks as if they had slept it all.

`screentest audition` sets `SCREENTEST_HASTE` to what every sleep is divided by. What changes: the
sleeps of `time` and `asyncio`, and the clocks `time` and `monotonic`, also in nanoseconds, which
are ahead by what was not slept. So a program that gives up after ten minutes does so after ten
minutes of sleeps.

What does not change: whatever waits for something, as locks, events, queues, processes, sockets and
the event loops do. Their time-outs are in real time, so none comes early. `datetime` tells real
time. Sleepers side by side sleep through the same time, not one after another.
"""
# ruff: noqa: INP001 - Python finds it in a folder of the path, not in a package

from __future__ import annotations

import asyncio
import asyncio.tasks
import sys
import time
from functools import wraps
from threading import Lock
from time import monotonic as really_now
from time import sleep as really_sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

VARIABLE = "SCREENTEST_HASTE"
SHORT = 0.02
"""Sleeps are not made shorter than this, in seconds."""
NANO = 1_000_000_000
WAITING = {
    *("threading", "queue", "concurrent", "multiprocessing", "selectors", "subprocess", "sched"),
    *("socket", "ssl", "asyncio"),
}
"""Parts of Python that measure how long they really wait."""
RUNNERS = {"pytest", "_pytest", "pluggy", "xdist", "execnet", "coverage", "hypothesis", "timeit"}
CLIENTS = {
    *("httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "requests", "urllib3", "http"),
    *("websockets", "grpc", "anyio", "trio", "uvloop"),
}
"""Libraries that wait for a network, which takes real time."""
SLEEP_AS_EVER = WAITING | RUNNERS
MEASURE_AS_EVER = SLEEP_AS_EVER | CLIENTS

really_sleep_async = asyncio.tasks.sleep


class Lead:
    """How far the clocks of the program are ahead of real time."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.seconds = 0.0
        self._lock = Lock()

    def moment(self) -> float:
        """Give the time as the program sees it."""
        return really_now() + self.seconds

    def share(self, seconds: float) -> float:
        """Give how long is really slept."""
        return max(SHORT, seconds / self.factor)

    def reach(self, moment: float) -> None:
        """Let it be that moment for the program, unless it is later already."""
        with self._lock:
            self.seconds = max(self.seconds, moment - really_now())


def home_of_caller() -> str:
    """Give the package of the code that called what called this."""
    return (sys._getframe(2).f_globals.get("__name__") or "").partition(".")[0]  # noqa: SLF001


def hasty_sleep(lead: Lead) -> Callable[[float], None]:
    """Make a `sleep` of `time`."""

    @wraps(really_sleep)
    def sleep(seconds: float) -> None:
        if home_of_caller() in SLEEP_AS_EVER or not seconds > SHORT:
            really_sleep(seconds)
            return
        until = lead.moment() + seconds
        really_sleep(lead.share(seconds))
        lead.reach(until)

    return sleep


def hasty_sleep_async(lead: Lead) -> Callable[..., Any]:
    """Make a `sleep` of `asyncio`."""
    really: Callable[..., Any] = really_sleep_async

    @wraps(really_sleep_async)
    async def sleep(delay: float, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as it takes
        if not delay > SHORT:
            return await really(delay, *given, **named)
        until = lead.moment() + delay
        result = await really(lead.share(delay), *given, **named)
        lead.reach(until)
        return result

    return sleep


def ahead(real: Callable[[], Any], lead: Lead, unit: int = 1) -> Callable[[], Any]:
    """Make a clock that is ahead."""

    @wraps(real)
    def tell() -> Any:  # noqa: ANN401 - float or int, as the real one
        now = real()
        if home_of_caller() in MEASURE_AS_EVER:
            return now
        return now + type(now)(lead.seconds * unit)

    return tell


def begin(factor: float) -> None:
    """Change this process, for good."""
    lead = Lead(factor)
    setattr(time, "sleep", hasty_sleep(lead))  # noqa: B010 - its type says more than we take
    asyncio.sleep = asyncio.tasks.sleep = hasty_sleep_async(lead)
    for name in ("time", "monotonic"):
        setattr(time, name, ahead(getattr(time, name), lead))
        setattr(time, f"{name}_ns", ahead(getattr(time, f"{name}_ns"), lead, NANO))
