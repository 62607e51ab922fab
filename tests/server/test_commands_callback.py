"""`screentest callback`, and the same from Python: a callback without a server."""

import asyncio
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random

import httpx
import pytest
from click.testing import CliRunner

from contracts.kernel.registry import providers
from mockserver import outbox
from mockserver.app import create_app
from mockserver.callbacks import ORIGIN, callback_request
from mockserver.cli import screentest
from mockserver.settings import Settings
from mockserver.world import World

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
ACE = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "p"}]}
WITH = [one for one in providers().values() if one.webhook]
WITHOUT = [one for one in providers().values() if not one.webhook]


def read(request):
    head, _, body = request.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), json.loads(body)


def run(*arguments, **given):
    return CliRunner().invoke(screentest, ["callback", *arguments], **given)


@pytest.mark.parametrize("provider", WITH, ids=lambda one: one.id)
def test_a_callback_is_made_without_a_server_and_always_alike(provider):
    request = callback_request(provider)
    (line, host, kind, length, _), told = read(request)
    assert (line, host) == ("POST /callback HTTP/1.1", "Host: 127.0.0.1:8000")
    assert kind == "Content-Type: application/json"
    body = request.partition(b"\r\n\r\n")[2]
    assert length == f"Content-Length: {len(body)}"
    assert request == callback_request(provider.id)
    assert told["task_id"] != read(callback_request(provider, seed=1))[1]["task_id"]


@pytest.mark.parametrize("provider", WITH, ids=lambda one: one.id)
def test_each_way_to_end_has_its_callback(provider):
    told = {
        state: callback_request(provider, state=state)
        for state in ("succeeded", "failed", *provider.failures)
    }
    assert told["failed"] == told[next(iter(provider.failures))]
    assert len(set(told.values())) == len(told) - 1


@pytest.mark.parametrize("provider", WITHOUT, ids=lambda one: one.id)
def test_a_provider_without_callbacks_has_none_to_show(provider):
    with pytest.raises(ValueError, match=f"{provider.title} documents no callbacks"):
        callback_request(provider)


def test_a_provider_without_named_failures_can_fail_all_the_same():
    bare = replace(WITH[0], failures={})
    assert callback_request(bare, state="failed") != callback_request(bare)


def test_a_callback_goes_to_where_its_request_wants_it_unless_told_otherwise():
    body = ACE | {"callback_url": "http://there.example:99/h?x=1"}
    assert read(callback_request("acedata", body))[0][:2] == [
        "POST /h?x=1 HTTP/1.1",
        "Host: there.example:99",
    ]
    bent = callback_request("acedata", json.dumps(body).encode(), url="http://bücher.example:8/")
    assert read(bent)[0][:2] == ["POST / HTTP/1.1", "Host: xn--bcher-kva.example:8"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"state": "lost"}, "has no state 'lost' of a callback; it has succeeded, failed, "),
        ({"body": {"model": 1}}, "refuses this body: "),
        ({"body": b"{"}, "refuses this body: "),
        ({"url": "nowhere"}, "is not an http"),
        ({"url": "http://[x/"}, "is not a URL"),
        ({"url": "http://a\x00b/"}, "no HTTP"),
    ],
)
def test_what_cannot_be_is_told(given, reason):
    with pytest.raises(ValueError, match=reason):
        callback_request("acedata", **given)


@pytest.mark.parametrize("state", ["succeeded", "forbidden"])
async def test_it_is_byte_for_byte_what_the_mock_posts(clock, state):
    heard = asyncio.Queue()

    async def take(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        heard.put_nowait(head + await reader.readexactly(length))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    names = WITH[0].names(Random(7), 0)
    provider = replace(WITH[0], names=lambda *_: names)
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={provider.id: provider})
    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/h"
        body = ACE | {"callback_url": url}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            headers = {"authorization": "Bearer k"}
            path = provider.submit.path
            assert (await client.post(path, json=body, headers=headers)).status_code == 200
            task = world.store.tasks.get("k", (provider.id, names.id))
            if failure := provider.failures.get(state):
                world.end(task, clock, failure)
            await clock.advance(1000)
    assert heard.get_nowait() == callback_request(provider, body, state=state)


# The command


def test_the_command_prints_the_raw_request():
    done = run("acedata", "--state", "failed", "--seed", "3", "--url", "http://127.0.0.1:1/x")
    assert done.exit_code == 0
    made = callback_request("acedata", state="failed", seed=3, url="http://127.0.0.1:1/x")
    assert done.stdout_bytes == made


def test_the_command_reads_the_request_of_the_task_and_repeats():
    body = json.dumps(RELAY | {"metadata": {"callback_url": "http://h.example/"}}).encode()
    done = run("relaydance", "--body", "-", "--repeat", "2", input=body)
    assert done.stdout_bytes == callback_request("relaydance", body) * 2


@pytest.mark.parametrize("name", [WITHOUT[0].id, "nobody"])
def test_the_command_says_what_there_is_no_callback_of(name):
    done = run(name)
    assert (done.exit_code, done.stdout) == (1, "")


@pytest.fixture
def receiver():
    """A receiver, what it heard, and the statuses it answers."""
    heard, statuses = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, body))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/h", heard, statuses
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_command_posts_to_a_receiver_and_tells_its_answers(receiver):
    url, heard, statuses = receiver
    statuses.extend([500, 204])
    done = run("relaydance", "--send", url, "--repeat", "2")
    assert (done.exit_code, done.stdout) == (1, "HTTP 500\nHTTP 204\n")
    assert heard == [("/h", callback_request("relaydance").partition(b"\r\n\r\n")[2])] * 2
    assert run("relaydance", "--send", url).exit_code == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hook.example/", "--send takes a URL of this machine, not http://hook.example/"),
        ("http://127.0.0.1:1/", "not delivered: "),
    ],
)
def test_the_command_sends_to_this_machine_only_and_says_what_failed(url, reason):
    done = run("acedata", "--send", url)
    assert done.exit_code != 0
    assert reason in done.stderr


async def test_the_command_does_not_wait_for_ever(monkeypatch):
    async def hesitate(reader, writer):
        await reader.read()
        writer.close()

    monkeypatch.setattr(outbox, "PATIENCE", 0.05)
    async with await asyncio.start_server(hesitate, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        done = await asyncio.to_thread(run, "acedata", "--send", url)
        await asyncio.sleep(0.01)
    assert "no answer within 0.05 s" in done.stderr
