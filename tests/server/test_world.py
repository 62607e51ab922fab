"""State: bounded, partitioned by key, reproducible."""

from hashlib import sha256

import pytest

from mockserver.course import obey
from mockserver.journal import LARGE, Digest, label, remembered
from mockserver.settings import Settings
from mockserver.world import World

SUBMIT = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}


async def submit(client, **fields):
    answer = await client.post("/v1/video/generations", json=SUBMIT | fields)
    return answer.json()["task_id"]


@pytest.fixture
def world(clock):
    return World(Settings(seed=1, journal_size=5, tasks_kept=3, bytes_kept=18_000), clock)


async def test_the_oldest_finished_tasks_are_forgotten(client, clock, world):
    tasks = [await submit(client) for _ in range(3)]
    clock.turn(1000)
    last = await submit(client)
    status = [
        (await client.get(f"/v1/video/generations/{task}")).status_code for task in [*tasks, last]
    ]
    assert status == [404, 200, 200, 200]
    assert len(world.store.links.of("")) == 3


async def test_a_task_that_will_end_by_itself_is_never_forgotten_before(client, clock):
    clock.obey("wall", 1)
    tasks = [await submit(client) for _ in range(6)]
    answers = [await client.get(f"/v1/video/generations/{task}") for task in tasks]
    assert {answer.status_code for answer in answers} == {200}


async def test_heavy_requests_make_room_for_each_other(client, clock):
    heavy = await submit(client, prompt="x" * 6000)
    clock.turn(1000)
    await submit(client, prompt="x" * 6000)
    assert (await client.get(f"/v1/video/generations/{heavy}")).status_code == 404


async def test_a_large_request_is_kept_as_text_alone(client, world):
    metadata = {"ratio": "1:1", "x": [{}] * 3000}
    task = await submit(client, metadata=metadata)
    answer = await client.get(f"/v1/video/generations/{task}")
    (opened,) = world.store.tasks.of("k")
    assert answer.json()["metadata"] == metadata
    assert opened.known is None


async def test_a_small_request_is_read_again_once(client, world):
    task = await submit(client)
    (opened,) = world.store.tasks.of("k")
    assert opened.known is None
    await client.get(f"/v1/video/generations/{task}")
    assert opened.request is opened.request


async def test_a_key_is_forgotten_with_its_last_task_and_comes_back_with_new_ids(
    client, clock, world
):
    first = await submit(client)
    assert list(world.tenants) == ["k"]
    client.headers["authorization"] = "Bearer other"
    clock.turn(1000)
    for _ in range(4):
        await submit(client)
    assert list(world.tenants) == ["other"]
    client.headers["authorization"] = "Bearer k"
    assert await submit(client) != first


async def test_a_look_makes_no_state(client, world):
    await client.get("/v1/models")
    await client.get("/v1/video/generations/x")
    assert world.tenants == {}


async def test_uploads_make_room_for_each_other(client):
    urls = []
    for _ in range(3):
        answer = await client.post("/v1/files", files={"file": ("a.png", b"x" * 7000)})
        urls.append(answer.json()["url"])
    assert [(await client.get(url)).status_code for url in urls] == [404, 200, 200]


async def test_the_journal_is_a_ring_that_counts_on(client, world):
    for _ in range(7):
        await submit(client)
    assert (len(world.journal), world.journal.total) == (5, 7)
    assert world.journal[-1].task
    assert world.journal[-1].key == label("k")


def test_the_journal_keeps_the_digest_of_a_large_body():
    large = b"x" * (LARGE + 1)
    expected = Digest(sha256(large).hexdigest(), LARGE + 1, "text/plain")
    assert remembered(large, [(b"accept", b"*/*"), (b"content-type", b"text/plain")]) == expected


def test_the_ids_of_a_key_depend_on_the_seed_and_the_key_alone(clock):
    first, second = (World(Settings(seed=3), clock) for _ in range(2))
    second.tenant("another key").random.random()
    assert first.tenant("k").random.random() == second.tenant("k").random.random()
    assert first.tenant("k").random.random() != first.tenant("l").random.random()


async def test_a_faster_world_finishes_sooner(client, clock):
    clock.speed = 10
    task = await submit(client)
    clock.turn(18.2)
    running = (await client.get(f"/v1/video/generations/{task}")).json()
    clock.turn(0.2)
    done = (await client.get(f"/v1/video/generations/{task}")).json()
    assert (running["status"], done["status"]) == ("running", "succeeded")


async def test_where_time_stands_still_open_tasks_make_room_too(client):
    tasks = [await submit(client) for _ in range(5)]
    statuses = [(await client.get(f"/v1/video/generations/{one}")).status_code for one in tasks]
    assert statuses == [404, 404, 200, 200, 200]


async def test_a_task_that_is_waited_for_does_not_keep_the_others(client, clock, world):
    world.own_clock("slow").obey("wall", 0.001)
    slow = await client.post(
        "/v1/video/generations", json=SUBMIT, headers={"x-screentest-tenant": "slow"}
    )
    assert slow.status_code == 200
    for _ in range(6):
        await submit(client)
        clock.turn(1000)
    assert len(world.store.links.of("")) == 3
    assert len(world.store.tasks.of("slow")) == 1
    world.own_clock("slow").move_to(clock.now() + 1e9)
    await submit(client)
    assert len(world.store.tasks.of("slow")) == 0


async def test_a_task_that_is_forgotten_leaves_nothing_on_the_agenda(client, clock, world):
    hook = {"callback_url": "http://127.0.0.1:1/"}
    for _ in range(5):
        await submit(client, metadata=hook)
    await clock.advance(0)
    assert len(clock.agenda) == 3
    assert len(world.store.callbacks.of("k")) == 3


async def test_what_is_kept_under_clocks_of_looks_is_apart(world):
    world.clock.obey("poll", 1)
    first, second = world.tenant("anna").clock, world.tenant("bert").clock
    first.move_to(first.now() + 50)
    assert second.now() == world.clock.now() == first.now() - 50
    await world.advance(10)
    assert second.now() == world.clock.now() == first.now() - 50


async def test_a_world_that_goes_by_looks_from_now_on_parts_its_tenants(client, world, clock):
    await submit(client)
    assert world.clock_of("k") is clock
    obey(world, clock, "poll", 1)
    assert world.clock_of("k") is not clock
    assert {one.policy for one in world.clocks()} == {"poll"}


async def test_a_namesake_is_not_taken_for_a_task_that_was_waited_for(client, world):
    import asyncio  # noqa: PLC0415

    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "p"}]}
    call = asyncio.create_task(client.post("/seedance/videos", json=body))
    await asyncio.sleep(0.02)
    world.reset()
    again = await client.post("/seedance/videos", json=body | {"async": True})
    assert again.status_code == 200
    assert (await call).json()["success"] is False
