"""Requests a second on the hot paths, in slices that alternate with the baseline's."""

from dataclasses import dataclass, replace
from statistics import median

import uvloop

from bench.load import Rate, run_for
from bench.messages import REFUSED, SUBMIT, Message, call, finished_task
from bench.plan import Plan, verdict
from bench.servers import Server, bare, first_answer, mock

QUIET = 0.9
"""The share of its core that a server has when nothing else runs there."""
ANSWER = Message(method="GET", path="/")
"""What the baseline is asked instead of a poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One kind of request, what the baseline is asked instead, and the ratio we want."""

    name: str
    mock: Message
    bare: Message
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two neighbouring slices: the mock's and the baseline's."""

    mock: Rate
    bare: Rate


def measure(plan: Plan) -> None:
    """Measure every path, and print a line for each."""
    print(f"{'requests/s':<12}{'mock':>9}{'bare':>9}{'ratio':>8}{'target':>8}{'':8}CPU µs/request")
    with mock() as server:
        first_answer(server, SUBMIT)
        poll, download = finished_task(server.port)
        size = len(call(server.port, download))
        with bare(size) as baseline:
            first_answer(baseline, ANSWER)
            for path in paths(poll, download):
                pairs = compare(plan, path, server, baseline)
                print(f"{line(path, pairs)}{warning(pairs)}", flush=True)
    print(f"(the file is {size:,} bytes; ratios are medians over neighbouring slices)\n")


def paths(poll: Message, download: Message) -> list[Path]:
    """Give the paths in an order that keeps the polled task: a flood of submits drops it."""
    return [
        Path(name="poll", mock=poll, bare=replace(poll, path="/"), target=1.3),
        Path(name="download", mock=download, bare=replace(download, path="/file")),
        Path(name="submit", mock=SUBMIT, bare=replace(SUBMIT, path="/"), target=1.0),
        Path(name="refused", mock=REFUSED, bare=replace(REFUSED, path="/", status=200), target=0.8),
    ]


def compare(plan: Plan, path: Path, server: Server, baseline: Server) -> list[Pair]:
    """Measure one path on both servers in turn; the first slices only warm up."""
    uvloop.run(run_for(server, path.mock, plan.seconds / 2))
    uvloop.run(run_for(baseline, path.bare, plan.seconds / 2))
    return [
        Pair(
            uvloop.run(run_for(server, path.mock, plan.seconds)),
            uvloop.run(run_for(baseline, path.bare, plan.seconds)),
        )
        for _ in range(plan.slices)
    ]


def warning(pairs: list[Pair]) -> str:
    """Say so where requests a second tell more about the machine than about the servers."""
    share = median(rate.share for pair in pairs for rate in (pair.mock, pair.bare))
    return "" if share > QUIET else f"  busy core ({share:.0%} was ours): trust the CPU time"


def line(path: Path, pairs: list[Pair]) -> str:
    """Give the line of one path."""
    ratio = median(pair.mock.requests / pair.bare.requests for pair in pairs)
    mocked = median(pair.mock.requests for pair in pairs)
    plain = median(pair.bare.requests for pair in pairs)
    wanted = f"{path.target:8.2f} {verdict(ratio >= path.target):<7}" if path.target else " " * 16
    cpu = f"{median(pair.mock.cpu for pair in pairs):.0f}"
    cpu += f" against {median(pair.bare.cpu for pair in pairs):.0f}"
    return f"{path.name:<12}{mocked:>9,.0f}{plain:>9,.0f}{ratio:>8.2f}{wanted}{cpu}"
