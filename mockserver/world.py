"""The state behind the API: tenants, tasks, files, money. One world for one server."""

import asyncio
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import count
from math import inf
from random import Random
from typing import TYPE_CHECKING

from contracts.kernel.body import Body
from contracts.kernel.ids import alphanumeric
from contracts.kernel.operation import Upload
from contracts.kernel.probing import Bytes, View
from contracts.kernel.provider import Provider
from contracts.kernel.quotas import Quota
from contracts.kernel.task import MEDIA_PATH, Failure, Plan, Task
from mockserver.clock import Clock, real_now
from mockserver.course import arrange
from mockserver.exchange import Exchange, File
from mockserver.faces import Faces
from mockserver.money import Books
from mockserver.outbox import Outbox
from mockserver.retention import Kept, Retention
from mockserver.settings import Limits, Settings
from mockserver.sinks import Sinks
from mockserver.store import AnyTask, Link, Store
from mockserver.store.memory import MemoryStore
from mockserver.studio import Studio
from mockserver.tenants import Labels, Tenant

if TYPE_CHECKING:
    from mockserver.scenarios import Scenarios

TASK_WEIGHT = 3000
"""What a task takes in memory beside the text of its request, in bytes. Measured."""
NOBODY = ""
"""The tenant of links, and of requests that name none."""


class World:
    """All state of one mock, partitioned by tenant, and in a tenant by API key."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, store: Store | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock or settings.make_clock()
        """For tenants that have no clock of their own."""
        self.store: Store = store or MemoryStore(settings.journal_size)
        self.journal = self.store.journal
        self.sinks = Sinks(self.clock_of)
        tables, hosts = (self.store.callbacks, self.store.tasks), settings.callback_hosts
        self.outbox = Outbox(*tables, hosts, self.clock_of, self.sinks)
        self.books = Books(self.store, settings.balance)
        self.studio = Studio()
        self.faces = Faces(settings.faces, self.store.faces, self.view)
        self.random = self._random("")
        """For what belongs to no key."""
        self.providers: dict[str, Provider] = {}
        """Those that are served, by id."""
        self.tenants: dict[str, Tenant] = {}
        """The tenants that have anything."""
        self.labels = Labels(self._is_key)
        """What they are called."""
        self.is_metered = settings.limits != "off"
        """Whether anyone's requests are limited."""
        self.is_meddled = False
        """Whether there is any scenario, or was."""
        self._retention = Retention(
            settings.tasks_kept, settings.bytes_kept, is_busy=self._is_busy, forget=self._lose
        )
        self._forgotten = 0
        self._serials = count(1)
        self.began = real_now()

    @cached_property
    def scenarios(self) -> "Scenarios":
        """The faults that are ordered; what knows them is loaded when someone asks."""
        from mockserver.scenarios import Scenarios  # noqa: PLC0415 - most runs have none

        return Scenarios(self)

    def order_scenarios(self) -> None:
        """Let the scenarios of the settings hold; `ValueError` says what is wrong with one."""
        if self.settings.scenarios:
            self.scenarios.order(self.settings.scenarios)

    def _random(self, *parts: object) -> Random:
        seed = "/".join(map(str, (self.settings.seed, *parts)))
        return Random(seed)  # noqa: S311 - reproducible on purpose

    def tenant(self, name: str) -> Tenant:
        """Give a tenant; its ids depend on the seed and its name alone.

        A tenant that was forgotten and comes back does not repeat the ids it had.
        """
        tenant = self.tenants.get(name)
        if tenant is None:
            again = (self._forgotten,) if self._forgotten else ()
            # under `poll` looks move time: those of one tenant must not move that of another
            clock = self.clock.twin() if self.clock.policy == "poll" else self.clock
            tenant = self.tenants[name] = Tenant(name, self._random(name, *again), clock)
        return tenant

    def _is_key(self, name: str) -> bool:
        """Tell whether a tenant has anything by the key of the same name."""
        store = self.store
        return (
            store.keys.get(name, name) is not None
            or any(task.key == name for task in store.tasks.of(name))
            or any((one, name) in store.accounts.ids(name) for one in self.providers)
        )

    def clock_of(self, name: str) -> Clock:
        """Give the clock of a tenant, whether it exists or not."""
        tenant = self.tenants.get(name)
        return tenant.clock if tenant else self.clock

    def own_clock(self, name: str) -> Clock:
        """Give a tenant time of its own, which goes on from here, and give it."""
        tenant = self.tenant(name)
        tenant.pinned = tenant.is_apart = True
        self.part(tenant)
        return tenant.clock

    def clocks(self) -> list[Clock]:
        """Give every clock there is, that of the world first."""
        own = [one.clock for one in self.tenants.values() if one.clock is not self.clock]
        return [self.clock, *own]

    def common_clocks(self) -> list[Clock]:
        """Give the clocks of all who have no time of their own."""
        return [
            self.clock,
            *[
                one.clock
                for one in self.tenants.values()
                if one.clock is not self.clock and not one.is_apart
            ],
        ]

    async def advance(self, seconds: float) -> None:
        """Let time pass for all who have none of their own."""
        for clock in self.common_clocks():
            await clock.advance(seconds)

    def part(self, tenant: Tenant) -> None:
        """Give a tenant a clock that it shares with no one."""
        if tenant.clock is self.clock:
            tenant.clock = self.clock.twin()
            self.clock.agenda.hand_over(tenant.name, tenant.clock.agenda)

    def quotas(self, name: str, provider: Provider) -> tuple[Quota, ...]:
        """Give the limits that hold for a tenant."""
        tenant = self.tenants.get(name)
        own = tenant.quotas if tenant else None
        limits: tuple[Quota, ...] | Limits = self.settings.limits if own is None else own
        if isinstance(limits, tuple):
            return limits
        return provider.quotas if limits == "documented" else ()

    def limit(self, name: str, quotas: tuple[Quota, ...] | Limits | None) -> None:
        """Give a tenant limits of its own, whatever the provider; None means those of the world."""
        tenant = self.tenant(name)
        tenant.pinned = True
        tenant.quotas = quotas
        self.store.meters.clear(name)
        self.is_metered = True

    async def close(self) -> None:
        """Drop what has not happened yet."""
        for clock in self.clocks():
            await clock.agenda.close()

    # Tasks

    def find(self, provider: Provider, exchange: Exchange, ids: Iterable[str]) -> list[AnyTask]:
        """Give the tasks of a key by id; what is not there, or too old, is left out."""
        rows, key, now = self.store.tasks, exchange.key, exchange.clock.now()
        oldest = now - provider.lifecycle.task_seconds
        return [
            task
            for one in ids
            if (task := rows.get(exchange.tenant, (provider.id, one)))
            and task.key == key
            and task.created > oldest
        ]

    def open(
        self,
        provider: Provider,
        exchange: Exchange,
        plan: Plan,
        cost: int,
        parse: Callable[[bytes], Body],
    ) -> AnyTask:
        """Accept a request as a new task; `parse` reads its text again."""
        tenant, text = self.tenant(exchange.tenant), exchange.body or b""
        clock = exchange.clock = tenant.clock
        now = clock.now()
        task: AnyTask = Task(
            names=provider.names(tenant.random, now),
            provider=provider.id,
            key=exchange.key,
            tenant=tenant.name,
            text=text,
            parse=parse,
            known=exchange.request,
            plan=plan,
            origin=exchange.origin,
            created=now,
            started=inf,
            finishes=inf,
            cost=cost,
            serial=next(self._serials),
            trouble=exchange.trouble,
            media_gone=exchange.trouble is not None and exchange.trouble.expired,
        )
        arrange(provider, task, clock)
        id_ = (provider.id, task.id)
        self.store.tasks.put(tenant.name, id_, task)
        link = task.names.link
        self.store.links.put(NOBODY, link, Link(tenant.name, id_))
        self._keep(Kept(TASK_WEIGHT + len(text), tenant, id_, link))
        self.books.charge(provider, task)
        if plan.callback_url and provider.webhook:
            self.outbox.schedule(task, provider)
        return task

    def look(self, provider: Provider, task: AnyTask, clock: Clock) -> None:
        """Bring a task one stage further, where looks do that, and time to that moment."""
        life = provider.lifecycle
        if task.finishes < inf or (task.trouble is not None and task.trouble.stuck):
            return
        waits = task.started == inf
        share = life.waiting_share if waits else 1 - life.waiting_share
        clock.move_to(clock.now() + share * life.seconds / clock.speed)
        if waits:
            task.started = clock.now()
            self.store.tasks.put(task.tenant, (provider.id, task.id), task)
        else:
            self.end(task, clock)
        clock.agenda.start()

    async def until_over(self, task: AnyTask) -> AnyTask:
        """Give a task once it has ended, by itself or by someone's hand."""
        over = asyncio.Event()

        async def release() -> None:
            over.set()

        agenda = self.clock_of(task.tenant).agenda
        agenda.add(task.finishes, release, about=row_of(task), tenant=task.tenant)
        await over.wait()
        ended = self.store.tasks.get(task.tenant, (task.provider, task.id))
        if ended is not None and ended.serial == task.serial:
            return ended
        task.plan, task.finishes = task.plan._replace(failure=FORGOTTEN), LONG_AGO
        return task

    def forget_media(self, task: AnyTask) -> None:
        """Delete the result of a task, at the wish of its client."""
        task.media_gone = True
        self.store.tasks.put(task.tenant, (task.provider, task.id), task)

    def end(self, task: AnyTask, clock: Clock, failure: Failure | None = None) -> None:
        """End a task now, with its failure if it is to have one. What waits for it happens."""
        now = clock.now()
        if failure:
            task.plan = task.plan._replace(failure=failure)
        task.started, task.finishes = min(task.started, now), now
        self.store.tasks.put(task.tenant, (task.provider, task.id), task)
        clock.agenda.move(row_of(task), now)

    # Media

    def keep_file(self, owner: str, origin: str, name: str, file: File) -> Upload:
        """Keep a file that a tenant uploaded, and give what its answer is made of."""
        tenant = self.tenant(owner)
        link = alphanumeric(tenant.random, 32)
        self.store.links.put(NOBODY, link, Link(tenant.name, file=file))
        self._keep(Kept(len(file.content), tenant, None, link))
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
        target = self.store.links.get(NOBODY, link)
        if target is None or target.task is None:
            return target.file if target else None
        task = self.task_behind(target)
        if task is None or not self.has_media(task):
            return None
        plan = task.plan
        if kind == "mp4":
            return File(self.studio.video(plan.clip), "video/mp4")
        if kind == "png" and plan.last_frame:
            return File(self.studio.still(plan.clip), "image/png")
        return None

    def task_behind(self, link: Link | None) -> AnyTask | None:
        """Give the task whose result a link leads to, if it is one."""
        return self.store.tasks.get(link.tenant, link.task) if link and link.task else None

    def has_media(self, task: AnyTask) -> bool:
        """Tell whether the result of a task can be fetched."""
        now = self.clock_of(task.tenant).now()
        over = task.is_over(now) and not task.plan.failure and not task.media_gone
        return over and not self.is_expired(task)

    def is_expired(self, task: AnyTask) -> bool:
        """Tell whether the link to a result has reached the end of its life."""
        kept = self.providers[task.provider].lifecycle.media_seconds
        return self.clock_of(task.tenant).now() >= task.finishes + kept

    def view(self, url: str) -> View | None:
        """Look at what is behind a link of ours, as far as it is there."""
        _, mine, name = url.partition(f"{MEDIA_PATH}/")
        file = self.media(name) if mine else None
        return Bytes(file.content) if file else None

    # Room

    def _keep(self, kept: Kept) -> None:
        kept.tenant.kept += 1
        self._retention.keep(kept)

    def _is_busy(self, kept: Kept) -> bool:
        """Tell whether a client may still wait for it: for a task that will end by itself."""
        clock = kept.tenant.clock
        task = self.store.tasks.get(kept.tenant.name, kept.task) if kept.task else None
        is_open = task is not None and clock.now() < task.finishes < inf
        return is_open and clock.policy == "wall"

    def _lose(self, kept: Kept) -> None:
        """Forget one thing, and its tenant with the last one; its money is remembered longer."""
        tenant = kept.tenant
        task = self.store.tasks.get(tenant.name, kept.task) if kept.task else None
        if task:
            self.books.forget(self.providers[task.provider], task, tenant.clock.now())
            self.store.tasks.drop(tenant.name, (task.provider, task.id))
            self.store.callbacks.drop(tenant.name, (task.provider, task.id))
            tenant.clock.agenda.drop(row_of(task))  # what waits finds it gone
        self.store.links.drop(NOBODY, kept.link)
        tenant.kept -= 1
        if not tenant.kept and not tenant.pinned:
            del self.tenants[tenant.name]
            self.store.fade(tenant.name)
            self._forgotten += 1

    def forget(self, name: str) -> None:
        """Forget a tenant and all it has; if it comes again, it begins as it did at first."""
        tenant = self.tenants.pop(name, None)
        if tenant:
            tenant.pinned = True  # it is gone already
            self._retention.drop(tenant)
            tenant.clock.agenda.hurry(name)
        self.store.forget(name)
        self.sinks.forget(name)
        self.journal.forget(name)
        self.labels.forget(name)

    def reset(self) -> None:
        """Forget every tenant, and all that happened; the clock of the world begins anew."""
        clocks = self.clocks()
        self.tenants.clear()
        self._retention.clear()
        self.sinks.clear()
        self.labels.clear()
        self.store.reset()
        for clock in clocks:
            clock.agenda.clear()
        self.clock.restart()
        self.random = self._random("")
        self._forgotten = 0
        self.is_metered = self.settings.limits != "off"
        self.is_meddled = False
        if self.settings.scenarios:
            self.scenarios.restore()


def row_of(task: AnyTask) -> tuple[str, str, str]:
    """Give what a task is known by, whichever copy of it is at hand."""
    return task.tenant, task.provider, task.id


FORGOTTEN = Failure("forgotten", "the mock was told to forget the task")
LONG_AGO = 0.0


def _suffix(name: str) -> str:
    """Give the ending of a file's name, if it has a harmless one."""
    ending = name.rpartition(".")[2]
    return f".{ending.lower()}" if ending.isalnum() and ending != name else ""
