"""Running a command out of sight: bounded in time, in output, and in what it leaves behind."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from threading import Event, Thread
from typing import IO

from mockserver.clock import real_now

KEPT = 64 * 1024
"""Bytes of output that are kept, the last ones."""
PIECE = 16 * 1024
TICK = 0.02
GRACE = 1.0
"""Seconds that a command has to end once it is told to, and its output to come to its end."""
SIGNALLED = 128
"""Added to the number of a signal that ended a command, as shells do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a command."""

    status: int | None
    """Its exit status, as a shell would give it; None where it took too long."""
    seconds: float
    output: str
    """The end of all it wrote."""


class Stopped(Exception):  # noqa: N818 - nothing is wrong
    """Whoever runs the audition wants no more of it."""


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    timeout: float,
    stop: Event,
    meanwhile: Callable[[], None] = lambda: None,
) -> Done:
    """Run a command to its end, or to the end of its time; `ValueError` where there is none.

    It is alone in a process group, all of which ends with it, and reads nothing. `Stopped` where
    it is to stop before.
    """
    began = real_now()
    try:
        process = Popen(  # noqa: S603 - is the point
            command,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            process_group=0,
        )
    except OSError as error:
        raise ValueError(f"cannot run {command[0]}: {error.strerror}") from None
    assert process.stdout  # noqa: S101 - it is a pipe
    listener = Listener(process.stdout)
    try:
        while not (is_over := _is_over(process)) and real_now() < began + timeout:
            if stop.wait(TICK):
                raise Stopped
            meanwhile()
    finally:
        status = _end(process)
        listener.finish()
    seconds = real_now() - began
    return Done(status=status if is_over else None, seconds=seconds, output=listener.text)


def _is_over(process: Popen[bytes]) -> bool:
    """Tell whether a command has ended, without reaping it: its number is still its group's."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: Popen[bytes]) -> int:
    """End a command, and all that it left behind; gives its exit status."""
    _send(process, signal.SIGTERM)
    until = real_now() + GRACE
    while not _is_over(process) and real_now() < until:
        Event().wait(TICK)
    _send(process, signal.SIGKILL)
    status = process.wait()
    return status if status >= 0 else SIGNALLED - status


def _send(process: Popen[bytes], number: int) -> None:
    with suppress(OSError):  # nothing of it may be left
        os.killpg(process.pid, number)


class Listener:
    """Keeps the end of what comes out of a pipe."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._thread = Thread(target=self._listen, name="screentest-output", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe as pipe:
            while piece := os.read(pipe.fileno(), PIECE):
                self._kept += piece
                del self._kept[:-KEPT]

    def finish(self) -> None:
        """Wait for the end of the output, unless someone who got away holds it open."""
        self._thread.join(GRACE)

    @property
    def text(self) -> str:
        """What was kept."""
        return bytes(self._kept).decode(errors="replace")
