"""The scorecard: one line for each act, and a verdict that every report can tell."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import wrap

import click

from contracts.kernel.habits import Severity
from mockserver import __version__, redaction
from mockserver.audition.acts import Act
from mockserver.audition.playing import Audition, tail
from mockserver.audition.rating import BAD, Rated, Rating
from mockserver.commands.options import counted
from mockserver.revisions import meant
from mockserver.verdict.finding import Finding
from mockserver.verdict.verdict import Chapter, Verdict

COLOURS = {Rating.RECOVERED: "green", Rating.FAILED_CLEANLY: "green", Rating.HUNG: "yellow"}
MARKS = {0: "✗", 1: "~", 2: "✓"}
SEVERITIES = {Rating.HUNG: Severity.WARNING}
"""All other bad ratings cost money, or are lies."""
SOURCE = "the battery of screentest audition"
FULL = 2
"""The most marks an act gives."""


def lines(audition: Audition, *, colour: bool, width: int = 100) -> Iterator[str]:
    """Tell the scorecard on a terminal."""
    rated = audition.rated
    names = max(len(one.act.id) for one in rated)
    words = max(len(one.rating) for one in rated)
    for one in rated:
        word = f"{one.rating:<{words}}"
        shown = _coloured(word, one.rating) if colour else word
        beginning = f"{_mark(one)} {one.act.id:<{names}}  {shown}  {_seconds(one):>6}  "
        room = width - len(click.unstyle(beginning))
        first, *more = wrap(one.why, max(30, room)) or [""]
        yield f"{beginning}{first}"
        yield from (" " * len(click.unstyle(beginning)) + line for line in more)
    yield ""
    yield from summary(audition)


def _mark(one: Rated) -> str:
    return " " if one.rating is Rating.NOT_APPLICABLE else MARKS[one.marks]


def _coloured(word: str, rating: Rating) -> str:
    if rating is Rating.NOT_APPLICABLE:
        return click.style(word, dim=True)
    return click.style(word, fg=COLOURS.get(rating, "red"))


def _seconds(one: Rated) -> str:
    return f"{one.seconds:.1f} s" if one.evidence else ""


def summary(audition: Audition) -> Iterator[str]:
    """Say what it comes to, and what a bad rating is about."""
    played = [one for one in audition.rated if one.rating is not Rating.NOT_APPLICABLE]
    marks, most = sum(one.marks for one in played), FULL * len(played)
    counts = {rating: sum(one.rating is rating for one in played) for rating in Rating}
    told = ", ".join(f"{count} {rating}" for rating, count in counts.items() if count)
    done, seconds = audition.rehearsal.done, audition.seconds
    yield (
        f"{marks} of {most} marks in {counted(len(played), 'act')}, {seconds:.1f} s"
        f" (the rehearsal took {done.seconds:.1f} s, seed {audition.casting.settings.seed})"
    )
    yield f"  {told}" if told else "  nothing could be played"
    for one in played:
        if one.rating in BAD:
            yield f"{one.act.id}: {one.act.happens}"
            yield f"  a good client: {one.act.good}"


def listed(acts: Sequence[Act]) -> Iterator[str]:
    """Tell what acts there are."""
    for one in acts:
        yield f"{one.id}: {one.title}"
        yield f"    happens  {one.happens}"
        yield f"    why      {one.why}"
        yield f"    good     {one.good}"


# As a verdict


def verdict_of(audition: Audition, command: Sequence[str]) -> Verdict:
    """Give a verdict whose chapters are the acts."""
    settings, rehearsal = audition.casting.settings, audition.rehearsal
    chapters = [rehearsal.chapter, *map(chapter_of, audition.rated)]
    return Verdict(
        command=tuple(command),
        exit_code=0,
        seconds=round(audition.seconds, 3),
        version=__version__,
        seed=settings.seed,
        contracts=tuple(one.name for one in meant(settings.contracts).values()),
        chapters=tuple(chapters),
    )


def chapter_of(rated: Rated) -> Chapter:
    """Give an act as a chapter; a bad rating is its finding."""
    findings = (finding_of(rated),) if rated.rating in BAD else ()
    outcome = f"{rated.rating}: {rated.why}"
    if rated.evidence:
        return replace(rated.evidence.chapter, findings=findings, outcome=outcome)
    return Chapter(
        name=rated.act.id,
        is_test=False,
        findings=(),
        exchanges=(),
        tasks=(),
        would_have_cost={},
        outcome=outcome,
    )


def finding_of(rated: Rated) -> Finding:
    """Give a bad rating as a finding."""
    assert rated.evidence  # noqa: S101 - what was not played is not rated
    act, evidence = rated.act, rated.evidence
    providers = dict.fromkeys(one.provider for one in evidence.tasks)
    first = next((one for one in evidence.chapter.exchanges if one.number in rated.requests), None)
    return Finding(
        rule=act.rule,
        severity=SEVERITIES.get(rated.rating, Severity.ERROR),
        what=f"{rated.rating}: {rated.why}",
        sentence=act.happens,
        why=act.why,
        mend=f"A good client: {act.good[0].lower()}{act.good[1:]}",
        source=SOURCE,
        provider=next(iter(providers), first.provider if first else ""),
        operation=first.operation if first else "",
        requests=rated.requests,
        tasks=rated.tasks,
        excerpt=redaction.text(tail(evidence.done.output, 4)),
    )
