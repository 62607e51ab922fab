"""The guard against leaks: whatever tries to reach a real provider fails, in any test, or outside.

It sees the names that Python itself looks up or connects to, in any thread, and besides what goes
past those: event loops of uvloop, and aiohttp with whatever resolver or proxy. It does not see
other processes, libraries that look names up themselves (pycurl, pycares used directly), addresses
that are no names, and clients other than aiohttp and `http.client` that go through a proxy.
"""

import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from functools import cache, partial
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from mockserver.intercept.http_client_door import tunnelled
from mockserver.intercept.patching import Function, Patches

Arguments = tuple[Any, ...]

LIBRARIES = (
    "<",  # what has no file
    os.__file__.removesuffix("os.py"),
    __file__.removesuffix(os.path.join("intercept", "leaks.py")),  # noqa: PTH118 - only text
)
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Leak(AssertionError):  # noqa: N818 - what it is, as people say it
    """Something tried to reach a real provider; it was kept from it."""


class Guard:
    """Keeps this process from reaching some hosts, and remembers what tried to."""

    def __init__(self, hosts: Collection[str]) -> None:
        self.leaks: list[Leak] = []
        """What tried to, whether its test noticed or not."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self._patches = Patches()

    def start(self) -> None:
        """Be on guard, until it is stopped."""
        listen()
        posted.append(self)
        self._patches = Patches()
        for place in PLACES:
            self._patches.when_loaded(place.module, partial(self._watch, place))

    def stop(self) -> None:
        """Let everything pass again."""
        posted.remove(self)
        self._patches.undo()

    def taken(self) -> list[Leak]:
        """Give the leaks so far, and forget them."""
        leaks, self.leaks = self.leaks, []
        return leaks

    def check(self, host: object) -> None:
        """Raise `Leak` for a host that is not to be reached."""
        name = host.decode("latin-1") if isinstance(host, bytes) else str(host)
        name = name.rstrip(".").lower()
        if name in self._hosts:
            said = told(name, origin())
            self.leaks.append(Leak(said))  # not the one that is raised, which holds on to frames
            raise Leak(said)

    def _watch(self, place: "Place", module: ModuleType) -> None:
        def make(original: Function) -> Function:
            def checked(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
                self.check(place.host_of(args, named))
                return original(*args, **named)

            return checked

        self._patches.replace(getattr(module, place.owner), place.method, make)


class Place(NamedTuple):
    """A method that is given a host."""

    module: str
    owner: str
    method: str
    host_of: Callable[[Arguments, dict[str, Any]], object]


def host_at(index: int) -> Callable[[Arguments, dict[str, Any]], object]:
    """Find the argument `host` of a call, which may come in its turn, or by name."""
    return lambda args, named: args[index] if len(args) > index else named.get("host")


def host_wanted(args: Arguments, _named: dict[str, Any]) -> object:
    """Find the host in a call that is given a request."""
    return args[1].url.host


def host_connected(args: Arguments, _named: dict[str, Any]) -> object:
    """Find the host that a connection is to lead to, be it through a proxy."""
    return tunnelled(args[0]) or args[0].host


PLACES = (
    # in the thread of the loop it is still known who asks
    Place("asyncio.base_events", "BaseEventLoop", "getaddrinfo", host_at(1)),
    Place("uvloop", "Loop", "getaddrinfo", host_at(1)),
    Place("uvloop", "Loop", "create_connection", host_at(2)),
    # it tells of a connection only when that is made, and the socket would be left open
    Place("urllib3.connection", "HTTPConnection", "connect", host_connected),
    Place("urllib3.connection", "HTTPSConnection", "connect", host_connected),
    Place("aiohttp.connector", "TCPConnector", "_create_connection", host_wanted),
)
"""What is watched beside what Python tells."""

HEARD: dict[str, Callable[[Arguments], Iterator[object]]] = {
    "socket.getaddrinfo": lambda args: iter(args[:1]),
    "socket.gethostbyname": lambda args: iter(args[:1]),
    "socket.connect": lambda args: iter(args[1][:1] if isinstance(args[1], tuple) else ()),
    "http.client.connect": lambda args: iter((args[1], tunnelled(args[0]))),
}
"""What Python tells its audit hooks of names, and where it has them."""

posted: list[Guard] = []
"""The guards that are on; most of the time there is none, or one."""


def hear(event: str, args: Arguments) -> None:
    """Hear of something that Python is about to do; an error keeps it from doing so."""
    if posted and event in HEARD:
        for host in HEARD[event](args):
            for guard in tuple(posted):
                guard.check(host)


@cache
def listen() -> None:
    """Listen to what Python tells: once, as a hook stays for good."""
    sys.addaudithook(hear)


def told(host: str, where: str) -> str:
    """Say what happened, where, and what to do."""
    return (
        f"something tried to reach {host}, a real provider; it was kept from it\n"
        f"  from  {where}\n"
        "  to have the mock answer: use the fixture screentest, or give the client the URL of"
        " screentest_server"
    )


def origin() -> str:
    """Find where in someone's own code this began: the innermost frame that is of no library."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way
    while frame:
        code = frame.f_code
        file = code.co_filename
        if not file.startswith(LIBRARIES) and not any(part in file for part in INSTALLED):
            file = file.removeprefix(os.getcwd() + os.sep)  # noqa: PTH109 - only text
            return f"{file}:{frame.f_lineno}, in {code.co_name}"
        frame = frame.f_back
    return f"the thread {threading.current_thread().name}, which runs only code of libraries"
