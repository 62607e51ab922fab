"""A task that is accepted, and fails. `wait()` of the SDK returns as ever: your code must look."""

import pytest
from acedatacloud import AceDataCloud

WISH = {
    "model": "doubao-seedance-1-0-pro-250528",
    "content": [{"type": "text", "text": "a kitten yawning"}],
}


class FilmFailedError(Exception):
    """What your users are told."""


def film_url(client):
    """Stand for your code around the SDK."""
    answer = client.seedance.generate(**WISH).wait()["response"]
    if not answer["success"]:
        raise FilmFailedError(answer["error"]["message"])
    return answer["data"]["video_url"]


@pytest.fixture
def client():
    with AceDataCloud("my-key") as client:
        yield client


def test_a_film_has_an_address(screentest, client):
    with screentest.time_travel():
        url = film_url(client)

    assert url == screentest.tasks[0].media_url


@pytest.mark.screentest(scenario="fail")
def test_a_failure_is_told_and_costs_nothing(screentest, client):
    with screentest.time_travel(), pytest.raises(FilmFailedError, match="fetch failed"):
        film_url(client)

    assert screentest.tasks[0].state == "failed"
    assert screentest.would_have_cost == {}


@pytest.mark.screentest(scenario="fail forbidden")
def test_the_reason_may_be_any_that_is_documented(screentest, client):
    with screentest.time_travel(), pytest.raises(FilmFailedError, match="content policy"):
        film_url(client)


def test_a_task_can_be_failed_by_hand_at_any_moment(screentest, client):
    handle = client.seedance.generate(**WISH)
    assert not handle.is_completed()

    screentest.task(handle.id).fail(code="gone", message="the lights went out")

    assert handle.wait()["response"]["error"] == {"code": "gone", "message": "the lights went out"}
