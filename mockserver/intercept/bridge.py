"""From a request to the application and back, for clients with and without an event loop."""

from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import lru_cache, partial
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import httpx
from anyio import to_thread
from starlette.types import Scope

from mockserver.clock import real_now
from mockserver.intercept.bridge_call import Call
from mockserver.intercept.bridge_loops import SPARE
from mockserver.intercept.home import forked
from mockserver.intercept.streams import AsyncFlow, Flow
from mockserver.intercept.target import Target
from mockserver.loops import running_loop, turn
from mockserver.tenants import SCOPE

Stream = httpx.SyncByteStream | httpx.AsyncByteStream
PORTS = {b"http": 80, b"https": 443}
CLIENT = ("127.0.0.1", 50_000)
"""Where requests seem to come from."""


class Bridge:
    """Answers requests for one target, to one library: `core` is what it takes for the wire.

    Requests and answers are those of `core`. In a forked child, what was under way in the parent is
    broken off.
    """

    def __init__(self, target: Target, core: ModuleType) -> None:
        self.target = target
        self._core = core
        self._open: set[Call] = set()
        """Calls whose application has not ended yet."""
        self._is_closed = False
        self._lingers = False
        """A call took more than a turn, as others of the same test will."""
        forked.add(self)

    def close(self) -> None:
        """Hang up on every client."""
        self._is_closed = True
        for call in tuple(self._open):
            call.hang_up()

    def begin_anew(self) -> None:
        """Break off what the parent will end."""
        for call in tuple(self._open):
            call.lose()
        self._open.clear()

    def answer(self, request: Any, body: bytes) -> Any:  # noqa: ANN401 - of either library
        """Answer a client that waits."""
        call = self._call(request, body)
        wait = partial(call.wait, patience(request.extensions))
        try:
            self._start(call)
            wait()
            return whole(call) or flowing(call, Flow(call, wait))
        except BaseException:
            call.leave()
            raise

    async def answer_async(self, request: Any, body: bytes) -> Any:  # noqa: ANN401 - as above
        """Answer a client in its own loop; one of another kind than asyncio's by a thread."""
        call, loop = self._call(request, body), running_loop()
        wait = partial(call.wait_here if loop else afar(call), patience(request.extensions))
        try:
            if loop:
                call.start(loop)
                await turn()  # which is enough for most requests
            else:
                self._start_at_home(call)
            await wait()
            return whole(call) or flowing(call, AsyncFlow(call, wait))
        except BaseException:
            call.leave()
            raise

    def _call(self, request: Any, body: bytes) -> Call:  # noqa: ANN401 - as above
        scope = scope_of(request, self.target.tenant)
        call = Call(self.target.app, scope, body, self._core, self._open)
        if self._is_closed:
            call.hang_up()
        return call

    def _start(self, call: Call) -> None:
        """Have a call begin for a client that waits, in its own thread if that is likely to do."""
        if self._lingers or not SPARE.start(call):
            self._start_at_home(call)
        elif call.task and not call.task.done():
            self._lingers = True

    def _start_at_home(self, call: Call) -> None:
        call.loop = loop = self.target.home.loop
        loop.call_soon_threadsafe(call.start, loop)


def afar(call: Call) -> Callable[[float | None], Awaitable[None]]:
    """Give what waits in a thread, which is left if the client is stopped."""
    return lambda seconds: to_thread.run_sync(call.wait, seconds, abandon_on_cancel=True)


def scope_of(request: Any, tenant: str) -> Scope:  # noqa: ANN401 - of either library
    """Say what an ASGI server would, and whose request it is."""
    url = request.url
    raw_path, _, query = url.target.partition(b"?")
    path = raw_path.decode("ascii")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method.decode("ascii"),
        "scheme": url.scheme.decode("ascii"),
        "path": unquote(path) if "%" in path else path,
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers],
        "client": CLIENT,
        "server": (url.host.decode("ascii"), url.port or PORTS.get(url.scheme)),
        SCOPE: tenant,
    }


def patience(extensions: Mapping[str, Any]) -> float | None:
    """Give the seconds that a client waits for the head of an answer, and for each piece of it."""
    seconds: float | None = extensions.get("timeout", {}).get("read")
    return seconds


def whole(call: Call) -> Any:  # noqa: ANN401 - of either library
    """Give an answer that is there as a whole, as most are; raise what came in its place."""
    if call.error and not call.status:
        raise call.error
    return flowing(call, httpx.ByteStream(call.take())) if call.over and not call.error else None


def flowing(call: Call, stream: Stream) -> Any:  # noqa: ANN401 - of either library
    """Give an answer with the body it has, or will have."""
    call.is_told = True
    headers = [(b"date", date(int(real_now()))), *call.headers]
    extensions = {"http_version": b"HTTP/1.1"}
    return call.core.Response(call.status, headers=headers, content=stream, extensions=extensions)


@lru_cache(maxsize=1)
def date(second: int) -> bytes:
    """Give a time as headers have it."""
    return formatdate(second, usegmt=True).encode()
