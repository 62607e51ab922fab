"""The log on the terminal: one line for each refusal, written with little ado."""

import asyncio
import atexit
import logging
import sys
from time import localtime, strftime


class Lines(logging.Handler):
    """Writes lines to standard error, those of one turn of the event loop together.

    A line costs a system call, which is a good part of a refusal.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._second = 0
        self._time = ""
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line; it is written at the end of this turn, or now if no loop is running."""
        if record.created >= self._second + 1:
            self._second = int(record.created)
            self._time = strftime("%H:%M:%S", localtime(self._second))
        line = f"{self._time} {record.getMessage()}\n"
        if record.exc_info:
            line += logging.Formatter().formatException(record.exc_info) + "\n"
        self._lines.append(line)
        if len(self._lines) == 1:
            self._flush_soon()

    def _flush_soon(self) -> None:
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.write("".join(lines))
            sys.stderr.flush()


def log_to_stderr() -> None:
    """Log to the terminal, and gather nothing for a record that no line shows.

    The switches are those that the standard library's guide to logging names under Optimization.
    """
    logging.getLogger("screentest").addHandler(Lines())
    logging.getLogger("screentest").propagate = False
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # since Python 3.12
    logging._srcfile = None  # noqa: SLF001 - as documented there
