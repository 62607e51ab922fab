"""What sleeps in the place of `sleep`, of `time` and of the event loops, while a journey goes on.

Each is as the real one to code that takes no part, to times that no one can travel (0 and less, or
without end), and when the journey is over: whoever imported it meanwhile may keep it.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial, wraps
from math import inf
from threading import Event, current_thread
from time import sleep as really_sleep
from types import FrameType
from typing import Any

from mockserver.loops import nudge
from mockserver.testing.travel.journey import Journey
from mockserver.testing.travel.lead import LEAD, SLEEP_AS_EVER, home_of
from mockserver.testing.travel.timers import TURNS, settle

NAP = 0.001
"""Seconds of real time that a thread gives others to lie down, too."""
THROUGH = {"anyio", "contextlib"}

sleep_in_asyncio: Callable[..., Any] = asyncio.sleep


def journey_of(frame: FrameType | None, seconds: float) -> Journey | None:
    """Give the journey that a sleep is part of, if the code that asks for it takes part."""
    journey = LEAD.journey()
    if journey is None or not 0 < seconds < inf:
        return None
    while frame and home_of(frame) in THROUGH:
        frame = frame.f_back
    return None if frame and home_of(frame) in SLEEP_AS_EVER else journey


@wraps(really_sleep)
def sleep(seconds: float, /) -> None:
    """Sleep in a thread, whether an event loop runs in it or not."""
    is_number = isinstance(seconds, int | float)
    journey = journey_of(sys._getframe(1), seconds) if is_number else None  # noqa: SLF001
    if journey is None:
        return really_sleep(seconds)
    woken = Event()
    with journey.sleeper(seconds, current_thread(), woken.set) as sleeper:
        if LEAD.has_company():
            really_sleep(NAP)
        journey.lie_down(sleeper)
        woken.wait()
    return really_sleep(sleeper.rest())


@wraps(asyncio.sleep)
async def asyncio_sleep(delay: float, result: object = None) -> object:
    """Sleep in a loop of asyncio."""
    journey = journey_of(sys._getframe(1), delay)  # noqa: SLF001
    if journey is None:
        return await sleep_in_asyncio(delay, result)
    loop = asyncio.get_running_loop()
    woken = loop.create_future()
    wake = partial(nudge, loop, partial(settle, woken))
    with journey.sleeper(delay, asyncio.current_task() or current_thread(), wake) as sleeper:
        for _ in range(TURNS):
            await sleep_in_asyncio(0)
        journey.lie_down(sleeper)
        await woken
    await sleep_in_asyncio(sleeper.rest())
    return result


@cache
def in_trio() -> dict[Callable[..., Any], Callable[..., Any]]:
    """Give what sleeps in the place of `sleep` of trio, which is loaded."""
    import trio  # noqa: PLC0415 - few use it, and we do not depend on it

    sleep_in_trio = trio.sleep

    @wraps(sleep_in_trio)
    async def trio_sleep(seconds: float) -> None:
        journey = journey_of(sys._getframe(1), seconds)  # noqa: SLF001
        if journey is None:
            return await sleep_in_trio(seconds)
        woken, token = trio.Event(), trio.lowlevel.current_trio_token()
        wake = partial(_tell, token, woken.set)
        with journey.sleeper(seconds, trio.lowlevel.current_task(), wake) as sleeper:
            for _ in range(TURNS):
                await trio.lowlevel.checkpoint()
            journey.lie_down(sleeper)
            await woken.wait()
        return await sleep_in_trio(sleeper.rest())

    def _tell(token: trio.lowlevel.TrioToken, run: Callable[[], object]) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(run)

    return {sleep_in_trio: trio_sleep}


def stand_ins() -> dict[Callable[..., Any], Callable[..., Any]]:
    """Give what sleeps in the place of what."""
    found: dict[Callable[..., Any], Callable[..., Any]] = {
        really_sleep: sleep,
        sleep_in_asyncio: asyncio_sleep,
    }
    return found | in_trio() if "trio" in sys.modules else found
