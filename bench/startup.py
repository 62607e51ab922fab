"""The time from spawning the process to its first answer."""

from dataclasses import replace
from statistics import median

from bench.messages import SUBMIT
from bench.plan import Plan, verdict
from bench.servers import bare, first_answer, mock

TARGET = 2.0
"""The most we want, as a multiple of the baseline."""


def measure(plan: Plan) -> None:
    """Start both servers in turn, and print one line."""
    mock_start(), bare_start()  # so that all bytecode is written
    pairs = [(mock_start(), bare_start()) for _ in range(plan.starts)]
    mocked, plain = (median(times) * 1000 for times in zip(*pairs, strict=True))
    best, best_plain = (min(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    print(
        f"start-up    {mocked:.0f} ms against {plain:.0f} ms, ratio {ratio:.2f}"
        f" (target: at most {TARGET:.2f}, {verdict(ratio <= TARGET)});"
        f" at best {best:.0f} against {best_plain:.0f}\n"
    )


def mock_start() -> float:
    """Give the seconds until the mock has accepted its first request."""
    with mock() as server:
        return first_answer(server, SUBMIT)


def bare_start() -> float:
    """Give the seconds until the baseline has answered the same body."""
    with bare() as server:
        return first_answer(server, replace(SUBMIT, path="/"))
