"""Time travel at its edges: who takes part, what is replaced, and how it ends."""

import _thread
import asyncio
import inspect
import sys
import threading
import time
from functools import partial
from importlib.util import LazyLoader, find_spec, module_from_spec
from math import inf
from types import ModuleType
from unittest.mock import AsyncMock

import anyio
import pytest
import trio

from mockserver.clock import Clock, pause
from mockserver.intercept.home import Home
from mockserver.testing.travel import journey, time_travel
from mockserver.testing.travel.journey import Stranded

REAL = (time.sleep, asyncio.sleep, trio.sleep, time.time, time.time_ns)
BRIEF = 0.01


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
    return partial(time_travel, clock, home, clock.obey)


@pytest.fixture
def module(monkeypatch):
    """Give modules made of text, under whatever name, as if they had been imported."""

    def make(text, name="some_client"):
        made = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, made)
        exec(text, vars(made))  # noqa: S102
        return made

    return make


# Who takes part


def test_threads_that_were_there_before_keep_real_time(travelling):
    ready, over, seen = threading.Event(), threading.Event(), []

    def work():
        ready.wait()
        before = time.monotonic()
        time.sleep(BRIEF)
        seen.append(time.monotonic() - before)
        over.set()

    thread = threading.Thread(target=work)
    thread.start()
    with travelling() as travel:
        time.sleep(1000)
        ready.set()
        over.wait()
    thread.join()
    assert BRIEF <= seen[0] < 100
    assert travel.slept == 1000


def test_threads_that_python_did_not_start_keep_real_time(travelling):
    begun, ready, over = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        ready.wait()
        time.sleep(BRIEF)
        over.set()

    _thread.start_new_thread(work, ())
    begun.wait()
    with travelling() as travel:
        ready.set()
        over.wait()
    assert travel.slept == 0


def test_a_thread_that_stayed_at_home_stays_there_on_every_journey(travelling):
    turns, seen = [threading.Event() for _ in range(3)], []
    done = threading.Semaphore(0)

    def work():
        for turn in turns:
            turn.wait()
            seen.append(time.monotonic())
            done.release()

    thread = threading.Thread(target=work)
    thread.start()
    for turn in turns:
        with travelling():
            time.sleep(1000)
            turn.set()
            done.acquire()
    thread.join()
    assert seen[0] <= seen[1] <= seen[2] < seen[0] + 1000


def test_a_new_thread_with_the_number_of_an_old_one_travels(travelling):
    over = threading.Event()
    old = threading.Thread(target=over.wait)
    old.start()
    with travelling() as travel:
        over.set()
        old.join()
        for _ in range(3):
            new = threading.Thread(target=time.sleep, args=[100])
            new.start()
            new.join()
    assert travel.travelled == 300


async def test_the_mock_waits_in_real_time(travelling):
    with travelling() as travel:
        before = asyncio.get_running_loop().time()
        await pause(BRIEF)
        assert asyncio.get_running_loop().time() - before >= BRIEF / 2
    assert travel.slept == 0


async def test_servers_in_the_same_loop_sleep_as_ever(travelling, module):
    server = module(
        "import asyncio, anyio, time\nasync def tick(sleep): await sleep(0.001)", "uvicorn.made_up"
    )
    with travelling() as travel:
        await server.tick(asyncio.sleep)
        await server.tick(anyio.sleep)
    assert travel.slept == 0


# Names


def test_sleep_is_found_under_every_name_of_a_module(travelling, module):
    client = module("from time import sleep as doze\ndef wait(): doze(60)")
    with travelling() as travel:
        client.wait()
    assert travel.slept == 60
    assert client.doze is REAL[0]


@pytest.mark.parametrize("size", ["as before", "larger"])
def test_a_module_that_changed_is_searched_again(travelling, module, size):
    client = module("sleep = None\ndef wait(): sleep(60)")
    with travelling():
        pass
    client.sleep = time.sleep
    if size == "larger":
        client.doze = time.sleep
    with travelling() as travel:
        client.wait()
    assert travel.slept == 60


def test_all_is_as_before_when_it_is_over(travelling):
    with pytest.raises(KeyError), travelling():
        raise KeyError(time.sleep is REAL[0])
    assert (time.sleep, asyncio.sleep, trio.sleep, time.time, time.time_ns) == REAL
    assert asyncio.tasks.sleep is asyncio.sleep
    assert asyncio.BaseEventLoop.call_at.__module__ == "asyncio.base_events"


def test_what_was_imported_on_the_way_is_as_the_real_one_afterwards(travelling, module):
    with travelling():
        client = module("from time import sleep, time, time_ns")
        threading.Thread(target=client.sleep, args=[1000]).run()
    before = time.time_ns()
    client.sleep(BRIEF)
    assert time.time_ns() - before >= BRIEF * 1e9
    assert client.time() == pytest.approx(time.time(), abs=5)
    assert client.time_ns() == pytest.approx(time.time_ns(), abs=5e9)


def test_what_others_replaced_meanwhile_is_left_alone(travelling, module):
    client = module("from time import sleep")
    with travelling():
        client.sleep = fake = object()
    assert client.sleep is fake


def test_a_function_that_was_stored_before_is_not_seen(travelling):
    def wait(sleep=time.sleep):
        sleep(0.001)

    with travelling() as travel:
        wait()
    assert travel.slept == 0


def test_lazy_modules_are_not_loaded(travelling, monkeypatch):
    spec = find_spec("colorsys")
    spec.loader = LazyLoader(spec.loader)
    lazy = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "colorsys", lazy)
    spec.loader.exec_module(lazy)
    with travelling():
        pass
    assert type(lazy) is not ModuleType


def test_anything_may_stand_among_the_modules(travelling, monkeypatch):
    monkeypatch.setitem(sys.modules, "no_module", 7)
    with travelling() as travel:
        time.sleep(1)
    assert travel.slept == 1


@pytest.mark.parametrize(
    ("library", "is_async"),
    [(time, False), (asyncio, True), (trio, True)],
    ids=["time", "asyncio", "trio"],
)
def test_a_stand_in_looks_like_the_real_one(travelling, library, is_async):
    real = library.sleep
    with travelling():
        stand_in = library.sleep
    assert stand_in is not real
    assert stand_in.__wrapped__ is real
    assert (stand_in.__name__, stand_in.__doc__) == (real.__name__, real.__doc__)
    assert inspect.iscoroutinefunction(stand_in) is is_async


# Clocks


@pytest.mark.parametrize("name", ["time", "monotonic", "perf_counter"])
def test_clocks_move_with_the_journey(travelling, module, name):
    client = module(f"from time import {name} as now, {name}_ns as now_ns\nimport time")
    with travelling():
        told = [client.now, client.now_ns, getattr(time, name), getattr(time, f"{name}_ns")]
        before = [one() for one in told]
        time.sleep(1000)
        passed = [after() - one for after, one in zip(told, before, strict=True)]
    assert passed == [pytest.approx(unit * 1000, abs=unit * 50) for unit in (1, 1e9, 1, 1e9)]


@pytest.mark.parametrize("name", ["monotonic", "perf_counter", "monotonic_ns", "perf_counter_ns"])
def test_steady_clocks_never_go_back(travelling, module, name):
    client = module(f"from time import {name} as now")
    tell = partial(getattr, time)
    seen = [client.now(), tell(name)()]
    for _ in range(2):
        with travelling():
            time.sleep(1000)
            seen += [client.now(), tell(name)()]
        seen += [client.now(), tell(name)()]
    assert seen == sorted(seen)


def test_the_date_is_real_again_afterwards(travelling):
    before = time.time()
    with travelling():
        time.sleep(100_000)
        assert time.time() >= before + 100_000
    assert before <= time.time() < before + 1000


def test_libraries_for_networks_measure_real_time(travelling, module):
    text = "import time\ndef now(): return time.monotonic(), time.time(), time.time_ns() / 1e9"
    library = module(text, "urllib3.made_up")
    with travelling():
        before = library.now()
        time.sleep(1000)
        after = library.now()
    assert [b - a < 500 for a, b in zip(before, after, strict=True)] == [True] * 3


async def test_loops_never_go_back(travelling):
    loop = asyncio.get_running_loop()
    seen = [loop.time()]
    with travelling():
        await asyncio.sleep(1000)
        seen.append(loop.time())
    seen.append(loop.time())
    assert seen == sorted(seen)
    assert seen[1] - seen[0] >= 1000


# Timers


@pytest.fixture
def library(module):
    return module(
        "import asyncio, anyio\n"
        "async def ask(answer, seconds):\n"
        "    with anyio.fail_after(seconds): return await answer\n",
        "httpcore.made_up",
    )


async def test_the_time_limit_of_a_library_keeps_real_time(travelling, library):
    answer = asyncio.get_running_loop().create_future()
    with travelling():
        asked = asyncio.create_task(library.ask(answer, 10))
        await asyncio.sleep(1000)
        await asyncio.sleep(1000)
        assert not asked.done()
        answer.set_result("late")
        assert await asked == "late"
        await asyncio.sleep(1000)


async def test_the_time_limit_of_a_library_ends_a_wait(travelling, library):
    answer = asyncio.get_running_loop().create_future()
    with travelling() as travel:
        asked = asyncio.create_task(library.ask(answer, 0.05))
        await asyncio.sleep(1000)
        with pytest.raises(TimeoutError):
            await asked
    assert travel.travelled == 1000


async def test_a_time_limit_that_was_called_off_stops_nobody(travelling):
    with travelling() as travel:
        async with asyncio.timeout(30):
            await asyncio.sleep(0)
        await asyncio.sleep(100)
    assert travel.travelled == 100


async def test_timers_that_a_loop_arms_for_itself_move(travelling):
    loop, rang = asyncio.get_running_loop(), []
    with travelling() as travel:
        loop.call_soon(loop.call_later, 30, lambda: rang.append(travel.travelled))
        await asyncio.sleep(100)
    assert rang == [pytest.approx(30, abs=1)]


def test_loops_that_were_closed_are_nobodys_concern(travelling):
    loop = asyncio.new_event_loop()
    with travelling() as travel:
        loop.call_later(30, print)
        loop.close()
        time.sleep(100)
    assert travel.travelled == 100


# Sleeping


@pytest.mark.parametrize("seconds", [0, -1, "5", None])
def test_what_nobody_can_sleep_is_as_ever(travelling, seconds):
    def outcome():
        try:
            return time.sleep(seconds)
        except (TypeError, ValueError) as error:
            return str(error)

    expected = outcome()
    with travelling() as travel:
        assert outcome() == expected
    assert travel.slept == 0


async def test_to_sleep_for_no_time_is_to_let_others_go_on(travelling):
    with travelling() as travel:
        assert await asyncio.sleep(0, "result") == "result"
        assert await asyncio.sleep(-5, "result") == "result"
        trio_like = asyncio.create_task(asyncio.sleep(inf))
        await asyncio.sleep(1)
        assert not trio_like.done()
        trio_like.cancel()
    assert travel.slept == 1


def test_trio_sleeps_for_no_time_as_ever(travelling):
    with travelling() as travel:
        trio.run(trio.sleep, 0)
    assert travel.slept == 0


async def test_a_sleep_gives_its_result(travelling):
    with travelling():
        assert await asyncio.sleep(5, "result") == "result"


async def test_a_sleep_in_a_thread_does_not_need_the_loop_that_it_blocks(travelling):
    with travelling() as travel:
        time.sleep(100)  # noqa: ASYNC251 - clients do
    assert travel.travelled == 100


@pytest.mark.parametrize("turns", [0, 1, 50])
async def test_a_sleep_that_is_cancelled_moves_nothing(travelling, turns):
    with travelling() as travel:
        await asyncio.sleep(1)  # so that the test is waited for
        dozing = asyncio.create_task(asyncio.sleep(100))
        for _ in range(turns):
            await asyncio.sleep(0)
        dozing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dozing
        await asyncio.sleep(1)
    assert travel.travelled == 2


async def test_a_sleep_that_is_cancelled_as_it_ends_is_cancelled(travelling, clock, monkeypatch):
    gate = threading.Event()

    async def advance(_seconds):
        while not gate.is_set():
            await pause(0.001)

    monkeypatch.setattr(clock, "advance", advance)
    with travelling() as travel:
        dozing = asyncio.create_task(asyncio.sleep(100))
        for _ in range(30):
            await asyncio.sleep(0)
        gate.set()
        pause_until(lambda: travel.travelled == 100)
        dozing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dozing


# What happens on the way


async def test_what_falls_due_may_sleep_and_sees_its_own_moment(travelling, clock):
    started, seen = time.time(), []

    async def receive():
        seen.append(time.time() - started)
        await asyncio.sleep(2)
        seen.append(clock.now())

    with travelling() as travel:
        clock.agenda.add(clock.now() + 30, receive)
        await asyncio.sleep(100)
        assert len(seen) == 2
    assert seen[0] == pytest.approx(30, abs=5)
    assert travel.travelled == 100


async def test_a_step_that_waits_for_a_blocked_loop_is_given_up(travelling, clock, monkeypatch):
    monkeypatch.setattr(journey, "LIMIT", 0.05)
    monkeypatch.setattr(journey, "PATIENCE", 0.01)
    done = asyncio.Event()

    async def receive():
        done.set()

    with travelling():
        clock.agenda.add(clock.now() + 30, receive)
        with pytest.raises(Stranded, match="without `await` blocks"):
            time.sleep(100)  # noqa: ASYNC251 - clients do
        await done.wait()


def test_an_error_on_the_way_is_told_to_who_sleeps(travelling, clock, monkeypatch):
    monkeypatch.setattr(clock, "advance", AsyncMock(side_effect=[KeyError, None]))
    with travelling() as travel:
        with pytest.raises(KeyError):
            time.sleep(100)
        time.sleep(100)
    assert travel.slept == 200


def test_a_mock_that_is_closed_strands_who_sleeps(travelling, clock, home):
    async def close_and_wait():
        threading.Thread(target=home.close).start()
        await asyncio.Event().wait()

    async def arrange():
        clock.agenda.add(clock.now() + 30, close_and_wait)

    with travelling():
        home.run(arrange())
        with pytest.raises(Stranded, match="closed"):
            time.sleep(100)


# Arriving


def test_a_thread_that_is_still_asleep_sleeps_on_in_real_time(travelling):
    with travelling() as travel:
        time.sleep(1)  # from here on, others wait for this thread
        dozing = threading.Thread(target=time.sleep, args=[BRIEF])
        dozing.start()
        pause_until(lambda: travel.slept > 1)
    dozing.join()
    assert travel.travelled in {1, 1 + BRIEF}


def pause_until(holds):
    while not holds():
        REAL[0](0.0005)


async def test_a_task_that_is_about_to_sleep_does_so_in_real_time(travelling):
    with travelling() as travel:
        dozing = asyncio.create_task(asyncio.sleep(BRIEF, "result"))
        await asyncio.sleep(0)
    assert await dozing == "result"
    assert (travel.slept, travel.travelled) == (BRIEF, 0)


def test_a_loop_that_ended_is_not_woken(travelling):
    async def leave_behind():
        trio.lowlevel.spawn_system_task(trio.sleep, 50)
        for _ in range(30):
            await trio.lowlevel.checkpoint()

    with travelling() as travel:
        trio.run(leave_behind)
        time.sleep(100)
    assert travel.travelled <= 150
