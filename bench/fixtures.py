"""What a test pays for its mock: set-up and tear-down, beside the usual ways to have one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from statistics import median
from time import perf_counter, sleep

import respx
import uvicorn

from bench.plan import Plan, verdict
from mockserver.serving import bind, config
from mockserver.testing.options import Options
from mockserver.testing.stage import Stage

SHARED, OWN = 1.0, 5.0
"""Milliseconds that a test may pay: in process or on the shared server, and for its own."""
TICK = 0.001

Way = Callable[[], AbstractContextManager[object]]


def measure(plan: Plan) -> None:
    """Measure every way to have a mock, and print a line for each."""
    print(f"{'a mock per test':<16}{'ms':>9}{'other ms':>9}{'ratio':>8}{'target':>8}")
    stage, options, names = Stage(), Options.of(), count()
    stage.origin(options)

    @contextmanager
    def in_process() -> Iterator[None]:
        with stage.mock(f"{next(names)}", options) as mock, stage.doors(mock):
            yield

    def shared() -> AbstractContextManager[object]:
        return stage.mock(f"{next(names)}", options)

    def own() -> AbstractContextManager[object]:
        return stage.server(f"{next(names)}", options)

    line("in process", in_process, respx.mock, SHARED, plan)
    line("shared server", shared, respx.mock, SHARED, plan)
    line("own server", own, lambda: usual(stage, options), OWN, plan)
    stage.close()
    print("(other: respx with no route; a uvicorn in a thread, started and stopped as it is)\n")


def line(name: str, way: Way, other: Way, target: float, plan: Plan) -> None:
    """Measure one way beside another, in turn, and print its line."""
    pairs = [(cost(way), cost(other)) for _ in range(plan.slices + 2)][2:]
    mine, theirs = (median(several) * 1e3 for several in zip(*pairs, strict=True))
    ratio = median(theirs / mine for mine, theirs in pairs)
    print(
        f"{name:<16}{mine:>9.2f}{theirs:>9.2f}{ratio:>8.1f}{target:>8.2f}"
        f"  {verdict(mine <= target)}",
        flush=True,
    )


def cost(way: Way) -> float:
    """Give the seconds that it takes to have a mock, and to be rid of it."""
    start = perf_counter()
    with way():
        pass
    return perf_counter() - start


@contextmanager
def usual(stage: Stage, options: Options) -> Iterator[None]:
    """Run a uvicorn in a thread, as most suites do."""
    server = uvicorn.Server(config(stage.app(options.settings())))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bind("127.0.0.1", 0)]})
    thread.start()
    while not server.started:
        sleep(TICK)
    yield
    server.should_exit = True
    thread.join()
