"""What `veniceresch` says to Venice, and what it makes of the answers, whatever is drawn.

It passes on every field, and leaves out those that are None; a prompt has to be given.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from veniceresch import VeniceAPIError, VeniceClient

from contracts.providers import venice
from contracts.strategies import State, answers, bodies_breaking, breakable, valid_bodies

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
RULES = [rule for rule in breakable("venice/queue") if not rule.endswith("-size")]
"""Files that are too large are large: they take seconds to send, and show no more."""
KEPT = 4000
"""Larger bodies are not kept whole by the journal."""


@pytest.fixture
def client(stage):
    with VeniceClient(api_key=stage.key, base_url=stage.base(BASE)) as client:
        yield client


@pytest.fixture
def reader(stub):
    with VeniceClient(api_key="any-key", base_url=stub.origin) as client:
        yield client


def is_kept(body):
    return len(json.dumps(body)) < KEPT


bodies = valid_bodies("venice/queue").filter(is_kept)
broken = st.sampled_from(RULES).flatmap(
    lambda rule: st.tuples(st.just(rule), bodies_breaking("venice/queue", rule).filter(is_kept))
)


@many
@given(bodies)
def test_what_is_asked_for_is_accepted_and_arrives_unchanged(stage, client, body):
    queued = client.video.queue(**body)

    assert stage.sent(queued.queue_id) == body
    assert queued.model == body["model"]


@many
@given(valid_bodies("venice/quote"))
def test_a_quote_is_asked_for_and_read(stage, client, body):
    quoted = client.video.quote(**body)

    asked = stage.latest("quote")
    assert asked["body"]["json"] == body
    assert quoted.quote == asked["answer"]["json"]["quote"]


@few
@given(bodies)
def test_every_state_is_recognised(client, body):
    queued = client.video.queue(**body)
    known = {"model": queued.model, "queue_id": queued.queue_id}

    assert client.video.retrieve(**known).status == "PROCESSING"
    if queued.download_url:
        assert client.video.retrieve(**known).status == "COMPLETED"
    film = client.video.download(**known, download_url=queued.download_url)

    assert film[4:8] == b"ftyp"


@few
@given(bodies, st.sampled_from([*venice.FAILURES]))
def test_a_failure_is_an_error_of_its_status(stage, client, body, reason):
    queued = client.video.queue(**body)
    stage.fail(queued.queue_id, reason)

    with pytest.raises(VeniceAPIError) as failed:
        client.video.wait_for_completion(model=queued.model, queue_id=queued.queue_id)

    asked = stage.latest("retrieve")
    assert failed.value.status_code == asked["status"]
    assert failed.value.error_body == asked["answer"]["json"]


@many
@given(broken)
def test_whatever_breaks_a_rule_is_refused(stage, client, case):
    before, error = stage.latest("queue"), None

    try:
        client.video.queue(**case[1])
    except (TypeError, VeniceAPIError) as raised:
        error = raised

    told = stage.judge("queue", case, before, error)
    assert told is None or error.error_body == told


@few
@given(valid_bodies("venice/queue", model=PICTURED, mode="references").filter(is_kept))
def test_a_face_is_shown_once_it_is_attested(stage, client, body):
    stage.forget()  # what was attested needs it no more
    body |= {"reference_image_urls": [FACE]}
    body.pop("consents", None)

    with pytest.raises(VeniceAPIError) as refused:
        client.video.queue(**body)
    queued = client.video.queue(**body, consents={"seedance": ATTESTED})

    assert refused.value.error_body["error"]["code"] == "needs_consent"
    assert stage.sent(queued.queue_id) == body | {"consents": {"seedance": ATTESTED}}


@few
@given(valid_bodies("venice/models"))
def test_models_of_every_kind_are_read(stage, client, body):
    listed = client.models.list(**body)

    asked = stage.latest("models")
    assert asked["query"] == (f"type={body['type']}" if body else "")
    assert asked["status"] == 200
    assert all(model["id"] for model in listed.data)


@few
@given(answers("venice/queue"))
def test_every_documented_acceptance_is_read(stub, reader, answer):
    stub.give(answer)

    queued = reader.video.queue(model="m", prompt="a cat")

    assert queued.model_dump(exclude_none=True) == answer.body


@many
@given(st.sampled_from([*State]).flatmap(lambda state: answers("venice/retrieve", state)))
def test_every_documented_state_is_read(stub, reader, answer):
    stub.give(answer)

    try:
        read, status = reader.video.retrieve_binary(model="m", queue_id="q"), 200
    except VeniceAPIError as raised:  # also of JSON, where bytes were asked for
        read, status = raised.error_body, raised.status_code

    assert (read, status) == (answer.body, answer.status)
