"""One write for each answer, where uvicorn makes two: one for the head and one for the body."""

import asyncio
import os
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.responding import STOP
from mockserver.trouble import CONNECTION

PATIENCE = 0.5
"""Seconds that calls may still wait once the server is told to stop; less than its own."""
AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""A socket that lingers for no time is reset when it is closed."""


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, over a transport that joins writes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; uvicorn knows no other kind of transport either."""
        joining = JoiningTransport(transport, self.loop)
        # every request gets a copy of this state: nothing is to be done for each one
        self.app_state = {**self.app_state, CONNECTION: joining}
        super().connection_made(joining)  # type: ignore[arg-type]

    def shutdown(self) -> None:
        """End as uvicorn does, and have an answer that would go on for ever come to its end.

        A call that still waits is hung up on before uvicorn would answer it 500, which a client
        would take for the provider's.
        """
        super().shutdown()
        self.loop.call_later(PATIENCE, self.hang_up)
        stop = self.cycle.scope.get(STOP) if self.cycle else None
        if callable(stop):
            stop()

    def hang_up(self) -> None:
        """End the connection, unless an answer is on its way."""
        if self.cycle and not self.cycle.response_started:
            self.transport.close()


class JoiningTransport:
    """Sends what is written in one turn of the event loop in one piece; is its transport else.

    It has what uvicorn asks of a transport. A `__getattr__` would slow down every other access.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading

    def write(self, data: bytes) -> None:
        """Send data at the end of this turn."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def flush(self) -> None:
        """Send what was written so far."""
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))

    def reset(self) -> None:
        """End the connection at once; the client is told of an error, unless it has gone."""
        self._parts.clear()
        if self.is_closing():
            return
        self.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self._transport.abort()

    def close(self) -> None:
        """Close the connection once everything is sent."""
        self.flush()
        self._transport.close()
