"""Venice through `veniceresch`, which leaves polling for bytes to its caller."""

import asyncio
import time

import pytest
from veniceresch import (
    AsyncVeniceClient,
    VeniceAPIError,
    VeniceClient,
    VeniceNotFoundError,
    VeniceUnexpectedContentTypeError,
)

TEXT = "seedance-2-0-text-to-video"
PRIVATE = "grok-imagine-text-to-video-private"
POLL = 0.05

CASES = [
    pytest.param({}, ((1280, 720), 24, 5, True), id="defaults"),
    pytest.param(
        {"resolution": "480p", "aspect_ratio": "9:16", "duration": "4s", "audio": False},
        ((496, 864), 24, 4, False),
        id="silent-portrait",
    ),
    pytest.param(
        {"resolution": "1080p", "aspect_ratio": "1:1", "audio": True},
        ((1440, 1440), 24, 5, True),
        id="square-1080p-with-sound",
    ),
]


@pytest.fixture
def client(origin):
    with VeniceClient(api_key="any-key", base_url=f"{origin}/api/v1") as client:
        yield client


@pytest.fixture
async def async_client(origin):
    async with AsyncVeniceClient(api_key="any-key", base_url=f"{origin}/api/v1") as client:
        yield client


def arguments(wish):
    return {"model": TEXT, "prompt": "a cat", "duration": "5s"} | wish


def wait(client, queued, **options):
    """Poll for the film's bytes, as the client's documentation says."""
    while True:
        try:
            return client.video.retrieve_binary(
                model=queued.model, queue_id=queued.queue_id, **options
            )
        except VeniceUnexpectedContentTypeError as early:
            if early.error_body["status"] != "PROCESSING":
                raise
            time.sleep(POLL)


@pytest.mark.parametrize(("wish", "film"), CASES)
def test_a_film_is_what_was_asked_for(client, probe, wish, film):
    queued = client.video.queue(**arguments(wish))

    assert probe(wait(client, queued)) == film


async def test_an_async_client_gets_the_same_film(async_client, probe):
    wish = {"resolution": "480p", "aspect_ratio": "21:9"}
    queued = await async_client.video.queue(**arguments(wish))

    made = None
    while made is None:
        try:
            made = await async_client.video.download(model=queued.model, queue_id=queued.queue_id)
        except VeniceUnexpectedContentTypeError:
            await asyncio.sleep(POLL)

    assert probe(made) == ((992, 432), 24, 5, True)


def test_a_private_model_delivers_by_link(client, probe):
    queued = client.video.queue(**arguments({"model": PRIVATE, "aspect_ratio": "3:2"}))

    status = client.video.wait_for_completion(
        model=queued.model, queue_id=queued.queue_id, poll_interval_s=POLL
    )
    made = client.video.download(**queued.model_dump())

    assert status.status == "COMPLETED"
    assert probe(made) == ((1080, 720), 24, 5, True)


def test_a_film_may_be_deleted_as_it_is_fetched(client, probe):
    queued = client.video.queue(**arguments({}))

    made = wait(client, queued, delete_media_on_completion=True)

    assert probe(made) == ((1280, 720), 24, 5, True)
    with pytest.raises(VeniceNotFoundError):
        client.video.retrieve_binary(model=queued.model, queue_id=queued.queue_id)


def test_completing_deletes_a_fetched_film(client):
    queued = client.video.queue(**arguments({}))
    wait(client, queued)

    completed = client.video.complete(model=queued.model, queue_id=queued.queue_id)

    assert completed.success is True
    with pytest.raises(VeniceNotFoundError):
        client.video.retrieve_binary(model=queued.model, queue_id=queued.queue_id)


def test_a_face_needs_consent_and_passes_with_it(client, probe):
    wish = arguments(
        {
            "model": "seedance-2-0-reference-to-video",
            "reference_image_urls": ["https://pictures.example/screentest-face-1.png"],
        }
    )

    with pytest.raises(VeniceAPIError) as refused:
        client.video.queue(**wish)

    assert refused.value.status_code == 409
    assert refused.value.error_body["error"]["code"] == "needs_consent"
    assert refused.value.error_body["face_media_roles"] == ["reference_image"]
    names = ("terms_and_privacy", "legal_right", "screening_acknowledged")
    attested = {f"confirmed_{name}": True for name in names}
    queued = client.video.queue(**wish, consents={"seedance": attested})
    assert probe(wait(client, queued)) == ((1280, 720), 24, 5, True)


def test_the_catalogue_lists_video_models_only_when_asked_for_them(client):
    assert client.models.list().data == []
    assert TEXT in {model["id"] for model in client.models.list(type="video").data}


def test_a_quote_is_the_published_price(client):
    assert client.video.quote(model=TEXT, duration="5s", resolution="720p").quote == 0.95
