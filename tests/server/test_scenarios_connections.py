"""Answers that come late, in parts or never: over a real socket, with a client and without one."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
import uvicorn

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.scenarios import mischief
from mockserver.serving import bind
from mockserver.settings import Settings
from mockserver.world import World

SUBMIT = "/v1/video/generations"
BODY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
HEADERS = {"authorization": "Bearer k"}
BALANCE = 1_000.0


@pytest.fixture
def world(clock):
    return World(Settings(seed=1, balance=BALANCE), clock)


@pytest.fixture
def app(world):
    return create_app(world=world)


@pytest.fixture
def origin(app, serve):
    return serve(app)


def order(world, when=None, **do):
    world.scenarios.add({"name": "it", "when": when or {"operation": "submit"}, "do": do})


def submit(origin, *, wait=10.0, **fields):
    return httpx.post(
        f"{origin}{SUBMIT}", json=BODY | fields, headers=HEADERS, timeout=wait, trust_env=False
    )


def raw(origin, body=None):
    """Submit over a bare socket; give all that came, and how the connection ended."""
    text = json.dumps(BODY if body is None else body).encode()
    head = f"POST {SUBMIT} HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\n"
    head += "Authorization: Bearer k\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(text)}\r\n\r\n"
    where = urlsplit(origin)
    received = b""
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(head.encode() + text)
        try:
            while part := connection.recv(65_536):
                received += part
        except ConnectionResetError:
            return received, "reset"
    return received, "closed"


def charged(world):
    provider = providers()["relaydance"]
    left = world.books.balance("k", provider, "k", world.clock.now())
    return int(BALANCE * 1_000_000) - left


def opened(world):
    return [task.id for task in world.store.tasks.of("k")]


def test_a_request_can_be_dropped_before_anything_is_done(origin, world):
    order(world, drop="before")
    with pytest.raises(httpx.ReadError):
        submit(origin)
    assert raw(origin) == (b"", "reset")
    assert opened(world) == []
    assert charged(world) == 0
    assert [(one.status, one.fault) for one in world.journal] == [(0, "it")] * 2


@pytest.mark.parametrize(
    ("how", "error", "ending"),
    [
        ("reset", httpx.ReadError, (b"", "reset")),
        ("empty", httpx.RemoteProtocolError, (b"", "closed")),
    ],
)
def test_an_answer_is_lost_after_the_task_was_created_and_charged(
    origin, world, how, error, ending
):
    order(world, lose=how)
    with pytest.raises(error):
        submit(origin)
    assert len(opened(world)) == 1
    once = charged(world)
    assert once > 0
    assert raw(origin) == ending
    assert len(opened(world)) == 2
    assert charged(world) == 2 * once
    assert [(one.status, one.fault) for one in world.journal] == [(0, "it")] * 2


@pytest.mark.parametrize("do", [{"lose": "half"}, {"drop": "middle"}])
def test_an_answer_can_end_in_the_middle_of_its_body(origin, world, do):
    order(world, **do)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        submit(origin)
    received, ending = raw(origin)
    head, _, body = received.partition(b"\r\n\r\n")
    declared = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert (len(body), ending) == (declared // 2, "closed")
    assert charged(world) > 0
    assert [one.answer for one in world.journal][-1] == body
    assert len(opened(world)) == 2


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_can_stand_for_the_answer(origin, world, status):
    order(world, lose=status)
    answer = submit(origin)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
    assert len(opened(world)) == 1


def test_an_answer_can_be_withheld_until_the_client_gives_up(origin, world):
    order(world, lose="timeout")
    with pytest.raises(httpx.ReadTimeout):
        submit(origin, wait=0.2)
    assert len(opened(world)) == 1
    assert charged(world) > 0


def test_an_answer_is_not_withheld_for_ever(origin, world, monkeypatch):
    monkeypatch.setattr(mischief, "HOLD", 0.05)
    order(world, lose="timeout")
    with pytest.raises(httpx.ReadError):
        submit(origin)


def test_nothing_is_lost_where_no_task_was_created(origin, world):
    order(world, lose="reset")
    world.books.top_up("k", providers()["relaydance"], "k", -int(BALANCE * 1e6) + 1, 0)
    answer = submit(origin)
    assert answer.status_code == 403
    assert opened(world) == []


@contextmanager
def listening():
    """A receiver of callbacks; gives its URL and what it heard."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_the_callback_of_a_task_whose_answer_was_lost_arrives(client, clock, world):
    order(world, lose="reset")
    with listening() as (url, heard):
        with pytest.raises(ConnectionResetError, match="scenario it"):
            await client.post(SUBMIT, json=BODY | {"metadata": {"callback_url": url}})
        await clock.advance(1_000)
    assert [one["task_id"] for one in heard] == opened(world)


@pytest.mark.parametrize(
    ("name", "at_once", "in_the_end", "true"),
    [
        ("callback-lost", 0, 0, True),
        ("callback-twice", 0, 2, True),
        ("callback-early", 1, 1, True),
        ("callback-late 5000", 0, 0, True),
        ("callback-late", 0, 1, True),
        ("callback-out-of-order", 0, 1, True),
        ("callback-wrong-payload", 0, 1, False),
    ],
)
async def test_a_callback_goes_wrong_as_its_directive_says(
    client, clock, world, name, at_once, in_the_end, true
):
    with listening() as (url, heard):
        body = {"prompt": f"[screentest: {name}]", "metadata": {"callback_url": url}}
        await client.post(SUBMIT, json=BODY | body)
        assert len(heard) == at_once
        await clock.advance(1_000)
    assert len(heard) == in_the_end
    assert all((one["task_id"] in opened(world)) is true for one in heard)
    assert world.journal[-1].fault == name


async def test_who_submits_again_pays_twice(client, world):
    world.scenarios.add(
        {"name": "once", "when": {"operation": "submit", "nth": 1}, "do": {"lose": "reset"}}
    )
    with pytest.raises(ConnectionResetError):
        await client.post(SUBMIT, json=BODY)
    once = charged(world)
    await client.post(SUBMIT, json=BODY)
    assert charged(world) == 2 * once > 0
    assert len(opened(world)) == 2


async def test_no_one_waits_in_process_for_what_will_not_come(client, world):
    order(world, lose="timeout")
    with pytest.raises(TimeoutError, match="no answer will come"):
        await client.post(SUBMIT, json=BODY)
    assert len(opened(world)) == 1


async def test_half_an_answer_breaks_off_in_process_too(client, world):
    order(world, lose="half")
    with pytest.raises(ConnectionResetError):
        await client.post(SUBMIT, json=BODY)


async def test_an_answer_can_be_late(client, world):
    order(world, latency=0.2)
    began = time.perf_counter()
    assert (await client.post(SUBMIT, json=BODY)).status_code == 200
    assert time.perf_counter() - began > 0.19


def test_a_client_that_does_not_wait_for_a_late_answer_leaves_a_task_behind(origin, world):
    order(world, latency=30)
    with pytest.raises(httpx.ReadTimeout):
        submit(origin, wait=0.2)
    assert len(opened(world)) == 1


def test_a_late_answer_may_be_an_error(origin, world):
    order(world, latency=0.1, error="server-error")
    began = time.perf_counter()
    assert submit(origin).status_code == 500
    assert time.perf_counter() - began > 0.09


def test_a_body_can_be_slow(origin, world):
    order(world, slow=250)
    began = time.perf_counter()
    answer = submit(origin)
    taken = time.perf_counter() - began
    assert answer.json()["task_id"] in opened(world)
    assert taken > (len(answer.content) - 25) / 250 - 0.01


def test_who_leaves_a_slow_body_is_not_sent_the_rest_of_it(origin, world, monkeypatch):
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)
        await anyio.sleep(seconds)

    monkeypatch.setattr(mischief, "pause", pause)
    order(world, slow=100)
    with (
        httpx.Client(trust_env=False, headers=HEADERS) as client,
        client.stream("POST", f"{origin}{SUBMIT}", json=BODY) as answer,
    ):
        assert len(next(answer.iter_raw())) == 10
    time.sleep(0.8)
    assert 1 <= len(pauses) <= 3


def test_a_download_can_break_off_once(origin, world, clock):
    task = submit(origin).json()["task_id"]
    clock.turn(1_000)
    world.scenarios.add("download-drop")
    url = httpx.get(f"{origin}{SUBMIT}/{task}", headers=HEADERS, trust_env=False).json()["url"]
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        httpx.get(url, trust_env=False)
    assert httpx.get(url, trust_env=False).headers["content-type"] == "video/mp4"


def test_a_connection_that_was_spared_goes_on(origin, world):
    world.scenarios.add({"name": "it", "when": {"nth": 2}, "do": {"content_type": "text/plain"}})
    with httpx.Client(trust_env=False, base_url=origin, headers=HEADERS) as client:
        kinds = [client.post(SUBMIT, json=BODY).headers["content-type"] for _ in range(3)]
    assert kinds == ["application/json", "text/plain", "application/json"]


def test_under_another_server_a_drop_is_an_error_of_the_application(app, world):
    order(world, drop="before")
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        answer = submit(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()
    assert answer.status_code == 500
    assert opened(world) == []


async def test_a_blocking_call_loses_its_answer_at_its_end(client, world, clock):
    body = providers()["acedata"].submit.example | {"async": False}
    world.scenarios.add("lose-reset")
    async with anyio.create_task_group() as group:
        group.start_soon(submit_in_vain, client, body)
        await anyio.wait_all_tasks_blocked()
        assert len(opened(world)) == 1
        assert len(world.journal) == 0
        await clock.advance(1_000)
    assert [(one.status, one.fault) for one in world.journal] == [(0, "lose-reset")]


async def submit_in_vain(client, body):
    with pytest.raises(ConnectionResetError):
        await client.post("/seedance/videos", json=body)
