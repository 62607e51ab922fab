"""Who travels in time, and how far ahead of real time each thread of this process is.

Threads that were there when a journey began stay in real time: those of test runners, of servers,
and the background loop of the mock. All others travel: the one that enters, and those it starts.

What was travelled on the clocks that never go back stays travelled when the journey is over. Else a
client that keeps a moment of the journey, as rate limiters do, would wait for minutes to reach it
again, and an event loop would be late with every timer.
"""

import os
import sys
from collections.abc import Mapping
from functools import cache
from threading import Lock, Thread, current_thread, get_ident
from threading import enumerate as all_threads
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ReferenceType, ref

if TYPE_CHECKING:  # which asks here who travels
    from mockserver.testing.travel.journey import Journey

OURS = {"mockserver", "contracts"}
RUNNERS = {
    *("pytest", "_pytest", "pluggy", "xdist", "execnet", "coverage", "hypothesis", "unittest"),
    *("pytest_asyncio", "pytest_benchmark", "pytest_timeout", "timeit", "cProfile", "profile"),
}
SERVERS = {"uvicorn", "hypercorn", "gunicorn", "granian", "werkzeug", "starlette"}
WAITING = {
    *("threading", "queue", "concurrent", "multiprocessing", "selectors", "subprocess", "sched"),
    *("socket", "ssl", "logging"),
}
"""Parts of Python that measure how long they really wait."""
CLIENTS = {
    *("httpx", "httpx2", "httpcore", "httpcore2", "respx", "aiohttp", "requests", "urllib3"),
    *("websockets", "grpc"),
}
"""Libraries that wait for a network, which takes real time."""
SLEEP_AS_EVER = frozenset(OURS | RUNNERS | SERVERS)
MEASURE_AS_EVER = SLEEP_AS_EVER | WAITING | CLIENTS


@cache
def root(module: str) -> str:
    """Give the package that a module belongs to."""
    return module.partition(".")[0]


def package_of(names: Mapping[str, Any]) -> str:
    """Give the package of a module by its names; a namesake of one of Python's own has none."""
    package = root(names.get("__name__") or "")
    file = names.get("__file__") or ""
    return "" if package in sys.stdlib_module_names and not is_of_python(file) else package


def home_of(frame: FrameType) -> str:
    """Give the package that code belongs to."""
    return package_of(frame.f_globals)


@cache
def is_of_python(file: str) -> bool:
    """Tell whether a file is part of Python itself; what is built in has none."""
    return not file or (file.startswith(PYTHON) and "site-packages" not in file)


PYTHON = os.__file__.removesuffix("os.py")


class Pin(NamedTuple):
    """A thread that stays where it is in time."""

    thread: ReferenceType[Thread] | None
    """Unknown where something else than Python started it."""
    ahead: float

    def is_of(self, thread: Thread | None) -> bool:
        """Tell whether it is this thread, and no earlier one with its number."""
        if self.thread is None or thread is None:
            return self.thread is None and thread is None
        return self.thread() is thread


class Lead:
    """How far ahead of real time the threads are, in seconds."""

    def __init__(self) -> None:
        self._claim = Lock()
        self._now: tuple[float, Journey | None] = 0.0, None
        """What journeys that are over came to, and the one under way: both change at once."""
        self._pins: dict[int, Pin] = {}

    def begin(self, journey: "Journey") -> bool:
        """Set out, in this thread; false if someone else is on the way."""
        if not self._claim.acquire(blocking=False):
            return False
        past, _ = self._now
        known = {one.ident: one for one in all_threads()}
        pins = {}
        for ident in sys._current_frames():  # noqa: SLF001 - `threading` does not know all of them
            pin, thread = self._pins.get(ident), known.get(ident)
            if pin is None or not pin.is_of(thread):
                pin = Pin(ref(thread) if thread else None, past)
            pins[ident] = pin
        del pins[get_ident()]
        self._pins, self._now = pins, (past, journey)
        return True

    def end(self) -> None:
        """Arrive."""
        past, journey = self._now
        assert journey  # noqa: S101 - begun here
        try:
            self._now = past + journey.end(), None
        finally:
            self._claim.release()

    @property
    def past(self) -> float:
        """How far ahead those are who travelled, by journeys that are over."""
        return self._now[0]

    def here(self) -> float:
        """Give how far ahead this thread is, all in all."""
        pin = self._pin()
        if pin:
            return pin.ahead
        past, journey = self._now
        return past + journey.ahead() if journey else past

    def journey(self) -> "Journey | None":
        """Give the journey under way, if this thread takes part in it."""
        journey = self._now[1]
        return journey if journey and not self._pin() else None

    def has_company(self) -> bool:
        """Tell whether another thread takes part."""
        return any(one.ident not in self._pins for one in all_threads() if one.ident != get_ident())

    def _pin(self) -> Pin | None:
        ident = get_ident()
        pin = self._pins.get(ident)
        if pin and pin.thread and not pin.is_of(current_thread()):
            self._pins.pop(ident, None)  # its thread has ended, and a new one got its number
            return None
        return pin


LEAD = Lead()
"""The functions that are replaced belong to the whole process, and so does this."""
