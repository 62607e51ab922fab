"""Sinks: receivers of callbacks that tell what arrived."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver import reception, sinks
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.sinks import Sink, Sinks, place_of, status_of

PATH = "/_screentest/sink/s"


async def test_a_sink_takes_whatever_is_posted_and_tells_of_it(client, clock):
    answer = await client.post(PATH, json={"a": 1}, headers={"x-more": "y"})
    assert (answer.status_code, answer.content) == (204, b"")
    await client.post(PATH, content=b"no json \xff")
    told = (await client.get(PATH)).json()
    assert (told["name"], told["total"]) == ("s", 2)
    first, second = told["arrivals"]
    assert (first["at"], first["status"], first["json"]) == (clock.now(), 204, {"a": 1})
    assert first["headers"]["x-more"] == "y"
    assert "Bearer" not in first["headers"]["authorization"]
    assert (second["json"], second["body"]) == (None, "no json \ufffd")


async def test_a_sink_that_is_cleared_begins_anew(client):
    url = f"{PATH}?statuses=500,204"
    assert (await client.post(url)).status_code == 500
    assert (await client.post(url)).status_code == 204
    assert (await client.delete(PATH)).status_code == 204
    assert (await client.get(PATH)).json() == {
        "name": "s",
        "total": 0,
        "complete": True,
        "arrivals": [],
    }
    assert (await client.post(url)).status_code == 500


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [204, 204]),
        ("statuses=", [204, 204]),
        ("statuses=500,%20204", [500, 204, 204]),
        ("statuses=503", [503, 503, 503]),
        ("statuses=500,oops", [500, 400]),
        ("statuses=99", [400]),
        ("statuses=100", [400]),
        ("statuses=%D9%A2%D9%A0%D9%A4", [400]),
        pytest.param(f"statuses={'9' * 5000}", [400], id="5000 digits"),
        ("statuses=600", [400]),
    ],
)
def test_a_url_says_what_its_sink_answers(query, expected):
    assert [status_of(query, number) for number in range(len(expected))] == expected


async def test_each_tenant_has_sinks_of_its_own(client, world):
    await client.post(f"/@anna{PATH}", json=1)
    await client.post(PATH, json=2, headers={"x-screentest-tenant": "bert"})
    assert [one.json() for one in world.sinks.sink("s", "anna").arrivals] == [1]
    assert [one.json() for one in world.sinks.sink("s", "bert").arrivals] == [2]
    assert len(world.sinks.sink("s").arrivals) == 0
    world.tenant("anna")
    world.forget("anna")
    assert len(world.sinks.sink("s", "anna").arrivals) == 0
    assert len(world.sinks.sink("s", "bert").arrivals) == 1
    world.reset()
    assert len(world.sinks.sink("s", "bert").arrivals) == 0


async def test_a_body_that_is_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr(reception, "LARGEST", 10)
    answer = await client.post(PATH, content=b"x" * 11)
    assert answer.status_code == 413
    assert answer.headers["x-screentest-rule"] == "screentest/sink"


async def test_a_client_may_wait_for_what_is_to_come(client):
    async def post():
        await asyncio.sleep(0.02)
        await client.post(PATH, json=1)
        await client.post(PATH, json=2)

    posting = asyncio.create_task(post())
    told = (await client.get(PATH, params={"wait": 2})).json()
    await posting
    assert [one["json"] for one in told["arrivals"]] == [1, 2]
    assert told["complete"]


async def test_a_client_that_waits_in_vain_gets_what_is_there(client):
    await client.post(PATH, json=1)
    told = (await client.get(PATH, params={"wait": 2, "timeout": 0.01})).json()
    assert (told["total"], told["complete"]) == (1, False)


@pytest.mark.parametrize(
    "query",
    ["wait=two", "wait=-1", "wait=1001", "timeout=soon", "timeout=-1", "timeout=61", "timeout=nan"],
)
async def test_a_wait_that_makes_no_sense_is_refused(client, query):
    answer = await client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{query.partition('=')[0]}: Input should be ")


async def test_a_sink_refuses_other_methods_with_those_it_has(client):
    answer = await client.put(PATH, json=1)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, POST"


@pytest.mark.parametrize(("prefix", "query"), [("/@anna", ""), ("", "?tenant=anna")])
async def test_the_sinks_of_a_tenant_are_seen_and_cleared_alone(client, prefix, query):
    await client.post(f"/@anna{PATH}", json=1)
    await client.post(PATH, json=2)
    at = f"{prefix}{PATH}{query}"
    assert [one["json"] for one in (await client.get(at)).json()["arrivals"]] == [1]
    await client.delete(at)
    assert (await client.get(at)).json()["total"] == 0
    assert (await client.get(PATH)).json()["total"] == 1


async def test_a_test_waits_for_what_arrives_from_another_thread():
    sink = Sink("s")
    asyncio.get_running_loop().run_in_executor(None, sink.take, 1.0, [], b'"x"', "")
    (arrival,) = await sink.wait_for(timeout=5)
    assert arrival.json() == "x"


async def test_waiting_in_vain_says_what_came_instead():
    sink = Sink("s")
    with pytest.raises(
        AssertionError, match=r"got 0 of 1 callbacks within 0\.01 s; is the task over"
    ):
        await sink.wait_for(timeout=0.01)
    sink.take(7.0, [], b"first", "")
    with pytest.raises(AssertionError, match=r"got 1 of 2 .*s:\n  7\.000 b'first'"):
        await sink.wait_for(2, timeout=0.01)


def test_a_sink_knows_where_it_is():
    assert Sink("s").path == PATH


def test_memory_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(sinks, "MOST", 3)
    every = Sinks(lambda _: clock)
    for number in range(5):
        every.take(("", "s"), [], b"%d" % number, "")
    assert [one.body for one in every.sink("s").arrivals] == [b"2", b"3", b"4"]
    assert every.sink("s").total == 5
    for name in "abc":
        every.sink(name)
    assert len(every.sink("s").arrivals) == 0


async def test_a_sink_that_someone_waits_for_is_forgotten_last(clock, monkeypatch):
    monkeypatch.setattr(sinks, "MOST", 2)
    every = Sinks(lambda _: clock)
    waiting = asyncio.create_task(every.sink("a").wait_for(timeout=5))
    await asyncio.sleep(0)
    for name in "bcd":
        every.sink(name)
    every.take(("", "a"), [], b"heard", "")
    assert [one.body for one in await waiting] == [b"heard"]
    assert every.sink("d") is every.sink("d")


def test_the_oldest_arrivals_leave_when_there_is_no_room(clock, monkeypatch):
    monkeypatch.setattr(sinks, "ROOM", 3 * sinks.OVERHEAD + 3)
    every = Sinks(lambda _: clock)
    for name in ("a", "a", "b", "b", "b"):
        every.take(("", name), [], b"x", "")
    assert [len(every.sink(name).arrivals) for name in "ab"] == [0, 3]
    every.take(("", "a"), [], b"x", "")
    assert [len(every.sink(name).arrivals) for name in "ab"] == [0, 3]
    every.take(("", "b"), [], b"y", "")
    assert [one.body for one in every.sink("b").arrivals] == [b"x", b"x", b"y"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h:1/_screentest/sink/a%20b?x#y", ("", "a b")),
        ("http://u:p@H:1/@anna/_screentest/sink/a", ("anna", "a")),
        ("https://h:1/_screentest/sink/a", None),
        ("http://h:2/_screentest/sink/a", None),
        ("http://h:1/_screentest/sink/", None),
        ("http://h:1/_screentest/sink/a/b", None),
        ("http://h:1/x/_screentest/sink/a", None),
        ("http://h:1/_screentest/media/a", None),
    ],
)
def test_the_url_of_a_sink_is_known_on_the_origin_of_its_client(url, expected):
    assert place_of(urlsplit(url), "http://h:1") == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_served_mock_posts_to_its_own_sinks(serve, host):
    app = create_app(Settings(seed=1, speed=10_000.0))
    origin = serve(app)
    url = f"{origin.replace('127.0.0.1', host)}{PATH}?statuses=500,204"
    body = {"model": "doubao-seedance-2-0-1080p", "prompt": "p", "metadata": {"callback_url": url}}
    async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        await client.post("/v1/video/generations", json=body, headers={"authorization": "Bearer k"})
        told = (await client.get(PATH, params={"wait": 2})).json()
    first, second = await app.state.world.sinks.sink("s").wait_for(2)
    assert [first.json(), second.json()] == [one["json"] for one in told["arrivals"]]
    assert (first.status, second.status, first.body) == (500, 204, second.body)
