"""Where rules about behaviour could accuse the innocent, and what they say of the others."""

import socket
from dataclasses import replace
from math import inf
from types import SimpleNamespace

import pytest

from contracts.kernel.manners.polling import asked_to_wait
from mockserver.testing.task import task_of
from mockserver.verdict.judging import chapters
from mockserver.verdict.past import past_of

from .clients import KEY, Serving
from .test_habits import CONSENTS, PORTRAIT

PRIVATE = {"model": "grok-imagine-text-to-video-private", "prompt": "p", "duration": "5s"}
SINK = "https://relaydance.com/_screentest/sink/mine"


@pytest.fixture
async def serving(world, clock):
    serving = Serving(world, clock)
    yield serving
    await serving.close()


@pytest.fixture
def relaydance(serving):
    return serving.client("relaydance")


@pytest.fixture
def venice(serving):
    return serving.client("venice")


def findings(world):
    return {one.rule: one for each in chapters(world) for one in each.findings}


def what(world, rule):
    return findings(world)[rule].what


# Links that need no key


async def test_whoever_follows_a_link_without_a_key_is_the_client_of_the_task(venice, world):
    queued = (await venice.post_only(PRIVATE)).json()
    venice.clock.turn(300)
    await venice.look(queued["queue_id"])
    assert (await venice.plain.get(queued["download_url"])).status_code == 200
    (chapter,) = chapters(world)
    assert (chapter.findings, chapter.tasks[0].fetches) == ((), (3,))


async def test_a_link_that_is_followed_with_the_key_is_told_of(venice, world):
    queued = (await venice.post_only(PRIVATE)).json()
    venice.clock.turn(300)
    await venice.look(queued["queue_id"])
    await venice.api.get(queued["download_url"])
    assert what(world, "screentest/key-stays-home") == (
        "`authorization` was sent once to a link that works without it"
    )


async def test_revoking_a_link_is_not_fetching_its_film(venice, world):
    queued = (await venice.post_only(PRIVATE)).json()
    venice.clock.turn(300)
    await venice.look(queued["queue_id"])
    await venice.plain.delete(queued["download_url"])
    assert "its link is gone 24 hours after the end" in what(world, "screentest/fetch-in-time")


# Results


async def test_a_link_that_is_followed_too_late_is_told_with_its_age(relaydance, world):
    task = await relaydance.submit()
    await relaydance.finish(task)
    relaydance.clock.turn(7200)
    assert (await relaydance.fetch(task)).status_code == 403
    said = what(world, "screentest/fetch-in-time")
    assert "asked for after 2 hours, when its link of 30 minutes was gone" in said


async def test_a_result_that_never_expires_should_be_fetched_all_the_same(relaydance, world):
    served = relaydance.world.providers
    one = served["relaydance"]
    await relaydance.finish(await relaydance.submit())
    lifecycle = replace(one.lifecycle, media_seconds=inf)
    relaydance.world.providers = {**served, "relaydance": replace(one, lifecycle=lifecycle)}
    assert "never fetched, at " in what(world, "screentest/fetch-in-time")


async def test_a_result_that_was_told_of_by_callback_should_be_fetched(relaydance, world):
    await relaydance.submit(metadata={"callback_url": SINK})
    await relaydance.clock.advance(300)
    assert [*findings(world)] == ["screentest/fetch-in-time"]


async def test_a_download_that_a_scenario_cut_is_no_fault_of_its_client(relaydance, world):
    relaydance.order(video="truncated", when={"operation": "download"})
    task = await relaydance.journey()
    for _ in range(4):
        await relaydance.fetch(task)
    assert findings(world) == {}


# Money


async def test_an_answer_that_says_all_needs_no_look(serving, world):
    acedata = serving.client("acedata")
    world.own_clock(KEY).obey("poll", 1.0)
    answer = await acedata.post(**{"async": False})
    await acedata.plain.get(answer.json()["data"][0]["content"]["video_url"])
    assert findings(world) == {}


async def test_whoever_asks_no_more_after_a_lost_answer_is_not_to_blame(relaydance, world):
    relaydance.order(lose="reset")
    await relaydance.post()
    assert findings(world) == {}


async def test_a_forgotten_task_that_ended_is_not_told_of_twice(relaydance, world):
    await relaydance.submit()
    relaydance.clock.turn(300)
    assert [*findings(world)] == ["screentest/look-again"]


async def test_several_forgotten_tasks_are_one_finding(relaydance, world):
    await relaydance.submit()
    await relaydance.submit(prompt="another")
    assert what(world, "screentest/look-again").startswith("2 tasks were submitted and never")


async def test_what_a_scenario_refuses_may_be_asked_again(relaydance, world):
    relaydance.order(error="invalid", when={"operation": "submit", "nth": "1-2"})
    await relaydance.post()
    await relaydance.post()
    await relaydance.journey()
    assert findings(world) == {}


async def test_looks_at_an_unknown_task_are_not_held_against_a_client(relaydance, world):
    await relaydance.look("no-such-task")
    await relaydance.look("no-such-task")
    assert findings(world) == {}


# Looks


async def test_the_worst_of_several_hasty_tasks_is_told_in_one_finding(serving, world):
    senseaudio = serving.client("senseaudio")
    tasks = [await senseaudio.submit() for _ in "ab"]
    for pause in (1, 1, 2):
        senseaudio.clock.turn(pause)
        for task in tasks:
            await senseaudio.look(task)
    assert what(world, "screentest/poll-pace") == (
        "4 looks at 2 tasks came 1 s to 2 s after the one before; the provider advises 5 s"
    )
    assert findings(world)["screentest/poll-pace"].source.startswith("docs.senseaudio.cn")


async def test_after_a_lost_look_a_client_may_look_again(relaydance, world):
    task = await relaydance.submit()
    relaydance.clock.turn(300)
    relaydance.order(body="malformed", when={"operation": "look"})
    for _ in range(4):
        relaydance.clock.turn(5)
        await relaydance.look(task)
    assert "screentest/poll-no-more" not in findings(world)


async def test_a_refusal_about_a_task_is_its_end(venice, world):
    queued = (await venice.post()).json()["queue_id"]
    task_of(world, KEY, queued).fail("moderation")
    for _ in range(3):
        venice.clock.turn(5)
        assert (await venice.look(queued)).status_code == 422
    assert what(world, "screentest/poll-no-more") == (
        f"Task {queued} was looked at 2 times more after #2 had told that it has failed"
    )


async def test_a_look_that_meets_an_error_of_the_server_may_be_repeated(venice, world):
    queued = (await venice.post()).json()["queue_id"]
    task_of(world, KEY, queued).fail("inference-failed")
    for _ in range(3):
        venice.clock.turn(5)
        assert (await venice.look(queued)).status_code == 500
    assert findings(world) == {}


async def test_looks_at_several_tasks_may_go_on_until_the_last_is_over(serving, world):
    acedata = serving.client("acedata")
    ids = [await acedata.submit(priority=number) for number in range(2)]
    acedata.clock.turn(300)
    for _ in range(4):
        acedata.clock.turn(5)
        body = {"ids": ids, "action": "retrieve_batch"}
        await acedata.api.post("/seedance/tasks", json=body)
    for task in ids:
        await acedata.fetch(task)
    assert findings(world) == {}


@pytest.mark.parametrize(
    ("status", "given", "seconds"),
    [
        (429, "30", 30),
        (503, "Thu, 01 Jan 1970 00:02:00 GMT", 19),
        (503, "soon", 0),
        (503, "", 0),
        (500, "30", 0),
    ],
)
def test_an_answer_asks_to_wait_for_seconds_or_until_a_date(status, given, seconds):
    headers = {"retry-after": given} if given else {}
    answer = SimpleNamespace(status=status, answer_headers=headers, at=100.0, took=1.0)
    assert asked_to_wait(answer) == seconds


# Consent


async def test_a_body_that_was_not_kept_is_not_compared(venice, world):
    large = PORTRAIT | {"negative_prompt": "n" * 5000}
    assert (await venice.post_only(large)).status_code == 409
    answer = await venice.post_only(large | CONSENTS | {"prompt": "q"})
    await venice.finish(answer.json()["queue_id"])
    assert findings(world) == {}


async def test_giving_up_after_a_question_is_no_fault(venice, world):
    assert (await venice.post_only(PORTRAIT)).status_code == 409
    await venice.journey()
    assert findings(world) == {}


# Callbacks


async def test_a_callback_that_must_not_be_sent_is_not_the_receivers_fault(relaydance, world):
    task = await relaydance.submit(metadata={"callback_url": "https://example.com/hook"})
    await relaydance.finish(task)
    await relaydance.fetch(task)
    assert findings(world) == {}


async def test_callbacks_that_no_one_takes_are_one_finding(relaydance, world):
    url = f"{SINK}?statuses=503"
    for prompt in "ab":
        task = await relaydance.submit(prompt=prompt, metadata={"callback_url": url})
        await relaydance.clock.advance(300)
        await relaydance.fetch(task)
    assert what(world, "screentest/callback-fails") == (
        "The receiver answered HTTP 503 to 2 callbacks, on every try"
    )


async def test_a_receiver_that_is_not_there_does_not_answer(relaydance, world):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/hook"
    task = await relaydance.submit(metadata={"callback_url": url})
    await relaydance.clock.advance(300)
    await relaydance.fetch(task)
    assert what(world, "screentest/callback-fails") == (
        "The receiver did not answer to a callback, on every try"
    )


# Tenants


async def test_a_task_tells_what_rules_look_at(relaydance, world):
    task = await relaydance.submit()
    (row,) = past_of(world, KEY).tasks
    assert (row.id, row.created, row.request["seconds"]) == (task, world.clock.now(), "5")
