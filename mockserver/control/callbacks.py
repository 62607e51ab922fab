"""The outbox: callbacks, every try of them, and delivering one again."""

from pydantic import Field
from typing_extensions import TypedDict

from contracts.kernel.provider import Provider
from mockserver import redaction
from mockserver.control.endpoint import MOST, Call, Whose, absent, conflict
from mockserver.control.whose import is_meant, provider_named, tenants_of
from mockserver.outbox import Callback, State
from mockserver.responding import Response
from mockserver.store import AnyTask
from mockserver.world import World


class AttemptTold(TypedDict):
    """One try to deliver a callback."""

    at: float
    """On the clock of the tenant."""
    status: int
    """0 where there was no answer."""
    problem: str
    """What went wrong; empty when it went well."""
    seconds: float
    """How long it took, in real time."""
    copy: int
    """Which delivery it belongs to."""


class CallbackTold(TypedDict):
    """One callback."""

    id: str
    tenant: str
    provider: str
    task: str
    url: str
    scheduled: float
    state: State
    trouble: str
    """What a scenario has in store for it."""
    attempts: list[AttemptTold]


class OutboxTold(TypedDict):
    """Callbacks, oldest first in each tenant."""

    callbacks: list[CallbackTold]


class CallbacksAsked(Whose):
    """Which callbacks."""

    provider: str = ""
    state: State | None = None
    limit: int = Field(MOST, ge=1, le=MOST, description="The latest so many.")


class CallbackAsked(Whose):
    """One callback by its id; whose it is must be said only if several have the id."""

    id: str
    provider: str = ""


def told_of(world: World, callback: Callback) -> CallbackTold:
    """Tell of a callback."""
    return {
        "id": callback.id,
        "tenant": world.labels.of(callback.tenant),
        "provider": callback.provider,
        "task": callback.task,
        "url": redaction.url(callback.url),
        "scheduled": callback.scheduled,
        "state": callback.state,
        "trouble": callback.trouble,
        "attempts": [
            {
                "at": one.at,
                "status": one.status,
                "problem": one.problem,
                "seconds": one.seconds,
                "copy": one.copy,
            }
            for one in callback.attempts
        ],
    }


def see_outbox(call: Call[CallbacksAsked, None]) -> OutboxTold:
    """Tell of the callbacks that are meant."""
    world, asked = call.world, call.asked
    if asked.provider:
        provider_named(world, asked.provider)
    found = [
        one
        for tenant in tenants_of(world, asked)
        for one in world.store.callbacks.of(tenant)
        if asked.provider in {"", one.provider}
        and asked.state in {None, one.state}
        and (not asked.key or is_meant(asked, task_of(world, one).key))
    ]
    return {"callbacks": [told_of(world, one) for one in found[-asked.limit :]]}


def task_of(world: World, callback: Callback) -> AnyTask:
    """Give the task of a callback, which is there as long as its callback is."""
    task = world.store.tasks.get(callback.tenant, (callback.provider, callback.task))
    assert task  # noqa: S101 - they are forgotten together
    return task


def find(world: World, asked: CallbackAsked) -> Callback:
    """Give the one callback that is meant."""
    found = [
        one
        for tenant in tenants_of(world, asked)
        for provider in world.providers
        if (one := world.store.callbacks.get(tenant, (provider, asked.id)))
        and asked.provider in {"", provider}
    ]
    if not found:
        raise absent(f"no callback {asked.id!r}: its id is that of its task")
    if len(found) > 1:
        raise conflict(f"{len(found)} callbacks have the id {asked.id!r}; say whose")
    return found[0]


def parts(world: World, asked: CallbackAsked) -> tuple[AnyTask, Provider]:
    """Give what the callback that is meant is made of."""
    callback = find(world, asked)
    return task_of(world, callback), world.providers[callback.provider]


def see_callback(call: Call[CallbackAsked, None]) -> CallbackTold:
    """Tell of one callback."""
    return told_of(call.world, find(call.world, call.asked))


def see_request(call: Call[CallbackAsked, None]) -> Response:
    """Give the whole request that a callback is, as it goes over the wire."""
    try:
        sent = call.world.outbox.request(*parts(call.world, call.asked))
    except ValueError as error:
        raise conflict(f"this callback can be no request: {error}") from None
    headers = [(b"content-type", b"application/http"), (b"content-length", b"%d" % len(sent))]
    return Response(200, headers, sent)


async def deliver_callback(call: Call[CallbackAsked, None]) -> CallbackTold:
    """Deliver a callback now, once, whatever became of it; it was tried when this answers."""
    await call.world.outbox.redeliver(*parts(call.world, call.asked))
    return told_of(call.world, find(call.world, call.asked))
