"""Venice: consent, private delivery, quotes, the catalogue, the wording of refusals."""

import pytest
from pydantic import MISSING

from contracts.kernel.task import Failure
from contracts.providers.venice.models import june, price
from contracts.providers.venice.quirks import CameraPath, UniqueFrames
from mockserver.media import render

V = "/api/v1/video"
PRIVATE = "grok-imagine-text-to-video-private"
BODY = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
FROM_IMAGE = "seedance-2-0-image-to-video"
FROM_REFERENCES = "seedance-2-0-reference-to-video"
FACE = "https://example.com/screentest-face.png"
PLAIN = "https://example.com/a.png"
CLIP = "https://example.com/clip.mp4"
MEDIA = {
    "image_url": PLAIN,
    "end_image_url": PLAIN,
    "video_url": CLIP,
    "reference_image_urls": [PLAIN],
}
SEEDANCE = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}


async def queue(client, **fields):
    return await client.post(f"{V}/queue", json=BODY | fields)


async def retrieve(client, queued, **fields):
    body = {"model": queued["model"], "queue_id": queued["queue_id"]}
    return await client.post(f"{V}/retrieve", json=body | fields)


async def test_progress_is_told_in_milliseconds_of_the_provider(client, clock):
    queued = (await queue(client)).json()
    clock.turn(58)
    assert (await retrieve(client, queued)).json() == {
        "status": "PROCESSING",
        "average_execution_time": 145000,
        "execution_duration": 58000,
    }


async def test_media_is_deleted_after_it_was_returned_if_so_wished(client, clock, world):
    queued = (await queue(client)).json()
    clock.turn(1000)
    kept = await retrieve(client, queued)
    last = await retrieve(client, queued, delete_media_on_completion=True)
    gone = await retrieve(client, queued)
    (task,) = world.store.tasks.of("k")
    assert kept.content == last.content == render(task.plan.clip)
    assert (gone.status_code, gone.headers["x-screentest-rule"]) == (404, "venice/media-gone")


async def test_a_wish_to_delete_that_comes_too_early_deletes_nothing(client, clock):
    queued = (await queue(client)).json()
    await retrieve(client, queued, delete_media_on_completion=True)
    clock.turn(1000)
    assert (await retrieve(client, queued)).headers["content-type"] == "video/mp4"


async def test_complete_deletes_what_is_finished(client, clock):
    queued = (await queue(client)).json()
    body = {"model": queued["model"], "queue_id": queued["queue_id"]}
    early = await client.post(f"{V}/complete", json=body)
    clock.turn(1000)
    done = await client.post(f"{V}/complete", json=body)
    assert (early.json(), done.json()) == ({"success": False}, {"success": True})
    assert (await retrieve(client, queued)).status_code == 404


async def test_a_private_model_delivers_by_link_alone(client, clock):
    queued = (await queue(client, model=PRIVATE)).json()
    early = await client.get(queued["download_url"])
    clock.turn(1000)
    status = await retrieve(client, queued)
    del client.headers["authorization"]
    film = await client.get(queued["download_url"])
    part = await client.get(queued["download_url"], headers={"range": "bytes=4-7"})
    assert (early.status_code, early.headers["x-screentest-rule"]) == (404, "venice/no-link")
    assert status.json()["status"] == "COMPLETED"
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    assert part.content == b"ftyp"


async def test_a_link_can_be_revoked_for_good(client, clock):
    url = (await queue(client, model=PRIVATE)).json()["download_url"]
    clock.turn(1000)
    assert (await client.delete(url)).status_code == 204
    gone = await client.get(url)
    assert (gone.status_code, gone.headers["x-screentest-rule"]) == (410, "venice/link-revoked")


async def test_an_ordinary_model_has_no_link(client, clock, world):
    await queue(client)
    clock.turn(1000)
    (task,) = world.store.tasks.of("k")
    assert (await client.get(f"/v1/share/read/{task.names.link}")).status_code == 404


@pytest.mark.parametrize(
    ("model", "fields", "roles"),
    [
        (FROM_IMAGE, {"image_url": FACE}, ["image"]),
        (FROM_IMAGE, {"end_image_url": FACE, "image_url": FACE}, ["image", "end_image"]),
        (FROM_REFERENCES, {"reference_image_urls": [PLAIN, FACE, FACE]}, ["reference_image"]),
        (FROM_REFERENCES, {"reference_video_urls": [FACE]}, ["reference_video"]),
        (FROM_REFERENCES, {"reference_image_urls": [PLAIN], "video_url": FACE}, ["video"]),
    ],
)
async def test_a_face_needs_consent(client, world, model, fields, roles):
    asked = await queue(client, model=model, **fields)
    assert asked.status_code == 409
    answer = asked.json()
    assert answer["face_media_roles"] == roles
    assert set(answer) == {
        "error",
        "consent_flow",
        "face_media_roles",
        "consent",
        "docs_url",
    }
    assert list(world.store.tasks.of("k")) == []
    given = await queue(client, model=model, consents={"seedance": SEEDANCE}, **fields)
    assert given.status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"image_url": FACE},
        {"model": "grok-imagine-image-to-video-private", "image_url": FACE},
        {"model": FROM_IMAGE, "image_url": PLAIN},
        {"model": FROM_IMAGE, "image_url": PLAIN, "scene_image_urls": [FACE]},
    ],
)
async def test_nothing_else_needs_consent(client, fields):
    assert (await queue(client, **fields)).status_code == 200


async def test_quotes_need_no_key_and_take_anything_beside(client):
    del client.headers["authorization"]
    body = {"model": BODY["model"], "duration": "5s", "resolution": "720p"}
    answer = await client.post(f"{V}/quote", json=body | {"prompt": "p", "nonsense": 1})
    assert answer.json() == {"quote": price(body["model"], 5, "720p", audio=True)}


@pytest.mark.parametrize(
    ("model", "seconds", "resolution", "audio", "dollars"),
    [
        ("flux-3-text-to-video", 5, "720p", True, 0.94),
        ("grok-imagine-text-to-video-private", 15, "720p", True, 1.33),
        ("kling-2.6-pro-text-to-video", 10, "-", False, 0.77),
        ("pixverse-v5.6-text-to-video", 8, "1080p", True, 3.8),
        ("pixverse-v5.6-text-to-video", 5, "-", True, 1.14),
        ("seedance-1-5-pro-text-to-video-basic", 4, "480p", False, 0.08),
        ("veo3-full-text-to-video", 8, "1080p", True, 1.76),
        ("no-such-model", 10, "720p", True, 1.0),
        ("seedance-2-0-text-to-video", 5, "-", True, 0.95),
    ],
)
def test_prices_are_those_that_were_quoted(model, seconds, resolution, audio, dollars):
    assert price(model, seconds, resolution, audio=audio) == pytest.approx(dollars, abs=0.011)


@pytest.mark.parametrize(("kind", "some"), [("video", True), ("all", True), ("image", False)])
async def test_the_catalogue_is_listed_by_type(client, kind, some):
    answer = (await client.get("/api/v1/models", params={"type": kind})).json()
    assert (answer["object"], answer["type"]) == ("list", kind)
    assert bool(answer["data"]) is some


async def test_without_a_type_there_are_no_video_models(client):
    assert (await client.get("/api/v1/models")).json()["data"] == []


async def test_a_listed_model_tells_what_it_can_do(client):
    answer = (await client.get("/api/v1/models", params={"type": "video"})).json()
    entries = {entry["id"]: entry for entry in answer["data"]}
    spec = entries["seedance-2-0-text-to-video"]["model_spec"]
    assert "5s" in spec["constraints"]["durations"]
    assert "16:9" in spec["constraints"]["aspect_ratios"]
    assert len(entries) > 100


@pytest.mark.parametrize("row", june().values(), ids=lambda row: row.id)
async def test_every_model_can_be_asked_for_what_the_catalogue_offers(client, row):
    """Some rows list values younger than June's enums: `1s`, and the ratios after the first."""
    fields = MEDIA | {"model": row.id, "duration": row.offered("durations")[-1]}
    if row.offered("aspect_ratios"):
        fields["aspect_ratio"] = row.offered("aspect_ratios")[0]
    if row.offered("resolutions") and row.id != "topaz-video-upscale":
        fields["resolution"] = row.offered("resolutions")[-1]
    answer = await queue(client, **fields)
    assert (answer.status_code, answer.headers.get("x-screentest-rule")) == (200, None)


async def test_an_unknown_type_is_refused_with_the_known_ones(client):
    answer = await client.get("/api/v1/models", params={"type": "bogus"})
    assert answer.status_code == 400
    assert "received 'bogus'" in answer.json()["issues"][0]["message"]


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"prompt": 5}, "invalid_type", "Expected string, received number"),
        ({"prompt": None}, "invalid_type", "Expected string, received null"),
        ({"prompt": ""}, "too_small", "String must contain at least 1 character(s)"),
        (
            {"consents": {"seedance": SEEDANCE | {"confirmed_legal_right": False}}},
            "invalid_literal",
            "Invalid literal value, expected true",
        ),
        ({"audio": "yes"}, "invalid_type", "Expected boolean, received string"),
        ({"resolution": "8k"}, "invalid_enum_value", "received '8k'"),
        ({"resolution": []}, "invalid_type", "Expected enum, received array"),
        ({"elements": [{}] * 5}, "too_big", "Array must contain at most 4 element(s)"),
        ({"elements": {}}, "invalid_type", "Expected array, received object"),
        ({"consents": True}, "invalid_type", "Expected object, received boolean"),
        ({"image_url": "x"}, "custom", "must be an http(s) URL or a data URL"),
        (
            {"model": "topaz-video-upscale", "video_url": FACE, "resolution": "2x"},
            "custom",
            "Use upscale_factor instead of resolution",
        ),
    ],
)
async def test_violations_are_worded_as_the_live_validator_words_them(
    client, fields, code, message
):
    answer = await queue(client, **fields)
    issue = answer.json()["issues"][0]
    assert answer.status_code == 400
    assert issue["code"] == code
    assert message in issue["message"]


async def test_details_are_a_tree_and_issues_a_list(client):
    answer = (await queue(client, elements=[{"frontal_image_url": 1}])).json()
    errors = answer["details"]["elements"]["0"]["frontal_image_url"]["_errors"]
    assert errors == ["Expected string, received number"]
    assert answer["issues"][0]["path"] == ["elements", 0, "frontal_image_url"]


async def test_an_unknown_key_of_a_closed_body_is_named(client):
    answer = await client.post(f"{V}/complete", json={"model": "m", "queue_id": "q", "x": 1})
    (issue,) = answer.json()["issues"]
    assert issue["message"] == "Unrecognized key(s) in object: 'x'"
    assert (issue["path"], issue["keys"]) == ([], ["x"])


async def test_a_field_may_have_any_name(client):
    body = {"model": "m", "queue_id": 5, "_errors": {"_errors": 1}}
    answer = await client.post(f"{V}/retrieve", json=body)
    assert answer.json()["details"] == {
        "queue_id": {"_errors": ["Expected string, received number"]},
        "_errors": ["Unrecognized key(s) in object: '_errors'"],
    }


@pytest.mark.parametrize(
    ("fields", "size", "seconds"),
    [
        ({"resolution": "1080p", "aspect_ratio": "1:1"}, (1440, 1440), 5),
        (
            {"model": "wan-2-7-video-to-video", "video_url": CLIP, "duration": "Auto"},
            (1280, 720),
            5,
        ),
        ({"model": "topaz-video-upscale", "video_url": FACE, "upscale_factor": 4}, (2560, 1440), 5),
        ({"model": "longcat-text-to-video", "duration": "30s"}, (1280, 720), 30),
    ],
)
async def test_the_film_follows_from_the_request(client, world, fields, size, seconds):
    await queue(client, **fields)
    (task,) = world.store.tasks.of("k")
    clip = task.plan.clip
    assert ((clip.width, clip.height), clip.seconds) == (size, seconds)


async def test_a_refusal_after_acceptance_is_a_422(client, clock, world):
    queued = (await queue(client)).json()
    (task,) = world.store.tasks.of("k")
    task.plan = type(task.plan)(clip=task.plan.clip, failure=Failure("policy", "Refused."))
    clock.turn(1000)
    answer = await retrieve(client, queued)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "Refused."


async def test_the_version_header_is_always_there(client):
    for answer in (await queue(client), await queue(client, prompt="")):
        assert answer.headers["x-venice-version"]


@pytest.mark.parametrize("condition", [CameraPath(), UniqueFrames()])
def test_what_no_schema_can_say_is_said_in_words(condition):
    assert condition.schema() == {}
    assert f"`{condition.blame(None)}`" in condition.words()


@pytest.mark.parametrize("condition", [CameraPath(), UniqueFrames()])
def test_a_path_that_is_not_there_needs_no_mending(condition):
    class Nothing:
        def value(self, _name):
            return MISSING

    assert condition.make(Nothing(), true=True) is None
