"""Ace Data Cloud: prompt flags, blocking calls, records that real clients can read."""

import anyio
import pytest

from contracts.kernel.clip import Clip
from contracts.kernel.money import MICRO
from contracts.kernel.registry import revision
from contracts.kernel.task import Failure
from contracts.providers.acedata.answers import plan, prompt
from contracts.providers.acedata.prices import USD_PER_CREDIT, price, tokens
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
        clock.turn(81.9)
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
    clock.turn(81.9)
    done = await look(client, id=task)
    assert done["response"]["data"]["status"] == "succeeded"
    assert done["finished_at"] - done["started_at"] == pytest.approx(done["elapsed"], abs=0.002)


async def test_a_failed_record_has_a_reason_and_no_data(client, clock, world):
    task = await submit(client)
    (opened,) = world.store.tasks.of("k")
    opened.plan = type(opened.plan)(clip=opened.plan.clip, failure=Failure("api_error", "No."))
    clock.turn(81.9)
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
        (opened,) = world.store.tasks.of("k")
        opened.plan = type(opened.plan)(clip=opened.plan.clip, failure=Failure("timeout", "Late."))
        clock.turn(81.9)
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


@pytest.mark.parametrize(
    ("clip", "expected"),
    [
        (Clip(width=1280, height=720, seconds=5), 108_900),
        (Clip(width=1280, height=720, seconds=4), 87_300),
        (Clip(width=1088, height=1920, seconds=145 / 24), 295_800),
    ],
)
def test_tokens_are_those_of_the_published_samples(clip, expected):
    assert tokens(clip) == expected


def costs(**fields) -> float:
    """The price of a request, in credits."""
    newest = revision("acedata@2026-10").submit
    request = newest.body.model_validate(body(**fields))
    return price(request, newest.effect.plan(request)) / MICRO


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        (PRO, 0.049),
        ("doubao-seedance-1-0-pro-fast-251015", 0.014),
        (SOUND, 0.025),
        ("doubao-seedance-2-0-260128", 0.146),
        ("doubao-seedance-2-0-fast-260128", 0.117),
        ("doubao-seedance-2-0-mini-260615", 0.073),
    ],
)
def test_five_seconds_at_720p_cost_what_the_list_says(model, dollars):
    assert costs(model=model) * USD_PER_CREDIT == pytest.approx(5 * dollars, rel=1e-6)


def test_the_newest_model_is_listed_in_credits():
    assert costs(model="doubao-seedance-2-5-260628") == pytest.approx(5 * 2.5565)


def test_a_clip_costs_by_its_tokens():
    mini = "doubao-seedance-2-0-mini-260615"
    assert costs(model=mini, duration=4, resolution="480p") == pytest.approx(1.404, rel=0.02)
    assert costs(model=mini, duration=4) == pytest.approx(costs(model=mini) * 87_300 / 108_900)


def test_sound_doubles_the_price_of_one_model_alone():
    assert costs(model=SOUND, generate_audio=True) == pytest.approx(2 * costs(model=SOUND))
    newer = "doubao-seedance-2-0-260128"
    assert costs(model=newer, generate_audio=True) == costs(model=newer)
    assert costs(generate_audio=True) == costs()


def test_a_model_that_nobody_knows_costs_nothing():
    lenient = revision("acedata").lenient().submit
    request = lenient.body.model_validate(body(model="seedance-9"))
    assert price(request, lenient.effect.plan(request)) == 0


@pytest.mark.parametrize(
    ("fields", "expected"), [({}, 172_800), ({"execution_expires_after": 3600}, 3600)]
)
def test_a_task_is_given_up_after_the_time_that_was_asked_for(fields, expected):
    assert plan(Videos.model_validate(body(**fields))).timeout == expected


def test_a_prompt_is_all_the_texts_of_a_request():
    message = body("a cat")
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    message["content"] += [image, {"type": "text", "text": "that yawns"}]
    assert prompt(Videos.model_validate(message)) == "a cat\nthat yawns"


def test_a_task_type_that_does_not_fit_is_a_failure_of_the_newest_revision_alone():
    assert "task-type-mismatch" not in revision("acedata").failures
    mismatch = revision("acedata@2026-10").failures["task-type-mismatch"]
    newest = revision("acedata@2026-10").submit
    fields = body(model="doubao-seedance-2-5-260628", omni_reference_task_type="edit")
    assert newest.effect.plan(newest.body.model_validate(fields)).failure == mismatch
