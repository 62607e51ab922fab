"""The state behind the API: keys, tasks, files, the journal. One world for one server."""

from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from contracts.kernel.body import Body
from contracts.kernel.ids import alphanumeric
from contracts.kernel.operation import Upload
from contracts.kernel.provider import Provider
from contracts.kernel.task import MEDIA_PATH, Plan, Task
from mockserver.clock import Clock, WallClock
from mockserver.journal import Journal
from mockserver.outbox import Outbox
from mockserver.settings import Settings
from mockserver.studio import Studio

AnyTask = Task[Body]


@dataclass(slots=True)
class Tenant:
    """Everything that belongs to one API key. Keys never see each other."""

    key: str
    random: Random
    tasks: dict[tuple[str, str], AnyTask] = field(default_factory=dict)
    """By provider and id."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that a client uploaded, served again under a link."""

    content: bytes
    content_type: str


class Order(NamedTuple):
    """What a task is made of."""

    request: Body
    plan: Plan
    origin: str
    weight: int
    """The size of the request's body in bytes."""


class _Kept(NamedTuple):
    """One thing that takes room: a task or a file."""

    weight: int
    tenant: Tenant
    name: tuple[str, str]
    link: str


class World:
    """All state of one mock, partitioned by API key."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or WallClock(settings.speed)
        self.journal = Journal(settings.journal_size)
        self.outbox = Outbox(self.clock, settings.callback_hosts)
        self.studio = Studio()
        self.tenants: dict[str, Tenant] = {}
        self.links: dict[str, AnyTask | File] = {}
        """What can be fetched without a key, by the secret part of its URL."""
        self._kept: deque[_Kept] = deque()
        self._weight = 0

    def tenant(self, key: str) -> Tenant:
        """Give the state of a key; its randomness depends on nothing but the seed and the key."""
        tenant = self.tenants.get(key)
        if tenant is None:
            tenant = Tenant(key, Random(f"{self.settings.seed}/{key}"))  # noqa: S311 - not a secret
            self.tenants[key] = tenant
        return tenant

    def open(self, provider: Provider, tenant: Tenant, order: Order) -> AnyTask:
        """Accept an order as a new task."""
        now = self.clock.now()
        span = provider.lifecycle.seconds / self.clock.speed
        task = Task(
            names=provider.names(tenant.random, now),
            provider=provider.id,
            owner=tenant.key,
            request=order.request,
            plan=order.plan,
            origin=order.origin,
            created=now,
            started=now + span * provider.lifecycle.waiting_share,
            finishes=now + span,
        )
        name = (provider.id, task.id)
        tenant.tasks[name] = task
        self.links[task.names["link"]] = task
        self._keep(_Kept(order.weight, tenant, name, task.names["link"]))
        if order.plan.callback_url and provider.webhook:
            self.outbox.schedule(task, provider.webhook)
        return task

    def keep_file(self, tenant: Tenant, origin: str, name: str, file: File) -> Upload:
        """Keep an uploaded file, and give what its answer is made of."""
        link = alphanumeric(tenant.random, 32)
        self.links[link] = file
        self._keep(_Kept(len(file.content), tenant, ("", ""), link))
        return Upload(
            id=alphanumeric(tenant.random, 24),
            url=f"{origin}{MEDIA_PATH}/{link}{_suffix(name)}",
            name=name,
            content_type=file.content_type,
            size=len(file.content),
        )

    def _keep(self, kept: _Kept) -> None:
        """Make room by forgetting the oldest things, unless a client may still wait for them."""
        self._kept.append(kept)
        self._weight += kept.weight
        settings, now = self.settings, self.clock.now()
        while len(self._kept) > settings.tasks_kept or self._weight > settings.bytes_kept:
            oldest = self._kept[0]
            task = oldest.tenant.tasks.get(oldest.name)
            if oldest is kept or (task and not task.is_over(now)):
                break
            self._kept.popleft()
            self._weight -= oldest.weight
            oldest.tenant.tasks.pop(oldest.name, None)
            self.links.pop(oldest.link, None)


def _suffix(name: str) -> str:
    """Give the ending of a file's name, if it has a harmless one."""
    ending = name.rpartition(".")[2]
    return f".{ending.lower()}" if ending.isalnum() and ending != name else ""
