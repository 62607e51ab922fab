"""A verdict as plain values: everything that a report tells."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from contracts.kernel.habits import Severity
from mockserver.verdict.finding import Finding, worst_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, without what is secret."""

    number: int
    """Counted from 1 in its chapter."""
    at: float
    """Seconds since the epoch, on the clock of its world."""
    took: float
    key: str
    provider: str
    operation: str
    method: str
    url: str
    status: int
    rule: str
    fault: str
    tasks: tuple[str, ...]
    headers: Mapping[str, str]
    body: str
    """As text; of a large one, what it is."""
    answer_headers: Mapping[str, str]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One task, for a timeline."""

    id: str
    provider: str
    model: str
    state: str
    created: float
    finishes: float | None
    cost: float
    currency: str
    failure: str
    looks: tuple[int, ...]
    """The numbers of the requests that looked at it."""
    fetches: tuple[int, ...]
    callbacks: tuple[str, ...]
    """One line for each try: `200 after 0.01 s`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What one client, or one test, did."""

    name: str
    """The test as pytest names it, `path::name`; else the label of a key."""
    is_test: bool
    findings: tuple[Finding, ...]
    exchanges: tuple[Exchange, ...]
    tasks: tuple[Life, ...]
    would_have_cost: Mapping[str, float]
    """By currency."""
    covered: tuple[str, ...] = ()
    """The points of contracts that were exercised; see `coverage`."""
    outcome: str = ""
    """What came of it, where it was one act of an audition: its rating, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What there is to say about a run."""

    command: tuple[str, ...]
    exit_code: int
    """Of the command itself."""
    seconds: float
    """How long it took, in real time."""
    version: str
    seed: int
    contracts: tuple[str, ...]
    """The revisions that were served."""
    chapters: tuple[Chapter, ...]
    refused: tuple[str, ...] = ()
    """Where the client wanted to go through the proxy, and may not."""
    accepted: tuple[str, ...] = ()
    """Fingerprints of findings that a baseline accepts."""
    coverage: Mapping[str, Any] = field(default_factory=dict)

    def findings(self) -> Iterator[tuple[Chapter, Finding]]:
        """Give what is not accepted, chapter by chapter, worst first in each."""
        for chapter in self.chapters:
            for one in worst_first(chapter.findings):
                if one.fingerprint not in self.accepted:
                    yield chapter, one

    @property
    def would_have_cost(self) -> dict[str, float]:
        """What the run would have cost, by currency."""
        total: dict[str, float] = {}
        for chapter in self.chapters:
            for currency, amount in chapter.would_have_cost.items():
                total[currency] = round(total.get(currency, 0) + amount, 6)
        return total

    def plain(self) -> dict[str, Any]:
        """Give all of it as plain JSON values."""
        return asdict(self)


def chapter_of(given: Mapping[str, Any]) -> Chapter:
    """Read a chapter back from plain values, as another process wrote it."""
    return Chapter(
        name=given["name"],
        is_test=given["is_test"],
        findings=tuple(_finding(one) for one in given["findings"]),
        exchanges=tuple(Exchange(**_tuples(one)) for one in given["exchanges"]),
        tasks=tuple(Life(**_tuples(one)) for one in given["tasks"]),
        would_have_cost=given["would_have_cost"],
        covered=tuple(given["covered"]),
        outcome=given.get("outcome", ""),
    )


def _finding(given: Mapping[str, Any]) -> Finding:
    read = _tuples(given)
    return Finding(**read | {"severity": Severity(read["severity"])})


def _tuples(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give lists as the tuples they were."""
    return {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
