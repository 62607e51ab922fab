"""A task as a test sees it, and what a test may do to it."""

import httpx
import pytest

from contracts.kernel.task import Failure, Phase
from mockserver.testing.errors import Misused, NoTask, Untimely
from mockserver.testing.task import task_of, tasks_of

from .acme import CAT, KEY, MUTE, ROOT, client_of, submit

MODEL = "doubao-seedance-2-0-1080p"
RELAY = "https://api.relaydance.com/v1/video/generations"
SINK = "https://api.relaydance.com/_screentest/sink/mine"
NOWHERE = "http://127.0.0.1:1/none"


@pytest.fixture
async def client(world):
    async with client_of(world) as client:
        yield client


async def relayed(client: httpx.AsyncClient, url: str = SINK) -> str:
    """Open a task at a provider that has models and callbacks."""
    body = {"model": MODEL, "prompt": "a cat", "metadata": {"callback_url": url}}
    headers = {"authorization": f"Bearer {KEY}"}
    return (await client.post(RELAY, json=body, headers=headers)).json()["task_id"]


async def test_a_task_tells_what_there_is_to_know(client, world, clock):
    id_ = await submit(client, seconds=4)
    task = task_of(world, KEY, id_)
    assert (task.id, task.provider, task.state) == (id_, "acme", Phase.WAITING)
    assert (task.cost, task.currency) == (0.4, "USD")
    assert (task.created, task.finishes) == (clock.now(), clock.now() + 60)
    assert task.request == CAT | {"seconds": 4}
    assert (task.model, task.callback_url, task.scenario) == ("", "", "")
    assert (task.failure, task.media_url, task.callbacks) == (None, None, ())
    assert repr(task) == f"<Task {id_} of acme: waiting>"


async def test_its_state_follows_from_the_clock_and_not_from_being_asked(client, world, clock):
    clock.obey("poll", 1.0)
    task = task_of(world, KEY, await submit(client))
    assert (task.state, task.state, task.is_over) == ("waiting", "waiting", False)
    assert task.finishes is None
    states = []
    for _ in range(2):
        await client.get(f"/jobs/{task.id}")
        states.append(str(task.state))
    assert (states, task.is_over) == (["working", "succeeded"], True)


async def test_the_model_and_the_receiver_of_its_callback_are_told(client, world):
    url = "http://user:secret@127.0.0.1:9/callback?token=hush"
    task = task_of(world, KEY, await relayed(client, url))
    assert task.model == MODEL
    assert task.callback_url == url
    assert repr(task) == (f"<Task {task.id} of relaydance with doubao-seedance-2-0-1080p: waiting>")


async def test_what_its_client_asked_about_it_is_told_apart(client, world):
    task = task_of(world, KEY, await submit(client))
    await submit(client)
    await client.get(f"/jobs/{task.id}")
    task.finish()
    look = await client.get(f"/jobs/{task.id}")
    assert look.json()["reel"] == task.media_url
    await client.get(look.json()["reel"])
    assert [one.operation for one in task.requests] == ["submit", "poll", "poll", "media"]
    assert [one.number for one in task.polls] == [3, 4]
    assert task.downloads.only.number == 5
    assert repr(task.downloads).startswith(f"1 request that downloaded task {task.id}\n")


async def test_a_link_of_the_provider_is_a_download_and_deleting_it_is_none(client, world):
    root = "https://api.venice.ai"
    body = {"model": "grok-imagine-text-to-video-private", "prompt": "a cat", "duration": "5s"}
    headers = {"authorization": f"Bearer {KEY}"}
    answer = await client.post(f"{root}/api/v1/video/queue", json=body, headers=headers)
    told = answer.json()
    task = task_of(world, KEY, told["queue_id"])
    task.finish()
    assert (await client.get(told["download_url"], headers=headers)).status_code == 200
    assert (await client.delete(told["download_url"], headers=headers)).is_success
    assert [one.operation for one in task.requests] == ["queue", "download", "revoke"]
    assert (len(task.downloads), len(task.polls)) == (1, 0)


async def test_every_try_to_tell_of_its_end_is_seen(client, world, clock):
    task = task_of(world, KEY, await relayed(client, NOWHERE))
    sunk = task_of(world, KEY, await relayed(client))
    task.finish()
    sunk.finish()
    await clock.advance(0)
    assert [one.status for one in task.callbacks] == [0]
    assert task.callbacks[0].problem
    assert [one.status for one in sunk.callbacks] == [204]


async def test_a_task_is_finished_by_hand(client, world):
    task = task_of(world, KEY, await submit(client))
    task.finish()
    assert (task.state, task.finishes) == (Phase.SUCCEEDED, task.created)
    assert (await client.get(task.media_url)).status_code == 200


@pytest.mark.parametrize(
    ("why", "code", "message"),
    [
        ({}, "melted", "The film melted."),
        ({"reason": "walk-out"}, "walk-out", "The star walked out."),
        ({"code": "E1", "message": "Rain."}, "E1", "Rain."),
    ],
)
async def test_a_task_is_failed_by_hand(client, world, why, code, message):
    task = task_of(world, KEY, await submit(client))
    task.fail(**why)
    assert task.state == "failed"
    assert (task.failure.code, task.failure.message) == (code, message)
    assert isinstance(task.failure, Failure)
    assert (await client.get(f"/jobs/{task.id}")).json()["why"] == message


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            {"reason": "meltd"},
            "no reason 'meltd'; did you mean melted? There are: melted, walk-out",
        ),
        ({"code": "E1"}, "say either a reason, or both code and message"),
        ({"reason": "melted", "message": "x"}, "say either a reason, or both code and message"),
    ],
)
async def test_a_reason_that_is_none_is_refused_with_the_nearest(client, world, why, said):
    task = task_of(world, KEY, await submit(client))
    with pytest.raises(Misused) as error:
        task.fail(**why)
    assert str(error.value).startswith(said)
    assert task.state == "waiting"


async def test_what_is_over_cannot_end_again(client, world):
    good, bad = [task_of(world, KEY, await submit(client)) for _ in range(2)]
    good.finish()
    bad.fail()
    for act, task, state in [
        (good.finish, good, "succeeded"),
        (good.fail, good, "succeeded"),
        (bad.finish, bad, "failed"),
        (bad.fail, bad, "failed"),
    ]:
        with pytest.raises(Untimely, match=f"^task {task.id} is over already: it has {state}$"):
            act()
        assert task.state == state


async def test_a_result_expires_by_hand_once_it_is_there(client, world):
    task = task_of(world, KEY, await submit(client))
    with pytest.raises(Untimely, match="has no result that could expire: it is waiting"):
        task.expire()
    task.finish()
    url = task.media_url
    task.expire()
    assert task.media_url is None
    assert (await client.get(url)).status_code == 404


async def test_the_tasks_of_a_tenant_are_told_oldest_first(client, world):
    ids = [await submit(client), await relayed(client), await submit(client)]
    await client.post("/jobs", json=CAT, headers={"x-acme-key": "another"})
    assert [one.id for one in tasks_of(world, KEY)] == ids
    assert tasks_of(world, KEY)[1] == task_of(world, KEY, ids[1])


async def test_of_a_task_that_is_not_there_the_nearest_one_is_told(client, world):
    id_ = await submit(client)
    with pytest.raises(NoTask) as error:
        task_of(world, KEY, f"{id_}x")
    assert str(error.value) == f"no task '{id_}x'; did you mean {id_}? There are: {id_}"
    with pytest.raises(NoTask):
        task_of(world, KEY, id_, provider="relaydance")
    assert task_of(world, KEY, id_, provider="acme").id == id_


async def test_where_no_task_was_opened_what_was_asked_is_told(client, world):
    with pytest.raises(NoTask, match=r"^no task 'job-1': no request was made$"):
        task_of(world, KEY, "job-1")
    await client.post("/jobs", json=MUTE)
    with pytest.raises(NoTask) as error:
        task_of(world, KEY, "job-1")
    assert str(error.value) == (
        "no task 'job-1': none was opened by the requests there were\n"
        f"  #1  POST  {ROOT}/jobs  422  acme submit  acme/audio-needs-image"
    )


async def test_one_id_at_two_providers_is_told_apart_by_the_provider(client, world):
    id_ = await submit(client)
    row = world.store.tasks.get(KEY, ("acme", id_))
    world.store.tasks.put(KEY, ("relaydance", id_), row)
    row.provider = "relaydance"
    world.store.tasks.put(KEY, ("acme", id_), row)
    with pytest.raises(Misused, match=f"have a task '{id_}' each; say which by provider="):
        task_of(world, KEY, id_)


async def test_a_task_that_was_forgotten_says_so(client, world):
    task = task_of(world, KEY, await submit(client))
    world.forget(KEY)
    with pytest.raises(NoTask, match=f"^task '{task.id}' was forgotten$"):
        _ = task.state
