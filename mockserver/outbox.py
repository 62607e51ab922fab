"""Callbacks: posting the end of a task to where its client wants to hear of it."""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakValueDictionary

from contracts.kernel.provider import Provider
from contracts.kernel.reply import encode
from contracts.kernel.task import Task
from mockserver.clock import Clock, real_now
from mockserver.destinations import Forbidden, addresses, objection, shown
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


class Parcel(NamedTuple):
    """A callback on its way, with what it is made of."""

    task: Task[Any]
    provider: Provider
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
        hosts: AbstractSet[str],
        clock_of: Callable[[str], Clock],
        sinks: Sinks,
    ) -> None:
        self._callbacks = callbacks
        self._hosts = frozenset(host.lower() for host in hosts)
        self._clock_of = clock_of
        self._sinks = sinks
        self._turns = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()
        """By event loop, as one mock may be driven from several."""
        self._held = WeakValueDictionary[str, Held]()
        """By tenant; each is gone with its callback."""

    # Arranging

    def schedule(self, task: Task[Any], provider: Provider) -> None:
        """Deliver the end of a task once it has come."""
        clock, url = self._clock_of(task.tenant), task.plan.callback_url
        trouble = task.trouble.callback if task.trouble else ""
        callback = Callback(
            task.id, task.tenant, provider.id, task.id, shown(url), clock.now(), trouble=trouble
        )
        if reason := self._objection(task):
            callback.state = "refused"
            callback.attempts.append(Attempt(clock.now(), 0, reason))
            log.warning("callback of task %s is not sent: %s", task.id, reason)
        elif trouble == "lost":
            callback.state = "lost"
        self._callbacks.put(task.tenant, callback.id, callback)
        if callback.state == "scheduled" and trouble != "early":
            run = partial(self._depart, Parcel(task, provider))
            clock.agenda.add(task.finishes, run, about=task, tenant=task.tenant)

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
            await self._deliver(Parcel(task, provider))

    async def redeliver(self, task: Task[Any], provider: Provider) -> None:
        """Deliver a callback now, once, whatever became of it before."""
        assert provider.webhook  # noqa: S101 - or there would be no callback
        callback = self._callbacks.get(task.tenant, task.id)
        copy = max((one.copy for one in callback.attempts), default=0) + 1 if callback else 1
        last, before = len(provider.webhook.retry_after), callback.state if callback else ""
        await self._deliver(Parcel(task, provider, copy, tried=last))
        if callback and before == "scheduled" and callback.state == "given up":
            callback.state = before  # it is still to be sent at its own time
            self._callbacks.put(task.tenant, task.id, callback)

    def request(self, task: Task[Any], provider: Provider) -> bytes:
        """Give the request that a callback is, as it goes over the wire."""
        from mockserver.posting import request_bytes  # noqa: PLC0415 - few runs ever post anything

        now = self._clock_of(task.tenant).now()
        body = self._payload(Parcel(task, provider), now)
        return request_bytes(urlsplit(task.plan.callback_url), body)

    async def _depart(self, parcel: Parcel) -> None:
        """Deliver a callback whose time has come, or what a scenario makes of it."""
        task = parcel.task
        clock, trouble = self._clock_of(task.tenant), task.trouble
        kind = trouble.callback if trouble else ""
        if kind == "late":
            run = partial(self._deliver, parcel)
            clock.agenda.add(clock.now() + trouble.delay, run, tenant=task.tenant)
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
        run = partial(self._let_go, parcel)
        clock.agenda.add(clock.now() + HELD / clock.speed, run, about=held, tenant=tenant)

    async def _let_go(self, parcel: Parcel) -> None:
        self._held.pop(parcel.task.tenant, None)
        await self._deliver(parcel)

    def _overtake(self, tenant: str, clock: Clock) -> None:
        """Say that a callback has gone out, so that the one held back may follow."""
        if self._held and (held := self._held.pop(tenant, None)):
            clock.agenda.move(held, clock.now())

    # Delivering

    async def _deliver(self, parcel: Parcel) -> None:
        """Try once, and remember how it went."""
        task = parcel.task
        if self._callbacks.get(task.tenant, task.id) is None:
            return
        clock, began = self._clock_of(task.tenant), real_now()
        at = clock.now()
        status, problem, is_final = await self._try(task, self._payload(parcel, at))
        callback = self._callbacks.get(task.tenant, task.id)
        if callback is None:  # the task was forgotten meanwhile
            return
        attempt = Attempt(at, status, problem, real_now() - began, parcel.copy)
        callback.attempts.append(attempt)
        if not problem:
            callback.state = "delivered"
        elif is_final or not self._try_again(parcel):
            self._give_up(callback, problem, is_final=is_final)
        self._callbacks.put(task.tenant, task.id, callback)
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
        clock.agenda.add(moment, run, tenant=task.tenant)
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

    async def _try(self, task: Task[Any], body: bytes) -> tuple[int, str, bool]:
        """Try once; give the status, what went wrong, and whether no other try is to follow."""
        from mockserver.posting import headers, post  # noqa: PLC0415 - few runs ever post anything

        if reason := self._objection(task):
            return 0, reason, True
        url = urlsplit(task.plan.callback_url)
        if place := self._sink(task):
            sent = [(name.lower().encode(), value.encode()) for name, value in headers(url, body)]
            status = self._sinks.take(place, sent, body, url.query)
            return status, _problem(status), False
        try:
            async with self._turn(), asyncio.timeout(PATIENCE):
                status = await post(url, body, await addresses(url, self._hosts))
        except Forbidden as error:
            return 0, str(error), True
        except TimeoutError:
            return 0, f"no answer within {PATIENCE:g} s", False
        except (OSError, ValueError) as error:
            return 0, f"{type(error).__name__}: {error}", False
        return status, _problem(status), False

    def _turn(self) -> asyncio.Semaphore:
        return self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(SENDERS))


def _problem(status: int) -> str:
    return "" if status // 100 == 2 else f"HTTP {status}"  # noqa: PLR2004 - success
