"""SenseAudio has no client of its own: the `openai` SDK's raw calls, as its users make them."""

import time

import pytest
from openai import OpenAI

POLL = 0.05
CASES = [
    pytest.param({}, ((1280, 720), 24, 5, False), id="silent-by-default"),
    pytest.param(
        {
            "resolution": "480p",
            "ratio": "9:16",
            "duration": 4,
            "provider_specific": {"generate_audio": True},
        },
        ((496, 864), 24, 4, True),
        id="portrait-with-sound",
    ),
    pytest.param(
        {"ratio": "1:1", "duration": 15, "provider_specific": {"generate_audio": False}},
        ((960, 960), 24, 15, False),
        id="square",
    ),
    pytest.param(
        {"resolution": "1080p", "ratio": "4:3", "provider_specific": {"generate_audio": True}},
        ((1664, 1248), 24, 5, True),
        id="1080p-with-sound",
    ),
]


@pytest.fixture
def client(origin):
    with OpenAI(api_key="any-key", base_url=f"{origin}/v1") as client:
        yield client


def body(**wish):
    return {
        "model": "doubao-seedance-2-0-260128",
        "content": [{"type": "text", "text": "a cat"}],
        "duration": 5,
        "resolution": "720p",
        "ratio": "16:9",
    } | wish


def states(client, task):
    """Poll until the end; gives every state that was seen."""
    while True:
        query = {"params": {"id": task}}
        state = client.get("/video/status", cast_to=object, options=query)
        yield state
        if state["status"] not in {"pending", "processing"}:
            return
        time.sleep(POLL)


@pytest.mark.parametrize(("wish", "film"), CASES)
def test_a_film_is_what_was_asked_for(client, fetch, probe, wish, film):
    task = client.post("/video/create", cast_to=object, body=body(**wish))["task_id"]

    *before, end = states(client, task)

    assert (end["task_id"], end["status"]) == (task, "completed")
    assert probe(fetch(end["video_url"]).content) == film
    progress = [state["progress"] for state in before]
    assert progress == sorted(progress)
    assert progress[-1] < end["progress"] == 100
    assert not any("video_url" in state for state in before)


def test_frames_are_given_in_the_flat_form(client):
    content = [
        {"type": "text", "text": "a cat"},
        {"type": "image", "role": "first_frame", "url": "https://pictures.example/first.png"},
        {"type": "image", "role": "last_frame", "url": "https://pictures.example/last.png"},
    ]

    task = client.post("/video/create", cast_to=object, body=body(content=content))["task_id"]

    assert next(states(client, task))["content"] == content
