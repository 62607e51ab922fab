"""Each provider and revision, driven at random beside a small model of it."""

import json
import logging
import re
from copy import deepcopy
from math import inf
from typing import Any

import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contracts.kernel.money import MICRO
from contracts.kernel.operation import Finds, Operation
from contracts.kernel.reply import Reply
from contracts.kernel.task import MEDIA_PATH, Names, Phase
from mockserver.settings import Settings
from mockserver.sinks import SINK_PATH

from .driver import START, Answer, Driver
from .model import AT_LOOKS, CALLERS, Known, Model, same
from .ways import CALLBACK_FAULTS, ORIGIN, Request, Text, Ways, revisions

WAYS = {one.name: Ways(one) for one in revisions()}
STEPS = 40
LOST = {"lose-502": 502, "lose-reset": 0}
EVERYONE = "everyone"
NOTHING = "a-task-that-never-was"
TABLES = ("tasks", "keys", "consents", "faces", "callbacks")
RANK = {Phase.WAITING: 0, Phase.WORKING: 1, Phase.SUCCEEDED: 2, Phase.FAILED: 2}

callers = st.sampled_from(list(CALLERS))
faults = st.runner().flatmap(lambda machine: st.sampled_from(machine.ways.faults))
special = st.runner().flatmap(lambda machine: st.sampled_from(machine.ways.special))
texts = st.runner().flatmap(lambda machine: st.sampled_from(machine.ways.texts))
operations = st.runner().flatmap(
    lambda machine: st.sampled_from([one.id for one in machine.ways.asks])
)
failures = st.runner().flatmap(
    lambda machine: st.sampled_from(list(machine.ways.provider.failures))
)
receivers = st.sampled_from(["", "204", "500,204", "500,500,204", "500,500,500,204", "stranger"])
spans = st.sampled_from([0, 1, 10, 90, 200, 2000, 90_000, 3_000_000]) | st.floats(0, 400)
amounts = st.sampled_from([0.000001, 0.5, 3, 1000])
tasks = Bundle("tasks")


class Machine(RuleBasedStateMachine):
    """One revision, its server, and its model; what is answered is compared at every step."""

    ways: Ways

    @initialize(
        policy=st.sampled_from(["manual", "manual", "poll"]),
        balance=st.sampled_from([None, 0, 0.9, 20]),
        room=st.sampled_from([2, 5, 10_000]),
    )
    def begin(self, policy: str, balance: float | None, room: int):
        self.driver = Driver(
            self.ways.provider,
            Settings(seed=1, clock=policy, balance=balance, tasks_kept=room, journal_size=20),
        )
        self.world = self.driver.world
        micros = None if balance is None else round(balance * MICRO)
        self.model = Model(self.ways, policy, micros, room)
        self.calls: list[tuple[Any, Known]] = []
        self.sinks = 0

    def teardown(self):
        self.driver.close()

    # Submitting

    @rule(target=tasks, text=faults, caller=callers, receiver=st.sampled_from(["", "204"]))
    def submit_with_fault(self, text: Text, caller: str, receiver: str):
        """What goes wrong is told by the prompt."""
        if text.fault in CALLBACK_FAULTS:
            receiver = "204"  # nothing can happen to a callback that no one asks for
        return self.submit_one(text, caller, receiver)

    @rule(target=tasks, text=texts, caller=callers, receiver=receivers)
    def submit(self, text: Text, caller: str, receiver: str):
        """A request is accepted or refused as the model says, and becomes a task if accepted."""
        return self.submit_one(text, caller, receiver)

    @precondition(lambda self: self.ways.special)
    @rule(target=tasks, several=st.lists(st.tuples(special, callers), min_size=1, max_size=4))
    def submit_special(self, several: list[tuple[Text, str]]):
        """What someone thought of has its own rules: consent, private models, calls that block."""
        opened = [self.submit_one(text, caller, "") for text, caller in several]
        return multiple(*[one for one in opened if isinstance(one, Known)])

    def submit_one(self, text: Text, caller: str, receiver: str):
        by = CALLERS[caller]
        operation = self.ways.provider.submit
        message, sink = self.with_receiver(text, receiver)
        request = by.sends(self.ways, self.ways.request(operation, message))
        body = request.body.decode()
        cause, plan, cost = self.model.judge(by, body, text.fault)
        before = set(self.world.store.tasks.ids(by.home(self.ways)))
        call = self.driver.begin(request)
        if cause:
            answer = call.result()
            self.model.requests += 1
            if text.fault != "malformed":
                assert same(cause, self.ways.provider, b"", answer), (cause, answer)
            return multiple()
        names = self.names_of(by.home(self.ways), before, call)
        known = self.model.open(by, body, plan, cost, names, sink, text.fault)
        waits = self.ways.opens.waits(known.task.request)
        if waits and self.model.policy == "poll" and text.fault != "stuck":
            self.model.end(known)
        self.calls.append((call, known))
        self.hear()
        return known

    def with_receiver(self, text: Text, receiver: str) -> tuple[Any, str]:
        """Ask for a callback, to a sink of its own that answers as it is told to."""
        if receiver == "stranger":
            return self.ways.with_callback(text.message, "http://receiver.example/"), ""
        if not receiver or "callback" not in self.ways.more:
            return text.message, ""
        self.sinks += 1
        name = f"sink-{self.sinks}"
        url = f"{ORIGIN}{SINK_PATH}/{name}?statuses={receiver}"
        return self.ways.with_callback(text.message, url), name

    def names_of(self, tenant: str, before: set[Any], call: Any) -> Names:
        """Give the ids of a new task, which nobody can foretell."""
        rows = self.world.store.tasks
        new = [id_ for id_ in rows.ids(tenant) if id_ not in before]
        (id_,) = new or [None]
        assert id_, call.result()
        return rows.get(tenant, id_).names

    def hear(self):
        """Hear the answers to what was submitted: at once, or when a task that blocks is over."""
        waiting = []
        for call, known in self.calls:
            task = known.task
            now = self.model.now(task.tenant)
            waits = self.ways.opens.waits(task.request) and not task.is_over(now)
            assert call.done() is not waits, "a call blocks for as long as its task is not over"
            if waits:
                waiting.append((call, known))
                continue
            self.model.requests += 1
            self.check_first(known, call.result(), self.ways.opens.reply(task, now))
        self.calls = waiting

    def check_first(self, known: Known, answer: Answer, reply: Reply):
        """A lost answer is lost, and its task is there all the same."""
        if known.fault in LOST:
            assert answer.status == LOST[known.fault]
        elif known.fault == "malformed":
            assert not is_json(answer.body)
        else:
            assert same(reply, self.ways.provider, b"", answer), answer

    # Looking

    @rule(task=tasks, operation=operations)
    def ask(self, task: Known, operation: str):
        """Whose task it is gets the answer that its moments call for, and the film with it."""
        self.ask_about(self.owner(task), operation, task.task.id, task.task.names.link)
        self.fetch(task)

    @rule(task=tasks, looks=st.integers(2, 6))
    def watch(self, task: Known, looks: int):
        """Looking again and again changes nothing but what looks are to change."""
        operation = self.ways.journey["poll"]["operation"]
        for _ in range(looks):
            self.ask_about(self.owner(task), operation, task.task.id, task.task.names.link)

    def owner(self, task: Known) -> str:
        """Give the caller whose task it is."""
        whose = (task.tenant, task.task.key)
        return next(name for name, one in CALLERS.items() if self.model.account_of(one) == whose)

    @rule(task=tasks, operation=operations, caller=callers)
    def ask_as_anyone(self, task: Known, operation: str, caller: str):
        """Another key never gets a task, but by its link."""
        self.ask_about(caller, operation, task.task.id, task.task.names.link)

    @rule(operation=operations, caller=callers)
    def ask_for_nothing(self, operation: str, caller: str):
        """What never was is not found."""
        self.ask_about(caller, operation, NOTHING, NOTHING)

    @precondition(lambda self: self.ways.several)
    @rule(several=st.lists(tasks, max_size=4, unique_by=lambda one: one.task.id))
    def ask_for_several(self, several: list[Known]):
        """Of several tasks, a key gets its own."""
        caller = self.owner(several[0]) if several else next(iter(CALLERS))
        ids = [*[one.task.id for one in several], NOTHING]
        message = self.ways.about_several(ids)
        answer, found = self.compare(caller, self.ways.several, message, "")
        others = set(ids) - {one.task.id for one in found}
        assert not [id_ for id_ in others if id_.encode() in answer.body]

    def ask_about(self, caller: str, name: str, id_: str, link: str):
        operation = self.ways.provider.operation(name)
        message = self.ways.about(operation, id_, link)
        if message is None:
            return
        answer, found = self.compare(caller, operation, message, link)
        if not found:
            assert answer.status // 100 != 2 or id_.encode() not in answer.body
        elif operation.id == self.ways.journey["poll"]["operation"]:
            self.remember(found[0], answer)

    def compare(
        self, caller: str, operation: Operation, message: Any, link: str
    ) -> tuple[Answer, list[Known]]:
        """Ask the server and the model the same thing."""
        by = CALLERS[caller]
        request = self.ways.request(operation, message)
        if isinstance(operation.effect, Finds):
            request = by.sends(self.ways, request)
        answer = self.driver.call(request)
        self.model.requests += 1
        found = self.model.found_by(operation, by, message, link)
        expected = self.expected(operation, message, found, by.home(self.ways))
        film = self.film(found[0]) if found else b""
        shown = (expected if isinstance(expected, str) else expected.body, answer)
        assert same(expected, self.ways.provider, film, answer), shown
        return answer, [] if expected in AT_LOOKS.values() else found

    def expected(
        self, operation: Operation, message: Any, found: list[Known], tenant: str
    ) -> Reply | str:
        now = self.model.now(found[0].tenant if found else tenant)
        if isinstance(operation.effect, Finds):
            if cause := self.model.fault_at(found):
                return cause
            for one in found:
                self.model.look(one)
            now = self.model.now(tenant)
        return self.model.answer(operation, message, found, now)

    def film(self, known: Known) -> bytes:
        film = f"a film: {known.task.plan.clip}".encode()
        return film[: len(film) // 2] if known.fault == "truncated-video" else film

    def remember(self, known: Known, answer: Answer):
        """Check that an answer goes on from the one before it, unless its task flaps."""
        if known.fault == "flap":
            return
        rank = self.rank(answer)
        assert rank is None or rank >= known.rank, "a phase never goes back"
        known.rank = rank or known.rank
        if known.task.is_over(self.model.now(known.tenant)):
            said = answer.body if answer.status // 100 == 2 else answer.rule
            ending = (known.task.media_gone, answer.status, said)
            if known.ending and known.ending[0] == ending[0]:
                assert ending == known.ending, "an end never changes"
            known.ending = ending

    def rank(self, answer: Answer) -> int | None:
        """Give how far a task is by the word for it, where answers have one."""
        path = self.ways.journey["status"]
        if not path or answer.headers.get("content-type") != "application/json":
            return None
        found: Any = json.loads(answer.body)
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        words = self.ways.provider.lifecycle.words
        ranks = [RANK[phase] for phase, word in words.items() if word == found]
        return max(ranks, default=None)

    # Results and files

    @rule(task=tasks)
    def fetch(self, task: Known):
        """The film is served from the end of its task until it expires or is deleted."""
        answer = self.download(f"{task.link}.mp4")
        holder = self.model.behind(task.link)
        if holder and self.model.has_film(holder):
            assert (answer.status, answer.body) == (200, self.film(holder))
        elif holder and self.model.had_media(holder.task):
            assert (answer.status, answer.rule) == (403, "screentest/expired")
        else:
            assert (answer.status, answer.rule) == (404, "screentest/no-media")

    @precondition(lambda self: self.ways.keeps)
    @rule(caller=callers, content=st.binary(min_size=1, max_size=8))
    def upload(self, caller: str, content: bytes):
        """A file is served under the link that is handed out."""
        by = CALLERS[caller]
        answer = self.driver.call(by.sends(self.ways, self.ways.upload(content)))
        self.model.requests += 1
        assert answer.status == 200, answer
        link = re.search(rf"{MEDIA_PATH}/(\w+)", answer.body.decode())
        assert link
        known = Known(by.home(self.ways), link[1], file=content)
        self.model.keep(known)
        assert self.download(f"{known.link}.png").body == content

    def download(self, name: str) -> Answer:
        self.model.requests += 1
        return self.driver.call(Request("GET", f"{MEDIA_PATH}/{name}"))

    # What the one who runs the mock may do

    @rule(caller=callers, seconds=spans)
    def advance(self, caller: str, seconds: float):
        tenant = CALLERS[caller].home(self.ways)
        whose = self.world.clock_of(tenant) if tenant in self.model.apart else self.world
        self.driver.advance(whose, seconds)
        self.model.advance(tenant, seconds)
        self.hear()

    @rule(task=tasks, early=st.sampled_from([0, 0.001, 30]), expired=st.booleans())
    def wait_for(self, task: Known, early: float, expired: bool):  # noqa: FBT001 - as it is drawn
        """Time passes to the very end of a task or of its link, or to shortly before it."""
        life = self.ways.provider.lifecycle.media_seconds if expired else 0
        seconds = task.task.finishes + life - early - self.model.now(task.tenant)
        if 0 < seconds < inf:
            self.advance(self.owner(task), seconds)

    @rule(caller=callers)
    def give_own_clock(self, caller: str):
        tenant = CALLERS[caller].home(self.ways)
        self.driver.act(self.world.own_clock, tenant)
        self.model.own_clock(tenant)

    @rule(task=tasks)
    def finish(self, task: Known):
        self.end(task, "")

    @precondition(lambda self: self.ways.provider.failures)
    @rule(task=tasks, failure=failures)
    def fail(self, task: Known, failure: str):
        self.end(task, failure)

    def end(self, known: Known, name: str):
        """End a task by hand, unless it is over."""
        task = known.task
        if known.lost or task.is_over(self.model.now(task.tenant)):
            return
        failure = self.ways.provider.failures[name] if name else None
        row = self.world.store.tasks.get(task.tenant, (task.provider, task.id))
        self.driver.act(self.world.end, row, self.world.clock_of(task.tenant), failure)
        self.model.end(known, failure)
        self.hear()

    @precondition(lambda self: self.ways.provider.tariff)
    @rule(caller=callers, amount=amounts)
    def top_up(self, caller: str, amount: float):
        by, micros = CALLERS[caller], round(amount * MICRO)
        tenant, key = self.model.account_of(by)
        self.world.tenant(tenant).pinned = True
        now = self.world.clock_of(tenant).now()
        self.world.books.top_up(tenant, self.ways.provider, key, micros, now)
        self.model.top_up(by, micros)

    @precondition(lambda self: self.ways.provider.tariff)
    @rule(caller=callers, amount=amounts)
    def set_balance(self, caller: str, amount: float):
        by, micros = CALLERS[caller], round(amount * MICRO)
        tenant, key = self.model.account_of(by)
        self.world.tenant(tenant).pinned = True
        rows = self.world.store.tasks.of(tenant)
        self.world.books.set(
            tenant,
            self.ways.provider,
            key,
            balance=micros,
            limit=None,
            open_tasks=[one for one in rows if one.key == key],
            now=self.world.clock_of(tenant).now(),
        )
        self.model.set_balance(by, micros)

    @rule(caller=st.sampled_from([*CALLERS, *CALLERS, EVERYONE]))
    def forget(self, caller: str):
        """Who is forgotten begins anew."""
        if caller == EVERYONE:
            self.reset()
            return
        tenant = CALLERS[caller].home(self.ways)
        self.driver.act(self.world.forget, tenant)
        self.model.forget(tenant)
        self.hear()

    def reset(self):
        """Forget everyone, and let time begin anew."""
        self.driver.act(self.world.reset)
        for tenant in list(self.model.tenants):
            self.model.forget(tenant)
        self.model.accounts.clear()
        self.model.time = START
        self.hear()

    # What always holds

    @invariant()
    def money_is_conserved(self):
        tariff = self.ways.provider.tariff
        for caller in CALLERS.values() if tariff else ():
            tenant, key = self.model.account_of(caller)
            assert self.model.left(tenant, key) == self.left(tenant, key)
            now, books = self.world.clock_of(tenant).now(), self.world.books
            moves = books.moves(tenant, self.ways.provider, key, now)
            lines = sorted((one.kind, one.amount, one.task) for one in moves)
            assert self.model.lines(tenant, key) == lines

    def left(self, tenant: str, key: str) -> int | None:
        """Ask for a balance, and leave no trace: asking makes final what is over."""
        provider, rows = self.ways.provider, self.world.store.accounts
        as_it_was = deepcopy(rows.get(tenant, (provider.id, key)))
        now = self.world.clock_of(tenant).now()
        left = self.world.books.balance(tenant, provider, key, now)
        if as_it_was:
            rows.put(tenant, (provider.id, key), as_it_was)
        return left

    @invariant()
    def every_callback_is_delivered_or_accounted_for(self):
        for known in self.model.kept:
            callback = known.callback
            if not callback:
                continue
            rows = self.world.store.callbacks.of(known.tenant)
            (row,) = [one for one in rows if one.task == known.task.id]
            assert row.state == callback.state
            arrivals = self.arrivals(callback.sink)
            assert len(arrivals) == callback.tries
            assert len(set(arrivals)) <= 1, "every try says the same"
            if callback.state != "refused":
                assert len(row.attempts) == callback.tries
            if arrivals:
                webhook, end = self.ways.provider.webhook, known.task.finishes
                assert json.loads(arrivals[0]) == json.loads(
                    json.dumps(webhook.payload(known.task, end))
                )

    def arrivals(self, sink: str) -> list[bytes]:
        return [one.body for one in self.world.sinks.sink(sink).arrivals] if sink else []

    @invariant()
    def every_request_is_in_the_journal(self):
        assert self.world.journal.total == self.model.requests

    @invariant()
    def tenants_that_are_forgotten_leave_nothing(self):
        assert set(self.world.tenants) == self.model.tenants
        for caller in CALLERS.values():
            tenant = caller.home(self.ways)
            rows = {one: list(getattr(self.world.store, one).ids(tenant)) for one in TABLES}
            if tenant not in self.model.tenants:
                assert not any(rows.values()), rows
            mine = [one.task.id for one in self.model.kept if one.task and one.tenant == tenant]
            assert [id_ for _, id_ in rows["tasks"]] == mine
            told = [one.task.id for one in self.model.kept if one.callback and one.tenant == tenant]
            assert [one.task for one in self.world.store.callbacks.of(tenant)] == told
            asked = self.model.accounts
            assert {(tenant, key) for _, key in self.world.store.accounts.ids(tenant)} <= {*asked}
        links = [one.link for one in self.model.kept]
        assert list(self.world.store.links.ids("")) == links


def is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def quiet():
    """Keep quiet of refusals; there are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", WAYS)
def test_a_revision_does_what_its_model_does(name: str):
    ways = WAYS[name]
    assert ways.texts  # drawn now, as properties must not be nested
    machine = type(re.sub(r"\W", "_", name.title()), (Machine,), {"ways": ways})
    few = settings(
        settings.default,
        max_examples=settings.default.max_examples,
        phases=set(HypothesisPhase) - {HypothesisPhase.explain},  # it traces every line
        stateful_step_count=STEPS,
    )
    run_state_machine_as_test(machine, settings=few)
