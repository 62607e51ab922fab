"""Callbacks: a sink of the mock keeps what is sent, so that a test can look at it."""

import requests

API = "https://relaydance.com/v1/video/generations"


def submit(callback_url):
    """Stand for your client."""
    wish = {
        "model": "doubao-seedance-2-0-480p",
        "prompt": "storm clouds",
        "metadata": {"callback_url": callback_url},
    }
    answer = requests.post(API, json=wish, headers={"Authorization": "Bearer k"}, timeout=30)
    return answer.json()["task_id"]


def test_the_end_of_a_task_is_told_once(screentest):
    task_id = submit(screentest.callback_url("relaydance"))
    assert not screentest.sink().arrivals

    screentest.task(task_id).finish()
    screentest.advance()

    (arrival,) = screentest.sink().arrivals
    assert arrival.json()["task_id"] == task_id
    assert arrival.json()["status"] == "succeeded"
