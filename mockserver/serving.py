"""Serving the mock on a socket."""

import gc
import logging
import os
import socket
from asyncio import CancelledError
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from mockserver.joining import JoiningProtocol

GRACE = 1
"""Seconds that open answers have to end once the server is told to stop."""
BACKLOG = 2048


def bind(host: str, port: int) -> socket.socket:
    """Take the address, or raise `OSError`; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # pragma: no branch - elsewhere two servers could share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def address(listener: socket.socket) -> str:
    """Give the origin that a listener answers at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config(app: Starlette) -> uvicorn.Config:
    """Give the server's settings: the fast parts of uvicorn, and no line for each request."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
        lifespan="on",
        ws="none",
        http=JoiningProtocol,
    )


class Announced(uvicorn.Server):
    """A server that says when it is there: signals are heeded then, and requests answered."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start up, and say so."""
        await super().startup(sockets=sockets)
        self._ready()


def serve(app: Starlette, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until interrupted; `ready` is called when the first request can be answered.

    What start-up made is taken out of the garbage collector's sight, and collections are made
    rare: they cost tens of milliseconds with many tasks around.
    """
    server = Announced(config(app), ready)
    logging.getLogger("uvicorn.error").addFilter(is_news)
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    server.run(sockets=[listener])


def is_news(record: logging.LogRecord) -> bool:
    """Keep quiet about calls that were still open when the server was stopped."""
    kind = record.exc_info[0] if record.exc_info else None
    return not (kind and issubclass(kind, CancelledError))
