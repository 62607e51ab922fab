"""Writing every report that is wanted; none of them can fail in silence."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import NamedTuple

import click

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import as_json
from mockserver.verdict.reports import html as page
from mockserver.verdict.reports import junit as xml
from mockserver.verdict.reports import markdown as md
from mockserver.verdict.reports import sarif as alerts
from mockserver.verdict.reports import terminal as told
from mockserver.verdict.reports.saving import SUMMARY, Unwritten, append, save
from mockserver.verdict.verdict import Verdict


class Wanted(NamedTuple):
    """A report, and the file that it is for."""

    file: str
    make: Callable[[], str]
    keep: Callable[[str, str], None] = save


def write(  # noqa: PLR0913 - one for each report
    verdict: Verdict,
    *,
    terminal: bool,
    junit: str = "",
    sarif: str = "",
    markdown: str = "",
    json: str = "",
    html: str = "",
    fail_on: Severity | None = Severity.ERROR,
) -> None:
    """Write the reports whose files are named, then tell the verdict on standard error.

    Findings as severe as `fail_on` are failures in the JUnit report. A report that cannot be
    written keeps none of the others back, and is an `Unwritten` in the end.
    """
    reports: tuple[Wanted, ...] = (
        Wanted(junit, lambda: xml.text(verdict, fail_on)),
        Wanted(sarif, lambda: alerts.text(verdict)),
        Wanted(markdown, lambda: md.text(verdict)),
        Wanted(json, lambda: as_json.text(verdict)),
        Wanted(html, lambda: page.text(verdict)),
        Wanted(os.environ.get(SUMMARY, ""), lambda: md.text(verdict) + "\n", append),
    )
    wanted = [one for one in reports if one.file]
    problems = {one.file: problem for one in wanted if (problem := _problem(one))}
    if terminal:
        _tell(
            verdict, [one.file for one in wanted if one.keep is save and one.file not in problems]
        )
    if problems:
        raise Unwritten("\n".join(problems.values()))


def _problem(one: Wanted) -> str:
    """Write a report; say why that could not be, or nothing."""
    try:
        one.keep(one.file, one.make())
    except Unwritten as error:
        return str(error)
    except OSError as error:
        return f"{one.file}: {error.strerror}"
    except Exception as error:  # noqa: BLE001 - a bug in one report keeps no other back
        return f"{one.file}: this report could not be made: {error!r}"
    return ""


def _tell(verdict: Verdict, written: Sequence[str]) -> None:
    """Tell the verdict where it does not get into what the command printed."""
    with telling():
        colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        for line in told.lines(verdict, colour=colour, written=written):
            click.echo(line, err=True, color=colour)


@contextmanager
def telling(stream: str = "stderr") -> Iterator[None]:
    """Go on where nobody listens any more: who told less must not end otherwise.

    The stream is replaced then, or what is left in it would be an error at the end of Python.
    """
    try:
        yield
    except (OSError, ValueError):
        setattr(sys, stream, StringIO())
