"""Who is about to be reached: what Python tells of hosts, and what is done past that.

An audit hook hears of names that are looked up, and of connections, in any thread. It does not see
other processes, libraries that look names up or connect by themselves (libcurl, libpq, c-ares), and
event loops of uvloop; these are watched.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from http.client import HTTPConnection
from socket import SOCK_DGRAM
from types import FrameType, ModuleType
from typing import Any, NamedTuple, Protocol

from mockserver.destinations import literal
from mockserver.intercept.patching import Function, Patches

Arguments = tuple[Any, ...]
Named = dict[str, Any]


class Listener(Protocol):
    """Someone who keeps this process from hosts."""

    def minds(self, host: str) -> bool:
        """Tell whether a host is not to be reached now, by this thread."""

    def refusal(self, host: str, port: object) -> AssertionError:
        """Give the error that keeps it from being reached."""


class Place(NamedTuple):
    """A method that is given a host."""

    module: str
    owner: str
    method: str
    host_of: Callable[[Arguments, Named], object]
    port_of: Callable[[Arguments, Named], object] = lambda _args, _named: None


posted: list[Listener] = []
"""Who listens; the first one who minds keeps a host from being reached."""


def argument(index: int, name: str) -> Callable[[Arguments, Named], object]:
    """Find an argument of a call, which may come in its turn, or by name."""
    return lambda args, named: args[index] if len(args) > index else named.get(name)


FAST = (
    Place("uvloop", "Loop", "getaddrinfo", argument(1, "host"), argument(2, "port")),
    Place("uvloop", "Loop", "create_connection", argument(2, "host"), argument(3, "port")),
)
"""The ways past the audit hook: a loop in C."""
IN_LOOPS = (
    # in the thread of the loop it is still known who asks
    Place("asyncio.base_events", "BaseEventLoop", "getaddrinfo", argument(1, "host")),
    *FAST,
    Place("aiohttp.connector", "TCPConnector", "_create_connection", lambda a, _: a[1].url.host),
)
"""Where the threads of event loops turn to a host, whoever does the work."""


def tunnelled(connection: HTTPConnection) -> tuple[str, int | None]:
    """Give the host and the port that a proxy is to connect to, if one is; else no name."""
    host: str | None = getattr(connection, "_tunnel_host", None)
    return (host or "").strip("[]"), getattr(connection, "_tunnel_port", None)


def connected(args: Arguments) -> Iterator[Arguments]:
    """Find where a socket is to lead; no datagram is sent before there is something in it."""
    sock, address = args
    if isinstance(address, tuple):
        is_datagram = getattr(sock, "type", None) == SOCK_DGRAM
        if not (is_datagram and literal(name_of(address[0]))):
            yield address[:2]


def led(args: Arguments) -> Iterator[Arguments]:
    """Find where a connection of `http.client` is to lead, be it through a proxy."""
    connection, host, port = args
    yield host, port
    yield tunnelled(connection)


BY_NAME = "socket.gethostbyname"
HEARD: dict[str, Callable[[Arguments], Iterable[Arguments]]] = {
    "socket.getaddrinfo": lambda args: (args[:2],),
    BY_NAME: lambda args: ((args[0], None),),
    "socket.connect": connected,
    "http.client.connect": led,
}
"""What Python tells its audit hooks of hosts and ports, and where it has them."""


def hear(event: str, args: Arguments) -> None:
    """Hear of something that Python is about to do; an error keeps it from doing so."""
    if posted and event in HEARD:
        for host, port in HEARD[event](args):
            for listener in tuple(posted):
                check(listener, host, port, by_name=event == BY_NAME)


def check(listener: Listener, host: object, port: object, *, by_name: bool = False) -> None:
    """Keep a host from being reached if someone minds."""
    name = name_of(host)
    if listener.minds(name):
        if by_name and finds_proxy(sys._getframe(2)):  # noqa: SLF001 - there is no other way
            raise OSError(f"screentest: {name} was not looked up to choose a proxy")
        raise listener.refusal(name, port)


def finds_proxy(frame: FrameType) -> bool:
    """Tell whether Python itself asks where a host is only to find out if it needs a proxy.

    It does on macOS, for every request of urllib and requests; it gets along without an answer.
    """
    is_ours = frame.f_globals.get("__name__") == "urllib.request"
    return is_ours and "proxy_bypass" in frame.f_code.co_name


def name_of(host: object) -> str:
    """Give the name of a host as it is compared, whatever it comes as."""
    name = host.decode("latin-1") if isinstance(host, bytes) else str(host or "")
    return name.rstrip(".").lower()


@cache
def listen() -> None:
    """Listen to what Python tells: once, as a hook stays for good."""
    sys.addaudithook(hear)


def watch(patches: Patches, places: Iterable[Place], listener: Listener) -> None:
    """Have someone asked at places, as soon as what they are in is loaded."""
    for place in places:
        patches.when_loaded(place.module, partial(_watch, patches, place, listener))


def _watch(patches: Patches, place: Place, listener: Listener, module: ModuleType) -> None:
    def make(original: Function) -> Function:
        def checked(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
            check(listener, place.host_of(args, named), place.port_of(args, named))
            return original(*args, **named)

        return checked

    patches.replace(getattr(module, place.owner), place.method, make)
