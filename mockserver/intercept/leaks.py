"""The guard against leaks: whatever tries to reach a real provider fails, in any test, or outside.

It hears of what `hearing` does, and besides sees aiohttp with whatever resolver or proxy. It does
not see other processes, libraries that look names up themselves (pycurl, pycares used directly),
addresses that are no names, and clients other than aiohttp and `http.client` that go through a
proxy.
"""

import os
import sys
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

from mockserver.intercept.hearing import (
    IN_LOOPS,
    Arguments,
    Named,
    Place,
    listen,
    posted,
    tunnelled,
    watch,
)
from mockserver.intercept.patching import Patches

if TYPE_CHECKING:
    from types import FrameType

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
        watch(self._patches, PLACES, self)

    def stop(self) -> None:
        """Let everything pass again."""
        posted.remove(self)
        self._patches.undo()

    def taken(self) -> list[Leak]:
        """Give the leaks so far, and forget them."""
        leaks, self.leaks = self.leaks, []
        return leaks

    def minds(self, host: str) -> bool:
        """Tell whether a host is not to be reached."""
        return host in self._hosts

    def refusal(self, host: str, _port: object) -> Leak:
        """Give the error that keeps a host from being reached."""
        said = told(host, origin())
        self.leaks.append(Leak(said))  # not the one that is raised, which holds on to frames
        return Leak(said)


def host_connected(args: Arguments, _named: Named) -> object:
    """Find the host that a connection is to lead to, be it through a proxy."""
    return tunnelled(args[0])[0] or args[0].host


PLACES = (
    *IN_LOOPS,
    # it tells of a connection only when that is made, and the socket would be left open
    Place("urllib3.connection", "HTTPConnection", "connect", host_connected),
    Place("urllib3.connection", "HTTPSConnection", "connect", host_connected),
)
"""What is watched beside what Python tells."""


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
