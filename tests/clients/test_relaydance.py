"""RelayDance has no client of its own: the `openai` SDK's raw calls, as its users make them."""

import time
from pathlib import Path

import pytest
from openai import OpenAI

POLL = 0.05
IMAGE = Path(__file__).parents[2] / "fixtures" / "media" / "image.png"
PICTURE = ("cat.png", IMAGE.read_bytes(), "image/png")
CASES = [
    pytest.param({}, ((1920, 1080), 24, 5, False), id="defaults"),
    pytest.param(
        {
            "model": "doubao-seedance-2-0-480p",
            "seconds": "4",
            "metadata": {"ratio": "9:16", "resolution": "480p", "generate_audio": True},
        },
        ((496, 864), 24, 4, True),
        id="portrait-with-sound",
    ),
    pytest.param(
        {
            "model": "doubao-seedance-2-0-720p",
            "seconds": "15",
            "metadata": {"ratio": "1:1", "generate_audio": False},
        },
        ((960, 960), 24, 15, False),
        id="square",
    ),
    pytest.param(
        {
            "model": "seedance-1-5-pro-with-audio",
            "seconds": "4",
            "metadata": {"ratio": "21:9", "resolution": "720p", "generate_audio": True},
        },
        ((1470, 630), 24, 4, True),
        id="wide-with-sound",
    ),
]


@pytest.fixture
def client(origin):
    with OpenAI(api_key="any-key", base_url=f"{origin}/v1") as client:
        yield client


def submit(client, **fields):
    body = {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat"} | fields
    answer = client.post("/video/generations", cast_to=object, body=body)
    assert answer["status"] == "submitted"
    return answer["task_id"]


def wait(client, task):
    while True:
        state = client.get(f"/video/generations/{task}", cast_to=object)
        if state["status"] not in {"submitted", "running"}:
            return state
        assert "url" not in state
        time.sleep(POLL)


@pytest.mark.parametrize(("fields", "film"), CASES)
def test_a_film_is_what_was_asked_for(client, fetch, probe, fields, film):
    task = submit(client, **fields)

    state = wait(client, task)

    assert (state["task_id"], state["status"], state["format"]) == (task, "succeeded", "mp4")
    assert state.get("metadata") == fields.get("metadata")
    assert probe(fetch(state["url"]).content) == film


def upload_raw(client, file):
    form = {"headers": {"Content-Type": "multipart/form-data"}}  # without it, JSON is announced
    return client.post("/files", cast_to=object, files={"file": file}, options=form)["url"]


def upload_by_method(client, file):
    return client.files.create(file=file, purpose="vision").url


@pytest.mark.parametrize("upload", [upload_raw, upload_by_method])
def test_an_uploaded_picture_is_served_under_its_link(client, fetch, upload):
    served = fetch(upload(client, PICTURE))

    assert (served.content, served.headers["content-type"]) == PICTURE[1:]


def test_an_uploaded_picture_can_be_referred_to(client):
    link = upload_by_method(client, PICTURE)
    item = {"type": "image_url", "role": "reference_image", "image_url": {"url": link}}

    task = submit(client, prompt="@image1 yawns", metadata={"content": [item]})

    state = client.get(f"/video/generations/{task}", cast_to=object)
    assert state["metadata"]["content"] == [item]


def test_the_models_of_a_key_are_listed(client):
    ids = [model.id for model in client.models.list()]

    assert "doubao-seedance-2-0-1080p" in ids


def test_the_webhook_carries_what_polling_answers(client, receiver):
    metadata = {"resolution": "1080p", "callback_url": f"{receiver.url}/relay"}

    task = submit(client, metadata=metadata)
    path, payload = receiver.next()

    state = wait(client, task)
    assert (path, payload) == ("/relay", state)
    assert payload == {
        "task_id": task,
        "status": "succeeded",
        "url": state["url"],
        "format": "mp4",
        "metadata": metadata,
    }


def test_a_callback_url_at_the_top_level_never_fires(client, receiver):
    unheard = submit(client, callback_url=f"{receiver.url}/top-level")
    submit(client, metadata={"callback_url": f"{receiver.url}/metadata"})

    wait(client, unheard)
    path, _ = receiver.next()

    assert path == "/metadata"
    assert receiver.is_idle
