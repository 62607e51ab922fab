"""State: bounded, partitioned by key, reproducible."""

from hashlib import sha256

import pytest

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


async def test_a_task_that_a_client_waits_for_is_never_forgotten(client):
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
