"""What `venice-py` says to Venice, and what it makes of the answers, whatever is drawn.

It has no way to send
- an element with no media, or with two kinds of them;
- a length other than `Auto` where the catalogue lists no other;
- of what is newest, `anon_user_id`, `image_references`, the task type `editing`, and more than nine
  images, three videos and three sounds to refer to.
"""

import json
from inspect import signature

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from venice_ai import VeniceClient
from venice_ai.exceptions import APIError, ConflictError, VideoGenerationError
from venice_ai.resources.video import Video, VideoJob
from venice_ai.types.api.requests.video import VideoTextToVideoRequest
from venice_ai.types.api.video import (
    VideoCompletedStatus,
    VideoProcessingStatus,
    VideoQueueResponse,
)

from contracts.kernel.registry import revision
from contracts.providers import venice
from contracts.strategies import State, answers, bodies_breaking, breakable, valid_bodies

# the client warns that it would not read VENICE_* variables; it is given all it needs
pytestmark = pytest.mark.filterwarnings("ignore:pydantic-settings is not installed:UserWarning")
HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
many = settings(max_examples=20, suppress_health_check=HEALTH)
few = settings(max_examples=8, suppress_health_check=HEALTH)

BASE = venice.PROVIDER.base_url
PICTURED = "seedance-2-0-reference-to-video"
FACE = "https://example.com/screentest-face.png"
ATTESTED = {
    f"confirmed_{name}": True
    for name in ("terms_and_privacy", "legal_right", "screening_acknowledged")
}


def lengths_of(provider):
    """Give the lengths that the catalogue of a revision lists, by model."""
    asked = venice.ListModels(type="video")
    listed = provider.operation("models").effect.reply(asked).body["data"]
    return {one["id"]: one["model_spec"]["constraints"]["durations"] for one in listed}


LENGTHS = lengths_of(venice.PROVIDER)
NEWEST_LENGTHS = lengths_of(revision("venice@2026-10"))
IMAGES = {"frontal_image_url", "reference_image_urls"}
RULES = [rule for rule in breakable("venice/queue") if not rule.endswith("-size")]
"""Files that are too large are large: they take seconds to send, and show no more."""
KEPT = 4000
"""Larger bodies are not kept whole by the journal."""


@pytest.fixture
async def client(stage):
    async with VeniceClient(api_key=stage.key, base_url=stage.base(BASE), max_retries=0) as client:
        yield client


@pytest.fixture
async def newest_client(newest_stage):
    async with VeniceClient(api_key=newest_stage.key, max_retries=0) as client:
        yield client


@pytest.fixture
async def reader(stub):
    async with VeniceClient(api_key="any-key", base_url=stub.origin, max_retries=0) as client:
        yield client


def arguments(body):
    """Give what `submit` and `quote` take for a body: a length goes by another name."""
    return {{"duration": "duration_seconds"}.get(name, name): body[name] for name in body}


def has_a_listed_length(body, lengths=LENGTHS):
    listed = lengths.get(body["model"])
    if "duration" not in body:
        return not listed or "Auto" in listed
    return not listed or body["duration"] in {*listed, "Auto", "auto", "-1"}


def has_the_form_of_a_request(body):
    """Tell whether the client's own model of a request takes a body: it caps lists, and words."""
    try:
        VideoTextToVideoRequest.model_validate(body)
    except ValidationError:
        return False
    return True


def can_be_said(body):
    return has_a_listed_length(body) and all(
        any(element.get(name) for name in IMAGES) != ("video_url" in element)
        for element in body.get("elements", ())
    )


def is_kept(body):
    return len(json.dumps(body)) < KEPT


bodies = valid_bodies("venice/queue").filter(is_kept)
broken = st.sampled_from(RULES).flatmap(
    lambda rule: st.tuples(st.just(rule), bodies_breaking("venice/queue", rule).filter(is_kept))
)
sayable = bodies.filter(can_be_said)
newest = valid_bodies("venice@2026-10/queue").filter(
    lambda body: (
        is_kept(body)
        and arguments(body).keys() <= signature(Video.submit).parameters.keys()
        and has_a_listed_length(body, NEWEST_LENGTHS)
        and has_the_form_of_a_request(body)
    )
)
pictured = valid_bodies("venice/queue", model=PICTURED, mode="references").filter(
    lambda body: is_kept(body) and can_be_said(body)
)


@many
@given(sayable)
async def test_what_is_asked_for_is_accepted_and_arrives_unchanged(stage, client, body):
    queued = await client.video.submit(**arguments(body))

    assert stage.sent(queued.queue_id) == body
    assert queued.model == body["model"]


@many
@given(newest)
async def test_the_newest_rules_are_spoken(newest_stage, newest_client, body):
    queued = await newest_client.video.submit(**arguments(body))

    assert newest_stage.sent(queued.queue_id) == body


@few
@given(valid_bodies("venice/queue", mode="video").filter(lambda body: not can_be_said(body)))
async def test_what_it_cannot_say_is_never_sent(stage, client, body):
    before = stage.latest("queue")

    with pytest.raises(ValueError, match=r"duration_seconds|element"):
        await client.video.submit(**arguments(body))

    assert stage.latest("queue") == before


@many
@given(valid_bodies("venice/quote").filter(has_a_listed_length))
async def test_a_quote_is_asked_for_and_read(stage, client, body):
    quoted = await client.video.quote(**arguments(body))

    asked = stage.latest("quote")
    assert asked["body"]["json"] == body
    assert quoted.quote == asked["answer"]["json"]["quote"]


@few
@given(sayable)
async def test_every_state_is_recognised(client, body):
    queued = await client.video.submit(**arguments(body))

    states = [
        await client.video.retrieve(model=queued.model, queue_id=queued.queue_id) for _ in range(2)
    ]

    assert [type(state) for state in states] == [VideoProcessingStatus, VideoCompletedStatus]
    assert 0 <= states[0].progress_percent < 100
    assert (states[1].data is None) == (queued.download_url is not None)


@few
@given(sayable, st.sampled_from([*venice.FAILURES]))
async def test_a_failure_is_told_in_the_providers_words(stage, client, body, reason):
    job = VideoJob(client, await client.video.submit(**arguments(body)))
    stage.fail(job.queue_id, reason)

    with pytest.raises((APIError, VideoGenerationError)) as failed:
        await job.wait(poll_interval=0)

    told = stage.latest("retrieve")["answer"]["json"]["error"]
    assert (told["message"] if isinstance(told, dict) else told) in str(failed.value)


@many
@given(broken)
async def test_whatever_breaks_a_rule_is_refused_by_one_of_the_two(stage, client, case):
    before, error = stage.latest("queue"), None

    try:
        await client.video.submit(**arguments(case[1]))
    except (ValueError, TypeError, APIError) as raised:
        error = raised

    told = stage.judge("queue", case, before, error)
    assert told is None or error.body == told


@few
@given(pictured)
async def test_a_face_is_shown_once_it_is_attested(stage, client, body):
    stage.forget()  # what was attested needs it no more
    body |= {"reference_image_urls": [FACE]}
    body.pop("consents", None)

    with pytest.raises(ConflictError) as refused:
        await client.video.submit(**arguments(body))
    queued = await client.video.submit(**arguments(body), consents={"seedance": ATTESTED})

    assert refused.value.code == "needs_consent"
    assert stage.sent(queued.queue_id) == body | {"consents": {"seedance": ATTESTED}}


@few
@given(valid_bodies("venice/models"))
async def test_models_of_every_kind_are_read(stage, client, body):
    listed = await client.models.list(**body)

    asked = stage.latest("models")
    assert asked["query"] == f"type={body.get('type', 'all')}"
    assert asked["status"] == 200
    assert {model.type for model in listed.data} <= {body.get("type", "all"), "video"}


@few
@given(answers("venice/queue"))
async def test_every_documented_acceptance_is_read(stub, reader, answer):
    stub.give(answer)

    queued = await reader.video.submit(model="m", prompt="a cat", duration_seconds=5)

    assert queued.model_dump(exclude_none=True) == answer.body


@many
@given(st.sampled_from([*State]).flatmap(lambda state: answers("venice/retrieve", state)))
async def test_every_documented_state_is_read(stub, reader, answer):
    stub.give(answer)

    if answer.status != 200:
        with pytest.raises(APIError) as refused:
            await reader.video.retrieve(model="m", queue_id="q")
        assert refused.value.body == answer.body
        return
    status = await reader.video.retrieve(model="m", queue_id="q")
    if isinstance(answer.body, bytes):
        assert status.data == answer.body
    else:
        assert status.status == answer.body["status"]


@few
@given(answers("venice/retrieve", "failed"))
async def test_waiting_ends_with_every_documented_failure(stub, reader, answer):
    stub.give(answer)
    job = VideoJob(reader, VideoQueueResponse(model="m", queue_id="q"))

    with pytest.raises((APIError, VideoGenerationError)):
        await job.wait(poll_interval=0)
