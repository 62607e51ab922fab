"""Charges and refunds: what a task brings to a ledger, whichever way a provider charges."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from contracts.kernel.clip import Clip
from contracts.kernel.errors import Cause
from contracts.kernel.money import Charged, Move, Shortfall, Tariff, micros, moves, net
from contracts.kernel.source import Source
from contracts.kernel.task import Failure, Names, Plan, Task

COST = 250_000
AT_ONCE = Tariff(
    currency="USD",
    price=lambda _body, _plan: COST,
    charged=Charged.ACCEPTED,
    source=Source("no document", "2026-11"),
)
AT_THE_END = replace(AT_ONCE, charged=Charged.SUCCEEDED)
WAITING, WORKING, OVER = 101, 105, 110
REFUNDED = Failure("melted", "The film melted.")
KEPT = Failure("walk-out", "The star walked out.", refunded=False)


def task(failure: Failure | None = None, cost: int = COST) -> Task:
    return Task(
        names=Names("job-1", "link"),
        provider="acme",
        key="k",
        tenant="k",
        text=b"{}",
        parse=lambda _: SimpleNamespace(model="reel-2"),
        plan=Plan(clip=Clip(width=320, height=240, seconds=5), failure=failure),
        origin="http://h",
        created=100,
        started=104,
        finishes=110,
        cost=cost,
    )


def charge(at: float, *, settled: bool = True) -> Move:
    return Move(at, "charge", -COST, "job-1", "reel-2", settled=settled)


REFUND = Move(110, "refund", COST, "job-1", "reel-2")


@pytest.mark.parametrize(
    ("tariff", "failure", "now", "expected"),
    [
        (AT_ONCE, None, WAITING, (charge(100),)),
        (AT_ONCE, None, OVER, (charge(100),)),
        (AT_ONCE, REFUNDED, WORKING, (charge(100),)),
        (AT_ONCE, REFUNDED, OVER, (charge(100), REFUND)),
        (AT_ONCE, KEPT, OVER, (charge(100),)),
        (AT_THE_END, None, WAITING, (charge(100, settled=False),)),
        (AT_THE_END, None, WORKING, (charge(100, settled=False),)),
        (AT_THE_END, None, OVER, (charge(110),)),
        (AT_THE_END, REFUNDED, WORKING, (charge(100, settled=False),)),
        (AT_THE_END, REFUNDED, OVER, ()),
        (AT_THE_END, KEPT, OVER, ()),
    ],
)
def test_a_task_brings_these_lines_to_the_ledger(tariff, failure, now, expected):
    assert tuple(moves(task(failure), tariff, now)) == expected


@pytest.mark.parametrize("now", [WAITING, WORKING, OVER])
@pytest.mark.parametrize("failure", [None, REFUNDED, KEPT])
@pytest.mark.parametrize("tariff", [AT_ONCE, AT_THE_END])
def test_a_balance_changes_by_the_sum_of_the_lines(tariff, failure, now):
    one = task(failure)
    assert net(one, tariff, now) == sum(move.amount for move in moves(one, tariff, now))


@pytest.mark.parametrize("tariff", [AT_ONCE, AT_THE_END])
def test_what_costs_nothing_is_no_line(tariff):
    assert moves(task(cost=0), tariff, OVER) == ()
    assert net(task(cost=0), tariff, OVER) == 0


def test_a_tariff_may_keep_the_charge_of_any_failure():
    strict = replace(AT_ONCE, keeps=lambda one: one.plan.failure.code == "melted")
    assert tuple(moves(task(REFUNDED), strict, OVER)) == (charge(100),)
    assert net(task(REFUNDED), strict, OVER) == -COST
    assert net(task(KEPT), strict, OVER) == 0


def test_a_charge_at_the_end_is_not_kept_whatever_the_tariff_says():
    greedy = replace(AT_THE_END, keeps=lambda _: True)
    assert net(task(KEPT), greedy, OVER) == 0


@pytest.mark.parametrize(("amount", "expected"), [(1, 1_000_000), (0.1 + 0.2, 300_000), (0, 0)])
def test_amounts_are_whole_millionths(amount, expected):
    assert micros(amount) == expected


def test_a_lack_of_money_is_the_usual_row_unless_the_tariff_has_others():
    short = Shortfall("k", price=5, balance=1, over_limit=False)
    assert AT_ONCE.short(short) == Cause.NO_BALANCE
