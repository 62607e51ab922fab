"""Bodies that still come in while their client reads them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx


class Flow(httpx.SyncByteStream):
    """A body for a client that waits."""

    def __init__(self, more: Callable[[], bytes], leave: Callable[[], None]) -> None:
        self._more = more
        self._leave = leave

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._more():
            yield piece

    def close(self) -> None:
        """Hang up, unless everything has come."""
        self._leave()


class AsyncFlow(httpx.AsyncByteStream):
    """A body for a client that does other things meanwhile."""

    def __init__(
        self, more: Callable[[], Awaitable[bytes]], leave: Callable[[], Awaitable[None]]
    ) -> None:
        self._more = more
        self._leave = leave

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._more():
            yield piece

    async def aclose(self) -> None:
        """Hang up, unless everything has come."""
        await self._leave()
