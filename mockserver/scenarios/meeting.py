"""Where requests and scenarios meet, and what comes of it."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from contracts.kernel.errors import Refused
from contracts.kernel.operation import Finds, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.task import Failure, Task
from mockserver.delivery import MEDIA
from mockserver.exchange import Exchange, Unanswered
from mockserver.scenarios.directory import Case, Met
from mockserver.scenarios.magic import directives
from mockserver.scenarios.mischief import Mischief
from mockserver.scenarios.scenario import OF_TASKS, Do
from mockserver.store import AnyTask
from mockserver.trouble import Trouble
from mockserver.world import World

AT_OPENING = {*OF_TASKS, "reason", "seconds"}
"""What is said of a task that is opened, rather than of the answer."""
FLAPS = 4
"""How many looks a flapping task takes to settle."""
LATE = 600.0
"""Seconds by which a callback is late where nothing is said."""


def meet(provider: Provider, operation: Operation, exchange: Exchange, world: World) -> None:
    """Let a request that the provider would accept meet the scenarios there are."""
    world.is_meddled = True
    if isinstance(operation.effect, Opens):
        meet_opening(provider, operation, operation.effect, exchange, world)
        return
    case = case_of(provider, operation, exchange, world)
    exchange.found = case.tasks  # what is refused now has found nothing else
    if met := with_film(world.scenarios.meet(case), case.tasks):
        meddle(met, exchange)


def with_film(met: Met | None, tasks: Sequence[Task[Any]]) -> Met | None:
    """Add what is wrong with a film since its task was opened."""
    ill = next((task.trouble for task in tasks if task.trouble and task.trouble.video), None)
    if ill is None or (met and met.do.video):
        return met
    given = met.do.given() if met else {}
    names = (*met.names, ill.scenario) if met else (ill.scenario,)
    return Met(names, Do.model_construct(**given, video=ill.video))


def meet_opening(
    provider: Provider, operation: Operation, effect: Opens, exchange: Exchange, world: World
) -> None:
    """Decide what becomes of a task before it is opened, and of the answer."""
    asked = directives(effect.prompt(exchange.request))
    if asked:
        url = provider.webhook and effect.plan(exchange.request).callback_url
        world.scenarios.check(asked, provider, called_back=bool(url))
    case = replace(plain(provider, operation, exchange), prompt_of=effect.prompt, asked=asked)
    met = world.scenarios.meet(case)
    if met or asked:
        exchange.trouble = trouble(met, asked, provider)
    if met:
        meddle(met, exchange, AT_OPENING)


def trouble(met: Met | None, asked: tuple[str, ...], provider: Provider) -> Trouble:
    """Give what is in store for a task."""
    do = met.do if met else None
    if met is None or do is None or not any(getattr(do, name) is not None for name in OF_TASKS):
        return Trouble(scenario="", names=asked)
    return Trouble(
        scenario=", ".join(met.names),
        stuck=do.task == "stuck",
        failure=failure(do, provider) if do.task == "fail" else None,
        flaps=FLAPS if do.task == "flap" else 0,
        expired=do.task == "expire",
        video=do.video or "",
        callback=do.callback or "",
        delay=(do.seconds or LATE) if do.callback == "late" else 0.0,
        names=asked,
    )


def failure(do: Do, provider: Provider) -> Failure:
    """Give why a task fails; for the first of the provider's reasons where none is given."""
    return provider.failures[do.reason or next(iter(provider.failures))]


def plain(provider: Provider, operation: Operation, exchange: Exchange) -> Case:
    """Tell of a request what it says itself."""
    return Case(provider, operation.id, exchange.tenant, exchange.key, exchange.request)


def case_of(provider: Provider, operation: Operation, exchange: Exchange, world: World) -> Case:
    """Tell what a request is about, whose tasks are there already."""
    effect, tasks = operation.effect, exchange.found
    if isinstance(effect, Finds):
        tasks = world.find(provider, exchange, effect.ids(exchange.request))
    case = replace(plain(provider, operation, exchange), tasks=tuple(tasks))
    return about(case, world) if tasks else case


def about(case: Case, world: World) -> Case:
    """Complete a request by what it is about: it is met as its tasks would be."""
    first, effect = case.tasks[0], case.provider.submit.effect
    assert isinstance(effect, Opens)  # noqa: S101 - that is what `submit` does
    now = world.clock_of(first.tenant).now()
    asked = dict.fromkeys(
        name for task in case.tasks if task.trouble for name in task.trouble.names
    )
    return replace(
        case,
        tenant=case.tenant or first.tenant,
        key=case.key or first.key,
        prompt_of=effect.prompt,
        asked=tuple(asked),
        is_over=all(task.is_over(now) for task in case.tasks),
    )


def meddle(met: Met, exchange: Exchange, settled: AbstractSet[str] = frozenset()) -> None:
    """Have done to a request what it met, but for what is settled already."""
    do = met.do
    if do.given().keys() - settled:
        exchange.mischief = Mischief(", ".join(met.names), do)
    if do.error is not None:
        raise Refused(do.error, details=do.details)
    if do.drop == "before":
        raise Unanswered


def meet_download(task: AnyTask, world: World) -> Mischief | None:
    """Let the fetching of a result meet the scenarios there are."""
    provider = world.providers[task.provider]
    case = about(Case(provider, MEDIA, "", "", tasks=(task,)), world)
    met = with_film(world.scenarios.meet(case), case.tasks)
    return Mischief(", ".join(met.names), met.do) if met else None
