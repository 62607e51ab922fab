"""The door for what is built on `http.client`: urllib, urllib3, and so requests.

A connection to a provider's host is one end of a pair of sockets. The other end is served in the
background, so a client that blocks, even within an event loop, is answered all the same.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING

from mockserver.intercept.patching import Function, Patches, patching
from mockserver.intercept.target import Target

if TYPE_CHECKING:
    from mockserver.intercept.pairs import Serving

MODULES = "http.client", "urllib3.connection"
CLASSES = {"HTTPConnection": "http", "HTTPSConnection": "https"}
"""Which classes connect, in each of the modules, and for which scheme."""


@contextmanager
def http_client_door(target: Target) -> Iterator[None]:
    """Answer urllib, urllib3 and requests in place of the providers until the block ends."""
    door = Door(target)
    with patching() as patches:
        for module in MODULES:
            patches.when_loaded(module, lambda module: door.hang(module, patches))
        try:
            yield
        finally:
            door.close()


class Door:
    """Makes the connections of one door, and ends them with it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._serving: Serving | None = None
        self._lock = Lock()

    def hang(self, module: ModuleType, patches: Patches) -> None:
        """Put the door where connections are made, be it through a proxy or not."""
        for name, scheme in CLASSES.items():
            patches.replace(getattr(module, name), "connect", self._maker(patches, scheme))

    def _maker(self, patches: Patches, scheme: str) -> Function:
        def make(original: Function) -> Function:
            def connect(connection: HTTPConnection) -> None:
                if patches.are_on and self._takes(connection, scheme):
                    self._connect(connection, scheme)
                else:
                    original(connection)

            return connect

        return make

    def _takes(self, connection: HTTPConnection, scheme: str) -> bool:
        # what will be asked for is not known yet
        host = tunnelled(connection) or connection.host
        return self._target.takes(host, f"{scheme}://{host}")

    def _connect(self, connection: HTTPConnection, scheme: str) -> None:
        """Give a connection its socket, and what urllib3 notes down when it has connected."""
        client, end = socket.socketpair()
        end.setblocking(False)  # noqa: FBT003 - the signature is Python's
        timeout = connection.timeout
        is_number = timeout is None or isinstance(timeout, int | float)
        client.settimeout(timeout if is_number else socket.getdefaulttimeout())
        target, serving = self._target, self._served()
        target.home.start(serving.accept(end, client, tenant=target.tenant, scheme=scheme))
        connection.sock = client
        is_proxied = bool(getattr(connection, "proxy", None))
        noted = {"is_verified": scheme == "https", "_has_connected_to_proxy": is_proxied}
        vars(connection).update(noted)

    def _served(self) -> "Serving":
        with self._lock:
            if self._serving is None:
                from mockserver.intercept.pairs import Serving  # noqa: PLC0415 - few need it

                self._serving = Serving(self._target.app)
            return self._serving

    def close(self) -> None:
        """Hang up on every client."""
        if self._serving:
            self._target.home.run(self._serving.close())


def tunnelled(connection: HTTPConnection) -> str:
    """Give the host that a proxy is to connect to, if one is."""
    host: str | None = getattr(connection, "_tunnel_host", None)
    return (host or "").strip("[]")
