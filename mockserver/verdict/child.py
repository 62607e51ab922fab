"""The command as a child of ours: its signals, its terminal, and the end of all that it started."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from subprocess import Popen
from threading import Event, Thread
from types import FrameType

from mockserver.clock import real_now

GRACE = 5.0
"""Seconds that a command has to end once it is told to."""
LEFTOVERS = 1.0
"""Seconds that the rest of its process group has once the command itself has ended."""
TICK = 0.02
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP")
TIMED_OUT = 124
"""Exit status of a command that took too long, as `timeout` has it."""
SIGNALLED = 128
"""Added to the number of a signal that ended a command, as shells do."""
STDIN = 0


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator["Child"]:
    """Run a command until the block ends, whatever ends it; `OSError` where it cannot be started.

    Signals that would end us are passed on to it instead, from before it is there.
    """
    child, early, goes_on = None, list[int](), Event()

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child:
            child.tell(number)
        else:
            early.append(number)

    def go_on(_number: int, _frame: FrameType | None) -> None:
        goes_on.set()

    with heeding(pass_on, PASSED_ON), heeding(go_on, ("SIGCONT",)):
        child = Child(command, environment, goes_on)
        for number in early:
            child.tell(number)
        try:
            yield child
        finally:
            child.end()


@contextmanager
def heeding(
    handler: Callable[[int, FrameType | None], None], names: Iterable[str]
) -> Iterator[None]:
    """Have signals handled until the block ends, except those that are ignored: `nohup` does so."""
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [one for one in numbers if signal.getsignal(one) != signal.SIG_IGN]
    before = {one: signal.signal(one, handler) for one in heeded}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


class Child:
    """A command in a process group of its own, which has the terminal while it runs.

    Its standard streams are ours.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], goes_on: Event
    ) -> None:
        self._terminal = foreground() == os.getpgrp()
        self._process = Popen(command, env=environment, process_group=0)  # noqa: S603 - is the point
        self._is_over = Event()
        self._goes_on = goes_on
        """Set when we were stopped, and may go on."""
        self._deadline: float | None = None
        """When it is killed, as it was told to end."""
        if self._terminal:
            give_terminal(self.pid)
        Thread(target=self._watch, name="screentest-child", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""
        return self._process.pid

    def wait(self, seconds: float | None) -> bool:
        """Wait for its end, so long at most; tell whether it has come."""
        return self._is_over.wait(seconds)

    def tell(self, number: int) -> None:
        """Send a signal after which it is to end."""
        self._deadline = self._deadline or real_now() + GRACE
        self._send(number)

    @property
    def is_overdue(self) -> bool:
        """Tell whether it was told to end, and has not in time."""
        return self._deadline is not None and real_now() > self._deadline

    def end(self) -> int:
        """End it, and all that it left behind; gives its exit status, as a shell would."""
        if self._process.returncode is None:
            self._end()
        status = self._process.returncode
        return status if status >= 0 else SIGNALLED - status

    def _end(self) -> None:
        if not self._is_over.is_set():
            self._send(signal.SIGKILL)
            self._is_over.wait()
        self._send(signal.SIGTERM)  # it is not reaped yet, so this is still its group
        self._process.wait()
        until = real_now() + LEFTOVERS
        while self._send(0) and real_now() < until:
            Event().wait(TICK)
        self._send(signal.SIGKILL)
        self._take_terminal()

    def _send(self, number: int) -> bool:
        """Send a signal to all of it; tell whether there is any of it."""
        try:
            os.killpg(self._process.pid, number)
        except OSError:
            return False
        return True

    # The terminal

    def _watch(self) -> None:
        """See when it ends, and stop with it when it is stopped."""
        while True:
            seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
            if seen is None or seen.si_code != os.CLD_STOPPED:
                break
            os.waitid(os.P_PID, self.pid, os.WSTOPPED)
            if self._terminal:
                self._be_stopped(seen.si_status)
        self._is_over.set()

    def _be_stopped(self, number: int) -> None:
        """Stop as the command did, so that the shell has the terminal; go on when it says so.

        If the command has only wanted the terminal before it was lent to it, it goes on at once.
        """
        wanted = number in {signal.SIGTTIN, signal.SIGTTOU}
        if not wanted or foreground() not in {os.getpgrp(), self.pid}:
            self._take_terminal()
            self._goes_on.clear()
            os.killpg(os.getpgrp(), signal.SIGSTOP)
            self._goes_on.wait()  # this thread may run on for a moment
        if foreground() == os.getpgrp():
            give_terminal(self.pid)
        self._send(signal.SIGCONT)

    def _take_terminal(self) -> None:
        """Take the terminal back, unless a shell has put us into the background."""
        if self._terminal and foreground() == self._process.pid:
            give_terminal(os.getpgrp())


def foreground() -> int:
    """Give the process group that the terminal we read from belongs to; 0 where there is none."""
    try:
        return os.tcgetpgrp(STDIN)
    except OSError:
        return 0


def give_terminal(group: int) -> None:
    """Put a process group into the foreground, from wherever we are."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        with suppress(OSError):  # it may be gone already, or the terminal
            os.tcsetpgrp(STDIN, group)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
