"""Timers of event loops: deadlines of the code under test come nearer as time is travelled.

The time of a loop moves on with a journey, so that `asyncio.timeout` and its like end a wait that
would take too long. But whoever waits for an answer from a network, or from the mock, waits in real
time: while one task is asleep, the request of another must not run into its time limit. Timers that
such libraries arm are therefore put off by as much as was travelled since.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from contextvars import Context
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from threading import Lock
from time import monotonic
from types import FrameType

from mockserver.loops import nudge
from mockserver.testing.travel.lead import LEAD, MEASURE_AS_EVER, home_of

THROUGH = {"asyncio", "anyio", "contextlib", "async_timeout"}
"""Timers are armed by way of these; whoever is behind them wants it."""
TURNS = 10
"""How many turns of a loop it takes until all in it have seen what happened."""
OUTERMOST = "asyncio.events"
"""Where a loop runs something: what is behind it in the stack has no part in it."""

arm: Callable[..., asyncio.TimerHandle] = asyncio.BaseEventLoop.call_at


class Timers:
    """Deadlines of the code under test, in whatever loop."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count()
        self._armed: list[tuple[float, int, asyncio.AbstractEventLoop, asyncio.TimerHandle]] = []

    def add(self, loop: asyncio.AbstractEventLoop, handle: asyncio.TimerHandle) -> None:
        """Stop at a deadline, unless it is called off."""
        with self._lock:
            heappush(self._armed, (handle.when(), next(self._numbers), loop, handle))

    def soonest(self, ahead: float) -> float:
        """Give the seconds to the next deadline, for those who are so far ahead."""
        now = monotonic() + ahead
        with self._lock:
            while self._armed and (self._armed[0][0] <= now or self._armed[0][3].cancelled()):
                heappop(self._armed)
            return self._armed[0][0] - now if self._armed else inf

    def missed(self, ahead: float) -> set[asyncio.AbstractEventLoop]:
        """Give the loops that missed a deadline, as they sleep by real time."""
        now, loops = monotonic() + ahead, set()
        with self._lock:
            while self._armed and self._armed[0][0] <= now:
                _, _, loop, handle = heappop(self._armed)
                if not (handle.cancelled() or loop.is_closed()):
                    loops.add(loop)
        return loops


async def let_run(loops: Iterable[asyncio.AbstractEventLoop], seconds: float) -> None:
    """Wake loops, and give them some turns, unless that takes too long: one may be blocked."""
    here = asyncio.get_running_loop()
    waiting = []
    for loop in loops:
        done = here.create_future()
        waiting.append(done)
        nudge(loop, partial(_turn, loop, TURNS, partial(nudge, here, partial(settle, done))))
    if waiting:
        await asyncio.wait(waiting, timeout=seconds)


def _turn(loop: asyncio.AbstractEventLoop, left: int, then: Callable[[], object]) -> None:
    if left:
        loop.call_soon(_turn, loop, left - 1, then)
    else:
        then()


def settle(future: "asyncio.Future[None]") -> None:
    """Say that something has happened, if that is still waited for."""
    if not future.done():
        future.set_result(None)


class Spared:
    """What a timer does that keeps real time: it comes early, and is put off."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, when: float, run: Callable[[], object]
    ) -> None:
        self.handle: asyncio.TimerHandle
        """What can call it off; its owner knows no other."""
        self._loop = loop
        self._when = when
        self._run = run
        self._ahead = LEAD.here()

    def __call__(self) -> None:
        """Do it, if nothing was travelled since."""
        ahead = LEAD.here()
        if self.handle.cancelled():
            return
        if ahead > self._ahead:
            self._when += ahead - self._ahead
            self._ahead = ahead
            arm(self._loop, self._when, self)
        else:
            self._run()


def call_at(
    loop: asyncio.BaseEventLoop,
    when: float,
    callback: Callable[..., object],
    *args: object,
    context: Context | None = None,
) -> asyncio.TimerHandle:
    """Arm a timer in the place of `BaseEventLoop.call_at`."""
    journey = LEAD.journey()
    if journey is None:
        return arm(loop, when, callback, *args, context=context)
    if keeps_real_time(sys._getframe(1)):  # noqa: SLF001
        spared = Spared(loop, when, partial(callback, *args))
        spared.handle = arm(loop, when, spared, context=context)
        return spared.handle
    handle = arm(loop, when, callback, *args, context=context)
    journey.timers.add(loop, handle)
    return handle


def keeps_real_time(frame: FrameType | None) -> bool:
    """Tell whether a timer is wanted by a library that waits for a network, or by the mock."""
    while frame and home_of(frame) in THROUGH and frame.f_globals["__name__"] != OUTERMOST:
        frame = frame.f_back
    return frame is not None and home_of(frame) in MEASURE_AS_EVER
