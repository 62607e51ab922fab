"""Callbacks: delivered once the task is over, retried, and never to a stranger."""

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import anyio
import pytest

MODEL = "doubao-seedance-2-0-1080p"


@dataclass
class Receiver:
    url: str
    statuses: list[int]
    received: list[tuple[str, dict]] = field(default_factory=list)


@contextmanager
def receiver(*statuses: int) -> Iterator[Receiver]:
    """A server that answers with these statuses, then with 204."""
    heard = Receiver("", list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.received.append((self.path, json.loads(body)))
            self.send_response(heard.statuses.pop(0) if heard.statuses else 204)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}/hook?who=me"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def submit(client, url, **body):
    message = {"model": MODEL, "prompt": "p", "metadata": {"callback_url": url}} | body
    return (await client.post("/v1/video/generations", json=message)).json()["task_id"]


async def settle(clock, done, *, seconds=300.0):
    """Advance until something is true, a bounded number of times."""
    clock.turn(seconds)
    for _ in range(500):
        if done():
            return
        await anyio.sleep(0.01)
        clock.turn(1)
    pytest.fail("it never settled")


async def test_the_end_of_a_task_is_posted_as_the_poll_would_say_it(client, clock):
    with receiver() as heard:
        task = await submit(client, heard.url)
        await anyio.sleep(0.05)
        assert heard.received == []
        await settle(clock, lambda: heard.received)
        polled = (await client.get(f"/v1/video/generations/{task}")).json()
    assert heard.received == [("/hook?who=me", polled)]
    assert polled["status"] == "succeeded"


async def test_a_callback_that_fails_is_tried_again_and_redirects_are_not_followed(client, clock):
    with receiver(500, 302) as heard:
        await submit(client, heard.url)
        await settle(clock, lambda: len(heard.received) == 3)
    assert heard.received[0] == heard.received[2]


async def test_a_callback_that_keeps_failing_is_given_up_aloud(client, clock, caplog):
    with receiver(500, 500, 503) as heard, caplog.at_level(logging.WARNING, "screentest"):
        task = await submit(client, heard.url)
        await settle(clock, lambda: caplog.messages)
    assert caplog.messages == [f"callback of task {task} was given up: HTTP 503"]
    assert len(heard.received) == 3


async def test_a_receiver_that_never_answers_is_given_up(client, clock, caplog, monkeypatch):
    monkeypatch.setattr("mockserver.outbox.PATIENCE", 0.02)
    with socket.create_server(("127.0.0.1", 0)) as silent, caplog.at_level(logging.WARNING):
        await submit(client, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        await settle(clock, lambda: caplog.messages)
    assert "no answer within 0.02 s" in caplog.messages[0]


async def test_a_receiver_that_speaks_no_http_is_given_up(client, clock, caplog):
    async def babble(_reader, writer):
        writer.write(b"hello\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with caplog.at_level(logging.WARNING, "screentest"):
            await submit(client, f"http://127.0.0.1:{port}/")
            await settle(clock, lambda: caplog.messages)
    assert "ConnectionError: no HTTP" in caplog.messages[0]


async def test_an_answer_may_come_after_a_provisional_one(client, clock, caplog):
    async def hesitate(reader, writer):
        await reader.readuntil(b"}")
        for line in (b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"):
            writer.write(line)
            await writer.drain()
        heard.append(True)
        writer.close()

    heard = []
    async with await asyncio.start_server(hesitate, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await submit(client, f"http://127.0.0.1:{port}/")
        await settle(clock, lambda: heard)
        await anyio.sleep(0.05)
    assert caplog.messages == []


async def test_a_path_that_is_not_ascii_arrives_encoded(client, clock):
    with receiver() as heard:
        await submit(client, heard.url.replace("/hook", "/h\u00e4k n"))
        await settle(clock, lambda: heard.received)
    assert heard.received[0][0] == "/h%C3%A4k%20n?who=me"


async def test_a_secure_callback_needs_a_certificate_that_can_be_trusted(client, clock, caplog):
    with receiver() as heard, caplog.at_level(logging.WARNING, "screentest"):
        await submit(client, heard.url.replace("http:", "https:"))
        await settle(clock, lambda: caplog.messages)
    assert "SSL" in caplog.messages[0]


async def test_a_closed_port_is_no_success(client, clock, caplog):
    with caplog.at_level(logging.WARNING, "screentest"):
        await submit(client, "http://127.0.0.1:1/")
        await settle(clock, lambda: caplog.messages)
    assert "ConnectionRefusedError" in caplog.messages[0]


async def test_a_callback_url_at_the_top_level_is_ignored(client, clock):
    with receiver() as heard:
        body = {"model": MODEL, "prompt": "p", "callback_url": heard.url}
        assert (await client.post("/v1/video/generations", json=body)).status_code == 200
        clock.turn(1000)
        await anyio.sleep(0.1)
    assert heard.received == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hook", "'example.com' is not a loopback address"),
        ("http://10.0.0.1/hook", "'10.0.0.1' is not a loopback address"),
        ("https://127.0.0.1.example.com/", "is not a loopback address"),
        ("http://localhost@example.com/", "'example.com' is not a loopback address"),
        ("dummy", "'dummy' is not an http(s) URL"),
        ("file:///etc/passwd", "is not an http(s) URL"),
        ("http://127.0.0.1:99999/", "is not a URL"),
    ],
)
async def test_a_callback_to_anywhere_else_is_accepted_but_not_sent(client, caplog, url, reason):
    with caplog.at_level(logging.WARNING, "screentest"):
        task = await submit(client, url)
    (message,) = caplog.messages
    assert task in message
    assert reason in message


async def test_a_server_that_stops_drops_what_is_not_due(client, world):
    with receiver() as heard:
        await submit(client, heard.url)
        await world.close()
    assert heard.received == []
