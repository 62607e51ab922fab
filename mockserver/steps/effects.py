"""What an accepted request does: open a task, find tasks, compute an answer, keep a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import assert_never

from pydantic import TypeAdapter

from contracts.kernel.ids import uuid4
from contracts.kernel.money import Move
from contracts.kernel.operation import (
    Banks,
    Computes,
    Finds,
    Follows,
    Keeps,
    Opens,
    Operation,
    Teller,
)
from contracts.kernel.provider import Provider
from mockserver.exchange import Exchange
from mockserver.steps import Step
from mockserver.store import AnyTask
from mockserver.world import NOBODY, World


def effect_step(provider: Provider, operation: Operation, world: World) -> Step:
    """Give the step that carries the effect of an operation out."""
    effect = operation.effect
    match effect:
        case Opens():
            return opening(provider, operation, effect, world)
        case Finds():
            return finding(provider, effect, world)
        case Follows():
            return following(effect)
        case Computes():
            return computing(effect)
        case Keeps():
            return keeping(effect, world)
        case Banks():
            return banking(provider, effect, world)
        case _:
            assert_never(effect)


def opening(provider: Provider, operation: Operation, effect: Opens, world: World) -> Step:
    """Open a task; the reply comes now, or when the task is over."""
    parse = TypeAdapter(operation.body).validate_json
    price = provider.tariff.price if provider.tariff else None

    def open_task(exchange: Exchange) -> None:
        request = exchange.request
        plan = effect.plan(request)
        if failure := exchange.failure or (exchange.trouble and exchange.trouble.failure):
            plan = plan._replace(failure=failure)
        cost = price(request, plan) if price else 0
        now = exchange.clock.now()
        world.books.check(exchange.tenant, provider, exchange.key, cost, now)
        task = world.open(provider, exchange, plan, cost, parse)
        exchange.opened = task
        if not effect.waits(request):
            exchange.reply = effect.reply(task, task.created)
        task.known = None

    return open_task


def finding(provider: Provider, effect: Finds, world: World) -> Step:
    """Find tasks of the same key."""

    def find_tasks(exchange: Exchange) -> None:
        clock = exchange.clock
        # whoever met a scenario has found its tasks already
        found = exchange.found or world.find(provider, exchange, effect.ids(exchange.request))
        exchange.found = found
        if clock.policy == "poll":
            for task in found:
                world.look(provider, task, clock)
        now = clock.now()
        seen = [seen_as(task, now, world) if task.trouble else task for task in found]
        exchange.reply = effect.reply(exchange.request, seen, now)

    return find_tasks


def following(effect: Follows) -> Step:
    """Answer for the task behind a link, whoever asks."""

    def follow_link(exchange: Exchange) -> None:
        exchange.reply = effect.reply(exchange.request, exchange.found, exchange.clock.now())

    return follow_link


def seen_as(task: AnyTask, now: float, world: World) -> AnyTask:
    """Give a task as a look finds it: of one that flaps, every other look finds it not begun."""
    trouble = task.trouble
    if trouble.flaps <= 0 or now <= task.started:
        return task
    trouble.flaps -= 1
    world.store.tasks.put(task.tenant, (task.provider, task.id), task)
    return task if trouble.flaps % 2 else replace(task, started=inf, finishes=inf)


def owner_steps(provider: Provider, operation: Operation, world: World) -> tuple[Step, ...]:
    """Give the step that finds whose request it is where a link says so, and no key."""
    effect = operation.effect
    if not isinstance(effect, Follows):
        return ()

    def find_owner(exchange: Exchange) -> None:
        link = world.store.links.get(NOBODY, effect.link(exchange.request))
        task = world.task_behind(link)
        if task and task.provider == provider.id:
            exchange.enter(task.tenant, world.clock_of(task.tenant))
            exchange.found = (task,)

    return (find_owner,)


def computing(effect: Computes) -> Step:
    """Answer from the request alone."""

    def compute(exchange: Exchange) -> None:
        exchange.reply = effect.reply(exchange.request)

    return compute


def keeping(effect: Keeps, world: World) -> Step:
    """Keep an uploaded file."""

    def keep_file(exchange: Exchange) -> None:
        assert exchange.file is not None  # noqa: S101 - the contract asked for it
        name = exchange.form[effect.field]
        upload = world.keep_file(exchange.tenant, exchange.origin, name, exchange.file)
        exchange.reply = effect.reply(upload)

    return keep_file


def banking(provider: Provider, effect: Banks, world: World) -> Step:
    """Show or change the money of a key."""

    def bank(exchange: Exchange) -> None:
        teller = Teller(
            key=exchange.key,
            headers=exchange.headers,
            now=exchange.clock.now(),
            url=exchange.url(),
            purse=partial(KeysPurse, provider, exchange, world),
            new_id=partial(uuid4, world.random),
        )
        exchange.reply = effect.reply(exchange.request, teller)

    return bank


@dataclass(frozen=True, slots=True)
class KeysPurse:
    """The money of one key, as an operation about money sees it."""

    provider: Provider
    exchange: Exchange
    world: World
    key: str

    @property
    def tenant(self) -> str:
        """Whose money it is: a key that was not shown is a tenant of its own."""
        return self.exchange.tenant or self.key

    @property
    def balance(self) -> int | None:
        """What is left, in millionths; None where it never runs out."""
        now = self.exchange.clock.now()
        return self.world.books.balance(self.tenant, self.provider, self.key, now)

    def moves(self) -> Sequence[Move]:
        """Give the ledger, newest first."""
        now = self.exchange.clock.now()
        return self.world.books.moves(self.tenant, self.provider, self.key, now)

    def top_up(self, amount: int, payment: str) -> int:
        """Add money, and give the new balance; the sum itself where money never runs out."""
        self.exchange.tenant = self.tenant
        now = self.exchange.clock.now()
        self.world.books.top_up(self.tenant, self.provider, self.key, amount, now, payment)
        left = self.balance
        return amount if left is None else left
