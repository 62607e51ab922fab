"""What the `openai` SDK's raw calls say to RelayDance and SenseAudio, and what they give back.

They pass on whatever they are given, so there is nothing that they cannot say.
"""

import json
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai import APIStatusError, OpenAI

from contracts.kernel.provider import Provider
from contracts.providers import relaydance, senseaudio
from contracts.strategies import State, answers, bodies_breaking, breakable, valid_bodies

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
many = settings(max_examples=20, suppress_health_check=HEALTH)
few = settings(max_examples=8, suppress_health_check=HEALTH)
KEPT = 4000
"""Larger bodies are not kept whole by the journal."""


class Way(NamedTuple):
    """How a provider is spoken to."""

    provider: Provider
    submit: str
    path: str
    poll: str
    where: str
    film: str


RELAY = Way(
    relaydance.PROVIDER, "generate", "/video/generations", "poll", "/video/generations/{}", "url"
)
SENSE = Way(
    senseaudio.PROVIDER, "create", "/video/create", "status", "/video/status?id={}", "video_url"
)
both = pytest.mark.parametrize("way", [RELAY, SENSE], ids=["relaydance", "senseaudio"])


@pytest.fixture
def client(stage, way):
    with OpenAI(
        api_key=stage.key, base_url=stage.base(way.provider.base_url), max_retries=0
    ) as client:
        yield client


@pytest.fixture
def reader(stub):
    with OpenAI(api_key="any-key", base_url=stub.origin, max_retries=0) as client:
        yield client


def valid(way):
    return valid_bodies(f"{way.provider.id}/{way.submit}").filter(is_kept)


def is_kept(body):
    return len(json.dumps(body)) < KEPT


def rules_of(name):
    """Give what can be broken; files that are too large take seconds to send, and show no more."""
    return [rule for rule in breakable(name) if not rule.endswith("-size")]


def submit(client, way, body):
    return client.post(way.path, cast_to=object, body=body)["task_id"]


def look(client, way, task):
    return client.get(way.where.format(task), cast_to=object)


@both
@many
@given(data=st.data())
def test_what_is_asked_for_is_accepted_and_arrives_unchanged(stage, client, way, data):
    body = data.draw(valid(way))

    task = submit(client, way, body)

    assert stage.sent(task) == body


@both
@few
@given(data=st.data())
def test_every_state_is_told_as_it_was_sent(stage, client, way, data):
    task = submit(client, way, data.draw(valid(way)))

    working, finished = [look(client, way, task) for _ in range(2)]

    words = way.provider.lifecycle.words
    assert working["status"] == words["working"]
    assert finished["status"] == words["succeeded"]
    assert way.film in finished
    assert way.film not in working
    assert finished == stage.latest(way.poll)["answer"]["json"]


@both
@few
@given(data=st.data())
def test_a_failure_is_an_answer_with_a_reason(stage, client, way, data):
    task = submit(client, way, data.draw(valid(way)))
    stage.fail(task, data.draw(st.sampled_from([*way.provider.failures])))

    failed = look(client, way, task)

    assert failed["status"] == way.provider.lifecycle.words["failed"]
    assert way.film not in failed
    assert failed == stage.latest(way.poll)["answer"]["json"]


@both
@many
@given(data=st.data())
def test_whatever_breaks_a_rule_is_refused_in_the_providers_words(stage, client, way, data):
    name = f"{way.provider.id}/{way.submit}"
    rule = data.draw(st.sampled_from(rules_of(name)))
    body = data.draw(bodies_breaking(name, rule).filter(is_kept))
    before = stage.latest(way.submit)

    with pytest.raises(APIStatusError) as refused:
        submit(client, way, body)

    told = stage.judge(way.submit, (rule, body), before, refused.value)
    assert refused.value.body == told.get("error", told)


@both
@few
@given(data=st.data())
def test_every_documented_acceptance_is_read(stub, reader, way, data):
    answer = data.draw(answers(f"{way.provider.id}/{way.submit}"))
    stub.give(answer)

    assert reader.post(way.path, cast_to=object, body={}) == answer.body


@both
@pytest.mark.parametrize("state", [*State])
@few
@given(data=st.data())
def test_every_documented_state_is_read(stub, reader, way, state, data):
    answer = data.draw(answers(f"{way.provider.id}/{way.poll}", state))
    stub.give(answer)

    try:
        read, status = look(reader, way, "t"), 200
    except APIStatusError as refused:
        read, status = refused.response.json(), refused.status_code

    assert (read, status) == (answer.body, answer.status)


@few
@given(answers("relaydance/models"))
def test_models_are_read_into_the_sdks_own_type(stub, reader, answer):
    stub.give(answer)

    listed = reader.models.list()

    assert [model.id for model in listed] == [row["id"] for row in answer.body["data"]]
