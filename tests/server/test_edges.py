"""Requests as no well-behaved client sends them, straight at the ASGI application."""

import json

import pytest

from contracts.kernel.registry import providers
from mockserver.reading import DRAINED

VENICE = providers()["venice"]
BODY = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}


async def call(app, messages, **scope):
    """Call an app with given receive messages; gives what it sent."""
    sent, queue = [], list(messages)

    async def receive():
        return queue.pop(0)

    async def send(message):
        sent.append(message)

    defaults = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": VENICE.submit.path,
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer k"), (b"content-type", b"application/json")],
        "server": ("127.0.0.1", 8600),
    }
    await app(defaults | scope, receive, send)
    return sent


def part(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_is_one_body(app, world):
    text = json.dumps(BODY).encode()
    sent = await call(app, [part(text[:5]), part(text[5:]), part(b"", more=False)])
    assert sent[0]["status"] == 200
    assert world.journal[-1].body == text


async def test_without_a_host_header_links_lead_to_the_address_itself(app, world):
    text = json.dumps(BODY).encode()
    await call(app, [part(text, more=False)])
    (task,) = world.store.tasks.of("k")
    assert task.origin == "http://127.0.0.1:8600"


async def test_a_client_that_hangs_up_gets_no_answer_and_leaves_no_trace(app, world):
    assert await call(app, [part(b"{"), {"type": "http.disconnect"}]) == []
    assert len(world.journal) == 0


async def test_a_body_without_end_is_read_no_further_than_a_bound(app):
    endless = [part(b" " * VENICE.body_limit)] * (DRAINED + 2)
    sent = await call(app, endless)
    assert sent[0]["status"] == 413


async def test_a_websocket_is_nobodys(app):
    messages = [{"type": "websocket.connect"}]
    sent = await call(app, messages, type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]


@pytest.mark.parametrize("path", ["/api/v1/models/", "//", "", "/v1/share/read/"])
async def test_odd_paths_lead_nowhere(app, path):
    sent = await call(app, [], method="GET", path=path)
    assert sent[0]["status"] == 404
