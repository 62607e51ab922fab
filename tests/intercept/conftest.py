"""What the doors in process lead to: an application of its own for each test."""

import asyncio
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from types import ModuleType

import httpx
import httpx2
import pytest
import trio

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.intercept.home import Home
from mockserver.intercept.router import httpx_door
from mockserver.intercept.target import Target
from mockserver.settings import Settings
from mockserver.world import World

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once, as it takes long; nothing here gets as far as using it."""


@pytest.fixture
def home():
    home = Home()
    yield home
    home.close()


@pytest.fixture
def world():
    return World(Settings(seed=1, clock="poll"))


@pytest.fixture
def target(world, home):
    """The whole mock, at every provider's hosts."""
    hosts = [host for provider in providers().values() for host in provider.hosts]
    app = create_app(world=world)
    return Target(app=app, hosts=hosts, tenant="test-it", home=home)


@pytest.fixture
def at_acme(home):
    """Have an application answer at a host until the test ends, or what is given is closed."""
    with ExitStack() as opened:

        def opening(app):
            target = Target(app=app, hosts=["api.acme.example"], tenant="test-it", home=home)
            door = ExitStack()
            door.enter_context(httpx_door(target))
            return opened.enter_context(door)

        yield opening


@dataclass(frozen=True)
class Caller:
    """A client of one library and one kind; it reads what it is sent piece by piece."""

    lib: ModuleType
    kind: str

    def send(self, method, url, on_piece=None, **options):
        """Send one request, and give the answer once it is read."""
        look = on_piece or (lambda _: None)
        if self.kind == "sync":
            return self._send(method, url, look, options)
        if self.kind == "asyncio":
            return asyncio.run(self._send_async(method, url, look, options))
        return trio.run(self._send_async, method, url, look, options)

    def _send(self, method, url, look, options):
        with self.lib.Client(verify=TLS) as client, client.stream(method, url, **options) as answer:
            pieces = [(look(piece), piece)[1] for piece in answer.iter_raw()]
        return answer.status_code, answer.headers, b"".join(pieces)

    async def _send_async(self, method, url, look, options):
        async with (
            self.lib.AsyncClient(verify=TLS) as client,
            client.stream(method, url, **options) as answer,
        ):
            pieces = [(look(piece), piece)[1] async for piece in answer.aiter_raw()]
        return answer.status_code, answer.headers, b"".join(pieces)


@pytest.fixture(scope="session")
def tls():
    return TLS


@pytest.fixture(params=[httpx, httpx2], ids=lambda one: one.__name__)
def lib(request):
    return request.param


@pytest.fixture(params=["sync", "asyncio", "trio"])
def caller(request, lib):
    return Caller(lib, request.param)
