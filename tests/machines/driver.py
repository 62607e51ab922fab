"""Driving the mock from plain functions: one event loop, no socket, and films that cost nothing."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple
from urllib.parse import quote

from contracts.kernel.clip import Clip
from contracts.kernel.provider import Provider
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.settings import Settings
from mockserver.world import World

from .ways import ORIGIN, Request

START = 1_780_000_000.0
ROUNDS = 8
"""How often the loop is let run before it is asked what is under way."""


class Answer(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def rule(self) -> str:
        """The rule that refused it; empty when it was accepted."""
        return self.headers.get("x-screentest-rule", "")


CUT_OFF = Answer(0, {}, b"")
"""Stands for the answer that never came."""


class Sketches:
    """Stands for the studio: what a film shows is said, not rendered."""

    def video(self, clip: Clip) -> bytes:
        return f"a film: {clip}".encode()

    def still(self, clip: Clip) -> bytes:
        return f"a still: {clip}".encode()


class Driver:
    """A world and its application, each call of which is over when it returns."""

    def __init__(self, provider: Provider, settings: Settings) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock(settings.clock, start=START)
        self.world = World(settings, self.clock)
        self.world.studio = Sketches()
        self.app = create_app(world=self.world, providers={provider.id: provider})

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def call(self, request: Request) -> Answer:
        """Send a request, and let all happen that it leads to."""
        return self.run(self._settled(self._send(request)))

    def begin(self, request: Request) -> "asyncio.Task[Answer]":
        """Send a request that may be answered later."""

        async def start() -> asyncio.Task[Answer]:
            return asyncio.create_task(self._send(request))

        return self.run(self._settled(start()))

    def advance(self, whose: Clock | World, seconds: float) -> None:
        """Let time pass for one tenant, or for all who have no time of their own."""
        self.run(self._settled(whose.advance(seconds)))

    def act(self, action: Any, *given: Any) -> None:
        """Do something that needs no answer, where an event loop runs."""

        async def do() -> None:
            action(*given)

        self.run(self._settled(do()))

    async def _settled(self, work: Coroutine[Any, Any, Any]) -> Any:
        result = await work
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
            for clock in self.world.clocks():
                await clock.agenda.settle()
        return result

    async def _send(self, request: Request) -> Answer:
        sent: list[Any] = []
        unread = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return unread.pop() if unread else await self.loop.create_future()

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            await self.app(scope_of(request), receive, send)
        except ConnectionResetError:
            return CUT_OFF
        head, *parts = sent
        headers = {name.decode(): value.decode() for name, value in head["headers"]}
        return Answer(head["status"], headers, b"".join(one.get("body", b"") for one in parts))

    def close(self) -> None:
        """End everything, also calls that are still open."""
        self.run(self.world.close())
        open_calls = asyncio.all_tasks(self.loop)
        for one in open_calls:
            one.cancel()
        self.run(_gathered(open_calls))
        self.loop.close()


async def _gathered(tasks: set["asyncio.Task[Any]"]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


def scope_of(request: Request) -> dict[str, Any]:
    """Give a request as ASGI has it."""
    scheme, _, host = ORIGIN.partition("://")
    headers = [(b"host", host.encode())]
    headers += [(name.encode(), value.encode()) for name, value in request.headers]
    return {
        "type": "http",
        "method": request.method,
        "scheme": scheme,
        "path": request.path,
        "raw_path": quote(request.path).encode(),
        "root_path": "",
        "query_string": request.query.encode(),
        "headers": headers,
        "server": ("127.0.0.1", 8600),
        "http_version": "1.1",
    }
