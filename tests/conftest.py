"""Doors to the mock: in process, and over a loopback socket, with a clock turned by hand."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.serving import address, bind, config
from mockserver.settings import Settings
from mockserver.world import World


class HandClock(Clock):
    """Time that stands still until it is turned, from whatever thread."""

    def __init__(self, speed: float = 1.0) -> None:
        super().__init__("manual", speed, 1_780_000_000.0)

    def turn(self, seconds: float) -> None:
        """Let time pass; what falls due is started, not waited for."""
        self.move_to(self.now() + seconds)
        self.agenda.start()


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an app on a free loopback port for a while; gives its origin."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def in_process(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Call an app without a socket."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
        yield client
    await app.state.world.close()


@asynccontextmanager
async def over_a_socket(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Call an app over loopback."""
    with serving(app) as origin:
        async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
            yield client


@pytest.fixture
def serve() -> Iterator[Callable[[Starlette], str]]:
    """Serve apps on free loopback ports until the test ends; gives the origin of each."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def world(clock: HandClock) -> World:
    return World(Settings(seed=1), clock)


@pytest.fixture
def app(world: World) -> Starlette:
    return create_app(world=world)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The mock in process, with a key."""
    async with in_process(app) as client:
        client.headers["authorization"] = "Bearer k"
        yield client


@pytest.fixture(params=[in_process, over_a_socket], ids=["in-process", "socket"])
def door(request: pytest.FixtureRequest) -> Callable[..., object]:
    """Both ways to reach an app, so that a test runs through each."""
    return request.param
