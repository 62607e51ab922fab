"""Limits on use: windows, tasks at once, and the budget of errors; off unless asked for."""

from dataclasses import replace

import pytest

from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from contracts.kernel.source import Confidence, Source
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.world import World

HERE = Source("this test", "2026-11-21", "", Confidence.ASSUMED)
QUEUE = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
TWO_A_MINUTE = Rate(id="two", operations=("queue", "retrieve"), requests=2, seconds=60, source=HERE)
ONE_AT_ONCE = Concurrency(id="one", tasks=1, source=HERE)


async def queue(client, **fields):
    return await client.post("/api/v1/video/queue", json=QUEUE | fields)


def budget(world, failures=2):
    (known,) = [one for one in world.providers["venice"].quotas if isinstance(one, ErrorBudget)]
    return ErrorBudget(
        id="few", failures=failures, seconds=30, blocks=30, counts=known.counts,
        cause=known.cause, source=HERE,
    )  # fmt: skip


async def test_nothing_is_limited_unless_asked_for(client):
    assert {(await queue(client)).status_code for _ in range(50)} == {200}


async def test_a_window_slides(client, world, clock):
    world.limit("k", (TWO_A_MINUTE,))
    statuses = []
    for pause in (0, 30, 20, 10, 1):
        clock.turn(pause)
        statuses.append((await queue(client)).status_code)
    assert statuses == [200, 200, 429, 200, 429]


async def test_operations_that_are_counted_together_share_a_window(client, world):
    world.limit("k", (TWO_A_MINUTE,))
    id_ = (await queue(client)).json()["queue_id"]
    look = {"model": QUEUE["model"], "queue_id": id_}
    path = "/api/v1/video/retrieve"
    assert [(await client.post(path, json=look)).status_code for _ in range(2)] == [200, 429]
    quote = {"model": QUEUE["model"], "duration": "5s"}
    assert (await client.post("/api/v1/video/quote", json=quote)).status_code == 200


async def test_a_limit_of_one_tenant_is_no_limit_of_another(client, world):
    world.limit("k", ())
    world.limit("other", (TWO_A_MINUTE,))
    assert {(await queue(client)).status_code for _ in range(3)} == {200}


async def test_a_refusal_counts_as_a_request(client, world):
    world.limit("k", (TWO_A_MINUTE,))
    statuses = [(await queue(client, duration="x")).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]


async def test_so_many_tasks_at_once_and_no_more(client, world, clock):
    world.limit("k", (ONE_AT_ONCE,))
    assert [(await queue(client)).status_code for _ in range(2)] == [200, 429]
    clock.turn(1000)
    assert (await queue(client)).status_code == 200


async def test_too_many_errors_block_a_key_for_a_while(client, world, clock):
    world.limit("k", (budget(world),))
    wrong = [(await queue(client, duration="x")).status_code for _ in range(3)]
    blocked = (await queue(client)).status_code
    clock.turn(29)
    still = (await queue(client)).status_code
    clock.turn(1)
    assert (wrong, blocked, still) == ([400] * 3, 429, 429)
    assert (await queue(client)).status_code == 200


async def test_a_block_ends_whoever_knocks_in_the_meantime(client, world, clock):
    always = replace(budget(world), counts=lambda status, _cause: status >= 400)
    world.limit("k", (always,))
    for _ in range(3):
        await queue(client, duration="x")
    for _ in range(5):
        clock.turn(5)
        assert (await queue(client)).status_code == 429
    clock.turn(5)
    assert (await queue(client)).status_code == 200


async def test_errors_that_are_long_ago_do_not_count(client, world, clock):
    world.limit("k", (budget(world),))
    for _ in range(4):
        await queue(client, duration="x")
        clock.turn(20)
    assert (await queue(client)).status_code == 200


async def test_a_request_without_a_key_is_on_nobodys_budget(client, world):
    world.limit("k", (budget(world, failures=0),))
    await client.post("/api/v1/video/queue", json=QUEUE, headers={"authorization": ""})
    assert (await queue(client)).status_code == 200


@pytest.fixture
async def limited(clock, door):
    world = World(Settings(seed=1, limits="documented"), clock)
    async with door(create_app(world=world)) as client:
        client.headers["authorization"] = "Bearer k"
        yield client


async def test_the_documented_limits_hold_where_they_are_asked_for(limited):
    statuses = [(await queue(limited)).status_code for _ in range(41)]
    assert statuses == [200] * 40 + [429]


async def test_a_counted_answer_says_how_much_is_left(limited, clock):
    first, second = await queue(limited), await queue(limited)
    assert first.headers["x-ratelimit-limit-requests"] == "40"
    assert [one.headers["x-ratelimit-remaining-requests"] for one in (first, second)] == [
        "39",
        "38",
    ]
    reset = int(first.headers["x-ratelimit-reset-requests"])
    assert reset == pytest.approx((clock.now() + 60) * 1000, abs=1)


async def test_the_documented_limits_count_each_key_for_itself(limited):
    for _ in range(41):
        await queue(limited)
    limited.headers["authorization"] = "Bearer other"
    assert (await queue(limited)).status_code == 200
