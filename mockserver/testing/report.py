"""What the tests of a run asked of the mock, told at its end or written to a file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from json import dumps
from pathlib import Path

import pytest
from typing_extensions import TypedDict

from mockserver.testing.mock import Mock

PROPERTY = "screentest"
"""Under this name a test's report carries what it asked for, from whichever process."""
MOST = 10
"""So many rules are told of."""


class Told(TypedDict):
    """What one test asked for."""

    test: str
    key: str
    requests: int
    tasks: int
    refused: dict[str, int]
    """How often each rule refused a request."""
    scenarios: list[str]
    """Those that meddled."""
    would_have_cost: dict[str, float]
    """By currency."""


def told_of(mock: Mock, test: str) -> Told:
    """Tell what a test asked for."""
    requests = mock.requests()
    return {
        "test": test,
        "key": mock.key,
        "requests": len(requests),
        "tasks": len(mock.tasks),
        "refused": dict(Counter(one.rule for one in requests if one.rule)),
        "scenarios": sorted({one.fault for one in requests if one.fault}),
        "would_have_cost": dict(mock.would_have_cost),
    }


class Report:
    """Collects what tests tell, as a plugin of pytest; under xdist in the controlling process."""

    def __init__(self, file: str | None, *, shown: bool) -> None:
        self.file = file
        self.shown = shown
        self.tests: list[Told] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect what one test tells when it is torn down."""
        if report.when == "teardown":
            self.tests += [told for name, told in report.user_properties if name == PROPERTY]  # type: ignore[misc]  # of whatever type

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        if self.file:
            text = dumps({"tests": self.tests, **totals(self.tests)}, indent=2)
            Path(self.file).write_text(f"{text}\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell it at the end of the run."""
        if self.shown:
            terminalreporter.section("screentest")
            for line in lines(self.tests):
                terminalreporter.line(line)


class Totals(TypedDict):
    """What the tests come to together."""

    requests: int
    tasks: int
    refused: dict[str, int]
    would_have_cost: dict[str, float]


def totals(tests: Iterable[Told]) -> Totals:
    """Add up what tests asked for."""
    requests, tasks = 0, 0
    refused, cost = Counter[str](), dict[str, float]()
    for one in tests:
        requests += one["requests"]
        tasks += one["tasks"]
        refused.update(one["refused"])
        for currency, amount in one["would_have_cost"].items():
            cost[currency] = round(cost.get(currency, 0) + amount, 6)
    return {
        "requests": requests,
        "tasks": tasks,
        "refused": dict(refused.most_common()),
        "would_have_cost": cost,
    }


def lines(tests: list[Told]) -> list[str]:
    """Give a line for each test, and what they come to."""
    found = [line(one) for one in tests]
    total = totals(tests)
    found.append(f"{len(tests)} tests: {summary(total)}")
    for rule, times in [*total["refused"].items()][:MOST]:
        found.append(f"  refused {times:>4} x {rule}")
    return found


def line(one: Told) -> str:
    """Tell of one test."""
    refused = sum(one["refused"].values())
    words = f"{one['requests']:>4} requests {one['tasks']:>3} tasks {refused:>3} refused"
    return f"{words} {money(one['would_have_cost']):>12}  {one['test']}"


def summary(total: Totals) -> str:
    """Tell the totals in one line."""
    refused = sum(total["refused"].values())
    return (
        f"{total['requests']} requests, {total['tasks']} tasks, {refused} refused;"
        f" would have cost {money(total['would_have_cost']) or 'nothing'}"
    )


def money(amounts: Mapping[str, float]) -> str:
    """Give amounts with their currencies."""
    return ", ".join(f"{amount:.2f} {currency}" for currency, amount in amounts.items())
