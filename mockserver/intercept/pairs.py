"""Real connections without a network: a client at one end, and at the other an app that answers.

Both sides speak HTTP, so time-outs, streams, keep-alive and dropped connections are what the
client's library makes of them.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from weakref import ref

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from mockserver.clock import pause, real_now
from mockserver.joining import JoiningProtocol, JoiningTransport
from mockserver.serving import is_news
from mockserver.tenants import SCOPE
from mockserver.trouble import CONNECTION

IDLE = 3600
"""Seconds that an idle connection is kept: it ends with the door it belongs to."""
PATIENCE = 0.5
"""Seconds that calls have to end once they were hung up on."""
HERE = ("127.0.0.1", 0)
"""Whom the app takes a client for that has no address."""
Reset = Callable[[], None]

log = logging.getLogger("screentest.connections")
log.setLevel(logging.WARNING)
log.addFilter(is_news)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a scenario can do to a connection that is no TCP connection."""

    reset: Reset
    close: Callable[[], None]


class Serving:
    """All it takes to serve an app on connections of any kind."""

    def __init__(self, app: ASGIApp) -> None:
        self.config = uvicorn.Config(
            app,
            interface="asgi3",
            log_config=None,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            http=JoiningProtocol,
            timeout_keep_alive=IDLE,
        )
        self.config.load()
        self.state = ServerState()
        self._second = 0
        self._is_closed = False

    def protocol(
        self, *, tenant: str = "", scheme: str = "", reset: Reset | None = None
    ) -> "ServedProtocol":
        """Make what serves one connection; to be called in the loop.

        All that comes through it is of that tenant, unless there is none. The scheme is that of the
        transport unless it is given, and so is the way to reset the connection.
        """
        return ServedProtocol(self, tenant, scheme, reset)

    async def accept(
        self, end: socket.socket, client: socket.socket, *, tenant: str, scheme: str
    ) -> None:
        """Serve one end of a pair, until either side closes it."""
        other = ref(client)  # whoever drops the client's end unclosed is to be warned as ever

        def reset() -> None:
            with suppress(OSError):
                leave_unread(end, other())
            joining = protocol.transport
            assert isinstance(joining, JoiningTransport)  # noqa: S101 - that is what it serves over
            joining.reset()

        protocol = self.protocol(tenant=tenant, scheme=scheme, reset=reset)
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: protocol, end)
        if self._is_closed:
            protocol.drop()

    def stamp(self) -> None:
        """Keep the date in the answers right, without a timer."""
        now = int(real_now())
        if now != self._second:
            self._second = now
            self.state.default_headers = [(b"date", formatdate(now, usegmt=True).encode())]

    async def close(self) -> None:
        """End all connections at once, and wait for what goes on in them to end.

        They must all be of the loop that runs.
        """
        self._is_closed = True
        connections = self.state.connections
        for connection in list(connections):
            assert isinstance(connection, ServedProtocol)  # noqa: S101 - there are no others
            connection.drop()
        while connections:  # they are told in one of the next turns of the loop
            await pause(0)
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=PATIENCE)


class ServedProtocol(JoiningProtocol):
    """One connection, all of whose requests have the same tenant and scheme."""

    def __init__(self, serving: Serving, tenant: str, scheme: str, reset: Reset | None) -> None:
        super().__init__(serving.config, serving.state, {})
        self.logger = log
        self.access_log = False  # the config would turn it off for the whole process
        self._serving = serving
        self._tenant = tenant
        self._scheme = scheme
        self._reset = reset

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        self.drop = transport.abort
        self.client = self.client or HERE
        if self._scheme == "https":
            self.scheme = "https"
        if self._reset:
            self.app_state[CONNECTION] = Line(reset=self._reset, close=self.transport.close)

    def _unsupported_upgrade_warning(self) -> None:
        """Say what is the case; uvicorn would advise to install what is of no use here."""
        self.logger.warning("a WebSocket was asked for; nothing here answers one")

    def on_message_begin(self) -> None:
        """Say of a request whose it is."""
        self._serving.stamp()
        super().on_message_begin()
        if self._tenant:
            self.scope[SCOPE] = self._tenant  # type: ignore[literal-required]


def leave_unread(end: socket.socket, client: socket.socket | None) -> None:
    """Let the client's end be told of a reset when this end is closed.

    Linux tells it if something that it sent is never read; elsewhere it sees an early end.
    """
    try:
        end.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        if client:
            client.send(b"\0")  # cannot block, as nothing else is on its way
