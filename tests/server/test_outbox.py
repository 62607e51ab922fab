"""The outbox: on the clock of its tenant, with a record of every try, and in trouble on demand."""

import asyncio
import json
import socket
from collections import deque
from copy import deepcopy
from dataclasses import replace
from ipaddress import ip_address

import pytest

from contracts.kernel.registry import providers
from contracts.kernel.task import Failure
from mockserver import destinations
from mockserver.settings import Settings
from mockserver.trouble import Trouble
from mockserver.world import World

MODEL = "doubao-seedance-2-0-1080p"
PATH = "/v1/video/generations"
SINK = "http://127.0.0.1:8600/_screentest/sink/s"
RELAY = providers()["relaydance"]
PAUSES = RELAY.webhook.retry_after
TAKES = RELAY.lifecycle.seconds


async def submit(client, url=SINK, **headers):
    body = {"model": MODEL, "prompt": "p", "metadata": {"callback_url": url}}
    return (await client.post(PATH, json=body, headers=headers)).json()["task_id"]


async def look(client, task):
    return (await client.get(f"{PATH}/{task}")).json()


@pytest.fixture
def sink(world):
    return world.sinks.sink("s")


@pytest.fixture
def trouble(world, monkeypatch):
    """What the next tasks get into, one after the other; each `None` has none."""
    coming = deque()
    open_ = world.open

    def open_in_trouble(provider, exchange, *others):
        exchange.trouble = coming.popleft() if coming else None
        return open_(provider, exchange, *others)

    monkeypatch.setattr(world, "open", open_in_trouble)
    return lambda *kinds: coming.extend(
        one if one is None else Trouble(scenario="s", callback=one, delay=500.0) for one in kinds
    )


def ids(sink):
    return [one.json()["task_id"] for one in sink.arrivals]


def row(world, task, tenant="k"):
    return world.store.callbacks.get(tenant, ("relaydance", task))


# When, and how often


async def test_a_callback_is_tried_by_the_schedule_of_its_provider(client, world, sink, clock):
    start = clock.now()
    task = await submit(client, f"{SINK}?statuses=500,302,204")
    assert row(world, task).scheduled == start
    await clock.advance(1000)
    ends = start + TAKES
    moments = [ends, ends + PAUSES[0], ends + PAUSES[0] + PAUSES[1]]
    assert [one.at for one in sink.arrivals] == moments
    tried = row(world, task).attempts
    assert [(one.at, one.status, one.problem) for one in tried] == [
        (moments[0], 500, "HTTP 500"),
        (moments[1], 302, "HTTP 302"),
        (moments[2], 204, ""),
    ]
    assert row(world, task).state == "delivered"
    assert len({one.body for one in sink.arrivals}) == 1


async def test_pauses_between_tries_are_as_fast_as_the_provider(client, sink, clock):
    clock.speed = 10.0
    await submit(client, f"{SINK}?statuses=500,204")
    await clock.advance(1000)
    first, second = [one.at for one in sink.arrivals]
    assert second - first == pytest.approx(PAUSES[0] / 10)


async def test_callbacks_come_in_the_order_in_which_tasks_end(client, world, sink, clock):
    first = await submit(client)
    await clock.advance(5)
    second = await submit(client)
    world.end(world.store.tasks.get("k", ("relaydance", second)), clock)
    await clock.advance(1000)
    assert ids(sink) == [second, first]


async def test_retries_are_on_the_clock_of_the_tenant(client, world, clock):
    task = await submit(client, f"{SINK}?statuses=500,204")
    await clock.advance(TAKES)
    own = world.own_clock("k")
    await clock.advance(1000)
    assert row(world, task).state == "scheduled"
    await own.advance(PAUSES[0])
    assert row(world, task).state == "delivered"


async def test_a_task_that_fails_says_so(client, world, sink, clock):
    task = await submit(client)
    failure = Failure("nope", "no such luck")
    world.end(world.store.tasks.get("k", ("relaydance", task)), clock, failure)
    await clock.advance(0)
    assert sink.arrivals[0].json() == await look(client, task)


async def test_thousands_of_callbacks_to_come_are_nothing_but_entries(client, clock):
    alive = len(asyncio.all_tasks())
    for _ in range(300):
        await submit(client)
    assert len(asyncio.all_tasks()) == alive
    assert len(clock.agenda) == 300


async def test_a_receiver_may_let_time_pass_before_it_answers(client, clock):
    async def advance(reader, writer):
        await reader.readuntil(b"}")
        await clock.advance(10)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(advance, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await submit(client, url)
        async with asyncio.timeout(0.9):
            await clock.advance(TAKES)


# Where to


async def test_a_stranger_is_sent_nothing_and_the_record_says_why(client, world, clock):
    task = await submit(client, "http://u:secret@hook.example/")
    await clock.advance(1000)
    assert row(world, task).state == "refused"
    (attempt,) = row(world, task).attempts
    assert "'hook.example' is not a loopback address" in attempt.problem
    assert row(world, task).url == "http://hook.example/"


@pytest.fixture
def leads_to(monkeypatch):
    """Have names lead to other addresses at each look."""
    answers = deque()

    async def resolve(_host, _port):
        return [ip_address(one) for one in answers.popleft()]

    monkeypatch.setattr(destinations, "resolve", resolve)
    return answers


@pytest.fixture
def world(clock):
    return World(Settings(seed=1, callback_hosts=frozenset({"Hooks.example"})), clock)


async def test_an_allowed_name_that_leads_to_secrets_is_refused_for_good(
    client, world, clock, leads_to, caplog
):
    leads_to.append(["127.0.0.1", "169.254.169.254"])
    task = await submit(client, "http://hooks.example/")
    await clock.advance(1000)
    assert row(world, task).state == "refused"
    assert len(row(world, task).attempts) == 1
    assert caplog.messages[-1].startswith(f"callback of task {task} is not sent: 'hooks.example'")


async def test_what_was_judged_is_what_is_connected_to(client, world, clock, leads_to):
    heads = []

    async def take(reader, writer):
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        leads_to.append(["::1", "127.0.0.1"])  # a second look would fail
        task = await submit(client, f"http://u:secret@hooks.example:{port}/a#b")
        await clock.advance(TAKES)
    assert row(world, task).state == "delivered"
    assert heads[0].startswith(f"POST /a HTTP/1.1\r\nHost: hooks.example:{port}\r\n".encode())
    assert b"ecret" not in heads[0]
    assert b"uthorization" not in heads[0]


async def test_a_name_that_leads_nowhere_is_tried_again(client, world, clock, leads_to):
    leads_to.extend([[], [], []])
    task = await submit(client, "http://hooks.example/")
    await clock.advance(1000)
    assert row(world, task).state == "given up"
    assert row(world, task).attempts[2].problem == "ConnectionError: the host has no address"


async def test_a_sink_is_reached_on_whatever_origin_the_client_used(client, sink, clock):
    url = "http://api.example/_screentest/sink/s"
    await submit(client, url, host="api.example")
    await submit(client, url)
    await clock.advance(1000)
    assert len(sink.arrivals) == 1


# What is forgotten


async def test_nothing_is_sent_of_what_was_forgotten(client, world, sink, clock):
    await submit(client, f"{SINK}?statuses=500,204")
    await clock.advance(TAKES)
    world.forget("k")
    await clock.advance(1000)
    assert len(sink.arrivals) == 1


async def test_a_retry_of_a_task_that_was_forgotten_is_dropped(client, world, sink, clock):
    task = await submit(client, f"{SINK}?statuses=500,204")
    await clock.advance(TAKES)
    world.store.callbacks.drop("k", ("relaydance", task))
    await clock.advance(1000)
    assert len(sink.arrivals) == 1


async def test_what_is_forgotten_on_its_way_does_not_come_back(client, world, clock):
    async def forget(reader, writer):
        await reader.readuntil(b"}")
        world.forget("k")
        writer.write(b"HTTP/1.1 500 Oops\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(forget, "127.0.0.1", 0) as server:
        await submit(client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await clock.advance(1000)
    assert len(world.store.callbacks.of("k")) == 0
    assert len(clock.agenda) == 0


async def test_what_is_on_its_way_at_a_reset_says_nothing_of_its_namesake(client, world, clock):
    asked, answer = asyncio.Event(), asyncio.Event()

    async def dawdle(reader, writer):
        await reader.readuntil(b"}")
        asked.set()
        await answer.wait()
        writer.write(b"HTTP/1.1 500 Oops\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(dawdle, "127.0.0.1", 0) as server:
        url, start = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", clock.now()
        first = await submit(client, url)
        advance = asyncio.create_task(clock.advance(1000))
        await asked.wait()
        world.reset()
        second = await submit(client, SINK)
        answer.set()
        await advance
    assert first == second
    assert clock.now() == start
    assert (row(world, second).state, row(world, second).attempts) == ("scheduled", [])
    assert len(clock.agenda) == 1


async def test_two_providers_may_give_their_tasks_the_same_id(client, world, clock):
    task = await submit(client)
    other = replace(row(world, task), provider="other", serial=0)
    world.store.callbacks.put("k", ("other", task), other)
    await clock.advance(1000)
    assert (row(world, task).state, other.state) == ("delivered", "scheduled")


# Silence


@pytest.fixture
def silence(monkeypatch):
    """Where something listens, and never answers."""
    monkeypatch.setattr("mockserver.outbox.PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


async def test_an_advance_waits_for_a_silent_receiver_once(client, world, clock, silence):
    tasks = []
    for _ in range(3):
        tasks.append(await submit(client, silence))
        await clock.advance(1)
    await clock.advance(1000)
    waited, spared = "no answer within 0.05 s", "its receiver gave no answer earlier"
    problems = [one.problem for task in tasks for one in row(world, task).attempts]
    assert [one.startswith((waited, spared)) for one in problems] == [True] * 9
    assert [one for one in problems if one == waited] == [waited]
    assert [row(world, task).state for task in tasks] == ["given up"] * 3


async def test_the_next_advance_tries_a_silent_receiver_anew(client, world, clock, silence):
    task = await submit(client, silence)
    for seconds in (TAKES, *PAUSES):
        await clock.advance(seconds)
    problems = [one.problem for one in row(world, task).attempts]
    assert problems == ["no answer within 0.05 s"] * 3


async def test_a_silent_receiver_does_not_keep_others_waiting(client, world, sink, clock, silence):
    await submit(client, silence)
    heard = await submit(client)
    await clock.advance(TAKES)
    assert row(world, heard).attempts[0].seconds < 0.05
    assert len(sink.arrivals) == 1


async def test_an_early_callback_keeps_its_request_waiting_but_briefly(
    client, world, trouble, silence, monkeypatch
):
    monkeypatch.setattr("mockserver.agenda.BRIEFLY", 0.01)
    trouble("early")
    task = await submit(client, silence)
    assert row(world, task).attempts == []
    await asyncio.sleep(0.1)
    assert [one.problem for one in row(world, task).attempts] == ["no answer within 0.05 s"]


async def test_an_early_callback_to_a_stranger_is_refused_once(client, world, trouble):
    trouble("early")
    task = await submit(client, "http://hook.example/")
    assert len(row(world, task).attempts) == 1


# Trouble


async def test_a_lost_callback_is_never_sent(client, world, sink, clock, trouble):
    trouble("lost")
    task = await submit(client)
    await clock.advance(10_000)
    assert (row(world, task).state, row(world, task).trouble) == ("lost", "lost")
    assert row(world, task).attempts == []
    assert len(sink.arrivals) == 0


async def test_a_late_callback_is_late_even_where_its_task_is_ended(
    client, world, sink, clock, trouble
):
    trouble("late")
    task = await submit(client)
    world.end(world.store.tasks.get("k", ("relaydance", task)), clock)
    start = clock.now()
    await clock.advance(499)
    assert len(sink.arrivals) == 0
    await clock.advance(2)
    assert sink.arrivals[0].at == start + 500


async def test_a_callback_comes_twice_and_alike(client, world, sink, clock, trouble):
    trouble("twice")
    task = await submit(client)
    await clock.advance(1000)
    one, other = sink.arrivals
    assert one == other
    assert [one.copy for one in row(world, task).attempts] == [1, 2]


async def test_each_copy_is_tried_again_and_one_delivery_is_enough(client, world, clock, trouble):
    trouble("twice")
    task = await submit(client, f"{SINK}?statuses=204,500")
    await clock.advance(1000)
    assert [one.copy for one in row(world, task).attempts] == [1, 2, 2, 2]
    assert row(world, task).state == "delivered"


async def test_an_early_callback_arrives_before_the_answer_and_tells_of_the_end(
    client, sink, clock, trouble
):
    trouble("early")
    task = await submit(client)
    (arrival,) = sink.arrivals
    assert ids(sink) == [task]
    assert (await look(client, task))["status"] != "succeeded"
    await clock.advance(1000)
    assert arrival.json() == await look(client, task)
    assert len(sink.arrivals) == 1


async def test_an_early_callback_tells_of_the_end_where_only_looks_bring_it(
    client, sink, clock, trouble
):
    clock.policy = "poll"
    trouble("early")
    task = await submit(client)
    assert sink.arrivals[0].json()["status"] == "succeeded"
    assert (await look(client, task))["status"] != "succeeded"


async def test_of_two_callbacks_out_of_order_the_later_one_comes_first(
    client, sink, clock, trouble
):
    trouble("out-of-order", None)
    first = await submit(client)
    await clock.advance(5)
    second = await submit(client)
    await clock.advance(1000)
    assert ids(sink) == [second, first]
    assert sink.arrivals[0].at == sink.arrivals[1].at


async def test_callbacks_out_of_order_change_places_in_pairs(client, sink, clock, trouble):
    trouble(*["out-of-order"] * 4)
    tasks = []
    for _ in range(4):
        tasks.append(await submit(client))
        await clock.advance(5)
    await clock.advance(1000)
    assert ids(sink) == [tasks[1], tasks[0], tasks[3], tasks[2]]


async def test_a_callback_that_nothing_overtakes_comes_after_a_while(client, sink, clock, trouble):
    trouble("out-of-order")
    start = clock.now()
    await submit(client)
    await clock.advance(1000)
    assert [one.at for one in sink.arrivals] == [start + TAKES + 60]


async def test_the_callback_of_another_tenant_overtakes_nothing(client, sink, clock, trouble):
    trouble("out-of-order", None)
    start = clock.now()
    first = await submit(client)
    second = await submit(client, authorization="Bearer other")
    await clock.advance(1000)
    assert ids(sink) == [second, first]
    assert sink.arrivals[1].at == start + TAKES + 60


async def test_a_wrong_payload_is_that_of_a_task_nobody_knows(client, sink, clock, trouble):
    trouble("wrong-payload")
    task = await submit(client)
    await clock.advance(1000)
    told, said = sink.arrivals[0].json(), await look(client, task)
    assert told["task_id"] != task
    assert set(told) == set(said)
    assert (await client.get(f"{PATH}/{told['task_id']}")).status_code == 404
    assert json.dumps(told).count(task) == 0


async def test_a_callback_url_that_is_none_leads_to_no_sink(client, world):
    task = await submit(client, "http://[nope/")
    assert row(world, task).state == "refused"


# On demand


def parts(world, task, tenant="k"):
    return world.store.tasks.get(tenant, ("relaydance", task)), RELAY


async def test_a_callback_can_be_delivered_again(client, world, sink, clock):
    task = await submit(client)
    await clock.advance(1000)
    await world.outbox.redeliver(*parts(world, task))
    one, again = sink.arrivals
    assert one.body == again.body
    assert [one.copy for one in row(world, task).attempts] == [1, 2]


async def test_a_callback_delivered_by_hand_in_vain_still_comes_at_its_time(
    client, world, sink, clock
):
    task = await submit(client, f"{SINK}?statuses=500,204")
    await world.outbox.redeliver(*parts(world, task))
    assert row(world, task).state == "scheduled"
    await clock.advance(1000)
    assert row(world, task).state == "delivered"
    assert len(sink.arrivals) == 2


async def test_of_many_deliveries_the_latest_are_remembered(client, world, monkeypatch):
    monkeypatch.setattr("mockserver.outbox.REMEMBERED", 3)
    task = await submit(client)
    for _ in range(5):
        await world.outbox.redeliver(*parts(world, task))
    assert [one.copy for one in row(world, task).attempts] == [3, 4, 5]


async def test_what_is_forgotten_while_it_is_delivered_by_hand_stays_so(client, world):
    async def forget(reader, writer):
        await reader.readuntil(b"}")
        world.forget("k")
        writer.close()

    async with await asyncio.start_server(forget, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await world.outbox.redeliver(*parts(world, await submit(client, url)))
    assert len(world.store.callbacks.of("k")) == 0


@pytest.fixture
def copying(world, monkeypatch):
    """Have callbacks kept where a change is not seen before it is put back."""
    table, get = world.store.callbacks, world.store.callbacks.get
    put = table.put
    monkeypatch.setattr(table, "get", lambda *place: deepcopy(get(*place)))
    monkeypatch.setattr(table, "put", lambda *given: put(*given[:2], deepcopy(given[2])))


@pytest.mark.usefixtures("copying")
async def test_every_change_of_a_callback_is_put_back(client, world, clock):
    task = await submit(client, f"{SINK}?statuses=500,204")
    await world.outbox.redeliver(*parts(world, task))
    assert row(world, task).state == "scheduled"
    await clock.advance(1000)
    await world.outbox.redeliver(*parts(world, task))
    assert row(world, task).state == "delivered"
    assert [one.copy for one in row(world, task).attempts] == [1, 1, 2]


@pytest.mark.parametrize("url", ["dummy", "http://[::1/", "http://127.0.0.1 /x"])
async def test_a_request_that_cannot_be_is_refused_in_words(client, world, url):
    task = await submit(client, url)
    with pytest.raises(ValueError, match=r"is not|no HTTP"):
        world.outbox.request(*parts(world, task))


@pytest.mark.parametrize("url", ["dummy", "http://[nope/", "http://hook.example/"])
async def test_what_must_not_be_sent_is_not_sent_by_hand_either(client, world, url):
    task = await submit(client, url)
    await world.outbox.redeliver(*parts(world, task))
    assert row(world, task).state == "refused"
    assert [one.status for one in row(world, task).attempts] == [0, 0]


async def test_nothing_is_delivered_of_a_task_that_wants_no_callback(client, world):
    answer = await client.post(PATH, json={"model": MODEL, "prompt": "p"})
    await world.outbox.redeliver(*parts(world, answer.json()["task_id"]))
    assert len(world.store.callbacks.of("k")) == 0


async def test_the_request_of_a_callback_can_be_seen_before_it_is_sent(client, world, sink, clock):
    task = await submit(client)
    head, _, body = world.outbox.request(*parts(world, task)).partition(b"\r\n\r\n")
    await clock.advance(1000)
    assert head.startswith(b"POST /_screentest/sink/s HTTP/1.1\r\nHost: 127.0.0.1:8600\r\n")
    assert body == sink.arrivals[0].body
