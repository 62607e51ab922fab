"""Documented limits: the forty-first submission in a minute is refused, and says when to go on."""

import time

import pytest
import requests

from contracts.kernel.quotas import Concurrency
from contracts.kernel.source import Source

QUEUE = "https://api.venice.ai/api/v1/video/queue"


def submit(number):
    """Stand for your client: it goes on when it may."""
    wish = {"model": "seedance-2-0-text-to-video", "prompt": f"cat {number}", "duration": "5s"}
    while True:
        answer = requests.post(QUEUE, json=wish, headers={"Authorization": "Bearer k"}, timeout=30)
        if answer.status_code != 429:
            return answer.json()["queue_id"]
        reset = int(answer.headers.get("x-ratelimit-reset-requests", 0)) / 1000
        time.sleep(max(reset - time.time(), 0) + 1)


@pytest.mark.screentest(limits="documented")
def test_a_batch_keeps_to_the_limit(screentest):
    with screentest.time_travel() as travel:
        films = [submit(number) for number in range(50)]

    assert len(set(films)) == 50
    assert 60 <= travel.slept <= 61
    screentest.expect("venice/queue", status=429, times=1)


def test_a_limit_may_be_your_own(screentest):
    contract = Source("our contract with them", "2026-11")
    screentest.limit([Concurrency(id="two-at-once", tasks=2, source=contract)])

    with screentest.time_travel():
        films = [submit(number) for number in range(3)]

    assert screentest.task(films[0]).is_over
    assert screentest.requests("submit", status=429)


@pytest.mark.screentest(scenario={"name": "busy", "times": 1, "do": {"error": "rate-limited"}})
def test_a_refusal_without_a_hint_is_survived(screentest):
    with screentest.time_travel():
        assert submit(1)
