"""Venice through `venice-py`, an asynchronous client."""

import pytest
from venice_ai import VeniceClient
from venice_ai.exceptions import ConflictError, NotFoundError
from venice_ai.resources.video import VideoJob

# the client warns that it would not read VENICE_* variables; it is given all it needs
pytestmark = pytest.mark.filterwarnings("ignore:pydantic-settings is not installed:UserWarning")

TEXT = "seedance-2-0-text-to-video"
IMAGE = "seedance-2-0-image-to-video"
PRIVATE = "grok-imagine-text-to-video-private"
FACE = "https://pictures.example/screentest-face.png"

CASES = [
    pytest.param({"model": TEXT}, ((1280, 720), 24, 5, True), id="defaults"),
    pytest.param(
        {"model": TEXT, "resolution": "480p", "aspect_ratio": "9:16", "audio": False},
        ((496, 864), 24, 5, False),
        id="silent-portrait",
    ),
    pytest.param(
        {"model": TEXT, "aspect_ratio": "1:1", "duration_seconds": "8s", "audio": True},
        ((960, 960), 24, 8, True),
        id="square-with-sound",
    ),
    pytest.param(
        {
            "model": IMAGE,
            "image_url": "https://pictures.example/cat.png",
            "resolution": "1080p",
            "duration_seconds": 4,
            "audio": False,
        },
        ((1920, 1080), 24, 4, False),
        id="image-1080p",
    ),
]


@pytest.fixture
async def client(origin):
    async with VeniceClient(api_key="any-key", base_url=f"{origin}/api/v1") as client:
        yield client


def arguments(wish):
    return {"prompt": "a cat", "duration_seconds": 5} | wish


@pytest.mark.parametrize(("wish", "film"), CASES)
async def test_a_film_is_what_was_asked_for(client, probe, tmp_path, wish, film):
    async with await client.video.run(**arguments(wish)) as job:
        path = await job.download(tmp_path / "film.mp4", await job.wait(poll_interval=0.1))

    assert probe(path.read_bytes()) == film


async def test_progress_only_grows(client):
    seen = []
    job = await client.video.run(**arguments({"model": TEXT}))

    await job.wait(poll_interval=0.05, on_progress=seen.append)

    percents = [status.progress_percent for status in seen]
    assert percents == sorted(set(percents))
    assert 0 <= percents[0] < percents[-1] < 100


async def test_leaving_a_finished_job_deletes_its_film(client):
    async with await client.video.run(**arguments({"model": TEXT})) as job:
        await job.wait(poll_interval=0.1)
        assert (await job.poll()).data

    with pytest.raises(NotFoundError, match="Media could not be found"):
        await job.poll()


async def test_completing_deletes_nothing_before_the_end(client):
    job = await client.video.run(**arguments({"model": TEXT}))

    early = await client.video.cancel(model=job.model, queue_id=job.queue_id)
    film = await job.wait(poll_interval=0.1)
    late = await client.video.cancel(model=job.model, queue_id=job.queue_id)

    assert (early.success, late.success) == (False, True)
    assert film.data


async def test_a_private_model_delivers_by_link_until_the_link_is_deleted(
    client, keyless, fetch, probe
):
    wish = {"model": PRIVATE, "resolution": "480p", "aspect_ratio": "3:4", "duration_seconds": 2}
    queued = await client.video.submit(**arguments(wish))
    link = queued.download_url
    assert keyless.get(link).status_code == 404

    status = await VideoJob(client, queued).wait(poll_interval=0.1)

    assert (status.url, status.data) == (None, None)
    assert probe(fetch(link).content) == ((560, 752), 24, 2, True)
    assert keyless.delete(link).status_code == 204
    assert keyless.get(link).status_code == 410


async def test_leaving_a_finished_private_job_deletes_its_link(client, keyless, probe, tmp_path):
    queued = await client.video.submit(**arguments({"model": PRIVATE}))

    async with VideoJob(client, queued) as job:
        path = await job.download(tmp_path / "film.mp4", await job.wait(poll_interval=0.1))

    assert probe(path.read_bytes()) == ((1280, 720), 24, 5, True)
    assert keyless.get(queued.download_url).status_code == 410


async def test_a_face_needs_consent_and_passes_with_it(client, probe):
    wish = arguments({"model": IMAGE, "image_url": FACE, "audio": False})

    with pytest.raises(ConflictError, match="consent is required") as refused:
        await client.video.run(**wish)

    assert refused.value.code == "needs_consent"
    assert refused.value.body["consent_flow"] == "seedance"
    assert refused.value.body["face_media_roles"] == ["image"]
    attested = {
        "confirmed_terms_and_privacy": True,
        "confirmed_legal_right": True,
        "confirmed_screening_acknowledged": True,
    }
    job = await client.video.run(**wish, consents={"seedance": attested})
    film = await job.wait(poll_interval=0.1)
    assert probe(film.data) == ((1280, 720), 24, 5, False)


async def test_the_catalogue_lists_video_models_and_their_limits(client):
    listed = await client.models.list(type="video")

    assert {model.type for model in listed.data} == {"video"}
    by_id = {model.id: model.model_spec for model in listed.data}
    assert by_id[TEXT].constraints.durations == [f"{n}s" for n in range(4, 16)]
    assert by_id[PRIVATE].privacy == "private"


async def test_the_client_holds_a_length_against_the_catalogue(client):
    with pytest.raises(ValueError, match="not supported by model"):
        await client.video.submit(**arguments({"model": TEXT, "duration_seconds": 3}))


@pytest.mark.parametrize(
    ("wish", "dollars"),
    [
        ({"model": TEXT, "resolution": "720p"}, 0.95),
        ({"model": TEXT, "resolution": "480p", "duration_seconds": 10}, 0.88),
        ({"model": PRIVATE, "resolution": "720p", "aspect_ratio": "1:1"}, 0.44),
    ],
)
async def test_a_quote_is_the_published_price(client, wish, dollars):
    quoted = await client.video.quote(**({"duration_seconds": 5} | wish))

    assert quoted.quote == dollars
