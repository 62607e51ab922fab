"""The state behind the API: keys, tasks, files, the journal. One world for one server."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from contracts.kernel.body import Body
from contracts.kernel.ids import alphanumeric
from contracts.kernel.operation import Upload
from contracts.kernel.probing import Bytes, View
from contracts.kernel.provider import Provider
from contracts.kernel.task import MEDIA_PATH, Plan, Task
from mockserver.clock import Clock, WallClock
from mockserver.exchange import Exchange, File
from mockserver.journal import Journal
from mockserver.outbox import Outbox
from mockserver.settings import Settings
from mockserver.studio import Studio

AnyTask = Task[Body]

TASK_WEIGHT = 3000
"""What a task takes in memory beside the text of its request, in bytes. Measured."""


@dataclass(slots=True)
class Tenant:
    """Everything that belongs to one API key. Keys never see each other."""

    key: str
    random: Random
    tasks: dict[tuple[str, str], AnyTask] = field(default_factory=dict)
    """By provider and id."""
    kept: int = 0
    """How many things of this key take room; it is forgotten with the last one."""


_Kept = tuple[int, Tenant, AnyTask | None, str]
"""One thing that takes room: its weight in bytes, whose it is, the task if it is one, its link."""


class World:
    """All state of one mock, partitioned by API key."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or WallClock(settings.speed)
        self.journal = Journal(settings.journal_size)
        self.outbox = Outbox(self.clock, settings.callback_hosts)
        self.studio = Studio()
        self.random = self._random("")
        """For what belongs to no key."""
        self.tenants: dict[str, Tenant] = {}
        """The keys that have tasks or files."""
        self.links: dict[str, AnyTask | File] = {}
        """What can be fetched without a key, by the secret part of its URL."""
        self._kept: deque[_Kept] = deque()
        self._weight = 0
        self._forgotten = 0

    def _random(self, *parts: object) -> Random:
        seed = "/".join(map(str, (self.settings.seed, *parts)))
        return Random(seed)  # noqa: S311 - reproducible on purpose

    def tenant(self, key: str) -> Tenant:
        """Give the state of a key; its ids depend on the seed and the key alone.

        A key that was forgotten and comes back does not repeat the ids it had.
        """
        tenant = self.tenants.get(key)
        if tenant is None:
            again = (self._forgotten,) if self._forgotten else ()
            tenant = self.tenants[key] = Tenant(key, self._random(key, *again))
        return tenant

    def find(self, provider: Provider, key: str, ids: Iterable[str]) -> list[AnyTask]:
        """Give the tasks of a key by id; what is not there is left out."""
        tenant = self.tenants.get(key)
        if tenant is None:
            return []
        return [task for one in ids if (task := tenant.tasks.get((provider.id, one)))]

    def open(
        self, provider: Provider, exchange: Exchange, plan: Plan, parse: Callable[[bytes], Body]
    ) -> AnyTask:
        """Accept a request as a new task; `parse` reads its text again."""
        now, tenant, text = self.clock.now(), self.tenant(exchange.key), exchange.body or b""
        span = provider.lifecycle.seconds / self.clock.speed
        task = Task(
            names=provider.names(tenant.random, now),
            provider=provider.id,
            text=text,
            parse=parse,
            known=exchange.request,
            plan=plan,
            origin=exchange.origin,
            created=now,
            started=now + span * provider.lifecycle.waiting_share,
            finishes=now + span,
        )
        tenant.tasks[provider.id, task.names.id] = task
        self.links[task.names.link] = task
        self._keep((TASK_WEIGHT + len(text), tenant, task, task.names.link))
        if plan.callback_url and provider.webhook:
            self.outbox.schedule(task, provider.webhook)
        return task

    def keep_file(self, key: str, origin: str, name: str, file: File) -> Upload:
        """Keep an uploaded file, and give what its answer is made of."""
        tenant = self.tenant(key)
        link = alphanumeric(tenant.random, 32)
        self.links[link] = file
        self._keep((len(file.content), tenant, None, link))
        return Upload(
            id=alphanumeric(tenant.random, 24),
            url=f"{origin}{MEDIA_PATH}/{link}{_suffix(name)}",
            name=name,
            content_type=file.content_type,
            size=len(file.content),
        )

    def media(self, name: str) -> File | None:
        """Give what is served under a name; an unfinished or failed task has nothing to serve."""
        link, _, kind = name.partition(".")
        target = self.links.get(link)
        if not isinstance(target, Task):
            return target
        plan = target.plan
        if not target.is_over(self.clock.now()) or plan.failure or target.media_gone:
            return None
        if kind == "mp4":
            return File(self.studio.video(plan.clip), "video/mp4")
        if kind == "png" and plan.last_frame:
            return File(self.studio.still(plan.clip), "image/png")
        return None

    def view(self, url: str) -> View | None:
        """Look at what is behind a link of ours, as far as it is there."""
        _, mine, name = url.partition(f"{MEDIA_PATH}/")
        file = self.media(name) if mine else None
        return Bytes(file.content) if file else None

    def _keep(self, kept: _Kept) -> None:
        """Make room by forgetting the oldest things, unless a client may still wait for them."""
        weight, tenant, _, _ = kept
        self._kept.append(kept)
        self._weight += weight
        tenant.kept += 1
        settings = self.settings
        while len(self._kept) > settings.tasks_kept or self._weight > settings.bytes_kept:
            oldest = self._kept[0]
            task = oldest[2]
            if oldest is kept or (task and not task.is_over(self.clock.now())):
                break
            self._forget(self._kept.popleft())

    def _forget(self, kept: _Kept) -> None:
        weight, tenant, task, link = kept
        self._weight -= weight
        del self.links[link]
        if task:
            del tenant.tasks[task.provider, task.names.id]
        tenant.kept -= 1
        if not tenant.kept:
            del self.tenants[tenant.key]
            self._forgotten += 1


def _suffix(name: str) -> str:
    """Give the ending of a file's name, if it has a harmless one."""
    ending = name.rpartition(".")[2]
    return f".{ending.lower()}" if ending.isalnum() and ending != name else ""
