"""The door for aiohttp: its connections to the providers' hosts end at the mock.

A client is answered in its own event loop, over a connection without a socket; all above that is
aiohttp's own.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from mockserver.intercept.patching import Function, Patches, patching
from mockserver.intercept.target import Target
from mockserver.intercept.wire import End, join
from mockserver.loops import running_loop

if TYPE_CHECKING:
    from aiohttp import ClientRequest, TCPConnector
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ConnectionKey

    from mockserver.intercept.pairs import Serving

MODULE = "aiohttp.connector"


@contextmanager
def aiohttp_door(target: Target) -> Iterator[None]:
    """Answer aiohttp in place of the providers until the block ends.

    Nothing is loaded for it before the code under test loads aiohttp itself.
    """
    door = Door(target)
    opened.append(door)
    with patching() as patches:
        patches.when_loaded(MODULE, lambda module: door.hang(module, patches))
        try:
            yield
        finally:
            opened.remove(door)
            door.close()


class Door:
    """Makes the connections of one door, and ends them with it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._serving: Serving | None = None
        self._ends: WeakSet[End] = WeakSet()

    @property
    def is_last(self) -> bool:
        """Whether it is the one that answers: none is within it, and it is still open."""
        return opened[-1:] == [self]

    def hang(self, module: ModuleType, patches: Patches) -> None:
        """Put the door where aiohttp connects, be it through a proxy or not."""
        patches.replace(module.TCPConnector, "_get", self.at_kept)
        patches.replace(module.TCPConnector, "_create_connection", self.at_connections)

    def at_kept(self, original: Function) -> Function:
        """Make what looks for a connection that was kept: it may be older than the door."""

        def _get(
            connector: "TCPConnector",
            key: "ConnectionKey",
            *rest: Any,  # noqa: ANN401 - what it takes differs
        ) -> Any:  # noqa: ANN401 - as above
            if self.is_last and not self._target.lets_out(key.host):
                for kept, _ in connector._conns.get(key, ()):  # noqa: SLF001 - no other way
                    if kept.transport not in self._ends:
                        kept.close()
            return original(connector, key, *rest)

        return _get

    def at_connections(self, original: Function) -> Function:
        """Make what connects."""

        async def _create_connection(
            connector: "TCPConnector", request: "ClientRequest", *rest: object
        ) -> "ResponseHandler":
            if self.is_last and self._takes(request):
                return self._connect(connector, request)
            made: ResponseHandler = await original(connector, request, *rest)
            return made

        return _create_connection

    def _takes(self, request: "ClientRequest") -> bool:
        url, what = request.url, f"{request.method} {request.url}"
        return self._target.takes(url.host or "", what, url.port, url.scheme)

    def _connect(self, connector: "TCPConnector", request: "ClientRequest") -> "ResponseHandler":
        """Connect the connector's own protocol to the mock."""
        if self._serving is None:
            from mockserver.intercept.pairs import Serving  # noqa: PLC0415 - few tests need it

            self._serving = Serving(self._target.app)
        serving, url = self._serving, request.url

        def serve(end: End) -> asyncio.Protocol:
            return serving.protocol(tenant=self._target.tenant, scheme=url.scheme, reset=end.reset)

        client: ResponseHandler = connector._factory()  # noqa: SLF001 - as its own methods do
        self._ends.add(join(client, serve, (url.host or "", url.port or 0)))
        return client

    def close(self) -> None:
        """Hang up on every client, in whatever loop it is."""
        for end in list(self._ends):
            if end.loop.is_running() and end.loop is not running_loop():
                end.loop.call_soon_threadsafe(end.close)
            else:
                end.close()


opened: list[Door] = []
"""The doors of this process, the inner ones last."""
