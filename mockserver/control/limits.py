"""Limits on use: those that hold for a tenant, and others instead."""

from typing import Literal, NotRequired, assert_never

from pydantic import Field
from typing_extensions import TypedDict

from contracts.kernel.errors import Cause
from contracts.kernel.quotas import Concurrency, ErrorBudget, Quota, Rate
from contracts.kernel.source import Confidence, Source
from mockserver.control.endpoint import Call, Form, Unfit, Whose, expect
from mockserver.control.whose import one_tenant, tenant_of
from mockserver.world import World

OURS = Source("the control plane", "2026-11", confidence=Confidence.ASSUMED, note="as it was told")
FAILURE = 400
"""Statuses from here on are refusals."""


class QuotaTold(TypedDict):
    """One limit."""

    provider: str
    id: str
    kind: Literal["rate", "concurrency", "errors"]
    cause: str
    """The refusal of what is too much."""
    source: str
    operations: NotRequired[list[str]]
    requests: NotRequired[int]
    tasks: NotRequired[int]
    failures: NotRequired[int]
    seconds: NotRequired[float]
    blocks: NotRequired[float]


class LimitsTold(TypedDict):
    """The limits that hold."""

    tenant: str
    """Whose they are; empty for those of the world."""
    own: bool
    """Whether they are a tenant's own."""
    limits: list[QuotaTold]


class OwnRate(Form):
    """At most so many requests within a sliding window, for each key."""

    requests: int = Field(ge=1)
    seconds: float = Field(gt=0)
    operations: list[str] = Field(default=[], description="Counted together; all when empty.")


class OwnBudget(Form):
    """After more than so many refusals within a window, all is refused for a while."""

    failures: int = Field(ge=0)
    seconds: float = Field(gt=0)
    blocks: float = Field(gt=0, description="For how long, in seconds.")


class Limiting(Form):
    """Limits for a tenant: `documented` ones, none (`off`), or others."""

    limits: Literal["documented", "off"] | None = None
    rates: list[OwnRate] = Field(default=[])
    concurrency: int | None = Field(None, ge=0, description="Unfinished tasks at once, by key.")
    errors: OwnBudget | None = None


def told_of(world: World, name: str) -> LimitsTold:
    """Tell which limits hold for a tenant, or for those who have none of their own."""
    tenant = world.tenants.get(name)
    return {
        "tenant": world.labels.of(name),
        "own": tenant is not None and tenant.quotas is not None,
        "limits": [
            quota_told(one.id, quota)
            for one in world.providers.values()
            for quota in world.quotas(name, one)
        ],
    }


def quota_told(provider: str, quota: Quota) -> QuotaTold:
    """Tell of one limit."""
    told: QuotaTold = {
        "provider": provider,
        "id": quota.id,
        "kind": "errors",
        "cause": str(quota.cause),
        "source": str(quota.source),
    }
    match quota:
        case Rate():
            operations = [*quota.operations]
            counts: QuotaTold = {**told, "kind": "rate", "operations": operations}
            return {**counts, "requests": quota.requests, "seconds": quota.seconds}
        case Concurrency():
            return {**told, "kind": "concurrency", "tasks": quota.tasks}
        case ErrorBudget():
            span: QuotaTold = {**told, "failures": quota.failures, "seconds": quota.seconds}
            return {**span, "blocks": quota.blocks}
        case _:
            assert_never(quota)


def see_limits(call: Call[Whose, None]) -> LimitsTold:
    """Tell which limits hold."""
    return told_of(call.world, tenant_of(call.world, call.asked))


def set_limits(call: Call[Whose, Limiting]) -> LimitsTold:
    """Give a tenant limits of its own."""
    world, told, name = call.world, call.told, one_tenant(call.world, call.asked)
    own = quotas(world, told)
    if told.limits and own:
        raise Unfit("say either which limits, or limits of your own")
    if not told.limits and not own:
        raise Unfit("say limits, or rates, concurrency or errors; DELETE takes them back")
    world.limit(name, told.limits or own)
    return told_of(world, name)


def quotas(world: World, told: Limiting) -> tuple[Quota, ...]:
    """Give the limits that were told."""
    known = dict.fromkeys(
        operation.id for one in world.providers.values() for operation in one.operations
    )
    rates = [
        Rate(
            id=f"rate-{number}",
            operations=tuple(expect("operation", id_, known) for id_ in rate.operations or known),
            requests=rate.requests,
            seconds=rate.seconds,
            source=OURS,
        )
        for number, rate in enumerate(told.rates, 1)
    ]
    return (*rates, *_concurrency(told.concurrency), *_budget(told.errors))


def _concurrency(tasks: int | None) -> tuple[Quota, ...]:
    if tasks is None:
        return ()
    return (Concurrency(id="concurrency", tasks=tasks, source=OURS),)


def _budget(told: OwnBudget | None) -> tuple[Quota, ...]:
    if told is None:
        return ()
    return (
        ErrorBudget(
            id="errors",
            failures=told.failures,
            seconds=told.seconds,
            blocks=told.blocks,
            counts=lambda status, _cause: status >= FAILURE,
            cause=Cause.RATE_LIMITED,
            source=OURS,
        ),
    )


def drop_limits(call: Call[Whose, None]) -> LimitsTold:
    """Give a tenant the limits of the world again."""
    name = one_tenant(call.world, call.asked)
    call.world.limit(name, None)
    return told_of(call.world, name)
