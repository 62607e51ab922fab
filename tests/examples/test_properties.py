"""Property tests: whatever your users ask for, your client puts it as the provider wants it.

A fixture lasts for all examples of a test, which Hypothesis wants to be told is meant.
"""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.strategies import bodies_breaking, valid_bodies

API = "https://relaydance.com/v1/video/generations"
MODELS = ("doubao-seedance-2-0-480p", "doubao-seedance-2-0-1080p")
CLIENT = httpx.Client(headers={"Authorization": "Bearer k"})
shared_mock = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


class RefusedError(Exception):
    """What your users are told."""


def send(body):
    """Stand for the lower half of your client."""
    answer = CLIENT.post(API, json=body)
    if answer.is_error:
        raise RefusedError(answer.json()["error"]["message"])
    return answer.json()["task_id"]


def generate(model, prompt, seconds, ratio):
    """Stand for the upper half."""
    metadata = {"ratio": ratio, "generate_audio": False}
    return send({"model": model, "prompt": prompt, "seconds": str(seconds), "metadata": metadata})


@shared_mock
@given(
    model=st.sampled_from(MODELS),
    prompt=st.text(min_size=1, max_size=100).filter(str.strip),
    seconds=st.integers(4, 15),
    ratio=st.sampled_from(["16:9", "9:16", "1:1"]),
)
def test_no_request_breaks_a_rule(screentest, model, prompt, seconds, ratio):
    task = screentest.task(generate(model, prompt, seconds, ratio))

    assert (task.model, task.request["seconds"]) == (model, str(seconds))
    screentest.assert_no_violations(ignored=True)


@shared_mock
@given(body=valid_bodies("relaydance/generate"))
def test_whatever_is_allowed_gets_through(screentest, body):
    assert screentest.task(send(body)).request == body


@shared_mock
@given(body=bodies_breaking("relaydance/generate", "relaydance/model-seconds"))
def test_a_refusal_reaches_the_user(screentest, body):
    with pytest.raises(RefusedError):
        send(body)

    assert screentest.requests().last.rule == "relaydance/model-seconds"
