"""The seam for state: the world works over a store that hands out copies, as a database does."""

from copy import copy, deepcopy

import pytest

from contracts.kernel.money import MICRO
from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from contracts.kernel.source import Confidence, Source
from contracts.kernel.task import Failure, Task
from mockserver.settings import Settings
from mockserver.store.memory import MemoryStore, MemoryTable
from mockserver.world import World

HERE = Source("this test", "2026-11-21", "", Confidence.ASSUMED)
VENICE = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}


def duplicate(row):
    """Copy a row, so that nothing that is done to one is done to the other."""
    if not isinstance(row, Task):
        return deepcopy(row)
    twin = copy(row)
    twin.trouble = deepcopy(row.trouble)
    return twin


class CopyingTable(MemoryTable):
    def get(self, tenant, id_):
        return duplicate(super().get(tenant, id_))

    def put(self, tenant, id_, row):
        super().put(tenant, id_, duplicate(row))

    def of(self, tenant):
        return [duplicate(row) for row in super().of(tenant)]


class CopyingStore(MemoryStore):
    def __init__(self):
        super().__init__(journal_size=100)
        for name, table in vars(self).items():
            if isinstance(table, MemoryTable) and name != "scenarios":
                setattr(self, name, CopyingTable())


@pytest.fixture
def world(clock):
    return World(Settings(seed=1, balance=100), clock, CopyingStore())


def left(world, provider="venice"):
    return world.books.balance("k", world.providers[provider], "k", world.clock.now())


def only_task(world):
    (task,) = world.store.tasks.of("k")
    return task


async def queue(client, **fields):
    return await client.post("/api/v1/video/queue", json=VENICE | fields)


async def submit(client, **fields):
    answer = await client.post("/v1/video/generations", json=RELAY | fields)
    return answer.json()["task_id"]


async def look(client, task):
    return (await client.get(f"/v1/video/generations/{task}")).json()


async def test_a_task_goes_its_way_and_its_film_can_be_fetched(client, clock):
    task = await submit(client)
    clock.turn(1000)
    done = await look(client, task)
    assert done["status"] == "succeeded"
    assert (await client.get(done["url"])).status_code == 200


async def test_a_task_that_is_failed_by_hand_has_failed_and_is_paid_back(client, world, clock):
    await queue(client)
    assert left(world) < 100 * MICRO
    world.end(only_task(world), clock, Failure("x", "it failed"))
    assert left(world) == 100 * MICRO
    clock.turn(1)
    assert left(world) == 100 * MICRO


async def test_a_callback_is_delivered_and_recorded(client, world, clock):
    sink = "http://127.0.0.1:8600/_screentest/sink/mine"
    await submit(client, metadata={"callback_url": sink})
    await clock.advance(1000)
    (callback,) = world.store.callbacks.of("k")
    assert (callback.state, len(callback.attempts)) == ("delivered", 1)


async def test_a_callback_tells_of_a_task_that_was_failed_by_hand(client, world, clock):
    sink = "http://127.0.0.1:8600/_screentest/sink/mine"
    await submit(client, metadata={"callback_url": sink})
    world.end(only_task(world), clock, Failure("x", "it failed"))
    await clock.advance(0)
    told = (await client.get("/_screentest/sink/mine")).text
    assert "it failed" in told


async def test_a_call_that_blocks_ends_with_its_task(client, world, clock):
    import asyncio  # noqa: PLC0415

    body = {"model": "doubao-seedance-1-0-pro-250528", "content": [{"type": "text", "text": "p"}]}
    call = asyncio.create_task(client.post("/seedance/videos", json=body))
    await asyncio.sleep(0.02)
    world.end(only_task(world), clock, Failure("x", "it failed"))
    assert (await call).json()["success"] is False


@pytest.mark.parametrize(
    "quota",
    [
        Rate(id="r", operations=("queue",), requests=1, seconds=60, source=HERE),
        Concurrency(id="c", tasks=1, source=HERE),
        ErrorBudget(
            id="e",
            failures=0,
            seconds=60,
            blocks=60,
            counts=lambda *_: True,
            cause="rate-limited",
            source=HERE,
        ),
    ],
    ids=lambda quota: quota.id,
)
async def test_limits_are_counted(client, world, quota):
    world.limit("k", (quota,))
    bad = {"duration": "x"} if quota.id == "e" else {}
    statuses = [(await queue(client, **bad)).status_code for _ in range(2)]
    assert statuses[1] == 429


async def test_media_that_is_deleted_is_gone(client, clock):
    queued = (await queue(client)).json()
    clock.turn(1000)
    body = {"model": VENICE["model"], "queue_id": queued["queue_id"]}
    path = "/api/v1/video/retrieve"
    first = await client.post(path, json=body | {"delete_media_on_completion": True})
    assert (first.status_code, (await client.post(path, json=body)).status_code) == (200, 404)


async def test_a_task_that_flaps_settles(client, clock):
    task = await submit(client, prompt="p [screentest: flap]")
    clock.turn(1000)
    states = [(await look(client, task))["status"] for _ in range(6)]
    assert states[-1] == "succeeded"
    assert "submitted" in states


async def test_what_counts_by_task_is_counted(client):
    task = await submit(client, prompt="p [screentest: look-error rate-limited]")
    answers = [await client.get(f"/v1/video/generations/{task}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [429, 200]
