"""What the clients of a world did, put in order for those who judge it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from contracts.kernel.history import History
from contracts.kernel.task import Phase
from mockserver.control.whose import names
from mockserver.journal import label
from mockserver.outbox import Attempt
from mockserver.testing.asking import Request, everything
from mockserver.testing.task import SeenTask, tasks_of
from mockserver.world import World


@dataclass(frozen=True)
class PastTask:
    """A task as rules about behaviour look at it."""

    seen: SeenTask

    @property
    def id(self) -> str:
        """The id that its client knows it by."""
        return self.seen.id

    @property
    def key(self) -> str:
        """The label of the key that it belongs to."""
        return label(self.seen.row.key)

    @property
    def provider(self) -> str:
        """The id of its provider."""
        return self.seen.provider

    @cached_property
    def model(self) -> str:
        """The model that was asked for."""
        return self.seen.model

    @cached_property
    def state(self) -> Phase:
        """What has become of it; that does not change while it is judged."""
        return self.seen.state

    @property
    def created(self) -> float:
        """When it was opened."""
        return self.seen.created

    @property
    def finishes(self) -> float:
        """When it is, or was, over; infinite where that is open."""
        return self.seen.row.finishes

    @cached_property
    def cost(self) -> float:
        """Its price, in the provider's currency."""
        return self.seen.cost

    @cached_property
    def request(self) -> Any:  # noqa: ANN401 - JSON
        """What was asked for."""
        return self.seen.request

    @property
    def callback_url(self) -> str:
        """Where its client wants to hear of its end, if it does."""
        return self.seen.callback_url

    @cached_property
    def callbacks(self) -> Sequence[Attempt]:
        """Every try to deliver its callback; of one that must not be sent there is none."""
        seen = self.seen
        row = seen.world.store.callbacks.get(seen.tenant, (seen.provider, seen.id))
        return tuple(row.attempts) if row and row.state != "refused" else ()


@dataclass(frozen=True, kw_only=True)
class Past:
    """What one client did: in a tenant, with one key or all."""

    world: World
    tenant: str
    key: str | None
    """The label of the key; None for every key."""
    requests: Sequence[Request]
    """Oldest first, counted from 1."""
    tasks: Sequence[PastTask]

    @cached_property
    def histories(self) -> Mapping[tuple[str, str], History]:
        """What each key did at each provider, by the ids of provider and key."""
        requests: dict[tuple[str, str], list[Request]] = {}
        for one in self.requests:
            if one.provider:
                requests.setdefault((one.provider, one.key), []).append(one)
        tasks: dict[tuple[str, str], list[PastTask]] = {}
        for task in self.tasks:
            tasks.setdefault((task.provider, task.key), []).append(task)
        now = self.world.clock_of(self.tenant).now()
        return {
            whose: History(
                provider=self.world.providers[whose[0]],
                requests=requests.get(whose, []),
                tasks=tasks.get(whose, []),
                now=now,
            )
            for whose in {**requests, **tasks}
        }


def past_of(
    world: World, tenant: str, key: str | None = None, asked: Iterable[Request] | None = None
) -> Past:
    """Give what happened in a tenant, by one key or by all."""
    tasks = [PastTask(one) for one in tasks_of(world, tenant)]
    owners = {(one.provider, one.id): one.key for one in tasks}
    every = everything(world, tenant) if asked is None else asked
    mine = [one for one in (owned(one, owners) for one in every) if key in {None, one.key}]
    return Past(
        world=world,
        tenant=tenant,
        key=key,
        requests=[replace(one, number=number) for number, one in enumerate(mine, 1)],
        tasks=[one for one in tasks if key in {None, one.key}],
    )


def owned(request: Request, owners: dict[tuple[str, str], str]) -> Request:
    """Give a request that needs no key, as following a link does, to whom its task belongs."""
    owner = owners.get((request.provider, request.task), "")
    if request.key or not owner:
        return request
    return replace(request, entry=request.entry._replace(key=owner))


def pasts(world: World) -> Iterator[Past]:
    """Give what every client did, tenant by tenant and key by key, in the order they came."""
    known = {label(name): name for name in names(world)}
    asked: dict[str, list[Request]] = {}
    for one in tuple(world.journal):
        tenant = known.get(one.tenant, one.tenant)
        mine = asked.setdefault(tenant, [])
        mine.append(Request(one, len(mine) + 1, tenant, world))
    for tenant, requests in asked.items():
        for key in dict.fromkeys(
            one.key for one in past_of(world, tenant, None, requests).requests
        ):
            yield past_of(world, tenant, key, requests)
