"""Event loops for clients that wait without one, and what drives them."""

import asyncio
import atexit
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Protocol, TypeVar

from mockserver.intercept.bridge_call import Call
from mockserver.intercept.home import Home

T = TypeVar("T")


class Driver(Protocol):
    """Runs the calls of a client that waits for them in a thread."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the call happens, and wait for what it gives."""
        ...

    def leave(self, call: Call) -> None:
        """Hang up."""
        ...


class Afar:
    """Calls that happen in the background loop, for clients whose thread has other things to do."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the call happens, and wait for what it gives."""
        return self._home.run(work)

    def leave(self, call: Call) -> None:
        """Hang up."""
        self._home.loop.call_soon_threadsafe(call.leave)


class Spare:
    """One loop for a whole process that runs only while a client waits for it, in its thread.

    It answers in half of the time that the way to another thread and back would take.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, which is closed at the end of the process."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            atexit.register(self.close)
        return self._loop

    def close(self) -> None:
        """Let end what was cancelled with the last request, and close the loop."""
        self._turn()
        self.loop.close()

    def begin(self, call: Call, seconds: float | None) -> bool:
        """Hand a request to its application, and wait for the head; false where that cannot be.

        It cannot be where another thread uses the loop, or this one runs a loop already.
        """
        if is_in_a_loop() or not self._lock.acquire(blocking=False):
            return False
        try:
            call.start(self.loop)
            self._turn()
            if not call.has_news:
                self.loop.run_until_complete(call.news(seconds))
        except BaseException:  # who interrupts a turn leaves the end of it behind
            self._turn()
            raise
        finally:
            self._lock.release()
        return True

    def _turn(self) -> None:
        """Let everything that is ready run once, which is enough for most requests."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the call happens, and wait for what it gives."""
        with self._lock:
            if not is_in_a_loop():
                return self.loop.run_until_complete(work)
            with ThreadPoolExecutor(1) as elsewhere:  # no thread can run two loops at once
                return elsewhere.submit(self.loop.run_until_complete, work).result()

    def leave(self, call: Call) -> None:
        """Hang up, and let the application end: later nothing would drive it."""
        self.run(call.end())


SPARE = Spare()


def is_in_a_loop() -> bool:
    """Tell whether an event loop of asyncio runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
