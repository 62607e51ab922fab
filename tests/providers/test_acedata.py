"""Ace Data Cloud: prompt flags, blocking calls, records that real clients can read."""

import anyio
import pytest

from contracts.kernel.task import Failure
from contracts.providers.acedata.quirks import Settings, flags, settings
from contracts.providers.acedata.requests import Videos

LITE = "doubao-seedance-1-0-lite-t2v-250428"
PRO = "doubao-seedance-1-0-pro-250528"
SOUND = "doubao-seedance-1-5-pro-251215"


def body(text="a cat", model=PRO, **fields):
    return {"model": model, "content": [{"type": "text", "text": text}], **fields}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a --rs 480p --rt 1:1 --dur 7", {"rs": "480p", "rt": "1:1", "dur": "7"}),
        (
            "a --fps 24 --wm true --seed 11 --cf false",
            {"fps": "24", "wm": "true", "seed": "11", "cf": "false"},
        ),
        ("a --rs 8k --dur 99 --fps 30 --wm yes --seed x", {}),
        ("a --resolution 720p --ratio adaptive", {"rs": "720p", "rt": "adaptive"}),
        ("a --dur 3 --dur 4", {"dur": "4"}),
        ("a -- b --nonsense 5", {}),
    ],
)
def test_flags_are_read_where_they_are_legal_and_passed_over_where_not(text, expected):
    assert flags(Videos.model_validate(body(text))) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (body(), ("720p", "16:9", 120, -1, False)),
        (body(model=LITE), ("480p", "16:9", 120, -1, False)),
        (body("a --rs 1080p --dur 3 --seed 7"), ("1080p", "16:9", 72, 7, False)),
        (
            body("a --rs 1080p --dur 3", resolution="480p", duration=9),
            ("480p", "16:9", 216, -1, False),
        ),
        (body(model=SOUND, duration=-1, seed=5, ratio="9:16"), ("720p", "9:16", 120, 5, False)),
        (body("a --frames 57"), ("720p", "16:9", 57, -1, False)),
        (body("a --frames 57", duration=4), ("720p", "16:9", 96, -1, False)),
        (body(frames=145, duration=4), ("720p", "16:9", 145, -1, False)),
        (body(generate_audio=True), ("720p", "16:9", 120, -1, False)),
        (body(model=SOUND, generate_audio=True), ("720p", "16:9", 120, -1, True)),
    ],
)
def test_fields_win_over_flags_and_flags_over_defaults(message, expected):
    resolution, ratio, frames, seed, audio = expected
    assert settings(Videos.model_validate(message)) == Settings(
        resolution=resolution, ratio=ratio, frames=frames, seed=seed, audio=audio
    )


async def test_a_call_blocks_until_its_video_is_done(client, clock):
    async with anyio.create_task_group() as group:

        async def call():
            answers.append(await client.post("/seedance/videos", json=body()))

        answers = []
        group.start_soon(call)
        await anyio.sleep(0.05)
        assert answers == []
        clock.advance(81.9)
    (answer,) = answers
    (video,) = answer.json()["data"]
    assert video["status"] == "succeeded"
    assert video["usage"] == {"completion_tokens": 108900, "total_tokens": 108900}
    assert (await client.get(video["content"]["video_url"])).status_code == 200


@pytest.mark.parametrize("fields", [{"async": True}, {"callback_url": "dummy"}])
async def test_an_asynchronous_call_gives_an_id_at_once(client, fields):
    answer = (await client.post("/seedance/videos", json=body(**fields))).json()
    assert answer["success"] is True
    assert set(answer) == {"success", "task_id", "trace_id"}


async def submit(client, **fields):
    answer = await client.post("/seedance/videos", json=body(**{"async": True} | fields))
    return answer.json()["task_id"]


async def look(client, **fields):
    return (await client.post("/seedance/tasks", json=fields)).json()


async def test_a_record_echoes_the_request_and_has_no_status(client, clock):
    task = await submit(client, priority=3, anything="else")
    record = await look(client, id=task)
    assert record["request"] == body(**{"async": True, "priority": 3, "anything": "else"})
    assert record["response"] == {}
    assert "status" not in record
    assert "finished_at" not in record
    clock.advance(81.9)
    done = await look(client, id=task)
    assert done["response"]["data"]["status"] == "succeeded"
    assert done["finished_at"] - done["started_at"] == pytest.approx(done["elapsed"], abs=0.002)


async def test_a_failed_record_has_a_reason_and_no_data(client, clock, world):
    task = await submit(client)
    (opened,) = world.tenant("k").tasks.values()
    opened.plan = type(opened.plan)(clip=opened.plan.clip, failure=Failure("api_error", "No."))
    clock.advance(81.9)
    response = (await look(client, id=task))["response"]
    assert response["success"] is False
    assert response["error"] == {"code": "api_error", "message": "No."}


async def test_a_blocking_call_that_fails_says_why(client, clock, world):
    async with anyio.create_task_group() as group:

        async def call():
            answers.append((await client.post("/seedance/videos", json=body())).json())

        answers = []
        group.start_soon(call)
        await anyio.sleep(0.02)
        (opened,) = world.tenant("k").tasks.values()
        opened.plan = type(opened.plan)(clip=opened.plan.clip, failure=Failure("timeout", "Late."))
        clock.advance(81.9)
    assert answers[0]["success"] is False
    assert answers[0]["error"] == {"code": "timeout", "message": "Late."}


async def test_images_may_stand_beside_the_text(client):
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    message = body(**{"async": True, "return_last_frame": True})
    message["content"].insert(0, image)
    answer = await client.post("/seedance/videos", json=message)
    assert answer.status_code == 200


async def test_a_batch_leaves_out_what_it_does_not_know(client):
    tasks = [await submit(client) for _ in range(2)]
    batch = await look(client, ids=[*tasks, "unknown"], action="retrieve_batch")
    assert [record["id"] for record in batch["items"]] == tasks
    assert batch["count"] == 2
    empty = await look(client, ids=["unknown"], action="retrieve_batch")
    assert empty == {"items": [], "count": 0}


async def test_an_unknown_task_is_an_empty_object(client):
    assert await look(client, id="00000000-0000-0000-0000-000000000000") == {}
    assert await look(client) == {}


async def test_every_error_has_a_trace(client):
    first, second = [
        (await client.post("/seedance/videos", json={})).json()["trace_id"] for _ in range(2)
    ]
    assert first != second
