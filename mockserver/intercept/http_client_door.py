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
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakSet

from mockserver.intercept.hearing import tunnelled
from mockserver.intercept.patching import Function, Patches, patching
from mockserver.intercept.target import PORTS, Target

if TYPE_CHECKING:
    from mockserver.intercept.pairs import Serving

MODULES = "http.client", "urllib3.connection"
CLASSES = "HTTPConnection", "HTTPSConnection"
"""Which classes connect, in each of the modules."""


class Goal(NamedTuple):
    """What a request is meant for in the end, whatever proxies are on its way."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        own = self.port in (None, PORTS.get(self.scheme))
        return f"{self.scheme}://{self.host}" + ("" if own else f":{self.port}")


@contextmanager
def http_client_door(target: Target) -> Iterator[None]:
    """Answer urllib, urllib3 and requests in place of the providers until the block ends."""
    door = Door(target)
    opened.append(door)
    with patching() as patches:
        patches.replace(HTTPConnection, "putrequest", door.at_requests)
        for module in MODULES:
            patches.when_loaded(module, lambda module: door.hang(module, patches))
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
        self._lock = Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        """The clients' ends of its connections."""

    @property
    def is_last(self) -> bool:
        """Whether it is the one that answers: none is within it, and it is still open."""
        return opened[-1:] == [self]

    def hang(self, module: ModuleType, patches: Patches) -> None:
        """Put the door where connections are made, be it through a proxy or not."""
        for name in CLASSES:
            patches.replace(getattr(module, name), "connect", self.at_connections)

    def at_connections(self, original: Function) -> Function:
        """Make what connects."""

        def connect(connection: HTTPConnection) -> None:
            if self.is_last and self._takes(goal_of(connection)):
                self._connect(connection, goal_of(connection).scheme)
            else:
                original(connection)

        return connect

    def at_requests(self, original: Function) -> Function:
        """Make what begins a request, on a connection that may be older than the door."""

        def putrequest(
            connection: HTTPConnection,
            method: str,
            url: str,
            *rest: Any,  # noqa: ANN401 - what it takes differs
            **named: Any,  # noqa: ANN401 - as above
        ) -> None:
            path = self._lead(connection, method, url) if self.is_last else url
            original(connection, method, path, *rest, **named)

        return putrequest

    def _lead(self, connection: HTTPConnection, method: str, url: str) -> str:
        """See to it that a request goes where it may; gives its target as it is to be sent.

        A connection to some other host that is not made yet is judged when that is done.
        """
        goal, is_forwarded = goal_of(connection, url), "://" in url
        sock = connection.sock
        is_new = sock is None or sock.family == getattr(socket, "AF_UNIX", None)
        if is_new and not is_forwarded and not self._target.answers(goal.host):
            return url
        what = url if is_forwarded else f"{goal}{url}"
        if self._takes(goal, f"{method} {what}"):
            if sock not in self._sockets:
                self._connect(connection, goal.scheme)
            return path_of(url) if is_forwarded else url
        if sock in self._sockets:
            drop(connection)
        return url

    def _takes(self, goal: Goal, what: str = "") -> bool:
        # before a connection is made, what will be asked for may not be known
        return self._target.takes(goal.host, what or str(goal), goal.port, goal.scheme)

    def _connect(self, connection: HTTPConnection, scheme: str) -> None:
        """Give a connection its socket, and what urllib3 notes down when it has connected."""
        drop(connection)
        client, end = socket.socketpair()
        end.setblocking(False)  # noqa: FBT003 - the signature is Python's
        timeout = connection.timeout
        is_number = timeout is None or isinstance(timeout, int | float)
        client.settimeout(timeout if is_number else socket.getdefaulttimeout())
        target, serving = self._target, self._served()
        target.home.start(serving.accept(end, client, tenant=target.tenant, scheme=scheme))
        connection.sock = client
        self._sockets.add(client)
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


opened: list[Door] = []
"""The doors of this process, the inner ones last."""


def goal_of(connection: HTTPConnection, url: str = "") -> Goal:
    """Find what a connection is meant for, or a request on it."""
    if "://" in url:  # as a proxy wants it that forwards what it can read
        asked = urlsplit(url)
        return Goal(asked.scheme.lower(), asked.hostname or "", asked.port)
    scheme = "https" if connection.default_port == PORTS["https"] else "http"
    host, port = tunnelled(connection)
    return Goal(scheme, host, port) if host else Goal(scheme, connection.host, connection.port)


def path_of(url: str) -> str:
    """Give a whole URL as its own host wants it."""
    asked = urlsplit(url)
    return (asked.path or "/") + (f"?{asked.query}" if asked.query else "")


def drop(connection: HTTPConnection) -> None:
    """Close what a connection is made over, so that it is made anew."""
    if connection.sock:
        connection.sock.close()
        connection.sock = None
