"""Resident memory: at start, with all that is bounded full, and after many more requests."""

from time import sleep

import uvloop

from bench.load import run_count
from bench.messages import SUBMIT
from bench.plan import Plan, verdict
from bench.servers import first_answer, mock

PACE = 3_500
"""Submits a second. More of them have more tasks under way than the mock keeps of finished ones,
and those are never forgotten: the memory would depend on the speed of the machine."""
FLAT = 0.05
"""The share that counts as no growth."""


def measure(plan: Plan) -> None:
    """Fill the mock, send more, and print what it weighs."""
    with mock() as server:
        first_answer(server, SUBMIT)
        start = server.memory()
        uvloop.run(run_count(server, SUBMIT, plan.fill, PACE))
        sleep(plan.rest)
        full = server.memory()
        uvloop.run(run_count(server, SUBMIT, plan.more, PACE))
        sleep(plan.rest)
        end = server.memory()
    print(
        f"memory      {start:.0f} MB at start, {full:.0f} MB after {plan.fill:,} submits,"
        f" {end:.0f} MB after {plan.more:,} more:"
        f" {end - full:+.1f} MB (target: flat, {verdict(end - full <= full * FLAT)})"
    )
