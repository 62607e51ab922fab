"""One request on its way through the application, in one event loop: a server for one call."""

import asyncio
from collections import deque
from collections.abc import Callable
from threading import Event
from types import ModuleType

from starlette.types import ASGIApp, Message, Scope

from mockserver.loops import nudge, running_loop
from mockserver.trouble import CONNECTION

GRACE = 0.5
"""Seconds an application has to end once its client has left; then it is cancelled."""
BODILESS = frozenset({204, 304})
RESET = "[Errno 104] Connection reset by peer"
SILENT = "Server disconnected without sending a response."
SHORT = "peer closed connection without sending complete message body"
LATE = "The read operation timed out"
CLOSED = "Server disconnected: the mock closed its door before the answer was complete"
GONE: Message = {"type": "http.disconnect"}


class Call:
    """A request, what came of the answer so far, and the connection that a scenario may end.

    All of it happens in one event loop; its client waits there, or in any other thread. What goes
    wrong is an exception of `core`, the library that the client believes to be on the wire, in its
    own words.
    """

    __slots__ = (
        "_app",
        "_bell",
        "_body",
        "_expected",
        "_gone",
        "_open",
        "_received",
        "_scope",
        "_waiter",
        "core",
        "error",
        "headers",
        "is_told",
        "loop",
        "over",
        "pieces",
        "status",
        "task",
    )

    def __init__(
        self, app: ASGIApp, scope: Scope, body: bytes, core: ModuleType, among: "set[Call]"
    ) -> None:
        scope["state"] = {CONNECTION: self}
        self.core = core
        self.loop: asyncio.AbstractEventLoop | None = None
        """Where it happens."""
        self.task: asyncio.Task[None] | None = None
        """What the application does."""
        self.status = 0
        """0 until the head of the answer is there."""
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_told = False
        """The client has the head of the answer, and waits for its body."""
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
        self._waiter: asyncio.Future[None] | None = None
        self._bell: Event | None = None
        self._open = among
        self._open.add(self)

    # For the client

    def start(self, loop: asyncio.AbstractEventLoop) -> "asyncio.Task[None]":
        """Hand the request to the application, in a loop that runs in this thread, or nowhere."""
        self.loop = loop
        self.task = loop.create_task(self._run())
        return self.task

    @property
    def has_news(self) -> bool:
        """Whether there is something that the client does not know yet."""
        return self.over or bool(self.pieces if self.is_told else self.status)

    def wait(self, seconds: float | None) -> None:
        """Wait for news, in another thread than where it happens."""
        self._bell = bell = Event()
        while not self.has_news:
            if not bell.wait(seconds):
                raise self._too_late()
            bell.clear()

    async def wait_here(self, seconds: float | None) -> None:
        """Wait for news, in the loop where it happens."""
        while not self.has_news:
            self._waiter = asyncio.get_running_loop().create_future()
            if not (await asyncio.wait([self._waiter], timeout=seconds))[0]:
                raise self._too_late()

    def _too_late(self) -> Exception:
        error: Exception = self.core.ReadTimeout(LATE)
        self._tell(lambda: self._break(error))
        return error

    def take(self) -> bytes:
        """Give what came of the body since; nothing at its end."""
        error, pieces = self.error, []
        while self.pieces:
            pieces.append(self.pieces.popleft())
        if error and not pieces:
            raise error
        return b"".join(pieces)

    def leave(self) -> None:
        """Hang up, from any thread. The application hears of it, and is cancelled in the end."""
        self._tell(self._leave)

    async def end(self) -> None:
        """Hang up, and give the application the time to end, if it does so in this loop."""
        self.leave()
        if self.task and self.loop is running_loop():
            await asyncio.wait([self.task], timeout=2 * GRACE)

    # For the door

    def hang_up(self) -> None:
        """End it for both sides, from any thread."""
        self._tell(self.lose)

    def lose(self) -> None:
        """End it for both sides, here and now."""
        self._break(self.core.RemoteProtocolError(CLOSED))
        self._leave()

    def _tell(self, run: Callable[[], None]) -> None:
        """Do something where it happens, if it happens anywhere yet."""
        if self.loop:
            nudge(self.loop, run)
        else:
            run()

    # For the application

    async def _run(self) -> None:
        try:
            if not self.over:  # its client may have left before its turn came
                await self._app(self._scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - a server survives its application
            self._break(self.core.RemoteProtocolError(f"the mock failed: {error!r}"))
        finally:
            self.close()
            self._open.discard(self)

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
        status: int = message["status"]
        self.headers = list(message.get("headers", ()))
        if self._scope["method"] == "HEAD" or status in BODILESS:
            self._expected = 0
        else:
            for name, value in self.headers:
                if name == b"content-length":
                    self._expected = int(value)
        self.status = status  # last, as the client looks at it from another thread

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

    def _leave(self) -> None:
        self._end()
        if self.loop and self.task and not self.task.done():
            self.loop.call_later(GRACE, self.task.cancel)

    def _wake(self) -> None:
        if self._bell:
            self._bell.set()
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
