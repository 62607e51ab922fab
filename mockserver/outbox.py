"""Callbacks: posting the end of a task to where its client wants to hear of it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary, WeakValueDictionary

from contracts.kernel.provider import Provider
from contracts.kernel.reply import encode
from contracts.kernel.task import Task
from mockserver.agenda import Advance
from mockserver.clock import Clock, real_now
from mockserver.destinations import Forbidden, addresses, objection, parsed, port_of, shown
from mockserver.logs import log
from mockserver.sinks import Sinks, place_of

if TYPE_CHECKING:  # a table of callbacks is part of the store, which knows callbacks
    from mockserver.store import Table

PATIENCE = 10.0
"""Seconds of real time a receiver has to take a callback and answer it, all in all."""
SENDERS = 64
"""How many callbacks may be under way at once; more wait for their turn."""
HELD = 60.0
"""Seconds of the provider's time for which a callback waits to be overtaken."""
REMEMBERED = 100
"""How many tries are kept of a callback that is delivered by hand again and again."""

State = Literal["scheduled", "delivered", "given up", "refused", "lost"]
"""`refused` where it must not be sent, `lost` where a scenario has it that it never is."""


class Attempt(NamedTuple):
    """One try to deliver a callback."""

    at: float
    """On the clock of the tenant."""
    status: int
    """0 where there was no answer."""
    problem: str
    """What went wrong; empty when it went well."""
    seconds: float = 0.0
    """How long it took, in real time."""
    copy: int = 1
    """Which delivery it belongs to, where one callback is delivered several times."""


@dataclass(slots=True)
class Callback:
    """One callback: what it is about, and all that was tried.

    Its payload is not kept: it follows from the task, and is made whenever it is needed.
    """

    id: str
    tenant: str
    provider: str
    task: str
    url: str
    """Without credentials."""
    scheduled: float
    """When it was arranged for, on the clock of the tenant."""
    state: State = "scheduled"
    trouble: str = ""
    """What a scenario has in store for it."""
    attempts: list[Attempt] = field(default_factory=list)
    serial: int = 0
    """Tells it from the callback of another task that got the same id after a reset."""


class Parcel(NamedTuple):
    """A callback on its way, with what it is made of."""

    task: Task[Any]
    provider: Provider
    serial: int = 0
    """Of its row."""
    copy: int = 1
    tried: int = 0


class Held:
    """What an agenda knows a callback by that waits to be overtaken."""


class Outbox:
    """Delivers callbacks when they fall due, and only where it is allowed to.

    A callback belongs to its task: once that is forgotten, nothing more of it is sent.
    """

    def __init__(
        self,
        callbacks: "Table[Callback]",
        tasks: "Table[Any]",
        hosts: AbstractSet[str],
        clock_of: Callable[[str], Clock],
        sinks: Sinks,
    ) -> None:
        self._callbacks = callbacks
        self._tasks = tasks
        self._hosts = frozenset(host.lower() for host in hosts)
        self._clock_of = clock_of
        self._sinks = sinks
        self._turns = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()
        """By event loop, as one mock may be driven from several."""
        self._held = WeakValueDictionary[str, Held]()
        """By tenant; each is gone with its callback."""
        self._silent = WeakKeyDictionary[Advance, set[tuple[str | None, int]]]()
        """Hosts and ports that let an advance wait in vain; the rest of it spares them."""
        self._serials = count(1)
        self.home: Callable[[], asyncio.AbstractEventLoop] | None = None
        """Gives the loop that callbacks are sent from; that of the request where there is none."""

    # Arranging

    def schedule(self, task: Task[Any], provider: Provider) -> None:
        """Deliver the end of a task once it has come."""
        clock, url = self._clock_of(task.tenant), task.plan.callback_url
        trouble = task.trouble.callback if task.trouble else ""
        callback = Callback(
            id=task.id,
            tenant=task.tenant,
            provider=provider.id,
            task=task.id,
            url=shown(url),
            scheduled=clock.now(),
            trouble=trouble,
            serial=next(self._serials),
        )
        if reason := self._objection(task):
            callback.state = "refused"
            callback.attempts.append(Attempt(clock.now(), 0, reason))
            log.warning("callback of task %s is not sent: %s", task.id, reason)
        elif trouble == "lost":
            callback.state = "lost"
        self._callbacks.put(task.tenant, id_of(task), callback)
        if callback.state == "scheduled" and trouble != "early":
            run = partial(self._depart, Parcel(task, provider, callback.serial))
            about = (task.tenant, *id_of(task))
            self._later(clock, task.finishes, run, task.tenant, about)

    def _later(
        self,
        clock: Clock,
        moment: float,
        run: Callable[[], Awaitable[None]],
        tenant: str,
        about: Hashable = None,
    ) -> None:
        """Have something happen in the loop that callbacks are sent from."""
        clock.agenda.add(moment, run, about=about, tenant=tenant, loop=self._loop())

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        return self.home() if self.home else None

    def _row(self, parcel: Parcel) -> Callback | None:
        """Give the row of a callback, unless it was forgotten, whoever has its id by now."""
        row = self._callbacks.get(parcel.task.tenant, id_of(parcel.task))
        return row if row and row.serial == parcel.serial else None

    def _put(self, callback: Callback) -> None:
        """Keep a row that was changed."""
        self._callbacks.put(callback.tenant, (callback.provider, callback.task), callback)

    def objection(self, url: str) -> str:
        """Say why a callback must not be sent to this URL; nothing when it may."""
        return objection(url, self._hosts)

    def _objection(self, task: Task[Any]) -> str:
        reason = self.objection(task.plan.callback_url)
        return reason if reason and not self._sink(task) else ""

    def _sink(self, task: Task[Any]) -> tuple[str, str] | None:
        """Give the sink that a callback leads to, if it is one on the origin of its client."""
        try:
            return place_of(urlsplit(task.plan.callback_url), task.origin)
        except ValueError:
            return None

    async def early(self, task: Task[Any], provider: Provider) -> None:
        """Deliver a callback that is to arrive before the answer to the request for its task."""
        if task.trouble and task.trouble.callback == "early":
            row = self._callbacks.get(task.tenant, id_of(task))
            if row and row.state == "scheduled":
                run = partial(self._deliver, Parcel(task, provider, row.serial))
                await self._clock_of(task.tenant).agenda.begin(run, self._loop())

    async def redeliver(self, task: Task[Any], provider: Provider) -> None:
        """Deliver a callback now, once, whatever became of it before."""
        assert provider.webhook  # noqa: S101 - or there would be no callback
        row = self._callbacks.get(task.tenant, id_of(task))
        if row is None:
            return
        copy = max((one.copy for one in row.attempts), default=0) + 1
        last, before = len(provider.webhook.retry_after), row.state
        parcel = Parcel(task, provider, row.serial, copy, tried=last)
        await self._deliver(parcel)
        if row := self._row(parcel):
            del row.attempts[:-REMEMBERED]
            if before == "scheduled" and row.state == "given up":
                row.state = before  # it is still to be sent at its own time
            self._put(row)

    def request(self, task: Task[Any], provider: Provider) -> bytes:
        """Give the request that a callback is, byte by byte; `ValueError` where there is none."""
        from mockserver.posting import request_bytes  # noqa: PLC0415 - few runs ever post anything

        now = self._clock_of(task.tenant).now()
        body = self._payload(Parcel(task, provider), now)
        return request_bytes(parsed(task.plan.callback_url), body)

    async def _depart(self, parcel: Parcel) -> None:
        """Deliver a callback whose time has come, or what a scenario makes of it."""
        if self._row(parcel) is None:
            return
        task = self._tasks.get(parcel.task.tenant, id_of(parcel.task)) or parcel.task
        parcel = parcel._replace(task=task)  # it may have been ended by hand since
        clock, trouble = self._clock_of(task.tenant), task.trouble
        kind = trouble.callback if trouble else ""
        if kind == "late":
            run = partial(self._deliver, parcel)
            self._later(clock, clock.now() + trouble.delay / clock.speed, run, task.tenant)
        elif kind == "out-of-order" and task.tenant not in self._held:
            self._hold(parcel, clock)
        else:
            await self._deliver(parcel)
            if kind == "twice":
                await self._deliver(parcel._replace(copy=2))

    # A callback that is overtaken by the next one

    def _hold(self, parcel: Parcel, clock: Clock) -> None:
        """Keep a callback back until another one of its tenant has gone out, or for a while."""
        tenant = parcel.task.tenant
        held = self._held[tenant] = Held()
        run = partial(self._let_go, parcel, held)
        self._later(clock, clock.now() + HELD / clock.speed, run, tenant, held)

    async def _let_go(self, parcel: Parcel, held: Held) -> None:
        if self._held.get(parcel.task.tenant) is held:
            del self._held[parcel.task.tenant]
        await self._deliver(parcel)

    def _overtake(self, tenant: str, clock: Clock) -> None:
        """Say that a callback has gone out, so that the one held back may follow."""
        if self._held and (held := self._held.pop(tenant, None)):
            clock.agenda.move(held, clock.now())

    # Delivering

    async def _deliver(self, parcel: Parcel) -> None:
        """Try once, and remember how it went."""
        task = parcel.task
        if self._row(parcel) is None:
            return
        clock, began = self._clock_of(task.tenant), real_now()
        at = clock.now()
        body = self._payload(parcel, at)
        status, problem, is_final = await self._try(task, body, clock.agenda.advance)
        callback = self._row(parcel)
        if callback is None:  # the task was forgotten meanwhile
            return
        attempt = Attempt(at, status, problem, real_now() - began, parcel.copy)
        callback.attempts.append(attempt)
        if not problem:
            callback.state = "delivered"
        elif is_final or not self._try_again(parcel):
            self._give_up(callback, problem, is_final=is_final)
        self._put(callback)
        if parcel.tried == 0:
            self._overtake(task.tenant, self._clock_of(task.tenant))

    def _try_again(self, parcel: Parcel) -> bool:
        """Arrange for the next try of the provider's schedule, if there is one."""
        webhook, task = parcel.provider.webhook, parcel.task
        assert webhook  # noqa: S101 - or it would not have been scheduled
        if parcel.tried >= len(webhook.retry_after):
            return False
        clock = self._clock_of(task.tenant)
        moment = clock.now() + webhook.retry_after[parcel.tried] / clock.speed
        run = partial(self._deliver, parcel._replace(tried=parcel.tried + 1))
        self._later(clock, moment, run, task.tenant)
        return True

    def _give_up(self, callback: Callback, problem: str, *, is_final: bool) -> None:
        """Remember that nothing came of it, unless an earlier copy was delivered."""
        if callback.state == "scheduled":
            callback.state = "refused" if is_final else "given up"
        word = "is not sent" if is_final else "was given up"
        log.warning("callback of task %s %s: %s", callback.task, word, problem)

    def _payload(self, parcel: Parcel, now: float) -> bytes:
        """Give the payload, the same for every try: it tells of the end, not of the moment."""
        webhook, task = parcel.provider.webhook, parcel.task
        assert webhook  # noqa: S101 - or it would not have been scheduled
        if task.finishes == inf:  # only looks will end it, and it is told of early
            task = replace(task, started=now, finishes=now)
        if task.trouble and task.trouble.callback == "wrong-payload":
            names = parcel.provider.names(Random(task.id), task.created)  # noqa: S311 - reproducible
            task = replace(task, names=names)
        return encode(webhook.payload(task, task.finishes))

    async def _try(
        self, task: Task[Any], body: bytes, advance: Advance | None
    ) -> tuple[int, str, bool]:
        """Try once; give the status, what went wrong, and whether no other try is to follow."""
        if reason := self._objection(task):
            return 0, reason, True
        url, place = urlsplit(task.plan.callback_url), self._sink(task)
        try:
            if place:
                status = self._hand_over(place, url, body)
            else:
                status = await self._post(url, body, advance)
        except Forbidden as error:
            return 0, str(error), True
        except Silence as error:
            return 0, str(error), False
        except (OSError, ValueError) as error:
            return 0, f"{type(error).__name__}: {error}", False
        return status, _problem(status), False

    def _hand_over(self, place: tuple[str, str], url: SplitResult, body: bytes) -> int:
        """Give a callback to a sink, and give the status of its answer."""
        from mockserver.posting import headers  # noqa: PLC0415 - few runs ever post anything

        sent = [(name.lower().encode(), value.encode()) for name, value in headers(url, body)]
        return self._sinks.take(place, sent, body, url.query)

    async def _post(self, url: SplitResult, body: bytes, advance: Advance | None) -> int:
        """Post a callback, and give the status of the answer.

        Who waits for an advance does not wait for the same silent receiver again and again.
        """
        from mockserver.posting import post  # noqa: PLC0415 - few runs ever post anything

        receiver = url.hostname, port_of(url)
        silent = self._silent.setdefault(advance, set()) if advance else set()
        async with self._turn():
            if receiver in silent:
                raise Silence("its receiver gave no answer earlier in this advance")
            try:
                async with asyncio.timeout(PATIENCE):
                    return await post(url, body, await addresses(url, self._hosts))
            except TimeoutError:
                silent.add(receiver)
                raise Silence(f"no answer within {PATIENCE:g} s") from None

    def _turn(self) -> asyncio.Semaphore:
        return self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(SENDERS))


class Silence(Exception):  # noqa: N818 - says what it is
    """A receiver does not answer."""


def id_of(task: Task[Any]) -> tuple[str, str]:
    """Give the id of the row of a callback: that of its task."""
    return task.provider, task.id


def _problem(status: int) -> str:
    return "" if status // 100 == 2 else f"HTTP {status}"  # noqa: PLR2004 - success
