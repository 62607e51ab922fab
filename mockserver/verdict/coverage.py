"""Coverage of contracts: which of their points a client exercised, and which it never did.

An operation, a mode or a field counts once a request with it was accepted: what is refused proves
nothing of it, and counts as an error that was met.
"""

from collections.abc import Iterable, Iterator, Mapping
from json import dumps
from typing import Any

from contracts.kernel.checking.messages import Target
from contracts.kernel.errors import Cause
from contracts.kernel.history import MEDIA
from contracts.kernel.operation import Finds, Keeps, Opens
from contracts.kernel.provider import Provider
from contracts.kernel.task import Failure, Phase
from mockserver.store import AnyTask
from mockserver.testing.asking import Request, everything
from mockserver.testing.errors import Unreadable
from mockserver.verdict.carrying import fields_of
from mockserver.verdict.points import Area, Point, consents, fields_in, points, state_of, targets_of
from mockserver.world import World

PART, EXPIRED = 206, "screentest/expired"
FILM = b"video/"
SUCCESS = range(200, 300)


def covered(
    world: World, tenant: str, requests: Iterable[Request] | None = None
) -> tuple[str, ...]:
    """Give the names of the points that a tenant exercised, in the order of `points`."""
    asked = everything(world, tenant) if requests is None else requests
    tried = {
        *(name for one in asked for name in _by_request(world, tenant, one)),
        *(name for task in world.store.tasks.of(tenant) for name in _by_task(world, task)),
    }
    every = [one.name for provider in world.providers.values() for one in points(provider)]
    return tuple(name for name in every if name in tried)


def _by_request(world: World, tenant: str, request: Request) -> Iterator[str]:
    """Give what one request exercises; some of it may be no point."""
    provider = world.providers.get(request.provider)
    if provider is None:
        return
    if _has_film(request):
        case = "range" if request.status == PART else "whole"
        yield f"{provider.id}/download:{case}"
    target = targets_of(provider).get(request.operation)
    if target:
        tasks = _told_of(world, tenant, target, request)
        yield from _by_sight(provider, request, tasks)
        if not request.rule or tasks:
            yield from _by_use(provider, target, request)
        else:
            yield from _by_refusal(provider, target, request.rule)
    elif request.rule == EXPIRED:
        yield f"{provider.id}/download:expired"


def _has_film(request: Request) -> bool:
    """Tell whether a request was answered with a result, or a part of it."""
    kind = dict(request.entry.sent).get(b"content-type", b"")
    is_film = request.operation == MEDIA or kind.startswith(FILM)
    return is_film and request.status in SUCCESS and request.method != "HEAD"


def _told_of(world: World, tenant: str, target: Target, request: Request) -> list[AnyTask]:
    """Give the tasks whose state an answer told: also where a failure is told by a refusal."""
    rows = [world.store.tasks.get(tenant, (request.provider, one)) for one in request.tasks]
    seen = [(one, one.phase(request.at + request.took)) for one in rows if one and request.status]
    effect = target.operation.effect
    if isinstance(effect, Opens):  # only a call that blocks tells of the end
        return [task for task, _ in seen if effect.waits(task.request)]
    if not isinstance(effect, Finds):
        return []
    return [task for task, phase in seen if not request.rule or phase is Phase.FAILED]


def _by_sight(provider: Provider, request: Request, tasks: list[AnyTask]) -> Iterator[str]:
    for task in tasks:
        phase = task.phase(request.at + request.took)
        yield f"{provider.id}/state:{state_of(provider, phase)}"
        if phase is Phase.FAILED:
            yield from _failures(provider, task.plan.failure)


def _failures(provider: Provider, failure: Failure | None) -> Iterator[str]:
    names = [name for name, one in provider.failures.items() if one == failure]
    yield from (f"{provider.id}/failure:{name}" for name in names)


def _by_use(provider: Provider, target: Target, request: Request) -> Iterator[str]:
    """Give what a request exercises that was accepted."""
    name = f"{provider.id}/{target.operation.id}"
    yield name
    fields = _fields(target, request)
    yield from (f"{name}:{path}" for path in fields_in(target.contract.limits, fields))
    modes = target.operation.body.modes
    if modes and fields is not None:
        body = target.contract.adapter.validate_json(dumps(fields))
        yield from (f"{name}/{mode}" for mode, one in modes.items() if one.holds(body))


def _fields(target: Target, request: Request) -> Any:  # noqa: ANN401 - JSON
    """Give what a request said; None where too little of it was kept."""
    effect = target.operation.effect
    if isinstance(effect, Keeps):
        return {effect.field: ""}
    try:
        return fields_of(target, request)
    except Unreadable:
        return None


def _by_refusal(provider: Provider, target: Target, rule: str) -> Iterator[str]:
    """Give the row of the catalogue that a rule of the provider refuses by."""
    if not rule.startswith(f"{provider.id}/"):
        return
    contract, id_ = target.contract, rule.removeprefix(f"{provider.id}/")
    stated = contract.rules.get(rule) or contract.media.get(rule)
    cause = stated.cause if stated else id_ if id_ in provider.errors else ""
    yield f"{provider.id}/error:{cause or Cause.INVALID}"
    if any(one.cause == cause for one in consents(provider)):
        yield f"{provider.id}/consent:asked"


def _by_task(world: World, task: AnyTask) -> Iterator[str]:
    """Give what a task shows that was opened: consent, and what became of its callback."""
    provider = world.providers[task.provider]
    if any(one.attests(task.request) for one in consents(provider)):
        yield f"{provider.id}/consent:given"
    row = world.store.callbacks.get(task.tenant, (task.provider, task.id))
    if row and row.state == "delivered":
        yield f"{provider.id}/callback:delivered"
        failed = {one.copy for one in row.attempts if one.problem}
        if any(one.copy in failed for one in row.attempts if not one.problem):
            yield f"{provider.id}/callback:retried"
        if task.plan.failure:
            yield f"{provider.id}/callback:failed"
            yield from _failures(provider, task.plan.failure)


# What is told of it


def summary(
    providers: Mapping[str, Provider] | Iterable[Provider], hit: Iterable[str]
) -> Mapping[str, Any]:
    """Give how much of the contracts was exercised, of providers that were used at all.

    Where nothing was exercised it is 0 percent, not 100: a gate must not pass for want of requests.
    """
    known = providers.values() if isinstance(providers, Mapping) else providers
    names = frozenset(hit)
    each = {one.id: (one, points(one)) for one in known}
    used = {
        id_: (provider, every)
        for id_, (provider, every) in each.items()
        if any(point.name in names for point in every)
    }
    return {
        **_share([point for _, every in used.values() for point in every], names),
        "providers": {
            id_: {
                "contract": provider.name,
                **_share(every, names),
                "groups": _groups(every, names),
            }
            for id_, (provider, every) in used.items()
        },
    }


def _groups(every: Iterable[Point], hit: frozenset[str]) -> dict[str, Any]:
    groups: dict[Area, list[Point]] = {}
    for one in every:
        groups.setdefault(one.area, []).append(one)
    return {area.value: _share(those, hit) for area, those in groups.items()}


def _share(every: Iterable[Point], hit: frozenset[str]) -> dict[str, Any]:
    """Give how many of some points were hit, rounded down: 100 percent is all of them."""
    names = [one.name for one in every]
    missing = [name for name in names if name not in hit]
    count = len(names) - len(missing)
    return {
        "percent": count * 1000 // len(names) / 10 if names else 0.0,
        "hit": count,
        "points": len(names),
        "missing": missing,
    }
