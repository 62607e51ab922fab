"""Markdown: tables, sentences, and values in few words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from contracts.kernel.source import Source

Cells = Iterable[str]
LONGEST_RUN_SPELLED = 2
"""How many values in a row are spelled out; more are given as a range."""
_NUMBERED = re.compile(r"(\d+)(\D*)")
_END = re.compile(r"(?<=[.!?]) (?=[A-Z`\"])")


def table(head: Sequence[str], rows: Iterable[Cells]) -> Iterator[str]:
    """Write a table; nothing where there are no rows."""
    lines = [_row(cells) for cells in rows]
    if lines:
        yield _row(head)
        yield f"|{' --- |' * len(head)}"
        yield from lines
        yield ""


def _row(cells: Cells) -> str:
    plain = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(plain)} |"


def prose(*texts: str) -> Iterator[str]:
    """Write a paragraph, each sentence on a line of its own."""
    yield from chain.from_iterable(_END.split(one) for one in texts if one)
    yield ""


def bullet(*texts: str) -> Iterator[str]:
    """Write one item of a list, each sentence on a line of its own."""
    first, *others = chain.from_iterable(_END.split(one) for one in texts if one)
    yield f"- {first}"
    yield from (f"  {one}" for one in others)


def code(values: Iterable[object]) -> str:
    """Write values as they stand on the wire."""
    return ", ".join(f"`{one}`" for one in values)


def cited(source: Source) -> str:
    """Write a source, and what other sources say."""
    return f"{source}. {source.note}".strip()


def compact(values: Iterable[object]) -> str:
    """Write a list of values in few words: `4s-15s` for all lengths from 4 to 15 seconds."""
    runs: list[list[str]] = []
    for one in map(str, values):
        if runs and _follows(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(chain.from_iterable(_shortened(run) for run in runs))


def _shortened(run: list[str]) -> list[str]:
    return run if len(run) <= LONGEST_RUN_SPELLED else [f"{run[0]}-{run[-1]}"]


def _follows(one: str, other: str) -> bool:
    here, there = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return bool(here and there and here[2] == there[2] and int(here[1]) + 1 == int(there[1]))


def contents(lines: Sequence[str]) -> Iterator[str]:
    """Write a list of links to the sections of a page."""
    for line in lines:
        if line.startswith("## "):
            title = line.removeprefix("## ")
            yield f"- [{title}](#{anchor(title)})"
    yield ""


def anchor(title: str) -> str:
    """Give the name under which a heading is known, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
