"""What `acedatacloud` says to Ace Data Cloud, and what it makes of the answers.

It passes on every field, and adds six that are not given: see `DEFAULTS`.
"""

import pytest
from acedatacloud import AceDataCloud, APIError, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.providers import acedata
from contracts.strategies import Answer, State, answers, bodies_breaking, breakable, valid_bodies

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
many = settings(max_examples=20, suppress_health_check=HEALTH)
few = settings(max_examples=8, suppress_health_check=HEALTH)

NEWEST = "doubao-seedance-2-5-260628"
BASE = acedata.PROVIDER.base_url
DEFAULTS = {
    "ratio": "16:9",
    "generate_audio": False,
    "return_last_frame": False,
    "execution_expires_after": 172_800,
    "priority": 0,
    "async": True,
}

ACCEPTED = Answer(
    status=200,
    content_type="application/json",
    headers={},
    body={"success": True, "task_id": "t", "trace_id": "u"},
)


@pytest.fixture
def client(stage):
    with AceDataCloud(stage.key, base_url=stage.base(BASE)) as client:
        yield client


@pytest.fixture
def newest_client(newest_stage):
    with AceDataCloud(newest_stage.key, base_url=BASE) as client:
        yield client


@pytest.fixture
def reader(stub):
    with AceDataCloud("any-key", base_url=stub.origin, max_retries=0) as client:
        yield client


def arguments(body):
    """Give what `generate` takes for a body; `async` is a word of Python's."""
    return {{"async": "async_"}.get(name, name): body[name] for name in body}


def is_polled(body):
    return body.get("async", True) is not False


bodies = valid_bodies("acedata/videos").filter(is_polled)
newest = valid_bodies("acedata@2026-10/videos").filter(is_polled)
broken = st.sampled_from(breakable("acedata/videos")).flatmap(
    lambda rule: st.tuples(st.just(rule), bodies_breaking("acedata/videos", rule))
)


@many
@given(bodies)
def test_what_is_asked_for_is_accepted_and_arrives_with_the_defaults(stage, client, body):
    handle = client.seedance.generate(**arguments(body))

    assert stage.sent(handle.id) == DEFAULTS | body
    assert not handle.done


@many
@given(valid_bodies("acedata@2026-10/videos", model=NEWEST).filter(is_polled))
def test_the_newest_rules_are_spoken(newest_stage, newest_client, body):
    handle = newest_client.seedance.generate(**arguments(body))

    assert newest_stage.sent(handle.id) == DEFAULTS | body


@few
@given(newest.filter(lambda body: body["model"] != NEWEST))
def test_its_default_priority_keeps_it_from_all_but_the_newest_model(
    newest_stage, newest_client, body
):
    """A finding: the newest document says that only 2.5 takes `priority`; it is always sent."""
    with pytest.raises(ValidationError, match="priority is invalid"):
        newest_client.seedance.generate(**arguments(body))

    assert newest_stage.latest("videos")["rule"] == "acedata/model-takes"


@few
@given(bodies)
def test_every_state_is_recognised(client, body):
    handle = client.seedance.generate(**arguments(body))

    seen = [handle.is_completed() for _ in range(2)]

    assert seen == [False, True]
    assert len(handle.urls()) == 1 + body.get("return_last_frame", False)
    assert handle.result() == client.tasks.get(handle.id, service="seedance")


@few
@given(bodies, st.sampled_from([*acedata.FAILURES]))
def test_a_failure_ends_the_task_without_a_film(stage, client, body, reason):
    handle = client.seedance.generate(**arguments(body))
    stage.fail(handle.id, reason)

    record = handle.get()

    assert handle.done
    assert handle.urls() == []
    assert record == stage.latest("tasks")["answer"]["json"]


@many
@given(broken)
def test_whatever_breaks_a_rule_is_refused(stage, client, case):
    before, error = stage.latest("videos"), None

    try:
        client.seedance.generate(**arguments(case[1]))
    except (TypeError, APIError) as raised:
        error = raised

    told = stage.judge("videos", case, before, error)
    assert told is None or error.body == told


@many
@given(answers("acedata/videos"))
def test_every_documented_acceptance_is_read(stub, reader, answer):
    stub.give(answer)

    handle = reader.seedance.generate(model="m", content=[])

    assert handle.id == answer.body["task_id"]
    assert handle.done == ("data" in answer.body)
    films = [item["content"]["video_url"] for item in answer.body.get("data", ())]
    assert handle.urls()[: len(films)] == films


@pytest.mark.parametrize("name", ["acedata/tasks", "acedata@2026-10/tasks"])
@pytest.mark.parametrize("state", [*State])
@few
@given(data=st.data())
def test_every_documented_state_is_read(stub, reader, name, state, data):
    stub.give(ACCEPTED)
    handle = reader.seedance.generate(model="m", content=[])
    stub.give(data.draw(answers(name, state).filter(lambda answer: "items" not in answer.body)))

    handle.get()

    assert handle.done == (state in {State.SUCCEEDED, State.FAILED})
    assert bool(handle.urls()) == (state is State.SUCCEEDED)
