"""What falls due: callbacks, and answers to calls that block. In time order, on any clock."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Hashable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from threading import Lock
from typing import NamedTuple, Protocol

from mockserver.loops import running_loop

BRIEFLY = 1.0
"""Seconds of real time that an advance waits for what had begun before it, and may wait for it."""
SLACK = 64
"""How many entries may be out of date before it is worth the while to clear them away."""


class Time(Protocol):
    """What an agenda needs of a clock."""

    @property
    def policy(self) -> str:
        """What makes time pass."""
        ...

    def now(self) -> float:
        """Give the seconds since the epoch."""
        ...

    def move_to(self, moment: float) -> None:
        """Let it be that moment."""
        ...


class Due(NamedTuple):
    """One thing to happen."""

    moment: float
    number: int
    """Of things with the same moment, the first one added is the first to happen."""
    tenant: str
    about: Hashable
    """What it belongs to, whose moment may change."""
    loop: asyncio.AbstractEventLoop
    run: Callable[[], Awaitable[None]]


class Advance:
    """One way through the agenda; advances that begin in the course of it belong to it."""


class Agenda:
    """Things to happen at their moments. Under a clock of the wall they need no one to run them.

    It may be used from several threads, each with an event loop of its own. What falls due runs in
    the loop it was added in; if that has ended, in the loop of whoever lets it fall due.
    """

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self.advance: Advance | None = None
        """The advance that is under way."""
        self._depth = 0
        """How many advances there are in it."""
        self._epoch = 0
        """How often everything began anew."""
        self._due: dict[int, Due] = {}
        """What is to happen, by number."""
        self._about: dict[Hashable, list[Due]] = {}
        self._heap: list[Due] = []
        """In order; what was taken out meanwhile is passed over when its turn comes."""
        self._numbers = count()
        self._lock = Lock()
        self._armed: tuple[Due, asyncio.AbstractEventLoop] | None = None
        """What the timer is set for, and where; there is one for all."""
        self._running: set[asyncio.Task[None]] = set()
        self._awaited: set[asyncio.Task[None]] = set()
        """Those of them that an advance waits for already."""

    def __len__(self) -> int:
        return len(self._due)

    def add(
        self,
        moment: float,
        run: Callable[[], Awaitable[None]],
        *,
        about: Hashable = None,
        tenant: str = "",
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Have something happen, in the event loop of the caller unless another is given."""
        where = loop or asyncio.get_running_loop()
        self._put([Due(moment, next(self._numbers), tenant, about, where, run)])

    def _put(self, several: Iterable[Due]) -> None:
        now = self._clock.now()
        for due in several:
            with self._lock:
                self._insert(due)
            if due.moment <= now and (loop := _open(due.loop)):
                loop.call_soon_threadsafe(self.start)
        self._arm()

    def _insert(self, due: Due) -> None:
        self._due[due.number] = due
        heappush(self._heap, due)
        if due.about is not None:
            self._about.setdefault(due.about, []).append(due)

    def _remove(self, due: Due) -> None:
        """Forget an entry, but for its place in the order."""
        del self._due[due.number]
        if due.about is not None:
            self._about[due.about].remove(due)
            if not self._about[due.about]:
                del self._about[due.about]

    def _remove_all(self, several: Iterable[Due]) -> list[Due]:
        """Forget entries, and give them in order; clear away when half of the places are void."""
        taken = sorted(several)
        for due in taken:
            self._remove(due)
        if len(self._heap) > 2 * len(self._due) + SLACK:
            self._heap = list(self._due.values())
            heapify(self._heap)
        return taken

    def _first(self) -> Due | None:
        """Give what is to happen next."""
        while self._heap and self._due.get(self._heap[0].number) is not self._heap[0]:
            heappop(self._heap)
        return self._heap[0] if self._heap else None

    def move(self, about: Hashable, moment: float) -> None:
        """Have everything about a thing happen at another moment, unless it happened already."""
        if about in self._about:  # most things have nothing
            with self._lock:
                taken = self._remove_all(self._about.get(about, ()))
            self._put(due._replace(moment=moment) for due in taken)

    def drop(self, about: Hashable) -> None:
        """Have everything about a thing that is forgotten happen at once, to find that out."""
        self.move(about, -inf)

    def take(self, wanted: Callable[[Due], bool]) -> list[Due]:
        """Take out what is wanted, and give it, in the order in which it would have happened."""
        with self._lock:
            return self._remove_all([one for one in self._due.values() if wanted(one)])

    def hurry(self, tenant: str) -> None:
        """Have everything of a tenant happen at once, whatever the time: it is to be forgotten."""
        taken = self.take(lambda one: one.tenant == tenant)
        self._put(one._replace(moment=-inf) for one in taken)

    def clear(self) -> None:
        """Begin anew: everything happens at once, to find itself forgotten; advances end here."""
        self._epoch += 1
        self._put(one._replace(moment=-inf) for one in self.take(lambda _: True))

    def wind(self) -> None:
        """Set timers anew, as the clock goes by another policy now."""
        self._armed = None
        self._put(self.take(lambda _: True))

    def hand_over(self, tenant: str, other: "Agenda") -> None:
        """Give what belongs to a tenant to another agenda, at the same moments."""
        taken = self.take(lambda one: one.tenant == tenant)
        other._put(one._replace(number=next(other._numbers)) for one in taken)  # noqa: SLF001 - of its own kind

    # By itself, under a clock of the wall

    def _arm(self) -> None:
        """Set the timer for the first thing to happen, where time passes by itself."""
        if self._clock.policy != "wall":
            return
        with self._lock:
            first = self._first()
            if first is None or first.moment == inf:
                return
            loop = _open(first.loop)
            is_set = self._armed and self._armed[0] is first and not self._armed[1].is_closed()
            if loop is None or is_set:
                return
            armed = self._armed = first, loop
        wait = max(0.0, first.moment - self._clock.now())
        loop.call_soon_threadsafe(loop.call_later, wait, self._ring, armed)

    def _ring(self, armed: tuple[Due, asyncio.AbstractEventLoop]) -> None:
        """Start what is due, and set the timer anew: it may be early, as loops count otherwise."""
        if self._armed is armed:
            self._armed = None
        self.start()
        self._arm()

    # Letting it happen

    def start(self) -> None:
        """Start all that is due, in order, without waiting for it."""
        now = self._clock.now()
        while due := self._next(now):
            if due.loop.is_running() or running_loop():
                self._start(due)
            else:
                asyncio.run(self._run(due, awaited=False))

    def _next(self, moment: float) -> Due | None:
        """Take out the first thing, if it is due."""
        with self._lock:
            first = self._first()
            if first is None or first.moment > moment:
                return None
            heappop(self._heap)
            self._remove(first)
            return first

    def _together(self, moment: float) -> list[Due]:
        """Take out the first thing, if it is due, and all that share its moment."""
        found = []
        while due := self._next(moment):
            found.append(due)
            moment = due.moment
        return found

    async def begin(
        self, run: Callable[[], Awaitable[None]], loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        """Have something happen now, and wait for it, but briefly; then it goes on by itself."""
        where, now = loop or asyncio.get_running_loop(), self._clock.now()
        started = self._start(Due(now, next(self._numbers), "", None, where, run))
        with suppress(TimeoutError):
            async with asyncio.timeout(BRIEFLY):
                await _end_of(started)

    def _start(self, due: Due, *, awaited: bool = False) -> "asyncio.Future[None] | Future[None]":
        """Run something where it belongs, or here if that is over; give what to wait for."""
        here = running_loop()
        loop = due.loop if due.loop.is_running() else asyncio.get_running_loop()
        if loop is not here:
            return asyncio.run_coroutine_threadsafe(self._run(due, awaited=awaited), loop)
        task = loop.create_task(self._run(due, awaited=awaited))
        self._running.add(task)
        task.add_done_callback(self._running.discard)  # also where it is stopped before it runs
        return task

    async def _run(self, due: Due, *, awaited: bool) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine of the loop always runs in one
        self._running.add(task)
        if awaited:
            self._awaited.add(task)
        try:
            await due.run()
        except Exception as error:  # noqa: BLE001 - nobody may be there to hear of it
            from mockserver.logs import log  # noqa: PLC0415 - which knows the time, so an agenda

            log.error("a bug in the mock, please report it", exc_info=error)
        finally:
            self._running.discard(task)
            self._awaited.discard(task)

    async def run_until(self, moment: float) -> None:
        """Let time pass up to a moment, and each thing happen at its own; wait for all of it.

        What shares a moment starts in order, and is waited for together: it may take long.
        """
        epoch = self._epoch
        with self._under_way():
            while self._epoch == epoch and (due := self._together(moment)):
                self._clock.move_to(due[0].moment)
                for started in [self._start(one, awaited=True) for one in due]:
                    await _end_of(started)
            if self._epoch == epoch:
                self._clock.move_to(moment)
                await self.settle()
        self._armed = None
        self._arm()

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        """Say meanwhile that there is an advance."""
        with self._lock:
            self._depth += 1
            self.advance = self.advance or Advance()
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                self.advance = self.advance if self._depth else None

    async def settle(self) -> None:
        """Wait for what was started by no advance, but briefly.

        A receiver of callbacks may let time pass before it answers; both would wait for each other.
        """
        me = asyncio.current_task()
        with suppress(TimeoutError):
            async with asyncio.timeout(BRIEFLY):
                while others := [one for one in self._others(self._awaited) if one is not me]:
                    await _end_of(others[0])

    def _others(self, known: Container["asyncio.Task[None]"] = ()) -> list["asyncio.Task[None]"]:
        """Give what is running, and not in a loop that has ended."""
        return [
            one for one in tuple(self._running) if one not in known and one.get_loop().is_running()
        ]

    async def close(self) -> None:
        """Drop what has not happened yet."""
        with self._lock:
            self._due.clear()
            self._about.clear()
            self._heap.clear()
        running = self._others()
        for one in running:
            one.get_loop().call_soon_threadsafe(one.cancel)
        for one in running:
            await _end_of(one)


def _open(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop | None:
    """Give a loop unless it was closed; then that of the caller."""
    return running_loop() if loop.is_closed() else loop


async def _end_of(started: "asyncio.Future[None] | Future[None]") -> None:
    """Wait until something has ended, however it ends, and in whatever loop."""
    if isinstance(started, asyncio.Future) and started.get_loop() is not running_loop():
        started = asyncio.run_coroutine_threadsafe(_end_of(started), started.get_loop())
    if isinstance(started, Future):
        started = asyncio.wrap_future(started)
    await asyncio.wait([started])
