"""The agenda: everything at its moment, in order, on any clock, in any loop."""

import asyncio
import logging
import threading
from functools import partial
from math import inf

import pytest

from mockserver.clock import Clock


@pytest.fixture
def calendar() -> Clock:
    """A clock that stands at 100 until it is advanced."""
    return Clock("manual", start=100.0)


class Happenings(list):
    """What happened, in order; `.note(name)` gives something that can fall due."""

    def note(self, name):
        return partial(self._happen, name)

    async def _happen(self, name):
        self.append(name)


async def test_things_happen_in_the_order_of_their_moments_then_of_their_arrival(calendar):
    seen = Happenings()
    for moment, name in [(103, "c"), (101, "a"), (102, "b1"), (102, "b2"), (150, "later")]:
        calendar.agenda.add(moment, seen.note(name))
    await calendar.advance(10)
    assert seen == ["a", "b1", "b2", "c"]
    assert len(calendar.agenda) == 1


async def test_each_thing_happens_at_its_own_moment(calendar):
    moments = []

    async def note():
        moments.append(calendar.now())

    calendar.agenda.add(101, note)
    calendar.agenda.add(105, note)
    await calendar.advance(50)
    assert moments == [101, 105]
    assert calendar.now() == 150


async def test_what_a_thing_adds_happens_in_the_same_advance(calendar):
    seen = Happenings()

    async def again():
        calendar.agenda.add(calendar.now() + 2, seen.note("again"))

    calendar.agenda.add(101, again)
    calendar.agenda.add(102, seen.note("between"))
    await calendar.advance(5)
    assert seen == ["between", "again"]


async def test_what_is_due_at_once_needs_nobody_to_let_time_pass(calendar):
    seen = Happenings()
    calendar.agenda.add(100, seen.note("now"))
    await asyncio.sleep(0.01)
    assert seen == ["now"]


async def test_a_thing_that_is_moved_happens_at_its_new_moment_only(calendar):
    seen, about = Happenings(), object()
    calendar.agenda.add(inf, seen.note("x"), about=about)
    calendar.agenda.add(120, seen.note("y"))
    calendar.agenda.move(about, 110)
    calendar.agenda.move(object(), 100)
    await calendar.advance(50)
    assert seen == ["x", "y"]


async def test_whatever_is_equal_is_about_the_same(calendar):
    seen, about = Happenings(), ("a", 1)
    calendar.agenda.add(120, seen.note("x"), about=about)
    calendar.agenda.move(("a", 2), 101)
    await calendar.advance(5)
    assert seen == []
    calendar.agenda.move((*about,), 106)
    await calendar.advance(5)
    assert seen == ["x"]


async def test_a_thing_that_is_moved_to_its_own_moment_happens_once(calendar):
    seen = Happenings()
    calendar.agenda.add(110, seen.note("x"), about="x")
    calendar.agenda.move("x", 110)
    calendar.agenda.move("x", 110)
    assert len(calendar.agenda) == 1
    await calendar.advance(50)
    assert seen == ["x"]


async def test_of_two_things_about_the_same_one_may_have_happened(calendar):
    seen = Happenings()
    calendar.agenda.add(101, seen.note("first"), about="x")
    calendar.agenda.add(inf, seen.note("second"), about="x")
    await calendar.advance(5)
    calendar.agenda.move("x", 107)
    await calendar.advance(5)
    assert seen == ["first", "second"]


async def test_what_is_moved_over_and_over_takes_no_more_room(calendar):
    seen = Happenings()
    calendar.agenda.add(5000, seen.note("last"))
    calendar.agenda.add(4000, seen.note("x"), about="x")
    for number in range(1000):
        calendar.agenda.move("x", 4000 - number)
    assert len(calendar.agenda._heap) < 100  # noqa: SLF001 - what nobody sees otherwise
    await calendar.advance(10_000)
    assert seen == ["x", "last"]


async def test_what_is_dropped_happens_at_once_as_someone_may_wait_for_it(calendar):
    seen = Happenings()
    calendar.agenda.add(inf, seen.note("x"), about="x")
    calendar.agenda.add(120, seen.note("y"), about="y")
    calendar.agenda.drop("x")
    calendar.agenda.drop("z")
    await asyncio.sleep(0.01)
    assert seen == ["x"]
    assert len(calendar.agenda) == 1


async def test_beginning_anew_ends_the_advance_that_is_under_way(calendar):
    seen = Happenings()

    async def begin_anew():
        calendar.agenda.clear()

    calendar.agenda.add(101, begin_anew)
    calendar.agenda.add(inf, seen.note("waits"))
    await calendar.advance(50)
    assert calendar.now() == 101
    await asyncio.sleep(0.01)
    assert seen == ["waits"]
    await calendar.advance(50)
    assert calendar.now() == 151


async def test_what_shares_a_moment_starts_together_and_in_order(calendar):
    seen, both = [], asyncio.Barrier(2)

    async def meet(name):
        seen.append(name)
        await both.wait()

    calendar.agenda.add(101, partial(meet, "first"))
    calendar.agenda.add(101, partial(meet, "second"))
    async with asyncio.timeout(5):
        await calendar.advance(5)
    assert seen == ["first", "second"]


async def test_there_is_one_advance_for_all_that_are_nested_in_it(calendar):
    seen = []

    async def note():
        seen.append(calendar.agenda.advance)

    async def advance():
        await asyncio.create_task(calendar.advance(1))
        await note()

    calendar.agenda.add(101, advance)
    calendar.agenda.add(102, note)
    await calendar.advance(5)
    assert calendar.agenda.advance is None
    assert seen[0] is seen[1] is not None
    calendar.agenda.add(106, note)
    await calendar.advance(5)
    assert seen[2] not in {None, seen[0]}


async def test_what_begins_now_is_waited_for_but_briefly(calendar, monkeypatch):
    monkeypatch.setattr("mockserver.agenda.BRIEFLY", 0.02)
    seen, gate = Happenings(), asyncio.Event()

    async def slowly():
        await gate.wait()
        seen.append("slow")

    await calendar.agenda.begin(seen.note("quick"))
    async with asyncio.timeout(5):
        await calendar.agenda.begin(slowly)
    assert seen == ["quick"]
    gate.set()
    await calendar.advance(0)
    assert seen == ["quick", "slow"]


async def test_what_is_taken_out_does_not_happen(calendar):
    seen = Happenings()
    for number in range(5):
        calendar.agenda.add(105 - number, seen.note(number), tenant="ab"[number % 2])
    taken = calendar.agenda.take(lambda due: due.tenant == "a")
    assert [due.moment for due in taken] == [101, 103, 105]
    await calendar.advance(50)
    assert seen == [3, 1]


async def test_what_is_handed_over_keeps_its_moment_and_its_place_among_equals(calendar):
    seen, other = Happenings(), Clock("manual", start=100.0)
    other.agenda.add(105, seen.note("there before"))
    calendar.agenda.add(105, seen.note("handed over"), tenant="a", about=object())
    calendar.agenda.hand_over("a", other.agenda)
    await calendar.advance(50)
    assert seen == []
    await other.advance(50)
    assert seen == ["there before", "handed over"]


async def test_a_thing_that_fails_is_logged_and_stops_nothing(calendar, caplog):
    seen = Happenings()

    async def fail():
        raise ZeroDivisionError

    calendar.agenda.add(101, fail)
    calendar.agenda.add(102, seen.note("next"))
    with caplog.at_level(logging.ERROR, "screentest"):
        await calendar.advance(5)
    assert seen == ["next"]
    assert caplog.messages == ["a bug in the mock, please report it"]


async def test_an_advance_returns_when_everything_is_settled(calendar):
    seen = []

    async def slowly():
        await asyncio.sleep(0.05)
        seen.append("done")

    calendar.agenda.add(101, slowly)
    calendar.move_to(102)
    calendar.agenda.start()
    await calendar.advance(0)
    assert seen == ["done"]


async def test_what_is_added_while_an_advance_settles_is_waited_for_too(calendar):
    seen = Happenings()

    async def slowly():
        await asyncio.sleep(0.02)
        calendar.agenda.add(calendar.now() - 1, partial(asyncio.sleep, 0.02))
        calendar.agenda.add(calendar.now() - 1, seen.note("added"))

    calendar.agenda.add(101, slowly)
    calendar.move_to(102)
    calendar.agenda.start()
    await calendar.advance(10)
    assert seen == ["added"]


async def test_time_may_be_advanced_by_what_happens_while_it_is_advanced(calendar):
    seen = Happenings()

    async def advance():
        task = asyncio.create_task(calendar.advance(20))  # as the handler of a request would
        await task
        seen.append("advanced")

    calendar.agenda.add(101, advance)
    calendar.agenda.add(110, seen.note("in between"))
    async with asyncio.timeout(0.9):
        await calendar.advance(5)
    assert seen == ["in between", "advanced"]
    assert calendar.now() == 121


async def test_time_may_be_advanced_by_what_began_before(calendar, monkeypatch):
    monkeypatch.setattr("mockserver.agenda.BRIEFLY", 0.05)
    done = asyncio.Event()

    async def advance():
        await asyncio.create_task(calendar.advance(20))
        done.set()

    calendar.agenda.add(100, advance)
    async with asyncio.timeout(5):
        await done.wait()
    assert calendar.now() == 120


async def test_an_advance_that_is_cancelled_does_not_stop_what_it_began(calendar):
    seen = []

    async def slowly():
        await asyncio.sleep(0.05)
        seen.append("done")

    calendar.agenda.add(101, slowly)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(calendar.advance(5), 0.01)
    await asyncio.sleep(0.1)
    assert seen == ["done"]


async def test_closing_drops_what_is_to_come_and_stops_what_has_begun(calendar):
    seen = Happenings()
    stopped = asyncio.Event()

    async def forever():
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    calendar.agenda.add(100, forever)
    calendar.agenda.add(101, seen.note("never"))
    await asyncio.sleep(0.01)
    await calendar.agenda.close()
    await calendar.advance(5)
    assert seen == []
    assert stopped.is_set()


async def test_what_is_stopped_before_it_ran_is_not_waited_for(calendar):
    calendar.agenda.add(101, asyncio.Event().wait)
    calendar.move_to(102)
    calendar.agenda.start()
    await calendar.agenda.close()
    async with asyncio.timeout(0.5):
        await calendar.advance(0)


# The wall


async def test_under_the_wall_things_happen_by_themselves():
    clock, seen = Clock(), Happenings()
    clock.agenda.add(clock.now() + 0.06, seen.note("second"))
    clock.agenda.add(clock.now() + 0.02, seen.note("first"))
    clock.agenda.add(inf, seen.note("never"))
    await asyncio.sleep(0.2)
    assert seen == ["first", "second"]


async def test_one_timer_serves_thousands_of_things():
    clock, seen = Clock(), Happenings()
    loop = asyncio.get_running_loop()
    for number in range(3000):
        clock.agenda.add(clock.now() + 1000 + number, seen.note(number))
    await asyncio.sleep(0)
    timers = [one for one in loop._scheduled if one._callback == clock.agenda._ring]  # noqa: SLF001
    assert len(timers) == 1
    await clock.agenda.close()


async def test_under_the_wall_an_advance_brings_everything_nearer():
    clock, seen = Clock(), Happenings()
    clock.agenda.add(clock.now() + 1000.05, seen.note("soon"))
    await clock.advance(1000)
    assert seen == []
    await asyncio.sleep(0.2)
    assert seen == ["soon"]


async def test_a_timer_that_rings_early_is_set_again():
    clock, seen = Clock(), Happenings()
    clock.agenda.add(clock.now() + 0.05, seen.note("once"))
    for _ in range(3):
        clock.agenda._ring(clock.agenda._armed)  # noqa: SLF001 - as a loop may do
    await asyncio.sleep(0.2)
    assert seen == ["once"]


async def test_timers_are_set_when_a_clock_begins_to_go_by_the_wall():
    clock, seen = Clock("manual"), Happenings()
    clock.agenda.add(clock.now() + 0.02, seen.note("x"))
    clock.policy = "wall"
    clock.now = Clock().now
    clock.agenda.wind()
    await asyncio.sleep(0.2)
    assert seen == ["x"]


# Loops and threads


def test_things_run_in_the_loop_they_belong_to_whoever_lets_time_pass(calendar):
    threads = {}

    async def note(name):
        await asyncio.sleep(0.01)
        threads[name] = threading.current_thread().name

    async def live():
        calendar.agenda.add(101, partial(note, "awaited"))
        calendar.agenda.add(111, partial(note, "started"))
        there.set()
        await asyncio.to_thread(gone.wait)

    there, gone = threading.Event(), threading.Event()
    other = threading.Thread(target=asyncio.run, args=[live()], name="other")
    other.start()
    there.wait()

    async def turn():
        await calendar.advance(5)
        assert threads == {"awaited": "other"}
        calendar.move_to(112)
        calendar.agenda.start()
        await calendar.advance(0)

    asyncio.run(turn())
    deadline = threading.Event()
    while len(threads) < 2 and not deadline.wait(0.01):
        pass
    gone.set()
    other.join()
    assert threads == {"awaited": "other", "started": "other"}


def test_closing_stops_what_runs_in_another_loop(calendar):
    stopped = threading.Event()

    async def forever():
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def live():
        calendar.agenda.add(100, forever)
        await asyncio.to_thread(gone.wait)

    began, gone = threading.Event(), threading.Event()
    other = threading.Thread(target=asyncio.run, args=[live()])
    other.start()
    began.wait()
    asyncio.run(calendar.agenda.close())
    assert stopped.wait(5)
    gone.set()
    other.join()


@pytest.mark.parametrize("policy", ["manual", "wall"])
def test_what_belongs_to_a_loop_that_has_ended_runs_where_time_passes(policy):
    clock, seen = Clock(policy), Happenings()

    async def add(name, seconds):
        clock.agenda.add(clock.now() + seconds, seen.note(name))
        await asyncio.sleep(0)

    asyncio.run(add("of a loop that ended", 1000))
    asyncio.run(add("of another one", 2000))
    asyncio.run(clock.advance(3000))
    assert seen == ["of a loop that ended", "of another one"]


def test_a_timer_whose_loop_has_ended_is_set_again_by_the_next_one():
    clock, seen = Clock(), Happenings()

    async def add(name, seconds, wait):
        clock.agenda.add(clock.now() + seconds, seen.note(name))
        await asyncio.sleep(wait)

    asyncio.run(add("first", 0.05, 0))
    asyncio.run(add("second", 0.06, 0.2))
    assert seen == ["first", "second"]


def test_time_may_pass_where_there_is_no_loop_at_all(calendar):
    seen = Happenings()

    async def add():
        calendar.agenda.add(101, seen.note("x"), about="x")

    asyncio.run(add())
    calendar.agenda.move("x", 100)
    calendar.agenda.start()
    assert seen == ["x"]


def test_a_timer_is_not_set_where_there_is_no_loop():
    clock, seen = Clock(), Happenings()

    async def add():
        clock.agenda.add(clock.now() + 1000, seen.note("x"), about="x")

    asyncio.run(add())
    clock.agenda.move("x", clock.now() + 500)
    assert len(clock.agenda) == 1
    assert seen == []
