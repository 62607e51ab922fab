"""What later revisions do in their own way: failures after acceptance, ids, lists, error bodies."""

import re

import anyio
import httpx
import pytest

from contracts.kernel.probing.specimens import as_data_url, film, image, sound
from contracts.kernel.registry import chosen, every_revision, revision
from contracts.kernel.task import Failure
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.world import World

LATER = ("venice@2026-10", "acedata@2026-10", "relaydance@new-api", "senseaudio@strict")
V = "/api/v1/video"
PLAIN = "https://example.com/a.png"
FACE = "https://example.com/screentest-face.png"
FACE_CLIP = "https://example.com/screentest-face.mp4"
FACE_DATA = as_data_url("image", "gif", image("gif", 400, 400)[:-1] + b"screentest-face;")


@pytest.fixture
def contracts() -> tuple[str, ...]:
    """The revisions that are served."""
    return LATER


@pytest.fixture
def app(world: World, contracts: tuple[str, ...]):
    return create_app(world=world, providers=chosen(contracts))


def rule(answer: httpx.Response) -> str | None:
    return answer.headers.get("x-screentest-rule")


# Venice


IMAGE = {"model": "seedance-2-0-image-to-video-basic", "prompt": "p", "duration": "5s"}
REFERENCES = {
    "model": "seedance-2-0-reference-to-video-basic",
    "prompt": "p",
    "duration": "5s",
    "aspect_ratio": "16:9",
}
WAN = REFERENCES | {"model": "wan-3-0-reference-to-video", "reference_image_urls": [PLAIN]}


async def queue(client, body):
    return await client.post(f"{V}/queue", json=body)


async def ask(client, step, queued):
    body = {"model": queued["model"], "queue_id": queued["queue_id"]}
    return await client.post(f"{V}/{step}", json=body)


async def end_of(client, clock, body):
    """Queue a request, let its time pass, and give what retrieve says then."""
    queued = await queue(client, body)
    assert (queued.status_code, rule(queued)) == (200, None)
    under_way = await ask(client, "retrieve", queued.json())
    assert under_way.json()["status"] == "PROCESSING"
    clock.turn(1000)
    return await ask(client, "retrieve", queued.json())


@pytest.mark.parametrize(
    "body",
    [
        IMAGE | {"image_url": FACE},
        IMAGE | {"image_url": FACE_DATA},
        IMAGE | {"image_url": PLAIN, "end_image_url": FACE},
        REFERENCES | {"reference_image_urls": [PLAIN, FACE]},
        REFERENCES | {"reference_video_urls": [FACE_CLIP]},
        REFERENCES
        | {"model": "seedance-2-5-reference-to-video-basic", "reference_image_urls": [FACE]},
        IMAGE | {"model": "seedance-2-0-mini-image-to-video-basic", "image_url": FACE},
    ],
)
async def test_people_on_a_basic_model_are_accepted_and_fail_at_retrieve(client, clock, body):
    refused = await end_of(client, clock, body)
    error = refused.json()["error"]
    assert (refused.status_code, error["type"]) == (422, "provider_content_policy")
    assert error["credits_refunded"] is True
    assert error["message"]


async def test_a_failure_is_replayed_on_every_poll(client, clock):
    queued = (await queue(client, IMAGE | {"image_url": FACE})).json()
    clock.turn(1000)
    first = await ask(client, "retrieve", queued)
    clock.turn(3600)
    second = await ask(client, "retrieve", queued)
    assert (first.status_code, first.content) == (second.status_code, second.content)


@pytest.mark.parametrize(
    "body",
    [
        IMAGE | {"image_url": PLAIN},
        REFERENCES | {"reference_image_urls": [PLAIN]},
        REFERENCES
        | {"model": "seedance-2-5-us-reference-to-video-private", "reference_image_urls": [FACE]},
        IMAGE | {"model": "wan-2.6-image-to-video", "image_url": FACE},
    ],
)
async def test_without_people_or_elsewhere_nothing_fails(client, clock, body):
    done = await end_of(client, clock, body)
    assert (done.status_code, done.headers["content-type"]) == (200, "video/mp4")


async def test_an_unlisted_twin_still_asks_for_consent(client):
    asked = await queue(client, IMAGE | {"model": "seedance-2-0-image-to-video", "image_url": FACE})
    assert (asked.status_code, asked.json()["error"]["code"]) == (409, "needs_consent")


def sounds(*seconds):
    return [as_data_url("audio", "wav", sound("wav", one)) for one in seconds]


@pytest.mark.parametrize(
    "model",
    [
        "wan-3-0-reference-to-video",
        "wan-3-0-pro-reference-to-video",
        "wan-3-0-prime-reference-to-video",
    ],
)
async def test_too_much_sound_fails_late_on_wan(client, clock, model):
    body = WAN | {"model": model, "reference_audio_urls": sounds(8, 7.5)}
    refused = await end_of(client, clock, body)
    assert refused.status_code == 422
    assert "error" in refused.json()


async def test_as_much_sound_as_wan_takes_does_not_fail(client, clock):
    done = await end_of(client, clock, WAN | {"reference_audio_urls": sounds(8, 7)})
    assert (done.status_code, done.headers["content-type"]) == (200, "video/mp4")


async def test_too_much_sound_is_refused_at_once_elsewhere(client):
    body = REFERENCES | {"reference_image_urls": [PLAIN], "reference_audio_urls": sounds(8, 7.5)}
    refused = await queue(client, body)
    assert (refused.status_code, rule(refused)) == (400, "venice/reference-audio-total")


INVALID = (400, {"error": "Request ID is invalid."})


@pytest.mark.parametrize("step", ["retrieve", "complete"])
async def test_an_unknown_id_is_a_400(client, step):
    unknown = {"model": IMAGE["model"], "queue_id": "123e4567-e89b-12d3-a456-426614174000"}
    answer = await ask(client, step, unknown)
    assert (answer.status_code, answer.json()) == INVALID


async def test_the_id_of_another_key_is_a_400(client):
    queued = (await queue(client, IMAGE | {"image_url": PLAIN})).json()
    client.headers["authorization"] = "Bearer other"
    answer = await ask(client, "retrieve", queued)
    assert (answer.status_code, answer.json()) == INVALID


@pytest.mark.parametrize("seconds", [0, 100, 1000])
async def test_complete_is_always_refused_and_deletes_nothing(client, clock, seconds):
    queued = (await queue(client, IMAGE | {"image_url": PLAIN})).json()
    clock.turn(seconds)
    answer = await ask(client, "complete", queued)
    clock.turn(1000)
    done = await ask(client, "retrieve", queued)
    assert (answer.status_code, answer.json()) == INVALID
    assert (done.status_code, done.headers["content-type"]) == (200, "video/mp4")


async def test_deleted_media_is_still_a_404(client, clock):
    queued = (await queue(client, IMAGE | {"image_url": PLAIN})).json()
    clock.turn(1000)
    wish = {"model": queued["model"], "queue_id": queued["queue_id"]}
    wish["delete_media_on_completion"] = True
    await client.post(f"{V}/retrieve", json=wish)
    assert (await ask(client, "retrieve", queued)).status_code == 404


async def catalogue(client, **params):
    answer = (await client.get("/api/v1/models", params=params)).json()
    assert answer["object"] == "list"
    return answer


@pytest.mark.parametrize("contracts", [("venice@2026-06",), ("venice@2026-10",)])
async def test_the_catalogue_has_video_models_under_their_type_alone(client):
    listed = await catalogue(client, type="video")
    assert {one["type"] for one in listed["data"]} == {listed["type"]} == {"video"}
    assert len({one["id"] for one in listed["data"]}) == len(listed["data"]) > 70
    assert [one["id"] for one in listed["data"] if "pricing" in one["model_spec"]] == []
    assert (await catalogue(client))["data"] == []


@pytest.mark.parametrize(
    ("contracts", "there", "gone"),
    [
        (
            ("venice@2026-06",),
            {"seedance-2-0-text-to-video", "sora-2-text-to-video", "topaz-video-upscale"},
            {"seedance-2-0-text-to-video-basic", "wan-3-0-text-to-video", "flux-3-text-to-video"},
        ),
        (
            ("venice@2026-10",),
            {"seedance-2-0-text-to-video-basic", "wan-3-0-text-to-video", "flux-3-text-to-video"},
            {"seedance-2-0-text-to-video", "seedance-2-0-image-to-video", "sora-2-text-to-video"},
        ),
    ],
)
async def test_the_catalogue_is_that_of_its_days(client, there, gone):
    listed = {one["id"] for one in (await catalogue(client, type="video"))["data"]}
    assert listed >= there
    assert listed & gone == set()


async def test_the_catalogue_of_october_has_as_many_models_as_it_had(client):
    assert len((await catalogue(client, type="video"))["data"]) == 132


# Ace Data Cloud


TEXT = {"type": "text", "text": "make it snow"}
CLIP = {
    "type": "video_url",
    "video_url": {"url": "https://example.com/a.mp4"},
    "role": "reference_video",
}
PICTURE = {"type": "image_url", "image_url": {"url": PLAIN}, "role": "reference_image"}
EDIT = {
    "model": "doubao-seedance-2-5-260628",
    "content": [TEXT, CLIP],
    "ratio": "adaptive",
    "duration": -1,
    "omni_reference_task_type": "edit",
}
EXTEND = EDIT | {"omni_reference_task_type": "extend", "duration": 4}
REFERENCE = EDIT | {"omni_reference_task_type": "reference", "duration": 4, "ratio": "16:9"}
WITHOUT_RATIO = {key: value for key, value in EDIT.items() if key != "ratio"}
WITHOUT_DURATION = {key: value for key, value in EDIT.items() if key != "duration"}


async def record_of(client, clock, body):
    """Give the record of a task at its end, after it was accepted."""
    accepted = await client.post("/seedance/videos", json=body | {"async": True})
    assert (accepted.status_code, rule(accepted)) == (200, None)
    assert accepted.json()["success"] is True
    id_ = {"id": accepted.json()["task_id"]}
    assert (await client.post("/seedance/tasks", json=id_)).json()["response"] == {}
    clock.turn(1000)
    return (await client.post("/seedance/tasks", json=id_)).json()


MISFITS = [
    EDIT | {"content": [TEXT]},
    EDIT | {"content": [TEXT, PICTURE]},
    EDIT | {"ratio": "16:9"},
    EDIT | {"duration": 4},
    WITHOUT_RATIO,
    WITHOUT_DURATION,
    EXTEND | {"content": [TEXT]},
    EXTEND | {"ratio": "16:9"},
    REFERENCE | {"content": [TEXT]},
]


@pytest.mark.parametrize("body", MISFITS)
async def test_a_task_type_that_does_not_fit_is_accepted_and_fails(client, clock, body):
    record = await record_of(client, clock, body)
    response = record["response"]
    assert response["success"] is False
    assert set(response["error"]) == {"code", "message"}
    assert "data" not in response
    assert record["finished_at"] > record["started_at"]


@pytest.mark.parametrize(
    "body",
    [
        EDIT,
        EXTEND,
        EXTEND | {"duration": 30},
        EXTEND | {"duration": -1},
        REFERENCE | {"content": [TEXT, PICTURE]},
        EDIT | {"omni_reference_task_type": "auto", "content": [TEXT]},
    ],
)
async def test_a_task_type_that_fits_succeeds(client, clock, body):
    record = await record_of(client, clock, body)
    assert record["response"]["data"]["status"] == "succeeded"


async def test_the_callback_says_of_a_failure_what_the_record_says(client, clock, world):
    hook = {"callback_url": "https://example.com/hook"}
    record = await record_of(client, clock, EDIT | {"content": [TEXT]} | hook)
    (task,) = world.store.tasks.of("k")
    webhook = revision("acedata@2026-10").webhook
    assert webhook.payload(task, clock.now()) == record["response"]


async def test_a_blocking_call_that_does_not_fit_says_so_at_its_end(client, clock):
    answers = []

    async def call():
        body = EDIT | {"content": [TEXT]}
        answers.append(await client.post("/seedance/videos", json=body))

    async with anyio.create_task_group() as group:
        group.start_soon(call)
        await anyio.sleep(0.05)
        assert answers == []
        clock.turn(1000)
    assert answers[0].json()["success"] is False


async def upload(client, name, content):
    answer = await client.post("/v1/files", files={"file": (name, content)})
    return answer.json()["url"]


def item(kind, url):
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": f"reference_{kind}"}


async def with_clips(client, kind, seconds, model="doubao-seedance-2-0-260128"):
    """Make a request whose reference videos or sounds are served here."""
    content = [TEXT, PICTURE]
    for one in seconds:
        made = film("mp4", 640, 640, one, 24) if kind == "video" else sound("mp3", one)
        content.append(item(kind, await upload(client, f"a.{kind}", made)))
    return {"model": model, "content": content}


@pytest.mark.parametrize("kind", ["video", "audio"])
@pytest.mark.parametrize("seconds", [(15.5,), (30,), (1.5,), (8, 7.5), (5, 5, 5.5)])
async def test_a_clip_of_a_wrong_length_fails_where_media_is_processed(
    client, clock, kind, seconds
):
    record = await record_of(client, clock, await with_clips(client, kind, seconds))
    assert record["response"]["success"] is False
    assert record["response"]["error"]["message"]


@pytest.mark.parametrize("kind", ["video", "audio"])
@pytest.mark.parametrize("seconds", [(15,), (2,), (8, 7), (5, 5, 5)])
async def test_a_clip_of_a_right_length_does_not_fail(client, clock, kind, seconds):
    record = await record_of(client, clock, await with_clips(client, kind, seconds))
    assert record["response"]["success"] is True


async def test_the_callback_tells_of_a_late_failure_too(client, clock, world):
    body = await with_clips(client, "video", (15.5,))
    record = await record_of(client, clock, body | {"callback_url": "https://example.com/hook"})
    (task,) = world.store.tasks.of("k")
    webhook = revision("acedata@2026-10").webhook
    assert webhook.payload(task, clock.now()) == record["response"]


async def test_lengths_are_stated_for_the_family_of_2_0_alone(client, clock):
    body = await with_clips(client, "video", (16,), "doubao-seedance-2-5-260628")
    assert (await record_of(client, clock, body))["response"]["success"] is True


# RelayDance, the gateway


RELAY = {"model": "doubao-seedance-2-0-720p", "prompt": "p"}
GENERATIONS = "/v1/video/generations"


async def test_the_gateway_tells_of_a_failure_in_its_row(client, clock, world):
    task = (await client.post(GENERATIONS, json=RELAY)).json()["id"]
    (opened,) = world.store.tasks.of("k")
    opened.plan = opened.plan._replace(failure=Failure("blocked", "Not this one."))
    clock.turn(1000)
    answer = (await client.get(f"{GENERATIONS}/{task}")).json()
    row = answer["data"]
    assert (answer["code"], answer["message"]) == ("success", "")
    assert (row["status"], row["fail_reason"]) == ("FAILURE", "Not this one.")
    assert (row["result_url"], row["progress"]) == ("", "100%")


@pytest.mark.parametrize(
    ("seconds", "status", "progress"),
    [(0, "SUBMITTED", "10%"), (100, "IN_PROGRESS", "50%"), (1000, "SUCCESS", "100%")],
)
async def test_the_gateway_counts_in_steps(client, clock, seconds, status, progress):
    task = (await client.post(GENERATIONS, json=RELAY)).json()["id"]
    clock.turn(seconds)
    row = (await client.get(f"{GENERATIONS}/{task}")).json()["data"]
    assert (row["status"], row["progress"], row["task_id"]) == (status, progress, task)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ('{"prompt": "p"}', 400, "missing_model"),
        ('{"model": "doubao-seedance-2-0-720p"}', 400, "invalid_request"),
        ('{"model": "doubao-seedance-2-0-720p", "prompt": ""}', 400, "invalid_request"),
        ('{"model": "doubao-seedance-2-0-720p", "prompt": "p", "seconds": 5}', 400, None),
        ('{"model": ', 400, "invalid_json"),
    ],
)
async def test_the_gateway_names_bad_requests_by_a_slug(client, content, status, code):
    headers = {"content-type": "application/json"}
    answer = await client.post(GENERATIONS, content=content, headers=headers)
    body = answer.json()
    assert answer.status_code == status
    assert set(body) == {"code", "message", "data"}
    assert body["data"] is None
    assert body["code"] == (code or "invalid_request")


async def test_the_gateway_answers_400_for_an_unknown_task(client):
    answer = await client.get(f"{GENERATIONS}/task_unknown")
    assert (answer.status_code, answer.json()["code"]) == (400, "task_not_exist")
    assert answer.json()["data"] is None


@pytest.mark.parametrize(
    ("key", "body", "status", "words"),
    [
        ("", RELAY, 401, "Invalid token"),
        ("screentest-invalid-key", RELAY, 401, "Invalid token"),
        ("screentest-no-balance", RELAY, 403, "quota"),
        ("k", RELAY | {"model": "no-such"}, 403, "This token has no access to model no-such"),
    ],
)
async def test_the_gateways_own_refusals_have_a_request_id(client, key, body, status, words):
    client.headers["authorization"] = f"Bearer {key}"
    answer = await client.post(GENERATIONS, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (status, "new_api_error", "")
    assert words in error["message"]
    assert re.search(r" \(request id: \S+\)$", error["message"])


@pytest.mark.parametrize("fields", [{"duration": 4}, {"duration": "4"}, {"seconds": "4"}])
@pytest.mark.parametrize("other", [{}, {"seconds": "12"}])
async def test_the_gateway_puts_duration_before_seconds(client, world, fields, other):
    await client.post(GENERATIONS, json=RELAY | other | fields)
    (task,) = world.store.tasks.of("k")
    assert task.plan.clip.seconds == 4


@pytest.mark.parametrize("length", [{"duration": 16}, {"duration": "3"}, {"seconds": "16"}])
async def test_the_gateway_holds_a_length_to_its_model_whichever_field_has_it(client, length):
    answer = await client.post(GENERATIONS, json=RELAY | length)
    assert answer.status_code == 400


async def test_the_gateway_passes_over_seconds_where_there_is_a_duration(client, world):
    await client.post(GENERATIONS, json=RELAY | {"seconds": "16", "duration": 5})
    (task,) = world.store.tasks.of("k")
    assert task.plan.clip.seconds == 5


# Every revision


UNKNOWN = {"model": "model-of-tomorrow"}
GENERAL = {
    "venice": ({"prompt": "x" * 20_001}, "venice/queue-prompt"),
    "acedata": ({"duration": 31}, "acedata/videos-duration"),
    "relaydance": ({"seconds": "31"}, "relaydance/generate-seconds"),
    "senseaudio": ({"resolution": "4k"}, "senseaudio/create-resolution"),
}
BY_ROW = {
    "venice": ({"duration": "30s"}, "venice/model-duration"),
    "acedata": ({"duration": 1}, "acedata/model-duration"),
    "relaydance": ({"seconds": "30"}, "relaydance/model-seconds"),
    "senseaudio": ({"duration": 3}, "senseaudio/model-duration"),
}
NAMES = [one.name for one in every_revision()]


def lenient(name: str) -> httpx.AsyncClient:
    app = create_app(Settings(seed=1, models="lenient", contracts=(name,)))
    return client_of(app)


def client_of(app) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    return httpx.AsyncClient(transport=transport, base_url="http://h", headers=headers)


async def submitted(client, name, fields):
    submit = revision(name).submit
    async with client:
        return await client.post(submit.path, json={**submit.example, **fields})


@pytest.mark.parametrize("name", NAMES)
async def test_lenient_models_take_an_id_that_no_table_has(name):
    answer = await submitted(lenient(name), name, UNKNOWN)
    assert (answer.status_code, rule(answer)) == (200, None)


@pytest.mark.parametrize("name", NAMES)
async def test_strict_models_do_not(name):
    strict = client_of(create_app(Settings(seed=1, contracts=(name,))))
    answer = await submitted(strict, name, UNKNOWN)
    assert answer.is_client_error
    assert rule(answer) == f"{revision(name).id}/known-model"


@pytest.mark.parametrize("name", NAMES)
async def test_lenient_models_are_held_to_what_holds_for_all(name):
    fields, broken = GENERAL[revision(name).id]
    answer = await submitted(lenient(name), name, UNKNOWN | fields)
    assert answer.is_client_error
    assert rule(answer) == broken


@pytest.mark.parametrize("name", NAMES)
async def test_a_known_model_is_held_to_its_row_by_the_lenient_too(name):
    fields, broken = BY_ROW[revision(name).id]
    answer = await submitted(lenient(name), name, fields)
    assert answer.is_client_error
    assert rule(answer) == broken


async def test_the_strict_reading_makes_no_1080p(client):
    example = revision("senseaudio@strict").submit.example
    answer = await client.post("/v1/video/create", json=example | {"resolution": "1080p"})
    assert (answer.status_code, rule(answer)) == (400, "senseaudio/create-resolution")
