"""Following the journal: server-sent events, which a slow or returning reader misses none of.

The ring of the journal is the queue: a reader remembers the last number it was sent. What left the
ring before it could be sent is told as an event of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from pydantic import Field
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from mockserver.control.endpoint import Call, Unfit
from mockserver.control.history import EntriesAsked, filter_of, told_of
from mockserver.journal import Entry
from mockserver.responding import STOP
from mockserver.store import Log

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class FollowAsked(EntriesAsked):
    """Which entries, and since when."""

    since: int | None = Field(
        None, ge=0, description="Begin after this number; with the next one if it is left out."
    )
    heartbeat: float = Field(15.0, gt=0, le=3600, description="Real seconds between comments.")


def follow_journal(call: Call[FollowAsked, None]) -> "Follower":
    """Send entries as they come: events of type `exchange`, with their number as id.

    `Last-Event-ID` resumes. An event of type `lost` tells the numbers that left the journal before
    they could be sent, if a filter would have let them through or not.
    """
    asked, journal = call.asked, call.world.journal
    last = dict(call.scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    if last and not (last.isascii() and last.isdecimal()):
        raise Unfit(f"Last-Event-ID is the number of an entry, not {last!r}")
    begin = int(last) if last else asked.since
    after = journal.total if begin is None else begin
    if after > journal.total:
        after = 0  # numbers of an earlier run: everything here is new
    return Follower(journal, filter_of(call.world, asked), after, asked.heartbeat)


class Follower:
    """One reader, as an ASGI application. It ends when the client leaves or the server stops."""

    def __init__(
        self, journal: Log, wanted: Callable[[Entry], bool], after: int, heartbeat: float
    ) -> None:
        self.journal = journal
        self.wanted = wanted
        self.last = after
        self.heartbeat = heartbeat
        self.over = False
        self.news = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until there is no one to send them to."""
        scope[STOP] = self.stop
        self.journal.listeners.add(self.hear)
        leaving = asyncio.create_task(self._leave(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            async for part in self.parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.journal.listeners.discard(self.hear)
            leaving.cancel()

    def hear(self, _entry: Entry) -> None:
        """Notice that there is news, in whatever thread it was made."""
        self.loop.call_soon_threadsafe(self.news.set)

    def stop(self) -> None:
        """End before the next event."""
        self.over = True
        self.news.set()

    async def _leave(self, receive: Receive) -> None:
        await receive()  # the body was read: nothing but a farewell can follow
        self.stop()

    async def parts(self) -> AsyncIterator[bytes]:
        """Give what is to be sent, piece by piece: a comment first, so that the reader is sure."""
        yield b": following\n\n"
        while not self.over:
            self.news.clear()
            for part in self.unsent():
                yield part
            with suppress(TimeoutError):
                async with asyncio.timeout(self.heartbeat):
                    await self.news.wait()
            if not self.news.is_set():
                yield b": still here\n\n"

    def unsent(self) -> list[bytes]:
        """Give the events since the last time, and what was lost in between."""
        entries = [one for one in tuple(self.journal) if one.number > self.last]
        first = entries[0].number if entries else self.journal.total + 1
        parts = []
        if first > self.last + 1:
            parts.append(event("lost", first - 1, {"first": self.last + 1, "last": first - 1}))
        parts += [
            event("exchange", one.number, told_of(one)) for one in entries if self.wanted(one)
        ]
        self.last = max(self.last, self.journal.total)
        return parts


def event(kind: str, number: int, data: object) -> bytes:
    """Give one event as it goes over the wire."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), to_json(data))
