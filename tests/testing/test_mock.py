"""The mock in the hands of a test: time, bad days, money, callbacks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import httpx
import pytest

from mockserver.testing import NotMocked, Options, screentest
from mockserver.testing.stage import Stage, key_of

VENICE = "https://api.venice.ai/api/v1"
ACE = "https://api.acedata.cloud"
KEY = {"authorization": "Bearer mine"}
FILM = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}
CLIP = {
    "model": "doubao-seedance-1-0-pro-250528",
    "content": [{"type": "text", "text": "a cat"}],
    "async": True,
}


def queue(**fields):
    return httpx.post(f"{VENICE}/video/queue", json=FILM | fields, headers=KEY)


def retrieve(answer):
    looked = {"model": FILM["model"], "queue_id": answer.json()["queue_id"]}
    return httpx.post(f"{VENICE}/video/retrieve", json=looked, headers=KEY)


def generate(mock, **fields):
    url = mock.callback_url("acedata")
    return httpx.post(
        f"{ACE}/seedance/videos", json=CLIP | {"callback_url": url} | fields, headers=KEY
    )


@pytest.mark.usefixtures("screentest")
def test_looks_bring_a_task_to_its_end_unless_told_otherwise():
    answer = queue()
    assert retrieve(answer).headers["content-type"] == "application/json"
    assert retrieve(answer).headers["content-type"] == "video/mp4"


@pytest.mark.screentest(clock="manual")
def test_time_passes_when_it_is_told_to(screentest):
    answer = queue()
    (task,) = screentest.tasks
    screentest.advance(1)
    assert task.state != "succeeded"
    screentest.advance(600)
    assert task.state == "succeeded"
    assert retrieve(answer).content.startswith(b"\0\0\0")


@pytest.mark.screentest(clock="manual")
async def test_time_passes_beside_an_event_loop(screentest):
    queue()
    with pytest.raises(RuntimeError, match=r"await screentest\.aadvance"):
        screentest.advance(600)
    await screentest.aadvance(600)
    assert screentest.tasks[0].state == "succeeded"


def test_a_clock_can_be_changed(screentest):
    screentest.set_clock("wall", 50)
    assert (screentest.clock.policy, screentest.clock.speed) == ("wall", 50)
    screentest.set_clock("manual")
    assert (screentest.clock.policy, screentest.clock.speed) == ("manual", 1)
    with pytest.raises(ValueError, match="no clock 'hand'"):
        screentest.set_clock("hand")


def test_a_client_that_sleeps_between_looks_does_not_wait(screentest):
    with screentest.time_travel() as travel:
        answer = queue()
        while retrieve(answer).headers["content-type"] == "application/json":
            sleep(5)
    assert travel.slept > 60
    assert len(screentest.requests("venice/retrieve")) == travel.slept / 5 + 1
    assert screentest.clock.policy == "poll"


def test_scenarios_come_and_go(screentest):
    screentest.scenario("error rate-limited", {"name": "slow", "do": {"latency": 0.01}})
    assert queue().status_code == 429
    screentest.clear_scenarios()
    assert queue().status_code == 200
    with pytest.raises(ValueError, match="no scenario 'stuk'; did you mean stuck"):
        screentest.scenario("stuk")


def test_money_runs_out_where_it_is_said_how_much_there_is(screentest):
    screentest.set_balance("venice", 1, key="mine")
    assert [queue().status_code for _ in range(2)] == [200, 402]
    screentest.set_balance("venice", None, key="mine")
    assert queue().status_code == 200
    assert screentest.would_have_cost == {"USD": pytest.approx(2 * 0.95)}
    assert [line["kind"] for line in screentest.ledger()["lines"]] == ["charge", "charge"]


@pytest.mark.screentest(balance=0)
@pytest.mark.usefixtures("screentest")
def test_a_balance_for_every_key():
    assert queue().status_code == 402


def test_limits_on_use(screentest):
    screentest.limit("documented")
    assert screentest.world.quotas(screentest.key, screentest.world.providers["venice"])
    screentest.limit(())
    assert not screentest.world.quotas(screentest.key, screentest.world.providers["venice"])
    with pytest.raises(ValueError, match="no limits 'on'"):
        screentest.limit("on")


@pytest.mark.screentest(clock="manual")
def test_a_callback_arrives_without_a_socket(screentest):
    task = generate(screentest).json()["task_id"]
    screentest.advance(600)
    (arrival,) = screentest.sink().arrivals
    assert arrival.json()["task_id"] == task
    (callback,) = screentest.callbacks()
    assert (callback["task"], callback["state"]) == (task, "delivered")


@pytest.mark.screentest(clock="wall", speed=100_000)
async def test_a_callback_arrives_by_itself_under_a_clock_of_the_wall(screentest):
    generate(screentest)
    assert len(await screentest.sink().wait_for(1)) == 1


def test_a_callback_of_a_task_that_is_finished_by_hand_arrives(screentest):
    generate(screentest)
    screentest.tasks[0].finish()
    screentest.advance()
    assert len(screentest.sink().arrivals) == 1


def test_a_callback_has_arrived_once_a_look_ended_its_task(screentest):
    for number in range(10):
        task = generate(screentest).json()["task_id"]
        for _ in range(2):
            look = {"id": task, "action": "retrieve"}
            httpx.post(f"{ACE}/seedance/tasks", json=look, headers=KEY)
        assert len(screentest.sink().arrivals) == number + 1


@pytest.mark.screentest(clock="wall", speed=100_000)
def test_an_early_callback_is_tried_again_though_no_request_is_made(screentest):
    screentest.scenario({"name": "soon", "do": {"callback": "early"}})
    url = f"{screentest.callback_url('acedata')}?statuses=500,204"
    httpx.post(f"{ACE}/seedance/videos", json=CLIP | {"callback_url": url}, headers=KEY)
    end = monotonic() + 5
    while len(screentest.sink().arrivals) < 2 and monotonic() < end:
        sleep(0.01)
    assert [one.status for one in screentest.sink().arrivals] == [500, 204]


def test_many_threads_may_use_it_while_one_asks(screentest):
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(queue) for _ in range(40)]
        while not all(one.done() for one in done):
            screentest.ledger()
            screentest.set_balance("venice", None)
            screentest.world.journal.forget("nobody")
    assert len(screentest.requests()) == len(screentest.tasks) == 40


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.screentest(clock="manual")
async def test_time_passes_beside_any_kind_of_event_loop(screentest, anyio_backend):  # noqa: ARG001 - the loop
    queue()
    await screentest.aadvance(600)
    assert screentest.tasks[0].state == "succeeded"


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_must_make_sense(screentest, speed):
    with pytest.raises(ValueError, match="speed must be a number from"):
        screentest.set_clock("wall", speed)
    with pytest.raises(ValueError, match="speed must be a number from"):
        screentest.time_travel(speed=speed)


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf")])
def test_a_balance_must_make_sense(screentest, amount):
    with pytest.raises(ValueError, match="a balance must be a number of at least 0"):
        screentest.set_balance("venice", amount)


@pytest.mark.parametrize("policy", ["poll", "manual", "wall"])
def test_time_that_passes_brings_tasks_to_their_end_under_every_clock(screentest, policy):
    screentest.set_clock(policy)
    queue()
    generate(screentest)
    screentest.advance(600)
    assert [one.state for one in screentest.tasks] == ["succeeded", "succeeded"]
    assert screentest.clock.policy == policy
    assert len(screentest.expect_callbacks(times=1)) == 1


def test_why_no_callback_arrived_is_said_of_each_task(screentest):
    with pytest.raises(AssertionError, match="no task was opened"):
        screentest.expect_callbacks()
    queue()
    generate(screentest)
    generate(screentest, callback_url="http://127.0.0.1:9/nobody")
    lost = {"callback_url": screentest.callback_url("relaydance")}
    wish = {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat"} | lost
    root = screentest.base_url("relaydance")
    httpx.post(f"{root}/video/generations", json=wish, headers=KEY)
    screentest.tasks[2].finish()
    one, two, three, four = (task.id for task in screentest.tasks)
    with pytest.raises(AssertionError) as failed:
        screentest.expect_callbacks(times=2)
    told = str(failed.value).splitlines()
    assert told[:3] == [
        "expected 2 callbacks at <Sink 'callbacks': 0 arrivals>",
        f"  venice task {one} names no URL for a callback",
        f"  acedata task {two} is waiting yet: let time pass, or finish it",
    ]
    assert told[3].startswith(f"  acedata task {three} posted to http://127.0.0.1:9/nobody: ")
    assert told[4] == (
        f"  relaydance task {four} names no URL for a callback; `callback_url` is ignored there"
    )


def test_a_dispatcher_of_ones_own_reaches_a_sink_at_the_real_host(screentest):
    assert httpx.post(screentest.callback_url("acedata"), json={}).status_code == 204
    assert repr(screentest.sink()) == "<Sink 'callbacks': 1 arrival>"


def test_who_posts_no_callbacks_has_no_url_for_them(screentest):
    with pytest.raises(ValueError, match="Venice posts no callbacks"):
        screentest.callback_url("venice")


def test_a_sink_over_a_socket(screentest_server):
    url = screentest_server.callback_url("acedata", "mine")
    assert httpx.post(url, json={}).status_code == 204
    assert len(screentest_server.sink("mine").arrivals) == 1


def test_where_a_client_is_to_turn_to(screentest):
    assert screentest.base_url("venice") == VENICE
    with pytest.raises(RuntimeError, match="screentest_server"):
        _ = screentest.url
    with pytest.raises(ValueError, match="no provider 'venise'; did you mean venice"):
        screentest.base_url("venise")


def test_it_says_what_it_is(screentest):
    queue()
    assert repr(screentest) == f"<Mock {screentest.key}: 1 requests>"


def test_equal_tests_get_equal_ids():
    ids = []
    for _ in range(2):
        with screentest("same") as mock:
            ids.append(queue().json()["queue_id"])
            assert mock.key == key_of("same")
    assert ids[0] == ids[1]


def test_requests_are_counted_in_their_test_alone(screentest_server):
    httpx.get(f"{screentest_server.origin}/api/v1/models", headers=KEY)
    for _ in range(2):
        httpx.get(f"{screentest_server.base_url('venice')}/models", headers=KEY)
    assert [one.number for one in screentest_server.requests()] == [1, 2]
    assert [one.number for one in screentest_server.requests(since=1)] == [2]


def test_hosts_may_be_let_out_and_no_others():
    with screentest(allow_hosts="Elsewhere.example"), pytest.raises(NotMocked, match="another"):
        httpx.get("https://another.example/")


def test_a_world_is_shared_by_all_who_want_it_to_be_so():
    stage = Stage()
    strict, lenient = Options.of(), Options.of(models="lenient")
    assert stage.app(strict.settings()) is stage.app(Options.of(clock="wall").settings())
    assert stage.app(strict.settings()) is not stage.app(lenient.settings())
    assert stage.origin(strict) == stage.origin(strict) != stage.origin(lenient)
    stage.close()


def test_what_a_test_had_is_forgotten_with_it():
    stage = Stage()
    with stage.mock("one", Options.of()) as mock, stage.doors(mock):
        queue()
        world = mock.world
    assert not world.tenants
    assert not world.journal
    stage.close()


@pytest.mark.usefixtures("screentest")
async def test_a_sync_client_in_an_async_test():
    answers = await asyncio.gather(*[asyncio.to_thread(queue) for _ in range(3)])
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert queue().status_code == 200


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"speed": "5"}, {"clock": "wall", "speed": 5}),
        ({"speed": 2.5, "clock": "manual"}, {"clock": "manual", "speed": 2.5}),
        ({"contract": "latest"}, {"contract": ("latest",)}),
        ({"contract": ["seeds", "latest"]}, {"contract": ("seeds", "latest")}),
        ({"scenario": {"name": "x"}}, {"scenario": ({"name": "x"},)}),
        ({"balance": "1.5"}, {"balance": 1.5}),
        ({"balance": None}, {"balance": None}),
        ({"contract": None}, {}),
    ],
)
def test_options_are_read_as_people_write_them(given, meant):
    assert Options.of(**given) == Options(**meant)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sped": 1}, "no option 'sped'; did you mean speed"),
        ({"speed": "fast"}, "speed must be a number, not 'fast'"),
        ({"speed": float("inf")}, "speed must be a number, not inf"),
        ({"balance": -1}, "balance must be a number of at least 0"),
        ({"limits": "on"}, "limits must be 'off' or 'documented'"),
        ({"contract": {"a": 1}}, "contract cannot be {'a': 1}"),
        ({"contract": 5}, "contract cannot be 5"),
        ({"scenario": 5}, "scenario cannot be 5"),
        ({"allow_hosts": [None]}, "allow_hosts cannot be None"),
        ({"allow_hosts": "https://x/"}, "https://x/"),
    ],
)
def test_options_that_make_no_sense_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        Options.of(**given)
