"""Where rules about behaviour must tell clients apart that look alike, guilty and innocent."""

from types import SimpleNamespace

import pytest

from contracts.kernel.manners.charging import wish
from mockserver.verdict.judging import chapters

from .clients import KEY, Serving
from .test_habits import CONSENTS, PORTRAIT

SINK = "https://relaydance.com/_screentest/sink/mine"
OTHER = PORTRAIT | {"prompt": "q"}
THIRD = PORTRAIT | {"prompt": "r"}
CONSENT, TWICE = "screentest/consent-same-body", "screentest/submit-once"
THROUGH, QUERY = "screentest/see-it-through", "screentest/key-in-query"
PACE = "screentest/poll-pace"


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


# Consent


async def consents(venice, body):
    answer = await venice.post_only(body | CONSENTS)
    await venice.finish(answer.json()["queue_id"])


async def is_asked(venice, body):
    assert (await venice.post_only(body)).status_code == 409


async def test_two_jobs_side_by_side_are_each_consented_to(venice, world):
    for body in (PORTRAIT, OTHER):
        await is_asked(venice, body)
    for body in (PORTRAIT, OTHER):
        await consents(venice, body)
    assert findings(world) == {}


async def test_a_change_is_found_though_another_request_came_between(venice, world):
    await is_asked(venice, PORTRAIT)
    await venice.journey()
    await consents(venice, OTHER)
    assert findings(world)[CONSENT].requests == (1, 5)


async def test_of_several_open_questions_the_most_alike_is_told(venice, world):
    await is_asked(venice, PORTRAIT)
    await is_asked(venice, OTHER | {"duration": "8s"})
    await consents(venice, THIRD | {"duration": "8s"})
    one = findings(world)[CONSENT]
    assert (one.requests, one.field) == ((2, 3), "prompt")


async def test_the_same_may_be_consented_to_twice_while_a_question_is_open(venice, world):
    for body in (PORTRAIT, OTHER):
        await is_asked(venice, body)
    for body in (PORTRAIT, PORTRAIT):
        await consents(venice, body)
    assert findings(world) == {}


async def test_consent_at_once_is_no_answer_to_a_question_that_was_answered(venice, world):
    await is_asked(venice, PORTRAIT)
    await consents(venice, PORTRAIT)
    await consents(venice, OTHER)
    assert findings(world) == {}


async def test_a_field_that_is_null_is_a_field_that_is_not_there(venice, world):
    await is_asked(venice, PORTRAIT)
    await venice.post_only(PORTRAIT | CONSENTS | {"negative_prompt": None})
    assert CONSENT not in findings(world)


# Money


async def loses_its_answer(relaydance, first, second):
    relaydance.order(lose="reset")
    assert await relaydance.post(**first) is None
    await relaydance.journey(**second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"metadata": {"ratio": "9:16", "seed": 1}}, {"metadata": {"seed": 1, "ratio": "9:16"}}),
        ({"metadata": {"callback_url": f"{SINK}?a"}}, {"metadata": {"callback_url": f"{SINK}?b"}}),
    ],
    ids=["order", "callback"],
)
async def test_what_is_wanted_twice_is_found_however_it_is_written(
    relaydance, world, first, second
):
    await loses_its_answer(relaydance, first, second)
    one = findings(world)[TWICE]
    assert one.what.startswith("A request for the same was sent twice (#1, #2)")


async def test_wanting_something_else_after_a_lost_answer_is_no_repetition(relaydance, world):
    await loses_its_answer(relaydance, {"prompt": "a"}, {"prompt": "b"})
    assert findings(world) == {}


async def test_another_seed_is_another_wish(relaydance, world):
    await loses_its_answer(relaydance, {"metadata": {"seed": 1}}, {"metadata": {"seed": 2}})
    assert TWICE not in findings(world)


def test_incidental_fields_make_no_difference_at_any_depth():
    bodies = [{"content": [{"text": "a", "Nonce": 1}]}, {"content": [{"text": "a"}], "user": "b"}]
    first, second = (wish(SimpleNamespace(fields=one, digest=str(one))) for one in bodies)
    assert first == second


@pytest.mark.parametrize("fields", [None, [1], "x"])
def test_what_is_no_object_is_the_same_by_its_digest(fields):
    assert wish(SimpleNamespace(fields=fields, digest="d")) == "d"


def test_what_is_nested_too_deeply_is_the_same_by_its_digest():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert wish(SimpleNamespace(fields={"a": deep}, digest="d")) == "d"
    while deep:  # or it is freed by recursion
        (deep,) = deep


async def test_a_task_that_is_given_up_is_told_with_its_cost(relaydance, world):
    task = await relaydance.submit()
    await relaydance.look(task)
    relaydance.clock.turn(86_400)  # it ends, and no one sees it
    assert findings(world)[THROUGH].what.startswith(
        f"Task {task} was looked at, and given up before the end, at "
    )


async def test_several_tasks_that_are_given_up_are_one_finding(relaydance, world):
    tasks = [await relaydance.submit(prompt=prompt) for prompt in "ab"]
    for task in tasks:
        await relaydance.look(task)
    one = findings(world)[THROUGH]
    assert one.what.startswith("2 tasks were looked at, and given up")
    assert one.requests == (3, 4)


async def test_who_looks_and_is_called_back_has_seen_it_through(relaydance, world):
    task = await relaydance.submit(metadata={"callback_url": SINK})
    await relaydance.look(task)
    assert findings(world) == {}


async def test_a_task_that_a_scenario_holds_back_may_be_given_up(relaydance, world):
    relaydance.order(task="stuck")
    await relaydance.look(await relaydance.submit())
    assert findings(world) == {}


async def test_who_goes_away_from_a_look_that_a_scenario_broke_is_not_to_blame(relaydance, world):
    task = await relaydance.submit()
    relaydance.order(body="malformed", when={"operation": "look"})
    await relaydance.look(task)
    assert findings(world) == {}


async def test_looks_at_the_task_of_someone_else_leave_nothing_behind(serving, relaydance, world):
    task = await relaydance.journey()
    other = serving.client("relaydance")
    other.api.headers["authorization"] = "Bearer another-key-of-some-length"
    await other.look(task)
    assert findings(world) == {}


# Keys


@pytest.mark.parametrize("name", ["key", "api-key", "accessToken", "X-API-Key", "token", "auth"])
async def test_what_is_named_like_a_key_is_one(relaydance, world, name):
    await relaydance.api.get("/v1/models", params={name: "something-else"})
    assert findings(world)[QUERY].field == name


@pytest.mark.parametrize(
    "name", ["page_token", "next_token", "idempotency_key", "sort_key", "upload_token", "monkey"]
)
async def test_what_is_named_like_a_key_of_something_else_is_none(relaydance, world, name):
    await relaydance.api.get("/v1/models", params={name: "something-else"})
    assert findings(world) == {}


async def test_the_key_itself_is_found_by_whatever_name(relaydance, world):
    await relaydance.api.get("/v1/models", params={"page_token": KEY})
    assert findings(world)[QUERY].field == "page_token"


async def test_a_parameter_without_a_value_tells_nothing(relaydance, world):
    await relaydance.api.get("/v1/models", params={"api_key": ""})
    assert findings(world) == {}


async def follows(relaydance, **query):
    task = await relaydance.submit()
    await relaydance.finish(task)
    row = relaydance.world.store.tasks.get(KEY, (relaydance.provider.id, task))
    await relaydance.plain.get(row.video_url, params=query)


async def test_a_token_that_signs_a_link_is_no_key(relaydance, world):
    await follows(relaydance, token="signs-the-link")
    assert QUERY not in findings(world)


@pytest.mark.parametrize("query", [{"token": KEY}, {"api_key": "something-else"}])
async def test_a_key_in_a_link_is_found(relaydance, world, query):
    await follows(relaydance, **query)
    assert QUERY in findings(world)


# Looks


async def looks_again_soon(senseaudio, times):
    """Look four times, a second apart, the first `times` of them under a scenario."""
    task = await senseaudio.submit()
    for number in range(4):
        senseaudio.clock.turn(1)
        if number == times:
            senseaudio.world.scenarios.clear(KEY)
        await senseaudio.look(task)
    senseaudio.world.scenarios.clear(KEY)
    await senseaudio.finish(task)
    await senseaudio.fetch(task)


async def test_pauses_after_looks_that_failed_are_those_of_a_back_off(serving, world):
    senseaudio = serving.client("senseaudio")
    senseaudio.order(error="service-busy", when={"operation": "look"})
    await looks_again_soon(senseaudio, 3)
    assert findings(world) == {}


async def test_one_failed_look_does_not_excuse_those_after_it(serving, world):
    senseaudio = serving.client("senseaudio")
    senseaudio.order(error="service-busy", when={"operation": "look"})
    await looks_again_soon(senseaudio, 1)
    assert findings(world)[PACE].what.startswith("2 looks at task ")
