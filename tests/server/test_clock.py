"""Time: by the wall, by hand, by looks; shared, or a tenant's own."""

import asyncio
import time
from dataclasses import replace

import pytest

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.clock import DEFAULT_SPEED, Clock, pause
from mockserver.settings import Settings
from mockserver.world import World

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
ACE = {
    "model": "doubao-seedance-1-0-pro-250528",
    "content": [{"type": "text", "text": "p"}],
}


async def submit(client, **headers):
    answer = await client.post("/v1/video/generations", json=RELAY, headers=headers)
    return answer.json()["task_id"]


async def state(client, task, **headers):
    answer = await client.get(f"/v1/video/generations/{task}", headers=headers)
    return answer.json()["status"]


def test_the_clock_of_the_wall_shows_real_time():
    before = time.time()
    assert before <= Clock().now() <= time.time()


async def test_the_clock_of_the_wall_can_be_advanced_and_goes_on():
    clock = Clock()
    await clock.advance(3600)
    first = clock.now()
    await pause(0.01)
    assert clock.now() - time.time() == pytest.approx(3600, abs=0.5)
    assert clock.now() > first


def test_time_never_goes_back():
    for clock in (Clock("manual", start=100.0), Clock("wall")):
        now = clock.now()
        clock.move_to(now - 50)
        assert clock.now() >= now


async def test_a_clock_by_hand_stands_still():
    clock = Clock("manual", start=100.0)
    await pause(0.01)
    assert clock.now() == 100.0
    await clock.advance(7)
    assert clock.now() == 107.0


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
async def test_time_is_advanced_by_a_finite_span_that_is_not_negative(seconds):
    with pytest.raises(ValueError, match="0 seconds or more"):
        await Clock("manual").advance(seconds)


@pytest.mark.parametrize(("policy", "speed"), [("wall", DEFAULT_SPEED), ("manual", 1), ("poll", 1)])
def test_only_under_a_clock_of_the_wall_work_is_sped_up_unless_asked(policy, speed):
    assert Clock(policy).speed == speed
    assert Clock(policy, 7).speed == 7


async def test_a_twin_shows_the_same_and_goes_its_own_way():
    for clock in (Clock("manual", 3, 100.0), Clock("wall", 3)):
        await clock.advance(1000)
        twin = clock.twin()
        assert (twin.policy, twin.speed) == (clock.policy, 3)
        assert twin.now() == pytest.approx(clock.now(), abs=0.5)
        await twin.advance(50)
        assert twin.now() - clock.now() == pytest.approx(50, abs=0.5)


async def test_a_twin_of_real_time_shows_real_time():
    assert Clock().twin().now() == pytest.approx(time.time(), abs=0.5)


@pytest.fixture
def poll_clock() -> Clock:
    return Clock("poll", start=1_780_000_000.0)


class TestByLooks:
    """Under `poll`, each look brings a task one stage further."""

    @pytest.fixture
    def clock(self, poll_clock):
        return poll_clock

    async def test_the_second_look_finds_a_task_done(self, client):
        task = await submit(client)
        assert [await state(client, task) for _ in range(3)] == [
            "running",
            "succeeded",
            "succeeded",
        ]

    async def test_tasks_do_not_move_each_other(self, client):
        first, second = await submit(client), await submit(client)
        assert [await state(client, first) for _ in range(2)][-1] == "succeeded"
        assert await state(client, second) == "running"

    async def test_time_goes_on_as_far_as_a_stage_takes(self, client, clock, world):
        task = await submit(client)
        own = world.clock_of("k")
        begin = own.now()
        for _ in range(2):
            await state(client, task)
        life = world.providers["relaydance"].lifecycle
        assert own.now() - begin == pytest.approx(life.seconds)
        assert clock.now() == begin

    async def test_a_call_that_blocks_is_answered_at_once(self, client):
        answer = await client.post("/seedance/videos", json=ACE)
        assert answer.json()["success"] is True

    async def test_time_alone_brings_nothing_to_an_end(self, client, clock):
        task = await submit(client)
        await clock.advance(100_000)
        assert await state(client, task) == "running"


async def test_a_call_that_blocks_is_answered_when_its_time_has_come(client, clock, caplog):
    caplog.set_level("WARNING", "screentest")
    call = asyncio.create_task(client.post("/seedance/videos", json=ACE))
    await pause(0.02)
    assert "blocks until the time of its tenant is advanced" in caplog.messages[0]
    await clock.advance(40)
    assert not call.done()
    await clock.advance(60)
    assert (await call).json()["success"] is True


async def test_a_call_that_blocks_is_answered_when_its_task_is_ended(client, clock, world):
    call = asyncio.create_task(client.post("/seedance/videos", json=ACE))
    await pause(0.02)
    (task,) = world.store.tasks.of("k")
    world.end(task, clock)
    assert (await call).json()["success"] is True


async def test_a_time_out_ends_a_task_that_takes_longer(world, clock, door):
    known = providers()["acedata"]
    slow = replace(known, lifecycle=replace(known.lifecycle, seconds=5000))
    app = create_app(world=world, providers={"acedata": slow})
    async with door(app) as client:
        client.headers["authorization"] = "Bearer k"
        body = ACE | {"async": True, "execution_expires_after": 3600}
        task = (await client.post("/seedance/videos", json=body)).json()["task_id"]
        clock.turn(3599)
        running = (await client.post("/seedance/tasks", json={"id": task})).json()
        clock.turn(1)
        record = (await client.post("/seedance/tasks", json={"id": task})).json()
    assert running["response"] == {}
    assert record["response"]["error"]["code"] == known.failures["expired"].code


def test_settings_make_the_clock():
    clock = Settings(clock="manual", speed=5, start=100.0).make_clock()
    assert (clock.policy, clock.speed, clock.now()) == ("manual", 5, 100.0)


@pytest.mark.parametrize("settings", [{"clock": "sundial"}, {"speed": 0}, {"balance": -1}])
def test_a_setting_that_makes_no_sense_is_named(settings):
    (name,) = settings
    with pytest.raises(ValueError, match=name):
        Settings(**settings)


def test_a_world_makes_the_clock_of_its_settings():
    assert World(Settings(clock="poll")).clock.policy == "poll"
