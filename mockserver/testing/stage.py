"""What all tests of a process share: a world for each kind of settings, and the ways into it.

A test takes part as a tenant of its own, so sharing costs nothing but what tests arrange for all.
"""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contracts.kernel.registry import every_revision
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.course import obey
from mockserver.intercept.doors import open_doors
from mockserver.intercept.home import Home
from mockserver.intercept.target import Target
from mockserver.testing.listening import Listening
from mockserver.testing.mock import Mock, order
from mockserver.testing.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.applications import Starlette

    from contracts.kernel.provider import Provider
    from mockserver.proxy.door import ProxyDoor
    from mockserver.settings import Settings
    from mockserver.world import World

LONGEST = 40
"""How much of a test's name its key repeats."""
PLAIN = re.compile("[^a-z0-9]+")


class Stage:
    """The worlds of a process, and what leads into them. Close it when no test is left."""

    def __init__(self) -> None:
        self.home = Home()
        self._apps: dict[Settings, Starlette] = {}
        self._listening: dict[Settings, Listening] = {}
        self._proxies: dict[Settings, ProxyDoor] = {}

    def app(self, settings: Settings) -> Starlette:
        """Give the application of a kind of settings; `ValueError` for contracts unknown."""
        app = self._apps.get(settings)
        if app is None:
            app = self._apps[settings] = create_app(settings)
            app.state.world.outbox.home = lambda: self.home.loop
        return app

    @contextmanager
    def mock(self, name: str, options: Options) -> Iterator[Mock]:
        """Give a test its part of a world, until the block ends; its key follows from its name."""
        app = self.app(options.settings())
        world: World = app.state.world
        key = key_of(name)
        try:
            mock = Mock(world, key, options, self.home)
            arrange(world, key, options)
            yield mock
        finally:
            world.forget(key)

    @contextmanager
    def server(self, name: str, options: Options) -> Iterator[Mock]:
        """Give a mock with a world and a server of its own, until the block ends."""
        app = create_app(options.settings())
        world: World = app.state.world
        world.outbox.home = lambda: self.home.loop
        key = key_of(name)
        mock = Mock(world, key, options, self.home)
        arrange(world, key, options)
        with closing(Listening(app, self.home)) as listening:
            mock.origin = listening.origin
            try:
                yield mock
            finally:
                self.home.run(world.close())

    @contextmanager
    def doors(self, mock: Mock) -> Iterator[None]:
        """Have every client in this process meet the mock at the real hosts of the providers."""
        target = Target(
            app=self.app(mock.options.settings()),
            hosts=hosts_of(mock.world.providers),
            tenant=mock.key,
            home=self.home,
            allowed=frozenset(one.lower() for one in mock.options.allow_hosts),
            refused=mock.refused,
        )
        with open_doors(target):
            yield

    def origin(self, options: Options) -> str:
        """Give where the shared server of a kind of settings answers; it starts when needed."""
        settings = options.settings()
        found = self._listening.get(settings)
        if found is None:
            found = self._listening[settings] = Listening(self.app(settings), self.home)
        return found.origin

    def proxy(self, options: Options) -> ProxyDoor:
        """Give the proxy of a kind of settings; it starts when it is first needed."""
        settings = options.settings()
        found = self._proxies.get(settings)
        if found is None:
            from mockserver.proxy.door import ProxyDoor  # noqa: PLC0415 - most runs need none

            app = self.app(settings)
            found = ProxyDoor(app, hosts_of(app.state.providers))
            self.home.run(found.start())
            self._proxies[settings] = found
        return found

    def close(self) -> None:
        """Stop every server, and the background loop."""
        for listening in self._listening.values():
            listening.close()
        for proxy in self._proxies.values():
            self.home.run(proxy.close())
        for app in self._apps.values():
            self.home.run(app.state.world.close())
        self._listening.clear()
        self._proxies.clear()
        self._apps.clear()
        self.home.close()


def hosts_of(providers: Mapping[str, Provider]) -> frozenset[str]:
    """Give the real hosts of providers."""
    return frozenset(host for one in providers.values() for host in one.hosts)


def every_host() -> frozenset[str]:
    """Give the real hosts of every provider, in whatever revision."""
    return hosts_of({one.name: one for one in every_revision()})


@contextmanager
def screentest(name: str = "screentest", **options: Any) -> Iterator[Mock]:  # noqa: ANN401 - as in `Options`
    """Have every client in this process meet the mock, until the block ends. No pytest is needed.

    Options are those of the marker, by the names of `Options`; equal names and seeds give equal
    ids. Raises `ValueError` for options that make no sense.
    """
    stage = Stage()
    try:
        with stage.mock(name, Options.of(**options)) as mock, stage.doors(mock):
            yield mock
    finally:
        stage.close()


def arrange(world: World, key: str, options: Options) -> None:
    """Let a tenant begin as its test wants it."""
    clock = world.own_clock(key)
    obey(world, clock, options.clock, options.speed or Clock(options.clock).speed)
    for scenario in options.scenario:
        order(world, key, scenario)


def key_of(name: str) -> str:
    """Give the API key of a test: what can be read of its name, and what tells it from others."""
    words = PLAIN.sub("-", name.rpartition("::")[2].lower()).strip("-")[:LONGEST]
    return f"test-{words}-{sha256(name.encode()).hexdigest()[:8]}"
