"""The door for httpx and httpx2: a router of respx that leads to the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import httpx
from respx import Route, Router
from respx.mocks import HTTPCoreMocker, Mocker
from respx.models import AllMockedAssertionError, PassThrough

from mockserver.intercept.bridge import Bridge
from mockserver.intercept.bridge_call import CLOSED
from mockserver.intercept.bridge_patches import patch
from mockserver.intercept.target import NotMocked, Target

CORE, CORE2 = "httpcore", "httpcore2"
"""What httpx and httpx2 send their requests through; respx patches these."""


class HTTPCore2Mocker(HTTPCoreMocker):
    """Patches what httpx2 sends its requests through, where no plug-in of respx does that."""

    name = "screentest-httpcore2"
    targets = [one.replace(CORE, CORE2, 1) for one in HTTPCoreMocker.targets]  # noqa: RUF012 - as in its base

    @classmethod
    def from_sync_httpx_response(
        cls,
        httpx_response: httpx.Response,
        target: object,  # noqa: ARG003 - respx gives it
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 - a response of a library that may not be there
        """Give a response as the patched method would."""
        return import_module(CORE2).Response(
            status=httpx_response.status_code,
            headers=httpx_response.headers.raw,
            content=httpx_response.stream,
            extensions=httpx_response.extensions,
        )


class NotMockedByAnyone(NotMocked, AllMockedAssertionError):  # noqa: N818 - as its base
    """`NotMocked`, as respx would say it too."""


class Door(Router):
    """Answers the requests of one library that no router of the user's answers.

    There is one for each library in a process, as making a router takes longer than a whole door
    may; it answers for the target of the door that was opened last. It looks up no routes, and
    keeps no calls, which would hold every body.
    """

    def __init__(self, core: ModuleType) -> None:
        super().__init__()
        self._core = core
        self._bridges: list[Bridge] = []
        self._mocker: type[Mocker] = HTTPCoreMocker
        self._origin = Route()

    def open(self, target: Target) -> Bridge:
        """Lead to a target; gives what is to be closed again."""
        bridge = Bridge(target, self._core)
        self._bridges.append(bridge)
        if len(self._bridges) == 1:
            self._mocker = mocker_of(self._core)
            if not isinstance(self._mocker.routers, DoorLast):
                self._mocker.routers = DoorLast(self._mocker.routers)
            self._mocker.register(self)
            patch(self._mocker, self.alone)
        return bridge

    def close(self, bridge: Bridge) -> None:
        """Lead where it led before, or nowhere; then nothing is patched any more."""
        self._bridges.remove(bridge)
        bridge.close()
        if not self._bridges:
            self._mocker.unregister(self)
            self._mocker.stop()

    def alone(self, url: Any) -> Bridge | None:  # noqa: ANN401 - of the library
        """Give the bridge that answers for a URL, unless a user's own router may want to."""
        last = self._bridges[-1:]  # another thread may close the door meanwhile
        if not last or len(self._mocker.routers) > 1 or url.port is not None:
            return None
        return last[0] if url.host.decode("ascii") in last[0].target.hosts else None

    def handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a client that waits."""
        bridge = self._taking(request)
        return response(bridge.answer(self._asked(request), request.content))

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a client in an event loop."""
        bridge = self._taking(request)
        return response(await bridge.answer_async(self._asked(request), request.content))

    def _taking(self, request: httpx.Request) -> Bridge:
        """Give the bridge that takes a request; `PassThrough` has it go where it wants."""
        last, url = self._bridges[-1:], request.url
        if not last:
            raise self._core.ConnectError(CLOSED)
        what = f"{request.method} {url}"
        try:
            if last[0].target.takes(url.host, what, url.port, url.scheme):
                return last[0]
        except NotMocked as refusal:
            raise NotMockedByAnyone(*refusal.args) from None
        raise PassThrough(what, request=request, origin=self._origin)

    def _asked(self, request: httpx.Request) -> Any:  # noqa: ANN401 - of the library
        """Give a request of respx as the library sent it."""
        url = request.url
        core = self._core.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        return self._core.Request(
            request.method, core, headers=request.headers.raw, extensions=request.extensions
        )


def response(answer: Any) -> httpx.Response:  # noqa: ANN401 - of either library
    """Give an answer as respx takes it."""
    return httpx.Response(
        answer.status,
        headers=answer.headers,
        stream=answer.stream,
        extensions=answer.extensions,
    )


class DoorLast(list[Router]):
    """The routers of one mocker in the order they are asked: the door after all others.

    So a user's own stubs win, whichever was there first.
    """

    def append(self, router: Router) -> None:
        """Add a router, before the door if there is one."""
        has_door = bool(self) and isinstance(self[-1], Door)
        self.insert(len(self) - has_door, router)


def mocker_of(core: ModuleType) -> type[Mocker]:
    """Give what patches a library: that of respx, or of its plug-in, or else ours."""
    return Mocker.registry.get(core.__name__, HTTPCore2Mocker)


@cache
def doors() -> tuple[Door, ...]:
    """Give the doors of all libraries that are installed."""
    return tuple(Door(import_module(core)) for core in (CORE, CORE2) if find_spec(core))


@contextmanager
def httpx_door(target: Target) -> Iterator[None]:
    """Answer requests of httpx and httpx2 to the hosts of a target, and let out few others."""
    opened = [(door, door.open(target)) for door in doors()]
    try:
        yield
    finally:
        for door, bridge in opened:
            door.close(bridge)
