"""A journey through time: sleepers share it, and the one to wake first says how far it goes next.

The clock of the mock is moved in its background loop, from one moment at which somebody wakes to
the next, but only while all who take part are asleep: whoever was woken is waited for until it
sleeps again. It may be busy with something else, so nobody is waited for very long.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock, Thread
from time import monotonic
from typing import NamedTuple
from weakref import WeakSet

from mockserver.clock import Clock, pause
from mockserver.intercept.home import Home
from mockserver.testing.errors import ScreentestError
from mockserver.testing.travel.timers import Timers, let_run

GLANCE = 0.0005
"""Seconds of real time between two looks at those who are awake."""
PATIENCE = 0.1
"""Seconds of real time that someone who is awake is waited for."""
LIMIT = 30.0
"""Seconds of real time that all may take which happens in one step; a callback may take ten."""
ENDURANCE = 60.0
"""Seconds of real time that a journey may take; a client may wait in vain, in many short sleeps."""


class Stranded(ScreentestError):  # noqa: N818 - its name says what is the case
    """A journey through time cannot go on."""


@dataclass(slots=True, eq=False, kw_only=True)
class Sleeper:
    """Somebody who is asleep until a moment of the journey, in seconds since it began."""

    until: float
    number: int
    who: Hashable
    """A thread, or a task in one."""
    wake: Callable[[], None]
    """May be called from any thread."""
    left: float = 0.0
    """What is to be slept in real time, as the journey ended before."""
    error: Exception | None = None

    def rest(self) -> float:
        """Give what is left to sleep; raises what stopped the journey."""
        if self.error:
            raise self.error
        return self.left


class Leg(NamedTuple):
    """A step on the way, while the clock of the mock is moved."""

    start: float
    clock: float
    """What it showed at the start."""
    end: float


class Journey:
    """The time that was travelled, and those who sleep meanwhile."""

    def __init__(self, clock: Clock, home: Home, past: float, limit: float) -> None:
        self.slept = 0.0
        """The seconds that were asked for, by everyone."""
        self.timers = Timers()
        self._clock = clock
        self._home = home
        self._past = past
        """How far ahead of real time it began."""
        self._leg = Leg(0.0, 0.0, 0.0)
        self._limit = limit
        self._end = monotonic() + ENDURANCE
        self._numbers = count()
        self._lock = Lock()
        self._asleep: dict[int, Sleeper] = {}
        self._awake = WeakSet[Hashable]()
        """Those who are waited for."""
        self._driver: asyncio.Task[None] | None = None
        self._is_driven = False
        self._is_over = False

    def ahead(self) -> float:
        """Give the seconds that were travelled, as exactly as the clock of the mock tells them."""
        start, clock, end = self._leg
        if start == end:
            return end
        return min(end, start + max(0.0, self._clock.now() - clock))

    # For those who sleep

    @contextmanager
    def sleeper(self, seconds: float, who: Hashable, wake: Callable[[], None]) -> Iterator[Sleeper]:
        """Say that somebody is about to lie down; when it goes on, or is stopped, it has risen."""
        with self._lock:
            self.slept += seconds
            self._awake.add(who)
            until = self.ahead() + seconds
            one = Sleeper(until=until, number=next(self._numbers), who=who, wake=wake)
        try:
            yield one
        finally:
            with self._lock:
                if self._asleep.pop(one.number, None):
                    self._awake.discard(who)

    def lie_down(self, one: Sleeper) -> None:
        """Let somebody sleep, and see to it that time is travelled."""
        with self._lock:
            self._awake.discard(one.who)
            if self._is_over:
                one.left = one.until - self.ahead()
                one.wake()
                return
            self._asleep[one.number] = one
            is_driven, self._is_driven = self._is_driven, True
        if not is_driven:
            self._home.start(self._drive())

    def end(self) -> float:
        """Arrive; who is still asleep sleeps on in real time. Gives how far it went."""
        with self._lock:
            self._is_over = True
            driver = self._driver if self._is_driven else None
        if driver:
            self._home.run(_stop(driver), LIMIT)
        ahead = self.ahead()
        self._leg = Leg(ahead, 0.0, ahead)
        for one in self._take_all():
            one.left = one.until - ahead
            one.wake()
        return ahead

    def _take_all(self) -> list[Sleeper]:
        with self._lock:
            taken = list(self._asleep.values())
            self._asleep.clear()
            self._is_driven = False
        return taken

    # In the background loop

    async def _drive(self) -> None:
        """Go from step to step while somebody sleeps."""
        self._driver = asyncio.current_task()
        try:
            while (until := await self._next()) is not None:
                await self._go(until)
        except asyncio.CancelledError:
            if not self._is_over:
                self._fail(Stranded("the mock was closed while the code under test was asleep"))
            raise
        except Exception as error:  # noqa: BLE001 - those who wait for it are told
            self._fail(error)

    async def _next(self) -> float | None:
        """Give when the first one wakes, once all are asleep; nothing if nobody is."""
        end = monotonic() + PATIENCE
        while True:
            with self._lock:
                if not self._asleep:
                    self._is_driven = False
                    return None
                if monotonic() >= end:
                    self._awake.clear()
                if all(has_ended(one) for one in self._awake):
                    return min(one.until for one in self._asleep.values())
            await pause(GLANCE)

    async def _go(self, until: float) -> None:
        """Take a step: to when the first one wakes, or to a deadline before that."""
        if until > self._limit or monotonic() > self._end:
            raise Stranded(
                f"the code under test slept {self.slept:,.0f} seconds, and sleeps again: does it"
                " ever give up?\n  give the client a deadline (not one by the `datetime` module,"
                " which does not travel), the task an end, or the journey a later one: limit=..."
            )
        here = self.ahead()
        until = max(here, min(until, here + self.timers.soonest(self._past + here)))
        newest = next(self._numbers)
        self._leg = Leg(here, self._clock.now(), until)
        await self._advance(until - here, newest)
        self._leg = Leg(until, 0.0, until)
        await let_run(self.timers.missed(self._past + until), PATIENCE)
        self._release(until)

    async def _advance(self, seconds: float, newest: int) -> None:
        """Move the clock of the mock. Who lies down in the course of it may be waited for there."""
        moving = asyncio.ensure_future(self._clock.advance(seconds))
        end = monotonic() + LIMIT
        try:
            while not moving.done():
                await asyncio.wait([moving], timeout=PATIENCE)
                self._release(self._leg.end, newest)
                if monotonic() > end:
                    raise Stranded(
                        f"what happens within the next {seconds:g} seconds takes longer than"
                        f" {LIMIT:g} seconds of real time\n  a receiver of callbacks may wait for"
                        " the event loop that a sleep without `await` blocks"
                    )
        finally:
            moving.cancel()
        moving.result()

    def _release(self, until: float, newest: int = -1) -> None:
        """Wake those whose moment has come, of all or of the newest ones."""
        with self._lock:
            due = [
                one for one in self._asleep.values() if one.until <= until and one.number > newest
            ]
            for one in due:
                del self._asleep[one.number]
                self._awake.add(one.who)
        for one in sorted(due, key=lambda one: (one.until, one.number)):
            one.wake()

    def _fail(self, error: Exception) -> None:
        for one in self._take_all():
            one.error = error
            one.wake()


def has_ended(who: Hashable) -> bool:
    """Tell whether a thread or a task has ended, as far as it can be told."""
    if isinstance(who, Thread):
        return not who.is_alive()
    return isinstance(who, asyncio.Task) and who.done()


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])
