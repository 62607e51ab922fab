"""From a request to the application and back, for clients with and without an event loop."""

from collections.abc import Callable, Coroutine
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

import httpx
from anyio import to_thread
from starlette.types import Scope

from mockserver.intercept.bridge_call import Call
from mockserver.intercept.bridge_loops import SPARE, Afar, Driver, is_in_a_loop
from mockserver.intercept.streams import AsyncFlow, Flow
from mockserver.intercept.target import Target

T = TypeVar("T")
Headers = list[tuple[bytes, bytes]]
Stream = httpx.SyncByteStream | httpx.AsyncByteStream
TENANT = "screentest.tenant"
"""Where a scope says whose request it is."""
PORTS = {"http": 80, "https": 443}
CLIENT = ("127.0.0.1", 50_000)
"""Where requests seem to come from."""


class Asked(NamedTuple):
    """A request, whoever has it in which form."""

    method: str
    scheme: str
    host: str
    port: int | None
    target: bytes
    """Path and query as they go over the wire."""
    headers: Headers
    body: bytes
    seconds: float | None
    """How long the client waits for the head of the answer, and for each piece of it."""

    def scope(self, tenant: str) -> Scope:
        """Say what an ASGI server would, and whose request it is."""
        raw_path, _, query = self.target.partition(b"?")
        path = raw_path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": self.scheme,
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self.headers],
            "client": CLIENT,
            "server": (self.host, self.port or PORTS.get(self.scheme)),
            TENANT: tenant,
        }


class Answer(NamedTuple):
    """An answer whose head is there."""

    status: int
    headers: Headers
    stream: Stream


class Bridge:
    """Answers requests for one target, to one library: `core` is what it takes for the wire."""

    def __init__(self, target: Target, core: ModuleType) -> None:
        self.target = target
        self._core = core
        self._afar = Afar(target.home)
        self._flowing: dict[Call, Driver] = {}
        """Calls in loops of ours whose client has still to read, or to hang up."""

    def close(self) -> None:
        """Hang up for clients that have left without doing so."""
        for call, driver in list(self._flowing.items()):
            self._leave(driver, call)

    def answer(self, asked: Asked) -> Answer:
        """Answer a client that waits."""
        call, seconds = self._call(asked), asked.seconds
        driver: Driver = SPARE
        try:
            if not SPARE.begin(call, seconds):
                driver = self._afar
                driver.run(call.begin(seconds))
            return whole(call) or self._flow(call, seconds, driver)
        except BaseException:
            driver.leave(call)
            raise

    def _flow(self, call: Call, seconds: float | None, driver: Driver) -> Answer:
        self._flowing[call] = driver
        leave = partial(self._leave, driver, call)
        return flowing(call, Flow(lambda: driver.run(call.more(seconds)), leave))

    async def answer_async(self, asked: Asked) -> Answer:
        """Answer a client in its own loop; one of another kind than asyncio's by a thread."""
        if not is_in_a_loop():
            return await self._answer_afar(asked)
        call, seconds = self._call(asked), asked.seconds
        try:
            await call.begin(seconds)
            return whole(call) or flowing(call, AsyncFlow(partial(call.more, seconds), call.end))
        except BaseException:
            call.leave()
            raise

    async def _answer_afar(self, asked: Asked) -> Answer:
        call, seconds = self._call(asked), asked.seconds
        try:
            await self._wait(partial(call.begin, seconds))
            return whole(call) or self._flow_afar(call, seconds)
        except BaseException:
            self._afar.leave(call)
            raise

    def _flow_afar(self, call: Call, seconds: float | None) -> Answer:
        async def leave() -> None:
            self._leave(self._afar, call)

        self._flowing[call] = self._afar
        return flowing(call, AsyncFlow(partial(self._wait, partial(call.more, seconds)), leave))

    async def _wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Wait in a thread for the background loop; the thread is left if the client is stopped."""
        return await to_thread.run_sync(lambda: self._afar.run(work()), abandon_on_cancel=True)

    def _leave(self, driver: Driver, call: Call) -> None:
        if self._flowing.pop(call, None):
            driver.leave(call)

    def _call(self, asked: Asked) -> Call:
        return Call(self.target.app, asked.scope(self.target.tenant), asked.body, self._core)


def whole(call: Call) -> Answer | None:
    """Give an answer that is there as a whole, as most are; raise what came in its place."""
    if call.error and not call.status:
        raise call.error
    return flowing(call, httpx.ByteStream(call.take())) if call.over and not call.error else None


def flowing(call: Call, stream: Stream) -> Answer:
    """Give an answer with the body it has, or will have."""
    return Answer(call.status, call.headers, stream)
