"""Ace Data Cloud through its own SDK, `acedatacloud`."""

import io
from unittest.mock import ANY

import av
import pytest
from acedatacloud import AceDataCloud, AsyncAceDataCloud

SILENT = "doubao-seedance-1-0-pro-250528"
WITH_SOUND = "doubao-seedance-1-5-pro-251215"
POLLING = {"poll_interval": 0.05, "max_wait": 20}

CASES = [
    pytest.param({"model": SILENT}, ((1280, 720), 24, 5, False), id="defaults"),
    pytest.param(
        {
            "model": WITH_SOUND,
            "resolution": "480p",
            "ratio": "9:16",
            "duration": 4,
            "generate_audio": True,
        },
        ((496, 864), 24, 4, True),
        id="portrait-with-sound",
    ),
    pytest.param(
        {"model": WITH_SOUND, "ratio": "1:1", "duration": 12, "generate_audio": False},
        ((960, 960), 24, 12, False),
        id="square",
    ),
    pytest.param(
        {"model": SILENT, "resolution": "1080p", "ratio": "21:9", "duration": 2},
        ((2206, 946), 24, 2, False),
        id="wide-1080p",
    ),
    pytest.param(
        {"model": "doubao-seedance-1-0-lite-t2v-250428", "text": "a cat --dur 3"},
        ((864, 496), 24, 3, False),
        id="lite-with-a-flag",
    ),
]


@pytest.fixture
def client(origin):
    with AceDataCloud("any-key", base_url=origin) as client:
        yield client


@pytest.fixture
async def async_client(origin):
    async with AsyncAceDataCloud("any-key", base_url=origin) as client:
        yield client


def arguments(wish):
    """Turn a wish into what `generate` takes, its text into content."""
    given = {"text": "a cat"} | wish
    return given | {"content": [{"type": "text", "text": given.pop("text")}]}


@pytest.mark.parametrize(("wish", "film"), CASES)
def test_a_film_is_what_was_asked_for(client, fetch, probe, wish, film):
    handle = client.seedance.generate(**arguments(wish))
    assert not handle.done

    record = handle.wait(**POLLING)

    assert record["response"]["success"] is True
    assert probe(fetch(*handle.urls()).content) == film


@pytest.mark.parametrize(("wish", "film"), CASES[:2])
async def test_an_async_client_gets_the_same_film(async_client, fetch, probe, wish, film):
    handle = await async_client.seedance.generate(**arguments(wish))

    await handle.wait(**POLLING)

    assert probe(fetch(*handle.urls()).content) == film


def test_a_blocking_call_returns_the_finished_film(client, fetch, probe):
    wish = {"model": WITH_SOUND, "resolution": "480p", "ratio": "4:3", "generate_audio": True}

    handle = client.seedance.generate(**arguments(wish), async_=False)

    assert handle.done
    assert probe(fetch(*handle.urls()).content) == ((752, 560), 24, 5, True)


async def test_an_async_client_may_block_too(async_client, fetch, probe):
    wish = {"model": SILENT, "resolution": "480p"}

    handle = await async_client.seedance.generate(**arguments(wish), async_=False)

    assert handle.done
    assert probe(fetch(*handle.urls()).content) == ((864, 496), 24, 5, False)


@pytest.mark.parametrize("async_", [True, False])
def test_the_last_frame_is_a_picture_of_the_films_size(client, fetch, async_):
    handle = client.seedance.generate(
        **arguments({"model": SILENT, "ratio": "3:4"}), return_last_frame=True, async_=async_
    )
    handle.wait(**POLLING)

    _film, picture = map(fetch, handle.urls())

    assert picture.headers["content-type"] == "image/png"
    with av.open(io.BytesIO(picture.content)) as container:
        (frame,) = container.decode(video=0)
    assert (frame.width, frame.height) == (834, 1112)


def test_a_task_is_looked_up_by_its_id(client):
    handle = client.seedance.generate(**arguments({"model": SILENT}))

    pending = client.tasks.get(handle.id, service="seedance")
    finished = client.tasks.wait(handle.id, service="seedance", **POLLING)

    assert (pending["id"], pending["response"]) == (handle.id, {})
    assert finished["request"]["async"] is True
    assert finished["finished_at"] > finished["started_at"] > finished["created_at"]


def test_the_webhook_carries_the_answer_of_a_blocking_call(client, receiver):
    wish = arguments({"model": WITH_SOUND, "resolution": "480p", "duration": 4, "seed": 7})

    handle = client.seedance.generate(**wish, callback_url=f"{receiver.url}/ace?task=1")
    path, payload = receiver.next()

    record = handle.wait(**POLLING)
    assert path == "/ace?task=1"
    assert payload == {
        "success": True,
        "task_id": handle.id,
        "trace_id": record["trace_id"],
        "data": [
            {
                "id": record["response"]["data"]["task_id"],
                "model": WITH_SOUND,
                "status": "succeeded",
                "content": {"video_url": handle.urls()[0]},
                "seed": 7,
                "resolution": "480p",
                "ratio": "16:9",
                "duration": 4,
                "framespersecond": 24,
                "service_tier": "default",
                "execution_expires_after": 172_800,
                "usage": {"completion_tokens": 40_594, "total_tokens": 40_594},
                "created_at": ANY,
                "updated_at": ANY,
            }
        ],
    }
    assert receiver.is_idle
