"""Time travel: within a block, sleeps of the code under test move the mock's clock instead.

A client that polls every five seconds is done with a task of three minutes in milliseconds, and the
journal shows its real manners: 36 polls, five seconds apart.

Who travels: the thread that enters, what runs in its event loop, and threads started within the
block. Threads that were there before keep real time, and so do the mock, servers, and the runner of
the tests.

What is seen: `sleep` of `time`, `asyncio`, `anyio` and `trio`, by whatever name a module knows it,
and the clocks of `time`, so that deadlines of clients come nearer. `asyncio.timeout` and its like
follow, too, on the loops of asyncio itself; those of uvloop measure real time.

What is not seen: functions that were stored anywhere but in a module before the block was entered,
as a default argument, in a class, or in a `partial`; `datetime`; waiting for something, as in
`event.wait(5)`; and another process.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from math import inf
from typing import Any

from mockserver.clock import Clock, Policy
from mockserver.intercept.home import Home
from mockserver.testing.errors import Misused
from mockserver.testing.travel.clocks import DATES, STEADY
from mockserver.testing.travel.journey import Journey
from mockserver.testing.travel.lead import LEAD, MEASURE_AS_EVER, SLEEP_AS_EVER
from mockserver.testing.travel.names import Names, StandIn
from mockserver.testing.travel.sleeps import stand_ins
from mockserver.testing.travel.timers import arm, call_at


class Travel:
    """How long the code under test slept, and how far that went."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey

    def __repr__(self) -> str:
        return f"<Travel: slept {self.slept:g} s, travelled {self.travelled:g} s>"

    @property
    def slept(self) -> float:
        """The seconds that all sleepers asked for, added up."""
        return self._journey.slept

    @property
    def travelled(self) -> float:
        """The seconds that time moved on; sleepers side by side share them."""
        return self._journey.ahead()


@contextmanager
def time_travel(
    clock: Clock,
    home: Home,
    obey: Callable[[Policy, float], None],
    *,
    speed: float = 1.0,
    limit: float = inf,
) -> Iterator[Travel]:
    """Have every sleep of the code under test move a clock instead, until the block ends.

    The clock goes by hand meanwhile, and the work at the given speed; then both are as before. One
    journey at a time goes on in a process. Who sleeps on beyond the limit, in seconds, is
    `Stranded`.
    """
    before = clock.policy, clock.speed
    _ = home.loop  # whose thread is to stay at home
    journey = Journey(clock, home, LEAD.past, limit)
    if not LEAD.begin(journey):
        raise Misused(
            "another time travel is under way in this process: the functions that sleep belong to"
            " all of it, so there is one journey at a time"
        )
    with ExitStack() as after:
        after.callback(obey, *before)
        after.callback(LEAD.end)
        obey("manual", speed)
        after.enter_context(replacing())
        yield Travel(journey)


NAMES = Names()
LOOPS: Any = asyncio.BaseEventLoop
"""As a class whose methods are replaced."""


@contextmanager
def replacing() -> Iterator[None]:
    """Let other functions sleep, and tell the time, for a while; the steady clocks stay."""
    sleeps = [StandIn(was, now, SLEEP_AS_EVER) for was, now in stand_ins().items()]
    dates = [StandIn(was, now, MEASURE_AS_EVER) for was, now in DATES.items()]
    steady = [StandIn(was, now, MEASURE_AS_EVER) for was, now in STEADY.items()]
    places = NAMES.replace([*sleeps, *dates, *steady])
    LOOPS.call_at = call_at
    try:
        yield
    finally:
        LOOPS.call_at = arm
        for place in places:
            if place.stand_in.was not in STEADY:
                place.put_back()
