"""What must be true of the mock, said a second time and in few words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from contracts.kernel.consent import Portrait
from contracts.kernel.errors import Refused
from contracts.kernel.media import people_shown
from contracts.kernel.money import Charged, Shortfall
from contracts.kernel.operation import Finds, Operation
from contracts.kernel.provider import EXPIRED, Provider
from contracts.kernel.reply import Reply, encode
from contracts.kernel.task import Failure, Names, Plan, Task
from mockserver.tenants import MARK
from mockserver.world import FORGOTTEN, LONG_AGO

from .driver import CUT_OFF, START, Answer
from .ways import ORIGIN, Request, Ways

NAMED = "x-screentest-tenant"


class Caller(NamedTuple):
    """Someone with a key, in a tenant of their own or in one that they name."""

    name: str
    tenant: str = ""
    by_path: bool = False

    def sends(self, ways: Ways, request: Request) -> Request:
        """Add key and tenant to a request."""
        headers = (*request.headers, *ways.headers(self.name))
        if self.by_path:
            return request._replace(path=f"{MARK}{self.tenant}{request.path}", headers=headers)
        named = ((NAMED, self.tenant),) if self.tenant else ()
        return request._replace(headers=(*headers, *named))

    def home(self, ways: Ways) -> str:
        return self.tenant or ways.key(self.name)


DROPPED = "dropped"
"""Stands for the cause of a refusal where there is no answer at all."""
SETTLED = {"error rate-limited": "rate-limited", "drop": DROPPED}
"""What a request comes to that a fault keeps from being carried out."""
AT_LOOKS = {"look-error rate-limited": "rate-limited", "look-drop": DROPPED}
"""What the first look at a task comes to."""
FLAPS = 4
LATE = 600.0
CALLERS = {
    "anna": Caller("anna"),
    "bert": Caller("bert"),
    "anna on stage": Caller("anna", "stage"),
    "carl on stage": Caller("carl", "stage", by_path=True),
}


@dataclass(eq=False)
class Callback:
    """What becomes of a callback."""

    sink: str
    statuses: Sequence[int]
    """What its receiver answers, one after the other."""
    due: float
    state: str = "scheduled"
    copies: int = 1
    delay: float = 0.0
    tries: int = 0

    def pass_time(self, now: float, pauses: Sequence[float], *, at_once: bool) -> None:
        """Try as often as there is cause to; where time leaps, what fell due happens after it."""
        if self.state == "scheduled" and self.due <= now and self.copies > 1:
            self.tries, self.state = self.copies, "delivered"
        while self.state == "scheduled" and self.due <= now:
            status = self.statuses[min(self.tries, len(self.statuses) - 1)]
            self.tries += 1
            if status == 204:
                self.state = "delivered"
            elif self.tries > len(pauses):
                self.state = "given up"
            else:
                self.due = (now if at_once else self.due) + pauses[self.tries - 1]


@dataclass(eq=False)
class Known:
    """One thing that takes room: a task, or a file."""

    tenant: str
    link: str
    task: Task[Any] | None = None
    file: bytes = b""
    callback: Callback | None = None
    fault: str = ""
    """What a scenario has in store for it."""
    flaps: int = 0
    met: set[str] = field(default_factory=set)
    """The faults that a look at it has met."""
    rank: int = 0
    """How far it was seen to be."""
    ending: tuple[Any, ...] | None = None
    """The last answer, once it was heard."""
    lost: bool = False


@dataclass(eq=False)
class Account:
    """What a key had before its tasks of now."""

    base: int | None
    added: list[int] = field(default_factory=list)
    forgotten: int = 0
    """What tasks that are forgotten have changed the balance by."""


@dataclass(eq=False)
class Model:
    """The world, as it ought to be."""

    ways: Ways
    policy: str
    balance: int | None
    room: int
    time: float = START
    own_time: dict[str, float] = field(default_factory=dict)
    kept: list[Known] = field(default_factory=list)
    apart: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    consents: set[tuple[str, str, str]] = field(default_factory=set)
    requests: int = 0

    @property
    def provider(self) -> Provider:
        return self.ways.provider

    # Time

    def now(self, tenant: str) -> float:
        return self.own_time.get(tenant, self.time)

    def make(self, tenant: str) -> None:
        """Know of a tenant; under a clock of looks none moves the time of another."""
        if self.policy == "poll":
            self.own_time.setdefault(tenant, self.time)

    def pin(self, tenant: str) -> None:
        """Someone arranges things for a tenant, so it is not forgotten by itself."""
        self.make(tenant)
        self.pinned.add(tenant)

    def own_clock(self, tenant: str) -> None:
        self.pin(tenant)
        self.apart.add(tenant)
        self.own_time.setdefault(tenant, self.time)

    def advance(self, tenant: str, seconds: float) -> None:
        """Let time pass for a tenant with time of its own, else for all who have none."""
        if tenant in self.apart:
            self.own_time[tenant] += seconds
        else:
            self.time += seconds
            for one in self.own_time.keys() - self.apart:
                self.own_time[one] += seconds
        self.deliver()

    def _move_to(self, tenant: str, moment: float) -> None:
        if tenant in self.own_time:
            self.own_time[tenant] = moment
        else:
            self.time = moment

    def deliver(self, *, at_once: bool = False) -> None:
        """Try the callbacks whose time has come."""
        webhook = self.provider.webhook
        for one in self.kept:
            if one.callback and webhook:
                now, pauses = self.now(one.tenant), webhook.retry_after
                one.callback.pass_time(now, pauses, at_once=at_once)

    # Submitting

    def judge(self, caller: Caller, text: str, fault: str) -> tuple[str, Plan, int]:
        """Say whether a body is refused, and for what; else what it comes to, and costs."""
        effect, tariff = self.ways.opens, self.provider.tariff
        body = TypeAdapter(self.provider.submit.body).validate_json(text)
        plan = effect.plan(body)
        cause, failure = self._consent(caller, body)
        if fault == "fail":
            failure = failure or next(iter(self.provider.failures.values()))
        if failure:
            plan = plan._replace(failure=failure)
        cost = tariff.price(body, plan) if tariff else 0
        key, left = self.ways.key(caller.name), self.left(*self.account_of(caller))
        short = (
            tariff
            and left is not None
            and tariff.short(Shortfall(key, cost, left, over_limit=False))
        )
        if not cause and short and left < 1:
            cause = short
        if not cause and fault in SETTLED:
            cause = SETTLED[fault]
        if not cause and short and left < cost:
            cause = short
        return cause, plan, cost

    def _consent(self, caller: Caller, body: Any) -> tuple[str, Failure | None]:
        """Give the cause that faces are refused for, or the failure that they lead to."""
        consent = self.ways.opens.consent
        shown = self._faces(body)
        if consent is None or not shown:
            return "", None
        if not consent.asks(body):
            return "", consent.later(body)
        if cause := consent.objects(body, shown):
            return cause, None
        tenant, key = self.account_of(caller)
        known = all((tenant, key, one.url) in self.consents for one in shown)
        return ("" if known or consent.attests(body) else consent.cause), None

    def _faces(self, body: Any) -> list[Portrait]:
        """Give the media that says of itself that it shows someone."""
        consent = self.ways.opens.consent
        media = consent.media(body) if consent else ()
        shown = [(role, url, people_shown(url)) for role, url in media]
        return [Portrait(*one, None) for one in shown if one[2] is not None]

    def open(
        self, caller: Caller, text: str, plan: Plan, cost: int, names: Names, sink: str, fault: str
    ) -> Known:
        """Remember an accepted request as a task of our own, whose moments are made here."""
        tenant, key = self.account_of(caller)
        now, life = self.now(tenant), self.provider.lifecycle
        task = Task(
            names=names,
            provider=self.provider.id,
            key=key,
            tenant=tenant,
            text=text.encode(),
            parse=TypeAdapter(self.provider.submit.body).validate_json,
            plan=plan,
            origin=ORIGIN,
            created=now,
            started=inf,
            finishes=inf,
            cost=cost,
            media_gone=fault == "expire",
        )
        if self.policy != "poll" or fault == "stuck":
            task.started = now + life.seconds * life.waiting_share
            span = inf if fault == "stuck" else life.seconds
            task.finishes = now + min(span, plan.timeout)
            if plan.timeout < span:
                task.plan = plan._replace(failure=self.provider.failures[EXPIRED])
        known = Known(tenant, names.link, task, fault=fault, flaps=FLAPS * (fault == "flap"))
        if plan.callback_url and self.provider.webhook:
            known.callback = self._callback(known, sink)
        if task.cost and tenant:
            self.accounts.setdefault((tenant, key), Account(self.balance))
        self.keep(known)
        self._remember(tenant, key, task.request)
        return known

    def _callback(self, known: Known, sink: str) -> Callback:
        """Say what is to become of a callback; what is no sink of ours is never posted to."""
        assert known.task
        statuses = known.task.plan.callback_url.rpartition("=")[2] if sink else "0"
        callback = Callback(sink, [int(one) for one in statuses.split(",")], known.task.finishes)
        callback.delay = LATE * (known.fault == "callback-late")
        callback.due += callback.delay
        callback.copies += known.fault == "callback-twice"
        if not sink:
            callback.state = "refused"
        elif known.fault == "callback-lost":
            callback.state = "lost"
        return callback

    def _remember(self, tenant: str, key: str, body: Any) -> None:
        """Remember what an accepted request attested."""
        consent = self.ways.opens.consent
        if consent and consent.asks(body) and consent.attests(body):
            self.consents |= {(tenant, key, one.url) for one in self._faces(body)}

    # Asking

    def find(self, caller: Caller, ids: Sequence[str]) -> list[Known]:
        """Give the tasks of a key that can be asked about."""
        tenant, key = self.account_of(caller)
        oldest = self.now(tenant) - self.provider.lifecycle.task_seconds
        mine = {
            one.task.id: one
            for one in self.kept
            if one.task and (one.tenant, one.task.key) == (tenant, key)
            if one.task.created > oldest
        }
        return [mine[id_] for id_ in ids if id_ in mine]

    def behind(self, link: str) -> Known | None:
        return next((one for one in self.kept if one.link == link), None)

    def look(self, known: Known) -> None:
        """Bring a task one stage further, where looks do that."""
        task, life = known.task, self.provider.lifecycle
        assert task
        if self.policy != "poll" or task.finishes < inf or known.fault == "stuck":
            return
        waits = task.started == inf
        share = life.waiting_share if waits else 1 - life.waiting_share
        self._move_to(known.tenant, self.now(known.tenant) + share * life.seconds)
        if waits:
            task.started = self.now(known.tenant)
        else:
            self.end(known)
        self.deliver(at_once=True)

    def end(self, known: Known, failure: Failure | None = None) -> None:
        """End a task now."""
        task, now = known.task, self.now(known.tenant)
        assert task
        if failure:
            task.plan = task.plan._replace(failure=failure)
        task.started, task.finishes = min(task.started, now), now
        if known.callback:
            known.callback.due = now + known.callback.delay
        self.deliver(at_once=True)

    def had_media(self, task: Task[Any]) -> bool:
        """Tell whether there was a result, and its time is over."""
        made = not task.plan.failure and not task.media_gone
        return made and self.is_expired(task)

    def is_expired(self, task: Task[Any]) -> bool:
        return self.now(task.tenant) >= task.finishes + self.provider.lifecycle.media_seconds

    def has_film(self, known: Known) -> bool:
        """Tell whether the film of a task is served."""
        task = known.task
        assert task
        done = task.is_over(self.now(known.tenant)) and not task.plan.failure
        return done and not task.media_gone and not self.is_expired(task)

    def fault_at(self, found: Sequence[Known]) -> str:
        """Give the cause that a scenario has a look refused for; what counts is the first task."""
        for fault in (one.fault for one in found):
            if fault in AT_LOOKS and fault not in found[0].met:
                found[0].met.add(fault)
                return AT_LOOKS[fault]
        return ""

    def seen(self, known: Known) -> Task[Any]:
        """Give a task as a look finds it: one that flaps, as if it had not begun."""
        now, task = self.now(known.tenant), known.task
        assert task
        if known.flaps <= 0 or now <= task.started:
            return task
        known.flaps -= 1
        return task if known.flaps % 2 else replace(task, started=inf, finishes=inf)

    def answer(
        self, operation: Operation, message: Any, found: Sequence[Known], now: float
    ) -> Reply | str:
        """Give what is answered: a reply, or the cause of a refusal."""
        effect = operation.effect
        body = TypeAdapter(operation.body).validate_python(message)
        looks = isinstance(effect, Finds)
        tasks = [self.seen(one) if looks else one.task for one in found]
        try:
            reply = effect.reply(body, tasks, now)
        except Refused as refused:
            return refused.cause
        if reply.forgets_media:
            found[0].task.media_gone = True
        return reply

    def found_by(
        self, operation: Operation, caller: Caller, message: Any, link: str
    ) -> list[Known]:
        """Give the tasks that a request is about."""
        effect = operation.effect
        if isinstance(effect, Finds):
            body = TypeAdapter(operation.body).validate_python(message)
            return self.find(caller, effect.ids(body))
        known = self.behind(link)
        return [known] if known and known.task else []

    # Money

    def account_of(self, caller: Caller) -> tuple[str, str]:
        return caller.home(self.ways), self.ways.key(caller.name)

    def tasks(self, tenant: str, key: str) -> Iterator[Task[Any]]:
        """Give the tasks of a key, oldest first."""
        for one in self.kept:
            if one.task and (one.tenant, one.task.key) == (tenant, key):
                yield one.task

    def came_to(self, task: Task[Any], now: float) -> int:
        """Give what a task has changed the balance of its key by."""
        tariff = self.provider.tariff
        assert tariff
        failed = task.is_over(now) and task.plan.failure is not None
        paid_back = failed and (tariff.charged is Charged.SUCCEEDED or not tariff.keeps(task))
        return 0 if paid_back else -task.cost

    def left(self, tenant: str, key: str) -> int | None:
        """Give the balance of a key."""
        account = self.accounts.get((tenant, key)) or Account(self.balance)
        if account.base is None or self.provider.tariff is None:
            return None
        now = self.now(tenant)
        tasks = sum(self.came_to(one, now) for one in self.tasks(tenant, key))
        return account.base + sum(account.added) + account.forgotten + tasks

    def top_up(self, caller: Caller, amount: int) -> None:
        tenant, key = self.account_of(caller)
        self.pin(tenant)
        account = self.accounts.setdefault((tenant, key), Account(self.balance))
        account.added.append(amount)

    def set_balance(self, caller: Caller, amount: int) -> None:
        """Say what a key has from now on."""
        tenant, key = self.account_of(caller)
        self.pin(tenant)
        account = self.accounts.setdefault((tenant, key), Account(self.balance))
        account.base = 0
        account.base = amount - (self.left(tenant, key) or 0)

    def lines(self, tenant: str, key: str) -> list[tuple[str, int, str]]:
        """Give the ledger of a key, in no order."""
        account, now = self.accounts.get((tenant, key)), self.now(tenant)
        lines = [("top-up", amount, "") for amount in account.added] if account else []
        for task in self.tasks(tenant, key):
            lines += self._lines_of(task, now)
        return sorted(lines)

    def _lines_of(self, task: Task[Any], now: float) -> list[tuple[str, int, str]]:
        tariff = self.provider.tariff
        if not task.cost or tariff is None:
            return []
        charge = ("charge", -task.cost, task.id)
        if self.came_to(task, now):
            return [charge]
        return (
            [] if tariff.charged is Charged.SUCCEEDED else [charge, ("refund", task.cost, task.id)]
        )

    # Room

    def keep(self, known: Known) -> None:
        """Make room for one more thing."""
        self.make(known.tenant)
        self.kept.append(known)
        while len(self.kept) > self.room:
            oldest = self.kept[0]
            if oldest is known:
                break
            self._lose(oldest)

    def _lose(self, known: Known) -> None:
        """Forget one thing, and its tenant with the last one; money is remembered longer."""
        self.kept.remove(known)
        known.lost = True
        tenant, task, tariff = known.tenant, known.task, self.provider.tariff
        now = self.now(tenant)
        if task and tariff and task.cost:
            account = self.accounts.setdefault((tenant, task.key), Account(self.balance))
            set_aside = tariff.charged is Charged.SUCCEEDED and not task.is_over(now)
            account.forgotten += 0 if set_aside else self.came_to(task, now)
        self._let_go(known)
        if tenant not in self.pinned and not any(one.tenant == tenant for one in self.kept):
            self._fade(tenant)
            self.own_time.pop(tenant, None)

    def _let_go(self, known: Known) -> None:
        """Have a call that still waits for a task be told that it is forgotten."""
        task = known.task
        if task and not task.is_over(self.now(known.tenant)):
            task.plan = task.plan._replace(failure=FORGOTTEN)
            task.finishes = LONG_AGO

    def _fade(self, tenant: str) -> None:
        """Forget what a tenant has but its money."""
        self.consents = {one for one in self.consents if one[0] != tenant}

    def forget(self, tenant: str) -> None:
        """Forget a tenant and all it has."""
        for one in self.kept:
            if one.tenant == tenant:
                one.lost = True
                self._let_go(one)
        self.kept = [one for one in self.kept if one.tenant != tenant]
        self.accounts = {id_: one for id_, one in self.accounts.items() if id_[0] != tenant}
        self._fade(tenant)
        self.own_time.pop(tenant, None)
        self.pinned.discard(tenant)
        self.apart.discard(tenant)

    @property
    def tenants(self) -> set[str]:
        return {one.tenant for one in self.kept} | self.pinned


def same(expected: Reply | str, provider: Provider, film: bytes, answer: Answer) -> bool:
    """Tell whether an answer is the one that was expected."""
    if expected == DROPPED:
        return answer == CUT_OFF
    if isinstance(expected, str):
        status = provider.errors[expected].status
        return (answer.status, answer.rule) == (status, f"{provider.id}/{expected}")
    if expected.body is None:
        body = b""
    else:
        body = film if not isinstance(expected.body, dict) else encode(expected.body)
    return (answer.status, answer.rule, answer.body) == (expected.status, "", body)
