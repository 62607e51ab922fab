"""The mock as one test holds it: its part of the world, and what it may ask and tell it."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import quote

from anyio import to_thread

from contracts.kernel.money import micros
from mockserver.clock import POLICIES, Clock, Policy
from mockserver.control.callbacks import CallbacksAsked, see_outbox
from mockserver.control.endpoint import Call
from mockserver.control.ledger import LedgerAsked, see_ledger
from mockserver.control.money import tasks_of as open_tasks_of
from mockserver.course import obey
from mockserver.loops import is_in_a_loop
from mockserver.naming import unknown
from mockserver.settings import CHOICES, Settings
from mockserver.sinks import SINK_PATH
from mockserver.tenants import MARK
from mockserver.testing.asking import requests_of
from mockserver.testing.errors import hidden
from mockserver.testing.expecting import expect
from mockserver.testing.explaining import assert_no_violations
from mockserver.testing.receiving import arrivals
from mockserver.testing.task import task_of, tasks_of

if TYPE_CHECKING:  # for the reader, and the type checker
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from contracts.kernel.provider import Provider
    from contracts.kernel.quotas import Quota
    from mockserver.control.callbacks import CallbackTold
    from mockserver.control.ledger import Ledger
    from mockserver.intercept.home import Home
    from mockserver.intercept.target import Attempt
    from mockserver.settings import Limits
    from mockserver.sinks import Arrival, Sink
    from mockserver.testing.asking import Request, Requests
    from mockserver.testing.options import Options
    from mockserver.testing.task import SeenTask
    from mockserver.testing.travel import Travel
    from mockserver.testing.wanting import Wants
    from mockserver.world import World

__tracebackhide__ = hidden


LIMIT = 21_600.0
"""Seconds that a journey through time may go, unless it is said: six hours."""


class Mock:
    """One test's part of the mock: its requests, tasks, time, money, and bad days.

    It belongs to a key of its own, so that tests side by side never see each other. In process, all
    requests of the test belong to it, whatever key they carry.
    """

    def __init__(self, world: World, key: str, options: Options, home: Home) -> None:
        self.world = world
        """The state behind it, shared with other tests."""
        self.key = key
        """Its API key, and the name of its tenant."""
        self.options = options
        self.origin = ""
        """Where it answers over a socket, if it does: `http://127.0.0.1:<port>`."""
        self.refused: list[Attempt] = []
        """Requests in this process that went to no known host, and were not sent."""
        self._home = home

    def __repr__(self) -> str:
        return f"<Mock {self.key}: {len(self.requests())} requests>"

    # Where it is

    @property
    def url(self) -> str:
        """Its root over a socket: with it, requests belong to this test whatever key they have."""
        if not self.origin:
            raise RuntimeError("it answers in process only; ask for the fixture screentest_server")
        return f"{self.origin}{MARK}{self.key}"

    def base_url(self, provider: str) -> str:
        """Give what a client is configured with: over a socket, or else the provider's real one."""
        one = self._provider(provider)
        return f"{self.url}{one.base_path}" if self.origin else one.base_url

    def _provider(self, id_: str) -> Provider:
        served = self.world.providers
        if id_ not in served:
            raise ValueError(unknown("provider", id_, served))
        return served[id_]

    # Time

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self.world.clock_of(self.key)

    def set_clock(self, policy: Policy, speed: float | None = None) -> None:
        """Let time pass by another policy from here on, and work go at a speed."""
        if policy not in POLICIES:
            raise ValueError(unknown("clock", policy, POLICIES))
        obey(self.world, self.clock, policy, Clock(policy).speed if speed is None else pace(speed))

    def advance(self, seconds: float = 0.0) -> None:
        """Let time pass at once: all that falls due has happened on return, callbacks included.

        Asynchronous tests await `aadvance`, as what happens may need their event loop.
        """
        if is_in_a_loop():
            raise RuntimeError("an event loop runs here: say `await screentest.aadvance(...)`")
        self._home.run(self._pass(seconds))

    async def _pass(self, seconds: float) -> None:
        """Let time pass; where only looks bring tasks further, time does so meanwhile, too."""
        policy, speed = self.clock.policy, self.clock.speed
        if policy == "poll" and seconds:
            self._obey("manual", speed)
        try:
            await self.clock.advance(seconds)
        finally:
            if self.clock.policy != policy:
                self._obey(policy, speed)

    async def aadvance(self, seconds: float = 0.0) -> None:
        """Let time pass at once, as `advance` does, while the event loop goes on."""
        if is_in_a_loop():
            await asyncio.wrap_future(self._home.start(self._pass(seconds)))
        else:  # a loop of another kind than asyncio's
            await to_thread.run_sync(lambda: self._home.run(self._pass(seconds)))

    def time_travel(
        self, *, speed: float = 1.0, limit: float = LIMIT
    ) -> AbstractContextManager[Travel]:
        """Have every sleep of the code under test advance the clock instead, within the block.

        The work takes as long as at the provider, unless a speed is given. Who sleeps for more than
        `limit` seconds all in all is `Stranded`: a client may wait in vain.
        """
        from mockserver.testing.travel import time_travel  # noqa: PLC0415 - not every test travels

        return time_travel(self.clock, self._home, self._obey, speed=pace(speed), limit=limit)

    def _obey(self, policy: Policy, speed: float) -> None:
        obey(self.world, self.clock, policy, speed)

    # Bad days

    def scenario(self, *scenarios: str | Mapping[str, Any]) -> None:
        """Let scenarios hold from here on: built-in ones by name, files, or plain values."""
        for one in scenarios:
            order(self.world, self.key, one)

    def clear_scenarios(self) -> None:
        """Let everything go well again."""
        self.world.scenarios.clear(self.key)

    # What happened

    def requests(
        self, operation: str = "", *, since: Request | int = 0, **wants: Unpack[Wants]
    ) -> Requests:
        """Give what was asked for, oldest first.

        An operation is `acme/submit`, or `submit` whoever's it is; `media` is the download of a
        result. `since` is a request: only later ones count. See `Wants` for what else can be said.
        """
        return requests_of(self.world, self.key, operation, since=since, **wants)

    def expect(
        self,
        operation: str = "",
        *,
        times: int | None = None,
        since: Request | int = 0,
        **wants: Unpack[Wants],
    ) -> Requests:
        """Assert that something was asked for, at least once or so many times, and give it.

        What is expected is said as for `requests`. A failure shows the nearest request, and what
        about it is different.
        """
        return expect(self.world, self.key, operation, times=times, since=since, **wants)

    def assert_no_violations(self, *, ignored: bool = False, allow: Sequence[str] = ()) -> None:
        """Assert that no request broke a rule of its provider.

        A failure names each rule, its sentence and source, and what was sent. Fields that the
        provider drops silently count only if `ignored` is true; rules to `allow` are ids, or
        patterns such as `acme/*`. What is no fault of the client (a full account, a rate limit,
        consent that is asked for, whatever a scenario ordered) is no violation.
        """
        assert_no_violations(self.world, self.key, ignored=ignored, allow=allow)

    def task(self, id_: str, *, provider: str = "") -> SeenTask:
        """Give a task by the id that its provider gave it; say whose, where several have it."""
        return task_of(self.world, self.key, id_, provider=provider)

    @property
    def tasks(self) -> list[SeenTask]:
        """All tasks, oldest first."""
        return tasks_of(self.world, self.key)

    # Money, limits, keys

    def set_balance(self, provider: str, amount: float | None, *, key: str = "") -> None:
        """Say what a key has from now on, in the provider's currency; None means no end of it.

        The key is that of the test, unless the client under test has one of its own.
        """
        one, owner = self._provider(provider), key or self.key
        now = self.clock.now()
        open_tasks = open_tasks_of(self.world, self.key, one, owner)
        if amount is not None and not 0 <= amount < inf:
            raise ValueError(f"a balance must be a number of at least 0, not {amount}")
        balance = None if amount is None else micros(amount)
        self.world.books.set(
            self.key, one, owner, balance=balance, limit=None, open_tasks=open_tasks, now=now
        )

    def limit(self, limits: Limits | Sequence[Quota]) -> None:
        """Let limits on use hold from here on: `documented`, `off`, or those that are given."""
        if isinstance(limits, str) and limits not in CHOICES["limits"]:
            raise ValueError(unknown("limits", limits, CHOICES["limits"]))
        self.world.limit(self.key, limits if isinstance(limits, str) else tuple(limits))

    def ledger(self) -> Ledger:
        """Give every charge, and what they come to; `would_have_cost` is the sum by currency."""
        asked = LedgerAsked(tenant=self.key)
        return see_ledger(Call(self.world, asked, None, {}))

    @property
    def would_have_cost(self) -> Mapping[str, float]:
        """What the test would have cost so far, by currency."""
        return self.ledger()["would_have_cost"]

    # Callbacks

    def _settle(self) -> None:
        """Let what is due by now have happened, where nobody's event loop is needed for it."""
        if not is_in_a_loop():
            self.advance()

    def sink(self, name: str = "callbacks") -> Sink:
        """Give a receiver of callbacks; `callback_url` leads to it.

        What is due has arrived; in asynchronous tests once `aadvance` was awaited.
        """
        self._settle()
        return self.world.sinks.sink(name, self.key)

    def callback_url(self, provider: str, name: str = "callbacks") -> str:
        """Give a URL for callbacks that leads to a sink of this test, without a socket."""
        one = self._provider(provider)
        if one.webhook is None:
            raise ValueError(f"{one.title} posts no callbacks")
        origin = self.origin or one.base_url.removesuffix(one.base_path)
        return f"{origin}{MARK}{self.key}{SINK_PATH}/{quote(name, safe='')}"

    def expect_callbacks(
        self, *, times: int | None = None, name: str = "callbacks"
    ) -> list[Arrival]:
        """Assert that a callback arrived at a sink, or so many, and give all that did.

        A failure says of each task what became of its callback.
        """
        return arrivals(self.sink(name), self.tasks, times)

    def callbacks(self) -> list[CallbackTold]:
        """Give every callback, with every attempt to deliver it."""
        self._settle()
        asked = CallbacksAsked(tenant=self.key)
        return see_outbox(Call(self.world, asked, None, {}))["callbacks"]


def pace(speed: float) -> float:
    """Give a speed back that work can go at; `ValueError` says what is wrong with another."""
    return Settings(speed=speed, seed=0).speed or 1.0


def order(world: World, key: str, scenario: str | Mapping[str, Any]) -> None:
    """Let a scenario hold for a key; `ValueError` says what is wrong with it."""
    if isinstance(scenario, str):
        world.scenarios.read(scenario, key)
    else:
        world.scenarios.add(scenario, key)
