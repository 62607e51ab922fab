"""How a client polls: time is travelled, so that its manners show in the journal of the mock."""

import time
from itertools import pairwise

import pytest
import requests

API = "https://api.senseaudio.cn/v1/video"
KEY = {"Authorization": "Bearer k"}
WISH = {
    "model": "doubao-seedance-2-0-260128",
    "content": [{"type": "text", "text": "waves at dusk"}],
    "duration": 5,
    "resolution": "720p",
    "ratio": "16:9",
}


class TooLateError(Exception):
    """The client gave up."""


def make_film(patience=600.0):
    """Stand for your client: it waits ever longer between looks, up to 20 seconds."""
    task_id = requests.post(f"{API}/create", json=WISH, headers=KEY, timeout=30).json()["task_id"]
    deadline, pause = time.monotonic() + patience, 2
    while time.monotonic() < deadline:
        status = f"{API}/status?id={task_id}"
        told = requests.get(status, headers=KEY, timeout=30).json()
        if told["status"] == "completed":
            return told["video_url"]
        time.sleep(pause)
        pause = min(2 * pause, 20)
    raise TooLateError(task_id)


def test_the_pauses_grow(screentest):
    with screentest.time_travel() as travel:
        make_film()

    polls = screentest.tasks[0].polls
    pauses = [round(later.at - earlier.at) for earlier, later in pairwise(polls)]
    assert pauses[:5] == [2, 4, 8, 16, 20]
    assert travel.slept == sum(pauses)


@pytest.mark.screentest(scenario="stuck")
def test_it_gives_up_in_time(screentest):
    with screentest.time_travel() as travel, pytest.raises(TooLateError):
        make_film(patience=600)

    assert 600 <= travel.travelled < 620
