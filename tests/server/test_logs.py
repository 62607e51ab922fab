"""The log on the terminal."""

import logging
import re
from asyncio import CancelledError

import anyio
import anyio.lowlevel
import pytest

from mockserver.logs import Lines
from mockserver.serving import is_news


@pytest.fixture
def log():
    log = logging.Logger("a log of its own")  # noqa: LOG001 - nobody else shall hear of it
    log.addHandler(Lines())
    return log


def test_a_line_has_the_time_of_day(log, capsys):
    log.warning("refused %s", "this")
    log.warning("refused %s", "that")
    lines = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d refused this", lines[0])
    assert lines[1].endswith(" refused that")


async def test_lines_of_one_turn_of_the_loop_are_written_together(log, capsys):
    log.warning("one")
    log.warning("two")
    assert capsys.readouterr().err == ""
    await anyio.lowlevel.checkpoint()
    assert re.fullmatch(r"\S+ one\n\S+ two\n", capsys.readouterr().err)


def test_a_bug_shows_where_it_is(log, capsys):
    log.error("a bug", exc_info=ZeroDivisionError("of course"))
    assert capsys.readouterr().err.endswith(" a bug\nZeroDivisionError: of course\n")


def test_nothing_is_written_where_there_is_nothing(capsys):
    Lines().flush()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "expected"),
    [(None, True), (RuntimeError("x"), True), (CancelledError(), False)],
    ids=["no-error", "an-error", "a-call-that-was-open"],
)
def test_calls_that_were_open_when_the_server_stopped_are_no_news(error, expected):
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "x", 1, "m", (), info)
    assert is_news(record) is expected
