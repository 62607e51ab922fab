"""Tests side by side, as with `pytest -n 4`, never meet, though their clients share a key."""

import pytest
import requests

QUEUE = "https://api.venice.ai/api/v1/video/queue"


def submit(prompt):
    """Stand for your client, whose key comes from one configuration for all tests."""
    wish = {"model": "seedance-2-0-text-to-video", "prompt": prompt, "duration": "5s"}
    headers = {"Authorization": "Bearer the-same-key"}
    return requests.post(QUEUE, json=wish, headers=headers, timeout=30)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.screentest(balance=1)
def test_each_has_money_tasks_and_requests_of_its_own(screentest, number):
    assert submit(f"cat {number}").status_code == 200
    assert submit("one too many").status_code == 402

    (task,) = screentest.tasks
    assert task.request["prompt"] == f"cat {number}"
    assert len(screentest.requests()) == 2
