"""What the machines found, each as its shortest story."""

import asyncio

import pytest

from mockserver.clock import Clock, pause

ACE = {"model": "doubao-seedance-1-0-pro-250528", "async": True}


async def order(client, prompt="a cat", **fields):
    body = {**ACE, "content": [{"type": "text", "text": prompt}], **fields}
    return (await client.post("/seedance/videos", json=body)).json()["task_id"]


async def test_an_expired_link_leads_to_the_same_whatever_scenarios_there_are(client, world, clock):
    body = {
        "model": "grok-imagine-text-to-video-private",
        "prompt": "a cat",
        "duration": "5s",
        "aspect_ratio": "16:9",
    }
    link = (await client.post("/api/v1/video/queue", json=body)).json()["download_url"]
    await clock.advance(90_000)
    before = await client.get(link)
    world.scenarios.add("fail")
    after = await client.get(link)
    assert (before.status_code, before.content) == (after.status_code, after.content)


async def test_a_task_that_flaps_takes_no_other_back(client, clock):
    steady, flapping = await order(client), await order(client, "a cat [screentest: flap]")
    await clock.advance(1000)
    body = {"action": "retrieve_batch", "ids": [flapping, steady]}
    for _ in range(3):
        answer = (await client.post("/seedance/tasks", json=body)).json()
        assert answer["items"][1]["response"]["success"] is True


async def test_a_late_callback_of_a_forgotten_task_is_not_sent_for_its_namesake(
    client, world, clock
):
    sink = "http://127.0.0.1:8600/_screentest/sink/mine"
    first = await order(client, "a cat [screentest: callback-late]", callback_url=sink)
    world.forget("k")
    await pause(0)
    assert await order(client, "a cat [screentest: stuck]", callback_url=sink) == first
    await clock.advance(1000)
    assert list(world.sinks.sink("mine").arrivals) == []


class TestByLooks:
    """Under a clock that looks move."""

    @pytest.fixture
    def clock(self):
        return Clock("poll")

    async def test_a_call_that_blocks_for_a_stuck_task_stays_blocked(self, client):
        call = asyncio.create_task(order(client, "a cat [screentest: stuck]", **{"async": False}))
        await pause(0.05)
        assert not call.done()
        call.cancel()
