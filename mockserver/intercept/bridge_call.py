"""One request on its way through the application, in one event loop: a server for one call."""

import asyncio
from collections import deque
from collections.abc import Generator
from types import ModuleType, coroutine

from starlette.types import ASGIApp, Message, Scope

from mockserver.trouble import CONNECTION

GRACE = 0.5
"""Seconds an application has to end once its client has left; then it is cancelled."""
BODILESS = frozenset({204, 304})
RESET = "[Errno 104] Connection reset by peer"
SILENT = "Server disconnected without sending a response."
SHORT = "peer closed connection without sending complete message body"
LATE = "The read operation timed out"
GONE: Message = {"type": "http.disconnect"}


class Call:
    """A request, what came of the answer so far, and the connection that a scenario may end.

    All of it happens in one event loop. What goes wrong is an exception of `core`, the library
    that the client believes to be on the wire, in its own words.
    """

    __slots__ = (
        "_app",
        "_body",
        "_expected",
        "_gone",
        "_received",
        "_scope",
        "_task",
        "_timer",
        "_waiter",
        "core",
        "error",
        "headers",
        "loop",
        "over",
        "pieces",
        "status",
    )

    loop: asyncio.AbstractEventLoop
    """Where it happens."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes, core: ModuleType) -> None:
        scope["state"] = {CONNECTION: self}
        self.core = core
        self.status = 0
        """0 until the head of the answer is there."""
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: deque[bytes] = deque()
        """What came of the body, and was not fetched yet."""
        self.over = False
        """No more will come."""
        self.error: Exception | None = None
        """Why no more will come, unless that is as it should be."""
        self._app = app
        self._scope = scope
        self._body: bytes | None = body
        self._expected: int | None = None
        self._received = 0
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    # For the client

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand the request to the application."""
        self.loop = loop
        self._task = loop.create_task(self._run())

    @property
    def has_news(self) -> bool:
        """Whether the head of the answer is there, or what came in its place."""
        return bool(self.status) or self.over

    def news(self, seconds: float | None) -> "asyncio.Future[None]":
        """Give a future that is done with the next piece of the answer, or when it is too late."""
        self._waiter = self.loop.create_future()
        if seconds is not None:
            self._timer = self.loop.call_later(seconds, self._be_late)
        return self._waiter

    async def begin(self, seconds: float | None) -> None:
        """Hand the request to the application, and wait for the head of the answer."""
        if not self.over:  # its client may have left before its turn came
            self.start(asyncio.get_running_loop())
            await turn()  # which is enough for most requests
            if not self.has_news:
                await self.news(seconds)

    async def more(self, seconds: float | None) -> bytes:
        """Give what came of the body since, or wait for it; nothing at its end."""
        if not self.pieces and not self.over:
            await self.news(seconds)
        if not self.pieces and self.error:
            raise self.error
        return self.take()

    def take(self) -> bytes:
        """Give what came of the body since."""
        content = b"".join(self.pieces)
        self.pieces.clear()
        return content

    def leave(self) -> None:
        """Hang up. The application hears of it, and is cancelled if it does not heed that."""
        self._end()
        if self._task and not self._task.done():
            self.loop.call_later(GRACE, self._task.cancel)

    async def end(self) -> None:
        """Hang up, and wait until the application has ended."""
        if self._task and not self._task.done():
            self.leave()
            await asyncio.wait([self._task])

    # For the application

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - a server survives its application
            self._break(self.core.RemoteProtocolError(f"the mock failed: {error!r}"))
        finally:
            self.close()

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return GONE

    async def _send(self, message: Message) -> None:
        if self.over:
            return
        if message["type"] == "http.response.start":
            self._take_head(message)
        else:
            self._take_body(message.get("body", b""), more=message.get("more_body", False))
        self._wake()

    def _take_head(self, message: Message) -> None:
        self.status = message["status"]
        self.headers = list(message.get("headers", ()))
        if self._is_bodiless():
            self._expected = 0
            return
        for name, value in self.headers:
            if name == b"content-length":
                self._expected = int(value)

    def _is_bodiless(self) -> bool:
        return self._scope["method"] == "HEAD" or self.status in BODILESS

    def _take_body(self, body: bytes, *, more: bool) -> None:
        if body and self._expected != 0:
            self.pieces.append(body)
            self._received += len(body)
        if not more and self._expected is None:
            self._end()
        elif not more:
            self.close()

    def reset(self) -> None:
        """End the connection at once, as a TCP reset does."""
        self._break(self.core.ReadError(RESET))

    def close(self) -> None:
        """End the connection in order, which is too early unless the answer is complete."""
        if not self.status:
            self._break(self.core.RemoteProtocolError(SILENT))
        elif self._expected is None:
            self._break(self.core.RemoteProtocolError(f"{SHORT} (incomplete chunked read)"))
        elif self._received < self._expected:
            size = f"received {self._received} bytes, expected {self._expected}"
            self._break(self.core.RemoteProtocolError(f"{SHORT} ({size})"))
        else:
            self._end()

    # Between the two

    def _break(self, error: Exception) -> None:
        if not self.over:
            self.error = error
            self._end()

    def _end(self) -> None:
        self.over = True
        self._gone.set()
        self._wake()

    def _wake(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _be_late(self) -> None:
        self._break(self.core.ReadTimeout(LATE))


@coroutine
def turn() -> Generator[None, None, None]:
    """Let everything that is ready in this event loop run once.

    `asyncio.sleep(0)` would do the same, unless someone replaced it so that time flies.
    """
    yield
