"""One connection to the proxy, until it is known what the client wants."""

import asyncio
from typing import TYPE_CHECKING

from mockserver.proxy.answers import ESTABLISHED, objection, problem
from mockserver.proxy.head import END, MOST, Head, authority_of, parse

if TYPE_CHECKING:
    from mockserver.proxy.door import ProxyDoor

PATIENCE = 10.0
"""Seconds in which a client has to say what it wants, and to agree on a key."""
LINGER = 1.0
"""Seconds in which a client may read its refusal, and hang up itself."""


class Caller(asyncio.Protocol):
    """Reads the head of a request; opens a tunnel, or answers and hangs up."""

    def __init__(self, door: "ProxyDoor") -> None:
        self._door = door
        self._head = bytearray()
        self._is_heard = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; a socket has no other kind of transport."""
        self.transport = transport
        self._door.callers.add(self)
        self._end_in(PATIENCE)
        if not self._door.is_open:
            transport.abort()

    def _end_in(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(seconds, self.transport.abort)

    def connection_lost(self, _error: Exception | None) -> None:
        """Let go of a connection."""
        self.leave()

    def leave(self) -> None:
        """Leave the connection to itself, or to someone else."""
        self._end.cancel()
        self._door.callers.discard(self)

    def data_received(self, data: bytes) -> None:
        """Wait for the end of the head. What follows a refusal is of no interest."""
        if self._is_heard:
            return
        self._head += data
        end = self._head.find(END)
        if (len(self._head) if end < 0 else end) > MOST:
            self._say(problem(431, f"the head of a request has {MOST} bytes at most"))
        elif end >= 0:
            self._hear(bytes(self._head[:end]), early=len(self._head) > end + len(END))
        elif not self._head[:1].isalpha():  # as TLS begins, which no one else would wait out
            self._say(problem(400, "the proxy itself is reached by http, not by https"))

    def _hear(self, text: bytes, *, early: bool) -> None:
        """Do what a head asks for."""
        try:
            head = parse(text)
            if head.method == "CONNECT":
                self._lead(head, *authority_of(head.target), early=early)
            else:
                self._say(self._door.tell(head))
        except ValueError as error:
            self._say(problem(400, str(error)))

    def _lead(self, head: Head, host: str, port: int, *, early: bool) -> None:
        """Open a tunnel, or refuse to."""
        if why := objection(host, port, self._door.hosts):
            self._say(self._door.refuse(head, host, why))
        elif early:
            self._say(problem(400, "a tunnel is used only after it is said to be open"))
        else:
            self._connect(head)

    def _say(self, text: bytes) -> None:
        """Answer, and hang up as soon as the client does."""
        self._is_heard = True
        self._end.cancel()
        self._end_in(LINGER)
        self.transport.write(text)
        self.transport.write_eof()

    def _connect(self, head: Head) -> None:
        """Let the client think that it speaks to the provider."""
        self._is_heard = True
        self.transport.pause_reading()  # until TLS has taken over
        self.transport.write(ESTABLISHED)
        self.leave()
        self._door.encrypt(self.transport, head)


class Waiting(asyncio.Protocol):
    """Keeps what a client sends until someone is there to answer.

    The end of the handshake and the first request may arrive in one piece.
    """

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self._kept.append(data)

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Let another protocol go on from here, and read what was kept."""
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        for data in self._kept:
            protocol.data_received(data)
