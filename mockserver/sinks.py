"""Sinks: receivers of callbacks that the mock has itself, and that tell what arrived."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable
from json import loads
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote

from contracts.kernel.task import OURS
from mockserver.clock import Clock
from mockserver.tenants import MARK, parted

SINK_PATH = f"/{OURS}/sink"
"""Where the sinks are, on every origin and in every tenant."""
MOST = 1000
"""How many sinks there are, and how many arrivals each remembers."""
ROOM = 64 * 1024 * 1024
"""How many bytes all sinks remember; the oldest arrivals leave first."""
OVERHEAD = 1000
"""What an arrival takes beside its body, in bytes, about."""
TAKEN, BAD = 204, 400
"""What is answered where nothing else is asked for, and where that makes no sense."""
STATUS = re.compile("[2-5][0-9]{2}")
"""A status that ends an exchange; those below 200 only announce one."""


class Arrival(NamedTuple):
    """One callback, as it came."""

    at: float
    """On the clock of the tenant."""
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    status: int
    """What it was answered with."""

    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """Read the body."""
        return loads(self.body)


class Sink:
    """One receiver. It takes everything, or answers what its URL asks for.

    With `?statuses=500,204` in the URL the first arrival is answered 500, all others 204.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.arrivals: deque[Arrival] = deque()
        self.total = 0
        """How many arrived since it was cleared."""
        self.weight = 0
        """How much room they take, in bytes, about."""
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def __repr__(self) -> str:
        count = len(self.arrivals)
        return f"<Sink {self.name!r}: {count} arrival{'' if count == 1 else 's'}>"

    @property
    def is_awaited(self) -> bool:
        """Whether someone waits for an arrival."""
        return bool(self._waiting)

    @property
    def path(self) -> str:
        """Where it is, on any origin of the mock."""
        return f"{SINK_PATH}/{self.name}"

    def take(
        self, now: float, headers: Iterable[tuple[bytes, bytes]], body: bytes, query: str
    ) -> int:
        """Remember what arrived, and give the status of the answer."""
        status = status_of(query, self.total)
        if len(self.arrivals) >= MOST:
            self.drop_oldest()
        self.arrivals.append(Arrival(now, tuple(headers), body, status))
        self.weight += OVERHEAD + len(body)
        self.total += 1
        for loop, event in tuple(self._waiting):
            loop.call_soon_threadsafe(event.set)
        return status

    def drop_oldest(self) -> None:
        """Forget what arrived first."""
        self.weight -= OVERHEAD + len(self.arrivals.popleft().body)

    def clear(self) -> None:
        """Forget what arrived."""
        self.arrivals.clear()
        self.total = self.weight = 0

    async def wait(self, count: int, seconds: float) -> list[Arrival]:
        """Wait until so many have arrived, or until that much real time is over; give them all."""
        waiter = asyncio.get_running_loop(), asyncio.Event()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                while len(self.arrivals) < count:
                    await waiter[1].wait()
                    waiter[1].clear()
        except TimeoutError:
            pass  # what is there says enough
        finally:
            self._waiting.remove(waiter)
        return list(self.arrivals)

    async def wait_for(self, count: int = 1, timeout: float = 5.0) -> list[Arrival]:  # noqa: ASYNC109 - the name that testers know
        """Give what arrived, once it is so much; an `AssertionError` tells what came instead.

        The time-out is one of real time. It does not let time pass in the world: advance its clock.
        """
        await self.wait(count, timeout)
        return self._expect(count, timeout)

    def _expect(self, count: int, seconds: float) -> list[Arrival]:
        found = list(self.arrivals)
        if len(found) < count:
            seen = "".join(f"\n  {one.at:.3f} {one.body[:200]!r}" for one in found)
            raise AssertionError(
                f"sink {self.name!r} got {len(found)} of {count} callbacks within {seconds:g} s"
                f"{':' if seen else '; is the task over on the clock of its tenant?'}{seen}"
            )
        return found


def status_of(query: str, number: int) -> int:
    """Give the status that a URL asks for, for the arrival of a number; the last one goes on."""
    asked = parse_qs(query).get("statuses", [""])[-1]
    if not asked:
        return TAKEN
    statuses = asked.split(",")
    status = statuses[min(number, len(statuses) - 1)].strip()
    return int(status) if STATUS.fullmatch(status) else BAD


class Sinks:
    """All sinks, by tenant and name. Each is there as soon as someone asks for it."""

    def __init__(self, clock_of: Callable[[str], Clock]) -> None:
        self._clock_of = clock_of
        self._sinks: dict[tuple[str, str], Sink] = {}

    def sink(self, name: str, tenant: str = "") -> Sink:
        """Give a sink; that of no tenant where clients name none in their URLs or headers."""
        found = self._sinks.get((tenant, name))
        if found is None:
            if len(self._sinks) >= MOST:
                del self._sinks[min(self._sinks, key=lambda one: self._sinks[one].is_awaited)]
            found = self._sinks[tenant, name] = Sink(name)
        return found

    def take(
        self,
        place: tuple[str, str],
        headers: Iterable[tuple[bytes, bytes]],
        body: bytes,
        query: str,
    ) -> int:
        """Hand something to the sink of a tenant and name, and give the status of the answer."""
        tenant, name = place
        status = self.sink(name, tenant).take(self._clock_of(tenant).now(), headers, body, query)
        self._make_room()
        return status

    def _make_room(self) -> None:
        excess = sum(one.weight for one in self._sinks.values()) - ROOM
        for sink in self._sinks.values():
            before = sink.weight
            while excess > before - sink.weight and sink.arrivals:
                sink.drop_oldest()
            excess -= before - sink.weight

    def forget(self, tenant: str) -> None:
        """Forget the sinks of a tenant."""
        for place in [place for place in self._sinks if place[0] == tenant]:
            del self._sinks[place]

    def clear(self) -> None:
        """Forget all sinks."""
        self._sinks.clear()


def place_of(url: SplitResult, origin: str) -> tuple[str, str] | None:
    """Give tenant and name of the sink that a URL leads to, on the origin its client used.

    A callback to it needs no socket: in process there is none.
    """
    if f"{url.scheme}://{url.netloc.rpartition('@')[2]}".lower() != origin.lower():
        return None
    tenant, path = parted(url.path) if url.path.startswith(MARK) else ("", url.path)
    _, mine, name = path.partition(f"{SINK_PATH}/")
    is_one = mine and path.startswith(mine) and name and "/" not in name
    return (unquote(tenant), unquote(name)) if is_one else None
