"""An event loop in a thread of its own, for whoever has none, or must not wait in theirs."""

import asyncio
from collections.abc import Awaitable, Coroutine
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
NAME = "screentest"
"""The name of the thread."""


class Home:
    """One background loop, started when it is first needed; safe to use from every thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, which runs until it is closed."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name=NAME, daemon=True)
                self._thread.start()
            return self._loop

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run something there without waiting for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run something there, and wait for what it gives; not from the loop itself."""
        return self.start(work).result(timeout)

    def close(self) -> None:
        """Stop the loop, and all that runs in it; it starts anew if it is needed again."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_others(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_others() -> None:
    """End every task but this one, and wait until they have."""
    others: list[Awaitable[Any]] = []
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        others.append(task)
    await asyncio.gather(*others, return_exceptions=True)
