"""Tasks: seeing them, and bringing them to their end."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from pydantic import Field
from typing_extensions import TypedDict

from contracts.kernel.money import MICRO
from contracts.kernel.provider import Provider
from contracts.kernel.task import Failure, Phase
from mockserver import redaction
from mockserver.control.endpoint import (
    MOST,
    Call,
    Form,
    Unfit,
    Whose,
    absent,
    conflict,
    expect,
)
from mockserver.control.whose import is_meant, provider_named, tenants_of
from mockserver.destinations import shown
from mockserver.journal import label
from mockserver.naming import hint
from mockserver.store import AnyTask
from mockserver.world import World


class Why(TypedDict):
    """Why a task fails, or will."""

    code: str
    message: str


class TaskTold(TypedDict):
    """One task."""

    id: str
    provider: str
    tenant: str
    key: str
    state: str
    model: str
    created: float
    started: float | None
    """When work on it begins; null where that is open."""
    finishes: float | None
    """When it is over; null where that is open."""
    cost: float
    currency: str
    callback_url: str
    media_url: str | None
    """Its result, as long as it can be fetched."""
    failure: Why | None
    scenario: str
    """The scenario that it met when it was opened, as far as that is remembered."""


class Tasks(TypedDict):
    """Tasks, oldest first in each tenant."""

    tasks: list[TaskTold]


class TasksAsked(Whose):
    """Which tasks."""

    provider: str = ""
    state: Phase | None = None
    limit: int = Field(MOST, ge=1, le=MOST, description="The latest so many.")


class TaskAsked(Whose):
    """One task by its id; whose it is must be said only if several have the id."""

    id: str
    provider: str = ""


class Fail(Form):
    """Why a task is to fail: a documented reason of its provider by name, or words of your own."""

    reason: str = ""
    code: str = ""
    message: str = ""


Faults = Mapping[tuple[str, str, str], str]
"""What the journal says of the request that opened a task, by provider, label of the key, id."""


def faults_of(world: World) -> Faults:
    """Give the scenarios that meddled with tasks when they were opened: the first one named."""
    if not world.is_meddled:
        return {}
    faults: dict[tuple[str, str, str], str] = {}
    for entry in tuple(world.journal):
        for id_ in entry.tasks:
            faults.setdefault((entry.provider, entry.key, id_), entry.fault)
    return faults


def scenario_of(task: AnyTask, faults: Faults) -> str:
    """Name what a task met: it may be its answer alone that something was done to."""
    trouble = task.trouble
    if trouble is None:
        return ""
    fault = faults.get((task.provider, label(task.key), task.id))
    return trouble.scenario or fault or ", ".join(trouble.names)


def told_of(world: World, task: AnyTask, known: Faults | None = None) -> TaskTold:
    """Tell of a task; what the journal says of many is better known beforehand."""
    faults = faults_of(world) if known is None else known
    provider, failure = world.providers[task.provider], task.plan.failure
    return {
        "id": task.id,
        "provider": task.provider,
        "tenant": world.labels.of(task.tenant),
        "key": label(task.key),
        "state": state_of(world, task),
        "model": str(getattr(replace(task).request, "model", "")),  # the copy remembers it
        "created": task.created,
        "started": moment(task.started),
        "finishes": moment(task.finishes),
        "cost": task.cost / MICRO,
        "currency": provider.tariff.currency if provider.tariff else "",
        "callback_url": redaction.url(shown(task.plan.callback_url)),
        "media_url": task.video_url if world.has_media(task) else None,
        "failure": {"code": failure.code, "message": failure.message} if failure else None,
        "scenario": scenario_of(task, faults),
    }


def moment(at: float) -> float | None:
    """Give a moment as JSON can say it."""
    return at if at < inf else None


def state_of(world: World, task: AnyTask) -> Phase:
    """Give the phase of a task now."""
    return task.phase(world.clock_of(task.tenant).now())


def list_tasks(call: Call[TasksAsked, None]) -> Tasks:
    """Tell of the tasks that are meant."""
    world, asked = call.world, call.asked
    if asked.provider:
        provider_named(world, asked.provider)
    found = [
        task
        for name in tenants_of(world, asked)
        for task in world.store.tasks.of(name)
        if (not asked.provider or task.provider == asked.provider)
        and is_meant(asked, task.key)
        and (not asked.state or state_of(world, task) is asked.state)
    ]
    faults = faults_of(world)
    return {"tasks": [told_of(world, task, faults) for task in found[-asked.limit :]]}


def find(world: World, asked: TaskAsked) -> AnyTask:
    """Give the one task that is meant."""
    found = [
        task
        for name in tenants_of(world, asked)
        for provider in world.providers
        if (task := world.store.tasks.get(name, (provider, asked.id)))
        and asked.provider in {"", provider}
        and is_meant(asked, task.key)
    ]
    if not found:
        raise absent(f"no task {asked.id!r}; it never was, was forgotten, or is someone else's")
    if len(found) > 1:
        raise conflict(f"{len(found)} tasks have the id {asked.id!r}; say whose, or which provider")
    return found[0]


def see_task(call: Call[TaskAsked, None]) -> TaskTold:
    """Tell of one task."""
    return told_of(call.world, find(call.world, call.asked))


async def finish_task(call: Call[TaskAsked, None]) -> TaskTold:
    """Let a task end now, as it would have; its callback was tried when the answer comes."""
    return await _end(call.world, unfinished(call.world, call.asked), None)


async def fail_task(call: Call[TaskAsked, Fail]) -> TaskTold:
    """Let a task fail now; its callback was tried when the answer comes."""
    task = unfinished(call.world, call.asked)
    failure = failure_of(call.world.providers[task.provider], call.told)
    return await _end(call.world, task, failure)


def unfinished(world: World, asked: TaskAsked) -> AnyTask:
    """Give the task that is meant, which must not be over."""
    return must_be_open(world, find(world, asked))


def must_be_open(world: World, task: AnyTask) -> AnyTask:
    """Give a task back that is not over, or refuse it."""
    if (state := state_of(world, task)) in {Phase.SUCCEEDED, Phase.FAILED}:
        raise conflict(f"task {task.id} is over already: it has {state}")
    return task


async def _end(world: World, task: AnyTask, failure: Failure | None) -> TaskTold:
    clock = world.clock_of(task.tenant)
    world.end(task, clock, failure)
    await clock.advance(0)
    return told_of(world, task)


def failure_of(provider: Provider, told: Fail) -> Failure:
    """Give the failure that is meant: by name, in words, or else the provider's first."""
    if told.code or told.message:
        if told.reason or not (told.code and told.message):
            raise Unfit("say either a reason, or both code and message")
        return Failure(told.code, told.message)
    if told.reason:
        return provider.failures[expect("reason", told.reason, provider.failures)]
    first = next(iter(provider.failures.values()), None)
    if first is None:
        raise Unfit(f"no reason is known{hint('', ())}; say code and message")
    return first


def expire_task(call: Call[TaskAsked, None]) -> TaskTold:
    """Let the result of a task that succeeded be gone, as at the end of its life."""
    task = find(call.world, call.asked)
    expire(call.world, task)
    return told_of(call.world, task)


def expire(world: World, task: AnyTask) -> None:
    """Let the result of a task be gone, if it has one."""
    if (state := state_of(world, task)) is not Phase.SUCCEEDED:
        raise conflict(f"task {task.id} has no result that could expire: it is {state}")
    world.forget_media(task)
