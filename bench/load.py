"""The load generator: many connections, each sending one request after the other."""

import asyncio
import re
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from typing import cast

from bench.messages import Message
from bench.servers import Server

CONNECTIONS = 32
WARM_UP = 0.1
"""Seconds before counting begins."""
PATIENCE = 120.0
"""Seconds that all answers may take."""
BATCHES = 4
"""How many times a second a paced load sends a part of its requests."""
HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Unexpected(Exception):  # noqa: N818 - what happened, not where
    """A server that answers something else than it should."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one slice of load came to."""

    requests: float
    """Per second."""
    cpu: float
    """Microseconds of the server's processor time for one request."""

    @property
    def share(self) -> float:
        """How much of its core the server had; little, when something else runs there."""
        return self.requests * self.cpu / 1e6


@dataclass(slots=True)
class Load:
    """The requests still to be sent, and the answers that have come."""

    request: bytes
    status: bytes
    left: float = inf
    answered: int = 0
    failed: bool = False
    ends: list[asyncio.Future[None]] = field(default_factory=list)

    def client(self) -> "Client":
        """Make one more client."""
        return Client(self)


class Client(asyncio.Protocol):
    """One connection that is kept alive."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.head = b""
        self.missing = 0
        load.ends.append(self.end)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast("asyncio.Transport", transport)
        self.send()

    def send(self) -> None:
        """Send the next request, or leave when there is none."""
        if self.load.left > 0:
            self.load.left -= 1
            self.transport.write(self.load.request)
        else:
            self.end.set_result(None)
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; the next request follows the last part."""
        if self.missing:
            self.missing -= len(data)
        elif not self.read_head(self.head + data):
            return
        if self.missing == 0:
            self.load.answered += 1
            self.send()

    def read_head(self, data: bytes) -> bool:
        """Learn from the head how much is missing; false when there is more of it to come."""
        end = data.find(HEAD_END)
        if end < 0:
            self.head = data
            return False
        length = LENGTH.search(data, 0, end + 2)
        if not data.startswith(self.load.status) or not length:
            self.fail(f"unexpected answer: {data[:500]!r}")
            return False
        self.head = b""
        self.missing = int(length[1]) + end + len(HEAD_END) - len(data)
        return True

    def connection_lost(self, _error: Exception | None) -> None:
        """Notice a server that hangs up."""
        self.fail("the server hung up")

    def fail(self, reason: str) -> None:
        """End the load with an error, unless this client is done; the first one is enough."""
        if not self.end.done() and not self.load.failed:
            self.load.failed = True
            self.end.set_exception(Unexpected(reason))
        self.transport.abort()


async def run_for(server: Server, message: Message, seconds: float) -> Rate:
    """Measure how many requests are answered in a time, after a moment of warming up."""
    load = await connect(server, message, inf)
    await hold(load, WARM_UP)
    before, moment, cpu = load.answered, perf_counter(), server.cpu()
    await hold(load, seconds)
    count, elapsed = load.answered - before, perf_counter() - moment
    cpu = server.cpu() - cpu
    load.left = 0
    await finish(load)
    return Rate(count / elapsed, cpu / count * 1e6)


async def run_count(server: Server, message: Message, count: int, pace: int) -> None:
    """Send so many requests, about `pace` of them a second, and wait for all answers."""
    clock = asyncio.get_running_loop().time
    batch = max(1, pace // BATCHES)
    for sent in range(0, count, batch):
        due = clock() + batch / pace
        await finish(await connect(server, message, min(batch, count - sent)))
        await asyncio.sleep(due - clock())


async def connect(server: Server, message: Message, count: float) -> Load:
    """Open the connections; each begins to send at once."""
    host = f"127.0.0.1:{server.port}"
    load = Load(message.to_bytes(host), b"HTTP/1.1 %d " % message.status, count)
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(load.client, "127.0.0.1", server.port)
    return load


async def finish(load: Load) -> None:
    """Wait for the answers to all that was sent."""
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*load.ends)


async def hold(load: Load, seconds: float) -> None:
    """Let the load go on; raises as soon as something unexpected comes back."""
    done, _ = await asyncio.wait(load.ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for end in done:
        end.result()
