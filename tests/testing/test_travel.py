"""Time travel: clients that wait for minutes are done at once, and behave as they really would."""

import asyncio
import sys
import threading
import time
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from math import ceil
from unittest.mock import Mock, patch

import anyio
import httpx
import pytest
import trio

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.course import obey
from mockserver.intercept.home import Home
from mockserver.settings import Settings
from mockserver.testing.errors import Misused
from mockserver.testing.travel import journey, time_travel
from mockserver.testing.travel.journey import Stranded

RELAY = providers()["relaydance"]
PATH = "/v1/video/generations"
BODY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
PAUSE = 5.0
TAKES = RELAY.lifecycle.seconds
KEY = "test-of-travel"
LIMIT = 300
"""Seconds a client waits at most."""


@pytest.fixture
def home():
    home = Home()
    yield home
    home.close()


@pytest.fixture
def clock():
    return Clock("poll", start=1_780_000_000.0)


@pytest.fixture
def travelling(clock, home):
    """Travel with a clock and nothing else."""
    return partial(time_travel, clock, home, clock.obey)


class Client:
    """The mock in process, for one tenant, asked in whatever way."""

    def __init__(self, home):
        self.app = create_app(Settings(seed=1))
        self.world = self.app.state.world
        self.clock = self.world.own_clock(KEY)
        self.home = home
        obey(self.world, self.clock, "poll", 1.0)

    def travelling(self, **options):
        return time_travel(self.clock, self.home, partial(obey, self.world, self.clock), **options)

    async def aask(self, method, path, **options):
        transport = httpx.ASGITransport(self.app)
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers
        ) as client:
            return (await client.request(method, path, **options)).json()

    async def asubmit(self):
        return (await self.aask("POST", PATH, json=BODY))["task_id"]

    async def ais_over(self, task):
        return (await self.aask("GET", f"{PATH}/{task}"))["status"] in {"succeeded", "failed"}

    def submit(self):
        return self.home.run(self.asubmit())

    def is_over(self, task):
        return self.home.run(self.ais_over(task))

    def polls(self):
        """Give when the client polled, counted from its submission."""
        first, *others = [one.at for one in self.world.journal]
        return [at - first for at in others]


@pytest.fixture
def client(home):
    client = Client(home)
    yield client
    home.run(client.world.close())


PAUSES = ceil(TAKES / PAUSE)
SPAN = PAUSES * PAUSE
AS_IN_REAL_LIFE = [PAUSE * number for number in range(PAUSES + 1)]


async def wait(client, task, sleep, pause=PAUSE):
    while not await client.ais_over(task):
        await sleep(pause)


def test_a_client_polls_as_often_as_in_real_life(client):
    with client.travelling() as travel:
        task = client.submit()
        while not client.is_over(task):
            time.sleep(PAUSE)
    assert client.polls() == AS_IN_REAL_LIFE
    assert (travel.slept, travel.travelled) == (SPAN, SPAN)
    assert repr(travel) == f"<Travel: slept {SPAN:g} s, travelled {SPAN:g} s>"


@pytest.mark.parametrize("sleep", ["asyncio", "anyio"])
async def test_an_asynchronous_client_polls_as_often_as_in_real_life(client, sleep):
    with client.travelling() as travel:
        doze = asyncio.sleep if sleep == "asyncio" else anyio.sleep
        await wait(client, await client.asubmit(), doze)
    assert client.polls() == AS_IN_REAL_LIFE
    assert (travel.slept, travel.travelled) == (SPAN, SPAN)


@pytest.mark.parametrize("sleep", ["trio", "anyio"])
def test_a_client_of_trio_polls_as_often_as_in_real_life(client, sleep):
    async def main():
        doze = trio.sleep if sleep == "trio" else anyio.sleep
        task = await trio.to_thread.run_sync(client.submit)
        while not await trio.to_thread.run_sync(client.is_over, task):
            await doze(PAUSE)

    with client.travelling():
        trio.run(main)
    assert client.polls() == AS_IN_REAL_LIFE


def test_work_takes_as_long_as_at_the_provider_unless_a_speed_is_given(client):
    with client.travelling(speed=10.0) as travel:
        task = client.submit()
        while not client.is_over(task):
            time.sleep(1)
    assert travel.travelled == pytest.approx(TAKES / 10, abs=1)


def test_clock_and_speed_are_as_before_when_it_is_over(travelling, clock):
    clock.obey("wall", 7.0)
    with travelling(speed=2.0):
        assert (clock.policy, clock.speed) == ("manual", 2.0)
    assert (clock.policy, clock.speed) == ("wall", 7.0)


def test_one_journey_at_a_time_goes_on(travelling):
    with travelling(), pytest.raises(Misused, match="one journey at a time"), travelling():
        pass
    with travelling() as travel:
        time.sleep(60)
    assert travel.travelled == 60


def test_a_journey_that_cannot_begin_is_in_nobodys_way(home, clock, travelling):
    refuse = Mock(side_effect=[KeyError, None])
    with pytest.raises(KeyError), time_travel(clock, home, refuse):
        pass
    with travelling() as travel:
        time.sleep(60)
    assert travel.travelled == 60


# Side by side


async def test_tasks_that_sleep_side_by_side_share_the_time(client):
    with client.travelling() as travel:
        tasks = [await client.asubmit() for _ in range(10)]
        await asyncio.gather(*[wait(client, one, asyncio.sleep) for one in tasks])
    assert travel.travelled == pytest.approx(TAKES, abs=PAUSE)
    assert travel.slept >= 9 * TAKES


def test_threads_that_sleep_side_by_side_share_the_time(client):
    def poll():
        task = client.submit()
        while not client.is_over(task):
            time.sleep(PAUSE)

    with client.travelling() as travel:
        threads = [threading.Thread(target=poll) for _ in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert travel.travelled == pytest.approx(TAKES, abs=3 * PAUSE)
    assert travel.slept >= 2 * TAKES


def test_tasks_of_trio_that_sleep_side_by_side_share_the_time(travelling):
    async def main():
        async with trio.open_nursery() as nursery:
            for seconds in range(1, 11):
                nursery.start_soon(trio.sleep, seconds)

    with travelling() as travel:
        trio.run(main)
    assert (travel.slept, travel.travelled) == (55, 10)


async def test_who_sleeps_less_wakes_first(travelling):
    woken = []

    async def doze(seconds):
        await asyncio.sleep(seconds)
        woken.append((seconds, travel.travelled))

    with travelling() as travel:
        await asyncio.gather(doze(30), doze(10), doze(20))
    assert woken == [(10, 10), (20, 20), (30, 30)]


async def test_who_is_busy_is_not_waited_for_forever(travelling, monkeypatch):
    monkeypatch.setattr(journey, "PATIENCE", 0.01)
    over = asyncio.Event()

    async def sleep_long():
        await asyncio.sleep(1000)
        over.set()

    with travelling() as travel:
        await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))
        other = asyncio.create_task(sleep_long())
        await asyncio.sleep(1)
        await over.wait()
        await other
    assert travel.travelled == 1002


# Deadlines of clients


def test_a_client_with_a_deadline_gives_up_on_a_task_that_hangs(client):
    client.world.scenarios.read("stuck", KEY)
    with client.travelling() as travel:
        deadline = time.monotonic() + LIMIT
        task = client.submit()
        while time.monotonic() < deadline and not client.is_over(task):
            time.sleep(PAUSE)
    assert travel.travelled == pytest.approx(LIMIT, abs=PAUSE)


async def by_timeout(work):
    async with asyncio.timeout(10_000), asyncio.timeout(LIMIT):
        await work


async def by_wait_for(work):
    await asyncio.wait_for(work, LIMIT)


async def by_anyio(work):
    with anyio.fail_after(LIMIT):
        await work


@pytest.mark.parametrize("limit", [by_timeout, by_wait_for, by_anyio])
async def test_a_time_limit_ends_waiting_for_a_task_that_hangs(client, limit):
    client.world.scenarios.read("stuck", KEY)
    with client.travelling() as travel:
        task = await client.asubmit()
        with pytest.raises(TimeoutError):
            await limit(wait(client, task, asyncio.sleep))
    assert travel.travelled == pytest.approx(LIMIT, abs=PAUSE)


async def test_waiting_for_a_thread_that_polls_ends_at_its_time_limit(travelling):
    given_up = threading.Event()

    def poll():
        while not given_up.is_set():
            time.sleep(PAUSE)

    with travelling() as travel:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(poll), LIMIT)
        given_up.set()
    assert travel.travelled >= LIMIT - 1


def test_a_time_limit_of_trio_ends_a_sleep(travelling):
    async def main():
        with trio.move_on_after(12) as scope:
            for _ in range(3):
                await trio.sleep(PAUSE)
        assert scope.cancelled_caught

    with travelling():
        trio.run(main)


async def test_a_sleep_goes_no_further_than_a_time_limit(travelling):
    with travelling() as travel:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await asyncio.sleep(5)
        assert travel.travelled == pytest.approx(3, abs=0.5)
    assert travel.slept == 5


def test_who_sleeps_shortly_for_ever_is_stopped_by_real_time(travelling, monkeypatch):
    monkeypatch.setattr(journey, "ENDURANCE", 0.05)

    def poll_for_ever():
        while True:
            time.sleep(0.004)

    with travelling(), pytest.raises(Stranded):
        poll_for_ever()


def test_a_package_with_a_name_of_pythons_own_travels(travelling, tmp_path):
    code = "from time import sleep\nimport time\ndef wait(): sleep(3); time.sleep(4)"
    (tmp_path / "profile.py").write_text(code)
    spec = spec_from_file_location("profile", tmp_path / "profile.py")
    mine = module_from_spec(spec)
    spec.loader.exec_module(mine)
    with patch.dict(sys.modules, profile=mine), travelling() as travel:
        mine.wait()
    assert travel.slept == 7


def test_a_client_that_never_gives_up_is_stopped(travelling):
    def poll_forever():
        while True:
            time.sleep(PAUSE)

    with travelling(limit=250) as travel, pytest.raises(Stranded, match="does it ever give up"):
        poll_forever()
    assert travel.travelled == 250
