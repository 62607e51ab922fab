"""What is said of a world: its clients one by one, without their secrets, and what they cost."""

import json
from dataclasses import asdict

import pytest

from contracts.kernel.habits import Severity
from contracts.kernel.probing.specimens import sound
from mockserver.course import obey
from mockserver.journal import label
from mockserver.verdict.judging import chapter, chapters
from mockserver.verdict.verdict import chapter_of

from .clients import KEY, Serving

PICTURE = "https://example.com/a.png"


@pytest.fixture
async def serving(world, clock):
    serving = Serving(world, clock)
    yield serving
    await serving.close()


@pytest.fixture
def relaydance(serving):
    return serving.client("relaydance")


def only(world):
    (found,) = chapters(world)
    return found


def found(world, rule):
    (one,) = [one for one in only(world).findings if one.rule == rule]
    return one


async def test_a_clean_run_has_no_findings_and_a_price(relaydance, world):
    task = await relaydance.journey()
    told = only(world)
    assert (told.name, told.is_test, told.findings) == (label(KEY), False, ())
    assert [one.operation for one in told.exchanges] == ["generate", "poll", "poll", "media"]
    assert told.would_have_cost == {"USD": pytest.approx(told.tasks[0].cost)}
    assert (told.tasks[0].id, told.tasks[0].state) == (task, "succeeded")
    assert (told.tasks[0].looks, told.tasks[0].fetches) == ((2, 3), (4,))
    assert told.covered


async def test_nothing_secret_is_told(relaydance, world):
    await relaydance.api.get("/v1/models", params={"api_key": "hush-hush"})
    await relaydance.journey(metadata={"callback_url": "https://me:hush-hush@example.com/?token=x"})
    text = str(chapters(world))
    assert "hush" not in text
    assert KEY not in text


async def test_a_chapter_comes_back_from_json_as_it_was(relaydance, world):
    await relaydance.journey()
    await relaydance.post(seconds="99")
    told = only(world)
    read = chapter_of(json.loads(json.dumps(asdict(told))))
    assert read == told
    assert all(isinstance(one.severity, Severity) for one in read.findings)


async def test_a_double_charge_names_requests_tasks_and_the_cost(relaydance, world):
    relaydance.order(lose="504")
    await relaydance.post()
    task = await relaydance.journey()
    one = found(world, "screentest/submit-once")
    first = only(world).tasks[0].id
    cost = sum(each.cost for each in only(world).tasks)
    assert one.what == (
        "The same request was sent twice (#1, #2), though the first was accepted and its answer"
        f" was lost (HTTP 504): 2 tasks were opened, at {cost:.2f} USD"
    )
    assert (one.severity, one.requests, one.tasks) == (Severity.ERROR, (1, 2), (first, task))


async def test_a_chain_of_lost_answers_is_one_finding(relaydance, world):
    relaydance.order(lose="reset", when={"operation": "submit", "nth": "1-2"})
    await relaydance.post()
    await relaydance.post()
    await relaydance.journey()
    assert found(world, "screentest/submit-once").requests == (1, 2, 3)


async def test_an_answer_that_came_too_late_for_its_client_counts_as_lost(relaydance, world):
    relaydance.order(latency=0.001)
    await relaydance.post()
    await relaydance.journey()
    assert found(world, "screentest/submit-once").requests == (1, 2)


async def test_wanting_the_same_twice_is_no_double_charge(relaydance, world):
    relaydance.order(latency=0.001)
    await relaydance.journey()
    await relaydance.journey()
    assert only(world).findings == ()


async def test_another_key_is_another_client(serving, relaydance, world):
    relaydance.order(lose="reset")
    await relaydance.post()
    other = serving.client("relaydance")
    other.api.headers["authorization"] = "Bearer another-key-of-some-length"
    await other.submit()
    rules = [[one.rule for one in each.findings] for each in chapters(world)]
    assert rules == [[], ["screentest/look-again"]]


async def test_a_broken_contract_is_an_error_told_once_for_all_requests(relaydance, world):
    for prompt in "abc":
        await relaydance.post(seconds=99, prompt=prompt)
    one = found(world, "relaydance/generate-seconds")
    assert (one.severity, one.requests, one.field) == (Severity.ERROR, (1, 2, 3), "seconds")
    assert one.excerpt == "seconds: 99"
    assert one.mend == "Send `seconds` as it is documented."


async def test_a_path_that_is_no_operation_is_an_error(relaydance, world):
    await relaydance.api.post("/v1/video/generation", json={})
    (one,) = only(world).findings
    assert (one.rule, one.mend) == ("relaydance/no-route", "Send what is documented.")


async def test_a_field_that_is_dropped_is_a_warning(relaydance, world):
    await relaydance.journey(callback_url="https://example.com/hook")
    one = found(world, "screentest/ignored-field")
    assert (one.severity, one.field) == (Severity.WARNING, "callback_url")
    assert one.what.startswith("`callback_url` is no known field, and is ignored")


async def test_what_fails_later_is_an_error(serving, world):
    acedata = serving.client("acedata@2026-10")
    url = await acedata.upload(sound("wav", 0.5))
    content = [
        {"type": "text", "text": "a cat"},
        {"type": "image_url", "image_url": {"url": PICTURE}, "role": "reference_image"},
        {"type": "audio_url", "audio_url": {"url": url}, "role": "reference_audio"},
    ]
    model = "doubao-seedance-2-0-260128"
    await acedata.finish(await acedata.submit(model=model, content=content))
    (one,) = [one for each in chapters(world) for one in each.findings]
    assert (one.rule, one.severity) == ("acedata/audio-seconds", Severity.ERROR)
    assert one.why == "The provider accepts the request, charges it, and fails the task."


async def test_a_failed_task_says_why(relaydance, world):
    relaydance.order(task="fail")
    await relaydance.finish(await relaydance.submit())
    (task,) = only(world).tasks
    assert task.state == "failed"
    assert task.failure


async def test_tries_of_callbacks_are_told(relaydance, world):
    url = "https://relaydance.com/_screentest/sink/mine?statuses=500,204"
    task = await relaydance.submit(metadata={"callback_url": url})
    await relaydance.clock.advance(300)
    await relaydance.fetch(task)
    tries = only(world).tasks[0].callbacks
    assert [one.partition(" ")[0] for one in tries] == ["500", "204"]


async def test_large_bodies_are_told_by_what_they_are(relaydance, world):
    task = await relaydance.submit(prompt="p" * 5000)
    await relaydance.finish(task)
    await relaydance.fetch(task)
    told = only(world).exchanges
    assert told[0].body == "5,112 bytes of application/json"
    assert told[-1].answer.endswith("bytes of video/mp4")


async def test_what_is_no_json_is_told_as_it_is(relaydance, world):
    await relaydance.api.post("/v1/video/generations", content=b"what?")
    await relaydance.api.post("/v1/video/generations", content=b"\xff\xfe")
    await relaydance.api.post("/v1/video/generations", content=b"x" * (65 * 2**20))
    bodies = [one.body for one in only(world).exchanges]
    assert bodies == ["what?", "2 bytes that are no text", "a body that was never read"]


async def test_a_link_that_leads_nowhere_belongs_to_no_client(relaydance, world):
    await relaydance.plain.get("/_screentest/media/nothing.mp4")
    told = only(world)
    assert (told.name, told.would_have_cost) == ("without a key", {})


async def test_keys_in_one_tenant_are_told_apart_or_together(serving, world):
    for number in range(2):
        client = serving.client("relaydance")
        client.api.headers["authorization"] = f"Bearer key-number-{number}-of-two"
        client.api.headers["x-screentest-tenant"] = "anna"
        task = await client.submit()
        await client.look(task)
    names = [f"anna, {label(f'key-number-{number}-of-two')}" for number in range(2)]
    assert [one.name for one in chapters(world)] == names
    assert [len(one.exchanges) for one in chapters(world)] == [2, 2]
    together = chapter(world, "anna", "tests/test_it.py::test_it", is_test=True)
    assert (together.name, together.is_test) == ("tests/test_it.py::test_it", True)
    assert [one.number for one in together.exchanges] == [1, 2, 3, 4]


async def test_where_looks_move_time_nothing_is_said_about_pace(serving, world):
    obey(world, world.clock, "poll", 1.0)
    senseaudio = serving.client("senseaudio")
    task = await senseaudio.submit()
    for _ in range(3):
        await senseaudio.look(task)
    await senseaudio.fetch(task)
    assert only(world).findings == ()


async def test_a_key_is_told_nowhere_wherever_it_was_sent(relaydance, world):
    await relaydance.post(metadata={"note": f"mine is {KEY}"})
    await relaydance.api.get(f"/v1/video/generations/{KEY}")
    text = str(chapters(world))
    assert KEY not in text
    assert "mine is …" in text


async def test_open_tasks_are_part_of_what_a_run_would_have_cost(relaydance, world):
    await relaydance.post()
    (told,) = chapters(world)
    assert sum(told.would_have_cost.values()) == pytest.approx(sum(one.cost for one in told.tasks))
    assert told.tasks[0].state in {"waiting", "working"}
