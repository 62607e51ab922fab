"""What an accepted request does: open a task, find tasks, compute an answer, keep a file."""

from typing import Any, assert_never

from pydantic import TypeAdapter

from contracts.kernel.operation import Computes, Finds, Follows, Keeps, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.task import Task
from mockserver.exchange import Exchange
from mockserver.steps import Step
from mockserver.world import World


def effect_step(provider: Provider, operation: Operation, world: World) -> Step:
    """Give the step that carries the effect of an operation out."""
    effect = operation.effect
    match effect:
        case Opens():
            return opening(provider, operation, effect, world)
        case Finds():
            return finding(provider, effect, world)
        case Follows():
            return following(provider, effect, world)
        case Computes():
            return computing(effect)
        case Keeps():
            return keeping(effect, world)
        case _:
            assert_never(effect)


def opening(provider: Provider, operation: Operation, effect: Opens, world: World) -> Step:
    """Open a task; the reply comes now, or when the task is over."""
    parse = TypeAdapter(operation.body).validate_json

    def open_task(exchange: Exchange) -> None:
        request = exchange.request
        plan = effect.plan(request)
        if exchange.failure:
            plan = plan._replace(failure=exchange.failure)
        task = world.open(provider, exchange, plan, parse)
        exchange.opened = task
        if not effect.waits(request):
            exchange.reply = effect.reply(task, task.created)
        task.known = None

    return open_task


def finding(provider: Provider, effect: Finds, world: World) -> Step:
    """Find tasks of the same key."""

    def find_tasks(exchange: Exchange) -> None:
        ids = effect.ids(exchange.request)
        found = world.find(provider, exchange.key, ids)
        exchange.found = found
        exchange.reply = effect.reply(exchange.request, found, world.clock.now())

    return find_tasks


def following(provider: Provider, effect: Follows, world: World) -> Step:
    """Find the task of this provider behind a link, whoever asks."""

    def follow_link(exchange: Exchange) -> None:
        target = world.links.get(effect.link(exchange.request))
        found: list[Task[Any]] = []
        if isinstance(target, Task) and target.provider == provider.id:
            found.append(target)
        exchange.found = found
        exchange.reply = effect.reply(exchange.request, found, world.clock.now())

    return follow_link


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
        upload = world.keep_file(exchange.key, exchange.origin, name, exchange.file)
        exchange.reply = effect.reply(upload)

    return keep_file
