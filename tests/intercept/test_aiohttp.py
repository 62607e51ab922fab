"""Clients built on aiohttp, at a provider's real host."""

import asyncio
import errno
import io
import logging
import socket
import threading
from contextlib import closing, suppress

import aiohttp
import aiohttp.abc
import pytest
import uvloop
from aiohttp.connector import TCPConnector
from venice_ai import VeniceClient

from mockserver.app import create_app
from mockserver.intercept.aiohttp_door import aiohttp_door
from mockserver.intercept.home import Home
from mockserver.intercept.target import NotMocked, Target
from mockserver.settings import Settings
from mockserver.testing.listening import Listening

HOST = "api.venice.ai"
BASE = f"https://{HOST}/api/v1/video"
MODEL = "seedance-2-0-text-to-video"
PRIVATE = "grok-imagine-text-to-video-private"
ELSEWHERE = "https://api.elsewhere.example/v1"


def target_of(app, tenant):
    return Target(app=app, hosts={HOST}, tenant=tenant, home=Home())


@pytest.fixture(scope="module")
def app():
    return create_app(Settings(seed=1, clock="poll"))


@pytest.fixture
def world(app):
    return app.state.world


@pytest.fixture
def target(app, request):
    tenant = request.node.name
    yield target_of(app, tenant)
    app.state.world.forget(tenant)


@pytest.fixture
def _open(target):
    with aiohttp_door(target):
        yield


@pytest.fixture
async def session(_open):
    async with session_of() as session:
        yield session


def session_of(**options):
    return aiohttp.ClientSession(headers={"authorization": "Bearer any-key"}, **options)


async def submit(session, prompt="a cat", *, model=MODEL, wait=5.0, **options):
    body = {"model": model, "prompt": prompt, "duration": "5s"}
    limit = aiohttp.ClientTimeout(total=wait)
    async with session.post(f"{BASE}/queue", json=body, timeout=limit, **options) as answer:
        return await answer.json()


def tasks_of(app, tenant):
    return len(list(app.state.world.store.tasks.of(tenant)))


async def opened(app, tenant):
    """Wait until a task is there: its answer will be lost."""
    while not tasks_of(app, tenant):  # noqa: ASYNC110 - the mock tells nobody
        await asyncio.sleep(0)


def counted(monkeypatch):
    """Count the connections that are made."""
    made = []
    factory = aiohttp.client_proto.ResponseHandler.connection_made

    def connection_made(self, transport):
        made.append(transport)
        factory(self, transport)

    monkeypatch.setattr(aiohttp.client_proto.ResponseHandler, "connection_made", connection_made)
    return made


async def test_a_film_is_ordered_awaited_and_fetched(session, target, app, monkeypatch):
    made = counted(monkeypatch)
    queued = await submit(session)
    looks = []
    for _ in range(3):
        asked = {"model": MODEL, "queue_id": queued["queue_id"]}
        async with session.post(f"{BASE}/retrieve", json=asked) as answer:
            looks.append((answer.status, await answer.read()))

    assert [status for status, _ in looks] == [200, 200, 200]
    assert looks[-1][1][4:8] == b"ftyp"
    assert tasks_of(app, target.tenant) == 1
    assert len(made) == 1


async def test_a_link_in_an_answer_leads_to_the_host_that_was_asked(session):
    made = await submit(session, model=PRIVATE)
    for _ in range(2):
        asked = {"model": PRIVATE, "queue_id": made["queue_id"]}
        await (await session.post(f"{BASE}/retrieve", json=asked)).read()
    async with session.get(made["download_url"]) as answer:
        film = await answer.read()

    assert made["download_url"].startswith(f"https://{HOST}/")
    assert film[4:8] == b"ftyp"


async def test_answers_have_the_date_of_today(session):
    async with session.get(f"https://{HOST}/api/v1/models") as answer:
        assert answer.headers.getall("date")[0].endswith(" GMT")


async def test_twenty_requests_are_answered_side_by_side(session, target, app):
    made = await asyncio.gather(*[submit(session, f"cat {n}") for n in range(20)])

    assert len({one["queue_id"] for one in made}) == 20
    assert tasks_of(app, target.tenant) == 20


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("reset", aiohttp.ClientOSError),
        ("empty", aiohttp.ServerDisconnectedError),
        ("half", aiohttp.ClientPayloadError),
        ("timeout", TimeoutError),
    ],
)
async def test_a_lost_answer_is_the_error_it_would_be(session, target, app, how, error):
    wait = 0.1 if how == "timeout" else 5
    with pytest.raises(error):
        await submit(session, f"a cat [screentest: lose-{how}]", wait=wait)

    assert tasks_of(app, target.tenant) == 1


async def test_a_reset_is_told_from_an_early_end(session):
    with pytest.raises(aiohttp.ClientOSError) as lost:
        await submit(session, "a cat [screentest: lose-reset]")

    assert lost.value.errno == errno.ECONNRESET
    assert isinstance(lost.value.__cause__, ConnectionResetError)


async def test_a_slow_answer_begins_before_it_ends(session, target, world):
    slow = {"name": "slow", "when": {"operation": "submit"}, "do": {"slow": 800}}
    world.scenarios.add(slow, target.tenant)
    body = {"model": MODEL, "prompt": "a cat", "duration": "5s"}
    async with session.post(f"{BASE}/queue", json=body) as answer:
        first = await answer.content.readany()
        rest = await answer.read()

    assert first
    assert rest


async def test_ten_megabytes_arrive(session):
    film = io.BytesIO(b"x" * 10_000_000)
    async with session.post(f"{BASE}/queue", data=film) as answer:
        assert answer.status == 400


async def test_other_hosts_are_refused_and_remembered(session, target):
    with pytest.raises(NotMocked, match=f"GET {ELSEWHERE}"):
        await session.get(ELSEWHERE)

    assert [one.what for one in target.refused] == [f"GET {ELSEWHERE}"]


async def test_this_machine_is_reached(session, app, home):
    with closing(Listening(app, home)) as listening:
        async with session.get(f"{listening.origin}/api/v1/models") as answer:
            assert answer.status == 200


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_proxies_are_passed_by(monkeypatch, scheme):
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://proxy.example:3128")
    async with session_of(trust_env=True) as session:
        async with session.get(f"{scheme}://{HOST}/api/v1/models") as answer:
            from_environment = answer.status
        url = f"{scheme}://{HOST}/api/v1/models"
        async with session.get(url, proxy="http://proxy.example:3128") as answer:
            from_argument = answer.status

    assert (from_environment, from_argument) == (200, 200)


@pytest.mark.usefixtures("_open")
async def test_a_published_client_runs_as_it_is(target, app):
    async with VeniceClient(api_key="any-key") as client:
        job = await client.video.run(model=MODEL, prompt="a cat", duration_seconds=5)
        film = await job.wait(poll_interval=0.01)

    assert film.data[4:8] == b"ftyp"
    assert tasks_of(app, target.tenant) == 1


async def test_a_kept_connection_does_not_outlive_its_door(app):
    async with session_of() as session:
        for tenant in ("first", "second"):
            with aiohttp_door(target_of(app, tenant)):
                await submit(session)

    assert [tasks_of(app, tenant) for tenant in ("first", "second")] == [1, 1]


async def test_a_door_that_closes_hangs_up_on_calls_that_wait(app):
    async with session_of() as session:
        with aiohttp_door(target_of(app, "hung-up")):
            waiting = asyncio.ensure_future(submit(session, "[screentest: lose-timeout]"))
            await opened(app, "hung-up")

        with pytest.raises(aiohttp.ServerDisconnectedError):
            await waiting


def test_a_door_hangs_up_in_the_loop_of_another_thread(app):
    ready, errors = threading.Event(), []

    async def main():
        async with session_of() as session:
            asking = asyncio.ensure_future(submit(session, "[screentest: lose-timeout]"))
            await opened(app, "other thread")
            ready.set()
            with suppress(aiohttp.ServerDisconnectedError):
                await asking
                errors.append("not hung up")

    with aiohttp_door(target_of(app, "other thread")):
        thread = threading.Thread(target=asyncio.run, args=[main()])
        thread.start()
        ready.wait(5)
    thread.join(5)

    assert not errors
    assert not thread.is_alive()


def test_a_loop_that_ends_before_the_door_leaves_nothing(target, app):
    async def main():
        session = session_of()
        await submit(session)
        session.connector._close()  # noqa: SLF001 - it is told nothing more
        session.detach()

    with aiohttp_door(target):
        asyncio.run(main())
        uvloop.run(main())

    assert tasks_of(app, target.tenant) == 2


def test_calls_that_are_cancelled_with_their_loop_make_no_noise(target, app, caplog):
    caplog.set_level(logging.INFO)

    async def main():
        session = session_of()
        main.asking = asyncio.ensure_future(submit(session, "[screentest: lose-timeout]"))
        await opened(app, target.tenant)
        session.detach()

    with aiohttp_door(target):
        asyncio.run(main())

    assert main.asking.cancelled()
    assert [one for one in caplog.records if one.name == "screentest.connections"] == []


async def test_the_inner_of_two_doors_answers(app):
    with aiohttp_door(target_of(app, "outer")):
        with aiohttp_door(target_of(app, "inner")):
            async with session_of() as session:
                await submit(session)
        async with session_of() as session:
            await submit(session)

    assert [tasks_of(app, tenant) for tenant in ("outer", "inner")] == [1, 1]


def test_everything_is_as_before_when_the_door_closes(target):
    before = vars(TCPConnector)["_create_connection"]

    with pytest.raises(ZeroDivisionError), aiohttp_door(target):
        1 / 0  # noqa: B018

    assert vars(TCPConnector)["_create_connection"] is before


class Elsewhere(aiohttp.abc.AbstractResolver):
    """Leads every name to a server of this machine that counts connections."""

    def __init__(self, port):
        self.port = port

    async def resolve(self, host, port=0, family=socket.AF_INET):
        assert port
        rest = {"family": family, "proto": 0, "flags": 0}
        return [{"hostname": host, "host": "127.0.0.1", "port": self.port, **rest}]

    async def close(self):
        """Nothing is open."""


async def test_a_connection_that_is_older_than_the_door_is_not_used(target):
    seen = []

    async def answer(reader, writer):
        while head := await reader.readline():
            while await reader.readline() not in (b"\r\n", b""):
                pass
            seen.append(head.split()[1])
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    resolver = Elsewhere(server.sockets[0].getsockname()[1])
    async with server, session_of(connector=TCPConnector(resolver=resolver)) as session:
        for host in (HOST, "api.elsewhere.example", "app.localhost"):
            await session.get(f"http://{host}/before")
        with aiohttp_door(target):
            async with session.get(f"http://{HOST}/api/v1/models") as answered:
                status = answered.status
            with pytest.raises(NotMocked, match=r"GET http://api\.elsewhere\.example/v1"):
                await session.get("http://api.elsewhere.example/v1")
            await session.get("http://app.localhost/within")

    assert status == 200
    assert seen == [b"/before"] * 3 + [b"/within"]


async def test_a_connection_of_an_outer_door_is_not_used_in_an_inner_one(app):
    async with session_of() as session:
        with aiohttp_door(target_of(app, "around")):
            await submit(session)
            with aiohttp_door(target_of(app, "within")):
                await submit(session)

    assert [tasks_of(app, tenant) for tenant in ("around", "within")] == [1, 1]


async def test_another_port_of_a_provider_is_refused(session):
    with pytest.raises(NotMocked, match=f"GET https://{HOST}:8443/: .* at port 443 alone"):
        await session.get(f"https://{HOST}:8443/")


async def test_a_refusal_tells_no_secrets(session, target):
    with pytest.raises(NotMocked, match="…") as refusal:
        await session.get(f"{ELSEWHERE}?api_key=SECRET")

    assert target.refused[0].what == f"GET {ELSEWHERE}?api_key=…"
    assert "SECRET" not in str(refusal.value)
