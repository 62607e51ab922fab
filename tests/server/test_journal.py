"""The journal: every exchange in order, with its time, and nobody's key."""

from hashlib import sha256

import pytest

from mockserver.journal import LARGE, Digest, Journal, label, told

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


def test_headers_are_told_without_their_secrets():
    headers = [
        (b"authorization", b"Bearer k"),
        (b"x-api-key", b"k"),
        (b"sign-in-with-x", b"k"),
        (b"x-screentest-token", b"k"),
        (b"cookie", b"k"),
        (b"accept", b"*/*"),
    ]
    said = told(headers)
    assert said["accept"] == "*/*"
    assert {value for name, value in said.items() if name != "accept"} == {"…"}


async def test_no_key_stands_in_an_entry(client, world):
    client.headers["authorization"] = f"Bearer {KEY}"
    await submit(client)
    (entry,) = world.journal
    rest = entry._replace(
        headers=[(name.encode(), v.encode()) for name, v in told(entry.headers).items()]
    )
    assert KEY not in repr(rest)


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
