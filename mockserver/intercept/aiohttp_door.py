"""The door for aiohttp: its connections to the providers' hosts end at the mock.

A client is answered in its own event loop, over a connection without a socket; all above that is
aiohttp's own.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING
from weakref import WeakSet

from mockserver.intercept.patching import Function, Patches, patching
from mockserver.intercept.target import Target
from mockserver.intercept.wire import End, join

if TYPE_CHECKING:
    from aiohttp import ClientRequest, TCPConnector
    from aiohttp.client_proto import ResponseHandler

    from mockserver.intercept.pairs import Serving

MODULE = "aiohttp.connector"


@contextmanager
def aiohttp_door(target: Target) -> Iterator[None]:
    """Answer aiohttp in place of the providers until the block ends.

    Nothing is loaded for it before the code under test loads aiohttp itself.
    """
    door = Door(target)
    with patching() as patches:
        patches.when_loaded(MODULE, lambda module: door.hang(module, patches))
        try:
            yield
        finally:
            door.close()


class Door:
    """Makes the connections of one door, and ends them with it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._serving: Serving | None = None
        self._ends: WeakSet[End] = WeakSet()

    def hang(self, module: ModuleType, patches: Patches) -> None:
        """Put the door where aiohttp connects, be it through a proxy or not."""

        def make(original: Function) -> Function:
            async def _create_connection(
                connector: "TCPConnector", request: "ClientRequest", *rest: object
            ) -> "ResponseHandler":
                if patches.are_on and self._takes(request):
                    return self._connect(connector, request)
                made: ResponseHandler = await original(connector, request, *rest)
                return made

            return _create_connection

        patches.replace(module.TCPConnector, "_create_connection", make)

    def _takes(self, request: "ClientRequest") -> bool:
        url = request.url
        return self._target.takes(url.host or "", f"{request.method} {url}")

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
            if not in_another_thread(end.loop):
                end.close()
            else:
                end.loop.call_soon_threadsafe(end.close)


def in_another_thread(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether a loop runs, and not in this thread."""
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    return loop.is_running() and loop is not running
