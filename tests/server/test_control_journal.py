"""The journal over the control plane: filters, what is told of bodies, and following it."""

import asyncio
import json
import threading
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import uvicorn

from mockserver.app import create_app
from mockserver.control.following import Follower
from mockserver.control.history import body_told
from mockserver.journal import LARGE, Digest, label
from mockserver.serving import address, bind, config
from mockserver.settings import Settings
from mockserver.world import World

JOURNAL = "/_screentest/journal"
PATH = "/v1/video/generations"
SUBMIT = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
JSON = [(b"content-type", b"application/json")]


async def entries(client, **query):
    answer = await client.get(JOURNAL, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


async def numbers(client, **query):
    return [one["number"] for one in await entries(client, **query)]


async def test_everything_is_told_of_an_exchange_but_its_key(client, clock):
    answer = await client.post(f"{PATH}?a=b", json=SUBMIT)
    told = (await client.get(JOURNAL)).json()
    (entry,) = told["entries"]
    assert (told["total"], told["found"]) == (1, 1)
    assert (entry["at"], entry["took"]) == (clock.now(), 0)
    assert (entry["tenant"], entry["key"]) == (label("k"), label("k"))
    assert (entry["method"], entry["path"], entry["query"]) == ("POST", PATH, "a=b")
    assert (entry["provider"], entry["operation"]) == ("relaydance", "generate")
    assert (entry["status"], entry["rule"], entry["fault"]) == (200, "", "")
    assert entry["headers"]["authorization"] == "…"
    assert entry["body"] == {"json": SUBMIT}
    assert entry["answer"] == {"json": answer.json()}
    assert entry["tasks"] == [answer.json()["task_id"]]
    assert entry["answer_headers"]["content-type"] == "application/json"


async def test_entries_are_filtered(client):
    task = (await client.post(PATH, json=SUBMIT)).json()["task_id"]
    await client.get(f"{PATH}/{task}")
    await client.post(PATH, json={})
    await client.get("/v1/models", headers={"authorization": "Bearer other"})
    await client.get("/v1/models", headers={"x-screentest-tenant": "t"})
    await client.get("/api/v1/nowhere")
    assert await numbers(client) == [1, 2, 3, 4, 5, 6]
    assert await numbers(client, key="k") == [1, 2, 3, 5, 6]
    assert await numbers(client, key=label("other")) == [4]
    assert await numbers(client, tenant="k") == [1, 2, 3, 6]
    assert await numbers(client, tenant="t", key="k") == [5]
    assert await numbers(client, provider="relaydance", operation="generate") == [1, 3]
    assert await numbers(client, status=200) == [1, 2, 4, 5]
    assert await numbers(client, rule="venice/") == [6]
    assert await numbers(client, task=task) == [1, 2]
    assert await numbers(client, since=2, limit=2) == [5, 6]
    assert await numbers(client, fault="stuck") == []
    told = (await client.get(JOURNAL, params={"status": 200, "limit": 1})).json()
    assert (told["total"], told["found"], len(told["entries"])) == (6, 4, 1)


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ({"provider": "relaydanse"}, "relaydance"),
        ({"operation": "generat"}, "generate"),
        ({"provider": "venice", "operation": "generate"}, "There are: "),
    ],
)
@pytest.mark.parametrize("path", [JOURNAL, f"{JOURNAL}/follow"])
async def test_a_filter_that_could_let_nothing_through_is_refused(client, path, query, nearest):
    answer = await client.get(path, params=query)
    assert answer.status_code == 400
    assert nearest in answer.json()["error"]


async def test_what_is_secret_is_told_of_no_part_of_an_exchange(client):
    secret = "tell-no-one-0123456789"
    headers = {
        "proxy-authorization": f"Basic {secret}",
        "referer": f"http://x.test/?key={secret}",
        "x-payment": secret,
        "x-forwarded-uri": f"http://u:{secret}@x.test/?token={secret}",
    }
    await client.get(f"/v1/models?api_key={secret}&page=2", headers=headers)
    at = f"http://u:{secret}@127.0.0.1:9/cb?token={secret}&n=1"
    await client.post(PATH, json=SUBMIT | {"metadata": {"callback_url": at}})
    await client.post(PATH, json=SUBMIT | {"api_key": secret, "keyframes": "seen"})
    await client.post(PATH, content=f"Bearer {secret}")
    await client.post(PATH, data={"password": secret, "a": "b"})
    for path in ("journal", "tasks", "outbox"):
        assert secret not in (await client.get(f"/_screentest/{path}")).text
    found = await entries(client)
    assert found[0]["query"] == "api_key=…&page=2"
    assert found[1]["body"]["json"]["metadata"]["callback_url"] == (
        "http://…@127.0.0.1:9/cb?token=…&n=1"
    )
    assert found[2]["body"]["json"]["api_key"] == "…"
    assert found[2]["body"]["json"]["keyframes"] == "seen"
    assert found[3]["body"] == {"text": "Bearer …"}
    assert found[4]["body"] == {"text": "password=…&a=b"}
    task, _ = (await client.get("/_screentest/tasks")).json()["tasks"]
    assert task["callback_url"] == "http://127.0.0.1:9/cb?token=…&n=1"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {}),
        (b'{"a": 1}', {"json": {"a": 1}}),
        (b'{"a": NaN}', {"text": '{"a": NaN}'}),
        (b'{"a"', {"text": '{"a"'}),
        (b"\xff\x00", {"base64": "/wA="}),
        (
            Digest("ab", LARGE + 1, "video/mp4"),
            {"sha256": "ab", "size": 4097, "content_type": "video/mp4"},
        ),
    ],
)
def test_a_body_is_told_in_the_plainest_form(body, expected):
    assert body_told(body, JSON) == expected


def test_a_body_that_claims_no_json_is_text():
    assert body_told(b"1", [(b"content-type", b"text/plain")]) == {"text": "1"}


# Following


async def events(answer):
    """Read server-sent events: comments as text, others as (kind, id, data)."""
    lines = []
    async for line in answer.aiter_lines():
        if line:
            lines.append(line)
            continue
        if lines[0].startswith(":"):
            yield lines[0]
        else:
            fields = dict(one.split(": ", 1) for one in lines)
            yield fields["event"], int(fields["id"]), json.loads(fields["data"])
        lines = []


@asynccontextmanager
async def following(client, headers=None, **query):
    """Follow, past the first comment: so everything from here on is heard."""
    url = f"{JOURNAL}/follow"
    async with client.stream("GET", url, params=query, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        stream = events(answer)
        assert await anext(stream) == ": following"
        yield stream


@pytest.fixture
async def far(app, serve):
    """The mock over a socket, with a key."""
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(base_url=serve(app), headers=headers, trust_env=False) as client:
        yield client


async def test_what_happens_is_told_as_it_happens(far):
    await far.get("/v1/models")
    async with following(far) as stream:
        await far.post(PATH, json=SUBMIT)
        kind, number, entry = await anext(stream)
        await far.get("/v1/models")
        assert (await anext(stream))[1] == 3
    assert (kind, number) == ("exchange", 2)
    assert entry == (await entries(far, since=1))[0]


async def test_a_reader_may_begin_in_the_past_or_come_back(far):
    for _ in range(3):
        await far.get("/v1/models")
    async with following(far, since=0) as stream:
        assert [(await anext(stream))[1] for _ in range(3)] == [1, 2, 3]
    async with following(far, since=0, headers={"last-event-id": "2"}) as stream:
        assert (await anext(stream))[1] == 3
    async with following(far, headers={"last-event-id": "99"}) as stream:
        assert (await anext(stream))[1] == 1


async def test_a_reader_may_be_choosy(far):
    async with following(far, status=400, rule="relaydance/") as stream:
        await far.get("/v1/models")
        await far.post(PATH, json={})
        assert (await anext(stream))[1] == 2


async def test_what_left_the_journal_unsent_is_told(serve, clock):
    app = create_app(world=World(Settings(seed=1, journal_size=2), clock))
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(base_url=serve(app), headers=headers, trust_env=False) as far:
        for _ in range(5):
            await far.get("/v1/models")
        async with following(far, since=1) as stream:
            assert await anext(stream) == ("lost", 3, {"first": 2, "last": 3})
            assert (await anext(stream))[1] == 4


async def test_a_slow_reader_is_told_what_it_missed(world, client):
    world.journal.total = 0
    reader = Follower(world.journal, lambda _: True, 0, 60)
    for _ in range(3):
        await client.get("/v1/models")
    assert [part.split(b"\n")[0] for part in reader.unsent()] == [b"id: 1", b"id: 2", b"id: 3"]
    await client.get("/v1/models")
    world.journal.clear()
    assert reader.unsent() == [b'id: 4\nevent: lost\ndata: {"first":4,"last":4}\n\n']
    assert reader.unsent() == []


async def test_a_silent_journal_has_a_heartbeat(far):
    async with following(far, heartbeat=0.05) as stream:
        assert await anext(stream) == ": still here"
        assert await anext(stream) == ": still here"


async def test_a_reader_that_leaves_is_forgotten(far, world):
    async with following(far):
        assert len(world.journal.listeners) == 1
    for _ in range(200):
        if not world.journal.listeners:
            break
        await asyncio.sleep(0.01)
    assert world.journal.listeners == set()


async def test_a_server_that_stops_ends_the_stream(app, serving_door):
    with serving_door(app) as (origin, stop):
        far = httpx.AsyncClient(base_url=origin, trust_env=False)
        async with far, following(far) as stream:
            stop()
            assert [one async for one in stream] == []


@pytest.fixture
def serving_door():
    """Serve an app, and give the way to stop it."""

    @contextmanager
    def serving(app):
        listener = bind("127.0.0.1", 0)
        server = uvicorn.Server(config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()

        def stop():
            server.should_exit = True

        yield address(listener), stop
        thread.join()

    return serving


async def test_a_reader_must_come_back_with_a_number(client):
    answer = await client.get(f"{JOURNAL}/follow", headers={"last-event-id": b"\xb2"})
    assert answer.status_code == 400
    assert "Last-Event-ID" in answer.json()["error"]
