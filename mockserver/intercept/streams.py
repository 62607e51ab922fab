"""Bodies that still come in while their client reads them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx

from mockserver.intercept.bridge_call import Call


class Flow(httpx.SyncByteStream):
    """A body for a client that waits."""

    def __init__(self, call: Call, wait: Callable[[], None]) -> None:
        self._call = call
        self._wait = wait

    def __iter__(self) -> Iterator[bytes]:
        self._wait()
        while piece := self._call.take():
            yield piece
            self._wait()

    def close(self) -> None:
        """Hang up, unless everything has come; without waiting, as a finalizer may call this."""
        self._call.leave()


class AsyncFlow(httpx.AsyncByteStream):
    """A body for a client that does other things meanwhile."""

    def __init__(self, call: Call, wait: Callable[[], Awaitable[None]]) -> None:
        self._call = call
        self._wait = wait

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await self._wait()
        while piece := self._call.take():
            yield piece
            await self._wait()

    async def aclose(self) -> None:
        """Hang up, unless everything has come."""
        await self._call.end()
