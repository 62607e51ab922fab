"""The ledger: every charge, and what the run would have cost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from typing_extensions import TypedDict

from contracts.kernel.money import MICRO, Charged, Tariff, moves, net
from contracts.kernel.provider import Provider
from mockserver.control.endpoint import Call, Whose
from mockserver.control.whose import is_meant, keys_of, providers_of, tenants_of
from mockserver.journal import label
from mockserver.store import AnyTask
from mockserver.world import World


class Line(TypedDict):
    """One change of a balance."""

    at: float
    tenant: str
    key: str
    provider: str
    kind: str
    """`top-up`, `charge` or `refund`."""
    amount: float
    """Signed: what the balance changes by."""
    currency: str
    task: str
    model: str
    settled: bool
    """Whether it is final; a price that is only set aside is not."""


class Total(TypedDict):
    """What a key spent at one provider."""

    tenant: str
    key: str
    provider: str
    currency: str
    spent: float
    """Final charges without what was paid back, those of forgotten tasks included."""
    reserved: float
    """Set aside for tasks that are not over."""
    forgotten: float
    """What of it belongs to tasks that are forgotten, and has no lines any more."""


class Ledger(TypedDict):
    """Lines, oldest first, and what they come to."""

    lines: list[Line]
    totals: list[Total]
    would_have_cost: dict[str, float]
    """All that was spent, by currency. Where only success is charged, open tasks are not in it."""
    reserved: dict[str, float]
    """What open tasks will cost on top of it, by currency, if they succeed."""


class LedgerAsked(Whose):
    """Whose ledger, and at which provider."""

    provider: str = ""


class Owner(NamedTuple):
    """A key at a provider that charges, and what it asked for there."""

    tenant: str
    provider: Provider
    tariff: Tariff
    key: str
    tasks: Sequence[AnyTask]


def owners(world: World, asked: LedgerAsked) -> Iterator[Owner]:
    """Give every tenant, provider that charges, and key that are meant."""
    providers = providers_of(world, asked.provider)
    for tenant in tenants_of(world, asked):
        tasks = tasks_by_owner(world, tenant)
        for key in keys_of(world, tenant):
            for one in providers:
                if one.tariff and is_meant(asked, key):
                    yield Owner(tenant, one, one.tariff, key, tasks.get((one.id, key), ()))


def tasks_by_owner(world: World, tenant: str) -> Mapping[tuple[str, str], Sequence[AnyTask]]:
    """Give the tasks of a tenant by provider and key."""
    grouped: dict[tuple[str, str], list[AnyTask]] = defaultdict(list)
    for task in world.store.tasks.of(tenant):
        grouped[task.provider, task.key].append(task)
    return grouped


def see_ledger(call: Call[LedgerAsked, None]) -> Ledger:
    """Tell what was charged, and what it comes to."""
    world, everyone = call.world, [*owners(call.world, call.asked)]
    lines = [line for owner in everyone for line in lines_of(world, owner)]
    totals = [total_of(world, owner) for owner in everyone]
    totals = [total for total in totals if total["spent"] or total["reserved"]]
    return {
        "lines": sorted(lines, key=lambda line: line["at"]),
        "totals": totals,
        "would_have_cost": by_currency((one["currency"], one["spent"]) for one in totals),
        "reserved": by_currency((one["currency"], one["reserved"]) for one in totals),
    }


def by_currency(amounts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Add amounts up, each currency by itself."""
    sums: dict[str, float] = defaultdict(float)
    for currency, amount in amounts:
        sums[currency] += amount
    return {currency: round(total, 6) for currency, total in sums.items()}


def lines_of(world: World, owner: Owner) -> Iterator[Line]:
    """Give the ledger of a key at a provider."""
    tenant, provider, tariff, key, tasks = owner
    now = world.clock_of(tenant).now()
    lines = [*world.books.account(tenant, provider, key).top_ups]
    for task in tasks:
        lines += moves(replace(task), tariff, now)  # the copy remembers what it reads, not the task
    for move in lines:
        yield {
            "at": move.at,
            "tenant": world.labels.of(tenant),
            "key": label(key),
            "provider": provider.id,
            "kind": move.kind,
            "amount": move.amount / MICRO,
            "currency": tariff.currency,
            "task": move.task,
            "model": move.model,
            "settled": move.settled,
        }


def total_of(world: World, owner: Owner) -> Total:
    """Give what a key spent at a provider."""
    tenant, provider, tariff, key, tasks = owner
    now = world.clock_of(tenant).now()
    forgotten = world.books.account(tenant, provider, key).forgotten
    spent, reserved = -forgotten, 0
    for task in tasks:
        price = -net(task, tariff, now)
        if tariff.charged is Charged.SUCCEEDED and not task.is_over(now):
            reserved += price
        else:
            spent += price
    return {
        "tenant": world.labels.of(tenant),
        "key": label(key),
        "provider": provider.id,
        "currency": tariff.currency,
        "spent": spent / MICRO,
        "reserved": reserved / MICRO,
        "forgotten": -forgotten / MICRO,
    }
