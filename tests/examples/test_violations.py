"""A gate for a whole suite: no test passes whose requests broke a rule of the provider.

In `conftest.py`, the fixture `gate` holds for every test below it.
"""

import httpx
import pytest

QUEUE = "https://api.venice.ai/api/v1/video/queue"


def submit(**fields):
    """Stand for your client."""
    wish = {"model": "seedance-2-0-text-to-video", "prompt": "a cat", "duration": "5s"}
    return httpx.post(QUEUE, json=wish | fields, headers={"Authorization": "Bearer k"})


@pytest.fixture
def allowed():
    """Rules that a test may break, as it tries what happens then."""
    return []


@pytest.fixture(autouse=True)
def gate(screentest, allowed):
    yield
    screentest.assert_no_violations(allow=allowed)


def test_what_is_right_passes():
    assert submit().is_success


def test_what_is_wrong_on_purpose_has_to_be_allowed(screentest, allowed):
    allowed.append("venice/queue-duration")

    assert submit(duration="60s").status_code == 400

    with pytest.raises(AssertionError, match="venice queue: rule venice/queue-duration is broken"):
        screentest.assert_no_violations()
