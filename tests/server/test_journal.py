"""The journal: every exchange in order, with its time, and nobody's key."""

from hashlib import sha256

import pytest

from mockserver.journal import LARGE, Digest, Journal, label
from mockserver.redaction import headers

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
PATH = "/v1/video/generations"


async def submit(client, **fields):
    return (await client.post(PATH, json=RELAY | fields)).json()["task_id"]


async def test_an_entry_says_what_was_asked_and_what_was_answered(client, world, clock):
    task = await submit(client)
    answer = await client.get(f"{PATH}/{task}?x=1")
    first, second = world.journal
    assert (first.number, first.at, first.took) == (1, clock.now(), 0.0)
    assert (first.provider, first.operation, first.method) == ("relaydance", "generate", "POST")
    assert (first.task, second.task) == (task, task)
    assert (second.path, second.query, second.status) == (f"{PATH}/{task}", b"x=1", 200)
    assert second.answer == answer.content
    assert dict(second.sent)[b"content-type"] == b"application/json"


async def test_a_refusal_is_an_entry_too(client, world):
    await client.post(PATH, json={})
    (entry,) = world.journal
    assert entry.status == 400
    assert entry.rule.startswith("relaydance/")
    assert entry.task == ""


async def test_time_is_that_of_the_tenant_and_runs_while_a_call_blocks(client, world, clock):
    import asyncio  # noqa: PLC0415

    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "p"}]}
    begin = clock.now()
    call = asyncio.create_task(client.post("/seedance/videos", json=body))
    await asyncio.sleep(0.02)
    await clock.advance(1000)
    await call
    (entry,) = world.journal
    assert entry.at == begin
    assert 0 < entry.took <= 1000


async def test_time_of_its_own_is_what_a_tenant_is_told_in(client, world):
    world.own_clock("k").move_to(1_790_000_000.0)
    await submit(client)
    (entry,) = world.journal
    assert (entry.at, entry.took) == (1_790_000_000.0, 0.0)


async def test_a_client_that_leaves_a_blocking_call_gets_no_answer(app, world):
    import asyncio  # noqa: PLC0415
    import json  # noqa: PLC0415

    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "p"}]}
    messages = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]
    sent = []

    async def receive():
        if messages:
            return messages.pop()
        await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/seedance/videos",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer k"), (b"content-type", b"application/json")],
        "server": ("127.0.0.1", 8600),
    }
    await app(scope, receive, send)
    (entry,) = world.journal
    (task,) = world.store.tasks.of("k")
    assert (sent, entry.status, entry.task) == ([], 0, task.id)


async def test_what_nobody_answers_for_is_an_entry_too(client, world):
    await client.get("/nowhere/at/all", headers={"x-screentest-tenant": "anna"})
    await client.get("/v1/video/generations")
    nowhere, wrong_method = world.journal
    assert (nowhere.rule, nowhere.provider) == ("screentest/no-route", "")
    assert nowhere.tenant == "anna"
    assert (wrong_method.status, wrong_method.key) == (405, label("k"))


async def test_a_large_body_and_a_film_are_kept_as_digest_size_and_type(client, world, clock):
    await submit(client, prompt="x" * LARGE)
    (entry,) = world.journal
    assert isinstance(entry.body, Digest)
    assert entry.body.content_type == "application/json"
    assert entry.body.size > LARGE
    venice = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
    queued = (await client.post("/api/v1/video/queue", json=venice)).json()
    clock.turn(1000)
    look = {"model": venice["model"], "queue_id": queued["queue_id"]}
    film = (await client.post("/api/v1/video/retrieve", json=look)).content
    expected = Digest(sha256(film).hexdigest(), len(film), "video/mp4")
    assert world.journal[-1].answer == expected


KEY = "sk-live-0123456789abcdef"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("", ""),
        ("screentest-invalid-key", "screentest-invalid-key"),
        (KEY, f"sk-l…{sha256(KEY.encode()).hexdigest()[:8]}"),
        ("short", f"…{sha256(b'short').hexdigest()[:8]}"),
    ],
)
def test_a_label_tells_keys_apart_without_telling_them(key, expected):
    assert label(key) == expected


async def test_no_key_stands_in_an_entry(client, world):
    client.headers["authorization"] = f"Bearer {KEY}"
    await submit(client)
    (entry,) = world.journal
    assert KEY not in repr(entry._replace(headers=[*headers(entry.headers).items()]))


async def test_listeners_hear_of_every_entry(client, world):
    heard = []
    world.journal.listeners.add(heard.append)
    await submit(client)
    world.journal.listeners.clear()
    await submit(client)
    assert [entry.number for entry in heard] == [1]


def test_an_empty_journal_is_empty():
    journal = Journal(3)
    journal.forget("x")
    assert list(journal) == []
