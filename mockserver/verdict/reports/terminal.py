"""The verdict on a terminal: what went wrong, why it matters and how to mend it, then the sums."""

from collections.abc import Iterator, Mapping, Sequence
from shutil import get_terminal_size
from textwrap import wrap

import click

from mockserver.verdict.reports import wording
from mockserver.verdict.reports.grouping import Broken, Case, broken
from mockserver.verdict.verdict import Verdict

COLOURS: Mapping[str, str] = {"error": "red", "warning": "yellow", "note": "cyan", "clean": "green"}
NARROWEST, WIDEST = 40, 100
LABEL = 12
"""Where the text beside a label begins."""
MOST_CASES = 3
"""So many times of one broken rule are told of."""
MOST_REQUESTS = 3
MOST_LINES = 6
"""So many lines of an excerpt are shown."""
MOST_PLACES = 5
LONGEST_URL = 120
"""So much of one is shown, in characters."""


class Paper:
    """How wide lines are, and whether they have colours."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self.colour = colour
        self.width = max(NARROWEST, min(width, WIDEST))

    def styled(self, text: str, **style: str | bool) -> str:
        """Give a text in a style, if there are any."""
        return click.style(text, **style) if self.colour else text  # type: ignore[arg-type]  # click's own names

    def wrapped(self, text: str, width: int, *, is_whole: bool = False) -> Iterator[str]:
        """Break the lines of a text, of which nothing does anything to the terminal."""
        for line in wording.visible(text).splitlines():
            yield from wrap(line, width, break_on_hyphens=False, break_long_words=not is_whole) or [
                ""
            ]

    def bold(self, text: str, colour: str) -> Iterator[str]:
        """Give a heading."""
        for line in self.wrapped(text, self.width):
            yield self.styled(line, bold=True, fg=colour)

    def row(self, label: str, text: str, *, is_whole: bool = False) -> Iterator[str]:
        """Give a label and the text beside it, wrapped, if need be not within words.

        Nothing where there is no text.
        """
        name = f"  {label:<{LABEL - 2}}"
        for number, piece in enumerate(self.wrapped(text, self.width - LABEL, is_whole=is_whole)):
            yield (self.styled(name, dim=True) if not number else " " * LABEL) + piece


def lines(
    verdict: Verdict, *, colour: bool, width: int = 0, written: Sequence[str] = ()
) -> list[str]:
    """Give the verdict line by line; `written` are the files of the other reports."""
    paper = Paper(colour=colour, width=width or get_terminal_size().columns)
    told = [*_head(verdict, paper)]
    for one in broken(verdict):
        told += ["", *_rule(one, paper)]
    return [*told, "", *_sums(verdict, written, paper)]


def _head(verdict: Verdict, paper: Paper) -> Iterator[str]:
    yield from paper.bold(
        f"screentest: {wording.headline(verdict)}", COLOURS[wording.mood(verdict)]
    )
    took = wording.lasting(verdict.seconds)
    yield from paper.row("ran", f"{wording.command(verdict)} ({took})" if verdict.command else took)


def _rule(one: Broken, paper: Paper) -> Iterator[str]:
    """Tell of one rule and of the first times that it was broken."""
    times = f", broken {len(one.cases)} times" if len(one.cases) > 1 else ""
    what = wording.one_line(one.first.what)
    yield from paper.bold(f"{one.severity.value}: {what}", COLOURS[one.severity])
    yield from paper.row(
        "rule", f"{one.rule} ({one.whose}){times}" if one.whose else one.rule + times
    )
    yield from paper.row("in", one.cases[0].chapter.name)
    yield from paper.row("requests", _requests(one.cases[0]))
    yield from paper.row("tasks", ", ".join(one.first.tasks[:MOST_PLACES]))
    yield from paper.row("field", one.first.field)
    yield from paper.row("excerpt", _excerpt(one.first.excerpt))
    yield from paper.row("again", _again(one.cases[1:]))
    yield from paper.row("says", one.first.sentence)
    yield from paper.row("why", one.first.why)
    yield from paper.row("mend", one.first.mend)
    yield from paper.row("source", one.first.source)


def _requests(case: Case) -> str:
    """Tell of the requests that a case shows in, each in a line."""
    told = [wording.request_line(one, LONGEST_URL) for one in case.exchanges[:MOST_REQUESTS]]
    more = len(case.finding.requests) - len(told)
    if not told:
        return case.numbers
    return "\n".join([*told, f"and {more} more"] if more else told)


def _excerpt(given: str) -> str:
    """Give the beginning of an excerpt."""
    every = given.splitlines()
    cut = [f"... and {len(every) - MOST_LINES} more lines"] if len(every) > MOST_LINES else []
    return "\n".join([*every[:MOST_LINES], *cut])


def _again(cases: Sequence[Case]) -> str:
    """Tell where else a rule was broken."""
    told = [case.place for case in cases[: MOST_CASES - 1]]
    more = len(cases) - len(told)
    return "\n".join([*told, f"and {more} more"] if more else told)


def _sums(verdict: Verdict, written: Sequence[str], paper: Paper) -> Iterator[str]:
    """Tell what the run came to."""
    yield from paper.wrapped(f"{wording.sums(verdict)}; {wording.cost(verdict)}", paper.width)
    refused = [*dict.fromkeys(verdict.refused)]
    more = [f"and {len(refused) - MOST_PLACES} more"] if len(refused) > MOST_PLACES else []
    rows = {
        "coverage": wording.coverage(verdict),
        "accepted": wording.baseline(verdict),
        "kept away": ", ".join([*map(wording.one_line, refused[:MOST_PLACES]), *more]),
    }
    for label, text in rows.items():
        yield from paper.row(label, text)
    yield from paper.row("reports", "\n".join(written), is_whole=True)
