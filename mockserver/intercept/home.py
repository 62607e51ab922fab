"""An event loop in a thread of its own, for whoever has none, or must not wait in theirs."""

import asyncio
import os
from collections.abc import Coroutine
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakSet

from mockserver.loops import finish

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
NAME = "screentest"
"""The name of the thread."""


class Forked(Protocol):
    """What has to begin anew in a forked child, as its threads stayed with the parent."""

    def begin_anew(self) -> None:
        """Let go of what the parent began."""
        ...


forked = WeakSet[Forked]()
"""All there is of that."""
inherited: list[asyncio.AbstractEventLoop] = []
"""Loops of a parent. To close one in a child would deafen it in the parent, too."""


def inherit(loop: asyncio.AbstractEventLoop | None) -> None:
    """Keep the loop of a parent, if there is one."""
    if loop:
        inherited.append(loop)


def begin_anew() -> None:
    """Let go of what the parent began; no thread of it is here, nor will any lock be released."""
    for one in tuple(forked):
        one.begin_anew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - nothing is forked where it is missing
    os.register_at_fork(after_in_child=begin_anew)


class Home:
    """One background loop, started when it is first needed; safe to use from every thread.

    A forked child has one of its own, and a copy of the world: nothing that it does is seen in the
    parent, and what was under way when it was forked is lost to it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        forked.add(self)

    def begin_anew(self) -> None:
        """Let go of the loop of another process, and of a lock that someone there may hold."""
        inherit(self._loop)
        self._lock, self._loop, self._thread = Lock(), None, None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, which runs until it is closed."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=live, args=(self._loop,), name=NAME, daemon=True)
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
        if loop and thread:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


def live(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped, and end what goes on in it."""
    loop.run_forever()
    finish(loop)
