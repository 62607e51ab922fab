"""The guard behind the doors: what does not come through one reaches this machine, and no other.

It hears of what `hearing` does, so other processes and libraries that connect by themselves go past
it. When no door is open, it keeps but the threads that a test left behind, and those from the
providers alone: a test that means to reach one may follow.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, current_thread
from weakref import WeakSet

from mockserver.intercept.hearing import FAST, IN_LOOPS, listen, posted, watch
from mockserver.intercept.home import NAME
from mockserver.intercept.leaks import Leak
from mockserver.intercept.patching import Patches, patching
from mockserver.intercept.target import PAST, UNKNOWN, Target


class Behind:
    """Stands behind all doors of a process; the target of the one that was opened last decides."""

    def __init__(self) -> None:
        self._targets: list[Target] = []
        """Those of the doors that are open."""
        self._hosts: set[str] = set()
        """The providers' hosts that were ever answered for."""
        self._left: WeakSet[Thread] = WeakSet()
        """Threads that began while a door was open, and outlived it."""
        self._patches = Patches()

    @property
    def _target(self) -> Target | None:
        last = self._targets[-1:]  # another thread may close the door meanwhile
        return last[0] if last else None

    def begin(self, target: Target) -> None:
        """Stand behind a door that opens."""
        listen()
        if self not in posted:
            posted.append(self)
        self._patches.undo()
        self._hosts.update(target.hosts)
        self._targets.append(target)

    def end(self, target: Target, before: set[Thread]) -> None:
        """Let go of a door that closes, and look after threads that were not there before it."""
        self._targets.remove(target)
        began = [one for one in threading.enumerate() if one not in before and one.name != NAME]
        self._left.update(began)
        if not self._targets and any(one.is_alive() for one in self._left):
            self._patches.undo()
            watch(self._patches, IN_LOOPS, self)

    def minds(self, host: str) -> bool:
        """Tell whether a host is not to be reached now, by this thread."""
        if target := self._target:
            return not target.lets_connect(host)
        return host in self._hosts and current_thread() in self._left

    def refusal(self, host: str, port: object) -> AssertionError:
        """Give the error that keeps a host from being reached."""
        if target := self._target:
            what = host if port is None else f"{host}:{port}"
            return target.refusal(host, what, PAST if target.answers(host) else UNKNOWN)
        return Leak(
            f"the thread {current_thread().name} tried to reach {host}, a real provider, after the"
            " test that it began in; it was kept from it"
        )


BEHIND = Behind()


@contextmanager
def behind(target: Target) -> Iterator[None]:
    """Refuse what goes past the doors to other machines until the block ends."""
    before = set(threading.enumerate())
    BEHIND.begin(target)
    try:
        with patching() as patches:
            watch(patches, FAST, BEHIND)
            yield
    finally:
        BEHIND.end(target, before)
