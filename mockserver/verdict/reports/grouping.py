"""Findings put together: what was done again and again is told once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.kernel.habits import Severity
from mockserver.verdict.finding import ORDER, Finding
from mockserver.verdict.verdict import Chapter, Exchange, Verdict

MOST_NUMBERS = 6
"""So many requests of one case are named."""


class Case(NamedTuple):
    """One time that a rule was broken, and by whom."""

    chapter: Chapter
    finding: Finding

    @property
    def numbers(self) -> str:
        """Name its requests, the first of them: `#3, #4`."""
        every = self.finding.requests
        more = [f"and {len(every) - MOST_NUMBERS} more"] if len(every) > MOST_NUMBERS else []
        return ", ".join([*(f"#{number}" for number in every[:MOST_NUMBERS]), *more])

    @property
    def place(self) -> str:
        """Say where it shows."""
        return f"{self.chapter.name}: {self.numbers}" if self.numbers else self.chapter.name

    @property
    def exchanges(self) -> list[Exchange]:
        """Give its requests, as far as they were kept."""
        return [one for one in self.chapter.exchanges if one.number in self.finding.requests]


class Broken(NamedTuple):
    """One rule, and every time that it was broken, worst first."""

    rule: str
    severity: Severity
    cases: Sequence[Case]

    @property
    def first(self) -> Finding:
        """Give the case to tell of in full."""
        return self.cases[0].finding

    @property
    def whose(self) -> str:
        """Say of which provider and operation the first case is."""
        return f"{self.first.provider} {self.first.operation}".strip()


def broken(verdict: Verdict) -> list[Broken]:
    """Give the rules that were broken, worst first; what a baseline accepts is not among them."""
    return grouped(Case(chapter, finding) for chapter, finding in verdict.findings())


def accepted(verdict: Verdict) -> list[Broken]:
    """Give the rules that were broken as a baseline allows."""
    return grouped(
        Case(chapter, finding)
        for chapter in verdict.chapters
        for finding in chapter.findings
        if finding.fingerprint in verdict.accepted
    )


def grouped(cases: Iterable[Case]) -> list[Broken]:
    """Put together the cases of each rule."""
    rules: dict[str, list[Case]] = {}
    for case in cases:
        rules.setdefault(case.finding.rule, []).append(case)
    return sorted(map(_group, rules.values()), key=lambda one: (rank(one.severity), one.rule))


def _group(cases: Iterable[Case]) -> Broken:
    """Make one rule of its cases; those that matter most come first."""
    ordered = sorted(cases, key=lambda case: rank(case.finding.severity))
    worst = ordered[0].finding
    return Broken(worst.rule, worst.severity, ordered)


def rank(severity: Severity) -> int:
    """Give the place of a severity in order, worst first."""
    return ORDER.index(severity)
