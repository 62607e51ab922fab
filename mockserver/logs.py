"""The log: one line for each refusal, made and written with little ado."""

import asyncio
import atexit
import logging
import sys
from time import localtime, strftime
from typing import Any

from mockserver.clock import real_now

EMPTY = vars(logging.makeLogRecord({}))
"""A record with every attribute that a formatter may ask for."""


class Log(logging.Logger):
    """A logger whose records hold the message and the time, not who called from where.

    Gathering the latter costs more than all the rest of a line.
    """

    def _log(  # type: ignore[override]  # the rest is passed on as it is
        self,
        level: int,
        msg: object,
        args: Any,  # noqa: ANN401 - as the standard library has it
        exc_info: Any = None,  # noqa: ANN401
        **others: Any,  # noqa: ANN401
    ) -> None:
        if exc_info or others:
            super()._log(level, msg, args, exc_info, **others)
            return
        record = logging.LogRecord.__new__(logging.LogRecord)
        now = real_now()
        said = {"name": self.name, "msg": msg, "args": args, "created": now}
        vars(record).update(EMPTY, levelno=level, levelname=logging.getLevelName(level), **said)
        self.handle(record)


def _make_log() -> logging.Logger:
    others = logging.getLoggerClass()
    logging.setLoggerClass(Log)
    try:
        return logging.getLogger("screentest")
    finally:
        logging.setLoggerClass(others)


log = _make_log()
"""The logger of the mock; silent until someone listens, as every library's."""


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
    """Show the log on the terminal."""
    log.addHandler(Lines())
    log.propagate = False
