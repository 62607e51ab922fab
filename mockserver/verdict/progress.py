"""How far a run is, on a terminal: in its title where the command writes there, else in a line.

What a command prints must stay as it is. A line that is rewritten in place would be torn apart by
it, so there is one only where its standard output goes elsewhere.
"""

from collections.abc import Callable
from typing import NamedTuple, TextIO

from mockserver.clock import real_now
from mockserver.commands.options import counted

PAUSE = 1.0
"""Seconds between two looks."""
SHARE = 20
"""A look that takes long is followed by a pause of so many times that."""
LINE, ERASED = "\r\x1b[2K{}", "\r\x1b[2K"
TITLE = "\x1b]2;{}\x07"
KEPT, RESTORED = "\x1b[22;2t", "\x1b[23;2t"
"""The terminal puts its title aside, and takes it back."""


class Counts(NamedTuple):
    """What there was so far."""

    requests: int
    tasks: int
    findings: int

    def __str__(self) -> str:
        counts = zip(self, ("request", "task", "finding"), strict=True)
        told = ", ".join(counted(count, noun) for count, noun in counts)
        return f"screentest: {told} so far"


class Progress:
    """Shows counts that change; close it before anything else is written."""

    def __init__(
        self, stream: TextIO, look: Callable[[], Counts | None], *, in_title: bool
    ) -> None:
        self._stream = stream
        self._look = look
        self._form = TITLE if in_title else LINE
        self._farewell = RESTORED if in_title else ERASED
        self._shown: Counts | None = None
        self._next = 0.0
        if in_title:
            self._write(KEPT)

    def show(self) -> None:
        """Look, if it is time, and show what has changed."""
        began = real_now()
        if began < self._next:
            return
        counts = self._look()
        if counts and counts != self._shown:
            self._write(self._form.format(counts))
            self._shown = counts
        self._next = real_now() + max(PAUSE, SHARE * (real_now() - began))

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._write(self._farewell)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
