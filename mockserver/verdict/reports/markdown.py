"""The verdict as Markdown, for the summary of a pull request."""

import re
from collections.abc import Iterator, Sequence

from mockserver.commands.options import counted
from mockserver.verdict.reports import wording
from mockserver.verdict.reports.grouping import Broken, accepted, broken
from mockserver.verdict.verdict import Verdict

LONGEST = 60_000
"""So many characters a comment or a summary may have, with some to spare."""
SPARE = 1000
"""Kept for what holds the parts together."""
LONGEST_CELL = 200
LONGEST_EXCERPT = 1500
MOST_PLACES = 3
"""So many places of one rule are named in the table."""
MOST_CASES = 20
"""So many are named in its details."""
MARKS = {"error": "❌", "warning": "⚠️", "note": "💡", "clean": "✅"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()|~&]|[@#](?=\w)")
"""What means something in Markdown; before a word, the mention of a person, or of an issue."""
_CODE = re.compile("`([^`]+)`")
_APART = "<!-- -->"
_TABLE = "| | Rule | What | Where |\n|---|---|---|---|"


def text(verdict: Verdict) -> str:
    """Give the verdict as Markdown; where there is too much, the least severe is left out."""
    rules = broken(verdict)
    head, tail = "\n".join(_head(verdict)), "\n".join(_tail(verdict))
    room = LONGEST - len(head) - len(tail) - SPARE
    table = _fit([_row(one) for one in rules], room // 2)
    details = _fit([_details(one) for one in rules], room - sum(map(len, table)) - len(table))
    told = [head, *([_TABLE, *table, ""] if table else []), *details]
    if len(details) < len(rules):
        told.append(_cut(len(rules), len(rules) - len(table), len(rules) - len(details)))
    return "\n".join([*told, tail])[:LONGEST]


def _fit(blocks: Sequence[str], room: int) -> list[str]:
    """Give as many blocks, from the first, as there is room for."""
    fitting = []
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            break
        fitting.append(block)
    return fitting


def _cut(rules: int, rows: int, details: int) -> str:
    """Say what is left out."""
    missing = f"the details of {details} of the {rules} broken rules"
    if rows:
        missing += f", and {rows} of them altogether"
    return f"> Left out, as there is no room here: {missing}. Reports in other forms have all.\n"


def _head(verdict: Verdict) -> Iterator[str]:
    """Give the verdict, and what was run."""
    yield f"## {MARKS[wording.mood(verdict)]} Screentest: {plain(wording.headline(verdict))}\n"
    if verdict.command:
        command = code(wording.one_line(wording.command(verdict), LONGEST_CELL))
        yield f"{command} took {wording.lasting(verdict.seconds)}.\n"


def _row(one: Broken) -> str:
    """Give the row of a rule."""
    places = [cell(case.place) for case in one.cases[:MOST_PLACES]]
    more = len(one.cases) - len(places)
    where = "<br>".join([*places, f"and {more} more"] if more else places)
    mark = f"{MARKS[one.severity]} {one.severity.value}"
    return f"| {mark} | {code(one.rule)} | {cell(one.first.what)} | {where} |"


def cell(given: str) -> str:
    """Give a text that fits into a table."""
    return plain(wording.one_line(given, LONGEST_CELL))


def _details(one: Broken) -> str:
    """Tell all about a rule, to be unfolded."""
    first = one.first
    rows = {
        "Rule": f"{code(one.rule)} {plain(f'({one.whose})' if one.whose else '')}",
        "Says": plain(wording.one_line(first.sentence)),
        "Why": plain(wording.one_line(first.why)),
        "Mend": plain(wording.one_line(first.mend)),
        "Source": plain(wording.one_line(first.source)),
    }
    summary = html(f"{one.rule}, {len(one.cases)} times" if len(one.cases) > 1 else one.rule)
    lines = [f"<details><summary>{MARKS[one.severity]} {summary}</summary>\n"]
    lines += [f"- **{label}**: {value}" for label, value in rows.items() if value.strip()]
    lines += ["", *_cases(one)]
    if first.excerpt:
        lines += ["", fenced(first.excerpt)]
    return "\n".join([*lines, "\n</details>\n"])


def _cases(one: Broken) -> Iterator[str]:
    """Tell of each time."""
    for case in one.cases[:MOST_CASES]:
        yield f"1. {cell(case.finding.what)} ({cell(case.place)})"
    if len(one.cases) > MOST_CASES:
        yield f"\nAnd {len(one.cases) - MOST_CASES} more times."


def _tail(verdict: Verdict) -> Iterator[str]:
    """Give the sums."""
    yield f"\n{plain(wording.sums(verdict))}; **{plain(wording.cost(verdict))}**.\n"
    if coverage := wording.coverage(verdict):
        yield f"Coverage: {plain(coverage)}.\n"
    if accepted(verdict):
        yield f"Accepted: {plain(wording.baseline(verdict))}.\n"
    if verdict.refused:
        hosts = [*dict.fromkeys(verdict.refused)]
        told = ", ".join(code(wording.one_line(one, LONGEST_CELL)) for one in hosts[:MOST_CASES])
        yield f"Kept away from {counted(len(hosts), 'host')}: {told}.\n"


def plain(given: str) -> str:
    """Give a text that calls nobody, and of which Markdown takes nothing but code for markup."""
    pieces = _CODE.split(wording.visible(given))
    return "".join(code(one) if number % 2 else _bare(one) for number, one in enumerate(pieces))


def _bare(given: str) -> str:
    return _SPECIAL.sub(lambda found: _apart(found[0]) or f"\\{found[0]}", given)


def code(given: str) -> str:
    """Give a text as code, in a table, too."""
    return f"<code>{html(given)}</code>"


def html(given: str) -> str:
    """Give a text as part of HTML within Markdown."""
    return _SPECIAL.sub(
        lambda found: _apart(found[0]) or f"&#{ord(found[0])};", wording.visible(given)
    )


def _apart(special: str) -> str:
    """Part what would be a mention from its name; empty for all else."""
    return f"{special}{_APART}" if special in "@#" else ""


def fenced(given: str) -> str:
    """Give lines as a block of code that none of them can end."""
    shown = wording.visible(given)
    shown = shown if len(shown) <= LONGEST_EXCERPT else f"{shown[:LONGEST_EXCERPT]}…"
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", shown))])
    return f"{fence}\n{shown}\n{fence}"
