"""Consent: who is asked, what is remembered of the answer, and what no consent helps against."""

from base64 import b64encode

import pytest

from contracts.kernel.consent import Consent
from contracts.kernel.probing.specimens import as_data_url, image
from contracts.kernel.registry import chosen
from contracts.kernel.source import Source
from contracts.kernel.task import Failure
from mockserver.app import create_app
from mockserver.exchange import Exchange
from mockserver.settings import Settings
from mockserver.steps import consenting
from mockserver.steps.consenting import check_consent
from mockserver.world import World

FROM_IMAGE = {"model": "seedance-2-0-image-to-video", "prompt": "p", "duration": "5s"}
FROM_REFERENCES = FROM_IMAGE | {"model": "seedance-2-0-reference-to-video", "aspect_ratio": "16:9"}
WITH_VIDEO = FROM_REFERENCES | {"reference_image_urls": ["https://example.com/a.png"]}
BASIC = FROM_IMAGE | {"model": "seedance-2-0-image-to-video-basic"}
GIVEN = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}
CONSENTS = {"consents": {"seedance": GIVEN}}
PLAIN = "https://example.com/a.png"
FACE, OTHER = "https://example.com/screentest-face.png", "https://example.com/screentest-face-2.png"
MINOR = "https://example.com/screentest-face-minor.png"
FAMOUS = "https://example.com/screentest-face-public-figure.png"
CLIP = "https://example.com/screentest-face.mp4"


def tagged(width=400, height=400, tag=b"screentest-face"):
    """Give a picture that says what it shows, as bytes."""
    return image("gif", width, height)[:-1] + tag + b";"


def data(content):
    return as_data_url("image", "gif", content)


async def queue(client, body, prefix="", **headers):
    return await client.post(f"{prefix}/api/v1/video/queue", json=body, headers=headers)


def outcome(answer):
    return answer.status_code, answer.headers.get("x-screentest-rule")


ACCEPTED = (200, None)
ASKED = (409, "venice/needs-consent")


@pytest.fixture
def october(world):
    """Serve the rules of October."""
    return create_app(world=world, providers=chosen(("venice@2026-10",)))


@pytest.mark.parametrize(
    ("body", "roles"),
    [
        (FROM_IMAGE | {"image_url": FACE}, ["image"]),
        (FROM_IMAGE | {"image_url": PLAIN, "end_image_url": FACE}, ["end_image"]),
        (FROM_IMAGE | {"image_url": data(tagged())}, ["image"]),
        (WITH_VIDEO | {"video_url": CLIP}, ["video"]),
        (FROM_REFERENCES | {"reference_video_urls": [CLIP]}, ["reference_video"]),
        (
            FROM_REFERENCES
            | {"reference_image_urls": [FACE, PLAIN, OTHER], "reference_video_urls": [CLIP]},
            ["reference_image", "reference_video"],
        ),
    ],
)
async def test_a_face_is_asked_about_by_its_roles(client, world, body, roles):
    asked = await queue(client, body)
    assert outcome(asked) == ASKED
    assert asked.json()["face_media_roles"] == roles
    assert list(world.store.tasks.of("k")) == []


@pytest.mark.parametrize(
    "body",
    [
        FROM_IMAGE | {"model": "seedance-2-0-text-to-video"},
        FROM_IMAGE | {"image_url": PLAIN},
        FROM_IMAGE | {"image_url": "https://example.com/screentest-face/a.png"},
        FROM_IMAGE | {"image_url": data(image("gif", 400, 400))},
        FROM_IMAGE | {"model": "wan-2.6-image-to-video", "image_url": FACE},
        FROM_IMAGE | {"model": "wan-2.6-image-to-video", "image_url": FAMOUS},
    ],
)
async def test_no_one_else_is_asked(client, body):
    assert outcome(await queue(client, body)) == ACCEPTED


async def test_the_same_body_passes_with_consent(client, world):
    body = FROM_IMAGE | {"image_url": data(tagged())}
    assert outcome(await queue(client, body)) == ASKED
    assert outcome(await queue(client, body | CONSENTS)) == ACCEPTED
    assert len(world.store.tasks.of("k")) == 1


async def test_consent_without_any_face_is_accepted_and_not_remembered(client, world):
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": PLAIN} | CONSENTS)) == ACCEPTED
    assert list(world.store.consents.ids("k")) == []


@pytest.mark.parametrize(
    "consents",
    [
        {},
        {"confirmed_terms_and_privacy": True},
        GIVEN | {"confirmed_legal_right": False},
        GIVEN | {"confirmed_legal_right": "true"},
        GIVEN | {"consent_version": "v2.0"},
    ],
)
async def test_consent_that_is_not_whole_is_an_invalid_body(client, world, consents):
    body = FROM_IMAGE | {"image_url": FACE, "consents": {"seedance": consents}}
    assert (await queue(client, body)).status_code == 400
    assert list(world.store.consents.ids("k")) == []


async def test_consent_to_nothing_is_none(client):
    body = FROM_IMAGE | {"image_url": FACE, "consents": {}}
    assert outcome(await queue(client, body)) == ASKED


# memory


@pytest.mark.parametrize("face", [FACE, data(tagged())], ids=["link", "data"])
async def test_the_same_media_passes_without_asking_again(client, face):
    await queue(client, FROM_IMAGE | {"image_url": face} | CONSENTS)
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": face})) == ACCEPTED
    elsewhere = FROM_REFERENCES | {"reference_image_urls": [PLAIN, face]}
    assert outcome(await queue(client, elsewhere)) == ACCEPTED


@pytest.mark.parametrize(
    "other",
    [tagged(500, 500), tagged(400, 300), tagged(tag=b"screentest-face ")],
    ids=["resized", "cropped", "re-encoded"],
)
async def test_other_bytes_are_other_media(client, other):
    await queue(client, FROM_IMAGE | {"image_url": data(tagged())} | CONSENTS)
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": data(other)})) == ASKED


async def test_the_bytes_count_whatever_the_text_of_the_link_is(client):
    await queue(client, FROM_IMAGE | {"image_url": data(tagged())} | CONSENTS)
    other = "data:image/gif;name=me.gif;base64," + b64encode(tagged()).decode()
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": other})) == ACCEPTED


async def test_a_file_that_was_uploaded_is_known_by_its_bytes(client):
    links = []
    for name in ("one.gif", "two.gif"):
        files = {"file": (name, tagged(), "image/gif")}
        links.append((await client.post("/v1/files", files=files)).json()["url"])
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": links[0]})) == ASKED
    await queue(client, FROM_IMAGE | {"image_url": data(tagged())} | CONSENTS)
    for link in links:
        assert outcome(await queue(client, FROM_IMAGE | {"image_url": link})) == ACCEPTED


async def test_one_known_and_one_new_face_are_asked_about_together(client):
    await queue(client, FROM_IMAGE | {"image_url": FACE} | CONSENTS)
    both = FROM_IMAGE | {"image_url": FACE, "end_image_url": OTHER}
    asked = await queue(client, both)
    assert outcome(asked) == ASKED
    assert asked.json()["face_media_roles"] == ["image", "end_image"]
    await queue(client, both | CONSENTS)
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": OTHER})) == ACCEPTED


async def test_consent_is_given_by_one_key(client):
    body = FROM_IMAGE | {"image_url": FACE}
    await queue(client, body | CONSENTS)
    assert outcome(await queue(client, body, authorization="Bearer other")) == ASKED


async def test_consent_is_given_by_one_key_of_one_tenant(client):
    body = FROM_IMAGE | {"image_url": FACE}
    await queue(client, body | CONSENTS, "/@anna")
    assert outcome(await queue(client, body, "/@anna")) == ACCEPTED
    assert outcome(await queue(client, body, "/@anna", authorization="Bearer other")) == ASKED
    assert outcome(await queue(client, body, "/@bert")) == ASKED
    assert outcome(await queue(client, body)) == ASKED


async def test_consent_has_no_end(client, clock):
    body = FROM_IMAGE | {"image_url": FACE}
    await queue(client, body | CONSENTS)
    clock.turn(365 * 24 * 60 * 60)
    assert outcome(await queue(client, body)) == ACCEPTED


async def test_what_is_revoked_is_asked_about_again(client, world):
    body = FROM_IMAGE | {"image_url": FACE}
    await queue(client, body | CONSENTS)
    world.store.consents.clear("k")
    assert outcome(await queue(client, body)) == ASKED


async def test_the_moment_of_consent_is_kept(client, clock, world):
    await queue(client, FROM_IMAGE | {"image_url": FACE} | CONSENTS)
    clock.turn(60)
    await queue(client, FROM_IMAGE | {"image_url": FACE} | CONSENTS)
    assert list(world.store.consents.of("k")) == [clock.now()]


async def test_of_too_many_consents_the_oldest_is_forgotten(client, monkeypatch):
    monkeypatch.setattr(consenting, "MOST_REMEMBERED", 2)
    one, two, three = (FROM_IMAGE | {"image_url": url} for url in (FACE, OTHER, CLIP))
    for body in (one, two, one, three):
        await queue(client, body | CONSENTS)
    assert outcome(await queue(client, two)) == ASKED
    assert outcome(await queue(client, one)) == ACCEPTED
    assert outcome(await queue(client, three)) == ACCEPTED


# what comes before consent, and after


@pytest.mark.parametrize("given", [{}, CONSENTS], ids=["without", "with"])
@pytest.mark.parametrize(
    ("prompt", "face", "rule"),
    [
        ("p", FAMOUS, "content-policy-violation"),
        ("NSFW", MINOR, "content-policy-violation"),
        ("p", data(tagged(400, 1000)), "image-aspect-ratio-out-of-bounds"),
        ("p", data(tagged(1000, 400)), "image-aspect-ratio-out-of-bounds"),
    ],
)
async def test_no_consent_helps_against_some_media(client, world, given, prompt, face, rule):
    body = FROM_IMAGE | {"prompt": prompt, "image_url": face} | given
    assert outcome(await queue(client, body)) == (422, f"venice/{rule}")
    assert list(world.store.consents.ids("k")) == []


@pytest.mark.parametrize(
    ("prompt", "face"),
    [("p", MINOR), ("NSFW", FACE), ("p", data(tagged(401, 1000))), ("p", data(tagged(999, 400)))],
)
async def test_consent_helps_with_the_rest(client, prompt, face):
    body = FROM_IMAGE | {"prompt": prompt, "image_url": face}
    assert outcome(await queue(client, body)) == ASKED
    assert outcome(await queue(client, body | CONSENTS)) == ACCEPTED


async def test_an_image_without_a_face_may_have_any_ratio(client):
    wide = data(image("gif", 1000, 200))
    assert outcome(await queue(client, FROM_IMAGE | {"image_url": wide})) == ACCEPTED


class TestWithMoney:
    @pytest.fixture
    def world(self, clock):
        return World(Settings(seed=1, balance=100), clock)

    def left(self, world):
        venice = world.providers["venice"]
        return world.books.balance("k", venice, "k", world.clock.now())

    async def test_being_asked_or_refused_costs_nothing(self, client, world):
        await queue(client, FROM_IMAGE | {"image_url": FACE})
        await queue(client, FROM_IMAGE | {"image_url": FAMOUS})
        assert self.left(world) == 100_000_000
        await queue(client, FROM_IMAGE | {"image_url": FACE} | CONSENTS)
        assert self.left(world) < 100_000_000

    async def test_a_request_that_is_refused_afterwards_attests_nothing(self, client, world):
        body = FROM_IMAGE | {"image_url": FACE}
        venice, now = world.providers["venice"], world.clock.now()
        world.books.top_up("k", venice, "k", -99_999_999, now)
        assert (await queue(client, body | CONSENTS)).status_code == 402
        world.books.top_up("k", venice, "k", 99_999_999, now)
        assert outcome(await queue(client, body)) == ASKED


# models that never ask


class TestInOctober:
    @pytest.fixture
    def app(self, october):
        return october

    async def end(self, client, clock, queued):
        clock.turn(1000)
        body = {"model": queued["model"], "queue_id": queued["queue_id"]}
        return await client.post("/api/v1/video/retrieve", json=body)

    @pytest.mark.parametrize("face", [FACE, FAMOUS, data(tagged())], ids=["link", "famous", "data"])
    async def test_a_basic_model_never_asks_and_fails_later(self, client, clock, world, face):
        queued = await queue(client, BASIC | {"image_url": face})
        assert outcome(queued) == ACCEPTED
        done = await self.end(client, clock, queued.json())
        assert outcome(done) == (422, "venice/provider-policy")
        assert list(world.store.consents.ids("k")) == []

    async def test_a_basic_model_takes_what_shows_no_face(self, client, clock):
        queued = await queue(client, BASIC | {"image_url": PLAIN})
        assert (await self.end(client, clock, queued.json())).status_code == 200

    async def test_an_unlisted_model_still_asks(self, client):
        body = FROM_IMAGE | {"image_url": FACE}
        assert outcome(await queue(client, body)) == ASKED
        assert outcome(await queue(client, body | CONSENTS)) == ACCEPTED
        assert outcome(await queue(client, body)) == ACCEPTED


def test_what_the_media_came_to_first_stays(world):
    first, second = Failure("first", "the sound is too long"), Failure("second", "there are people")
    consent = Consent(
        asks=lambda _: False,
        attests=lambda _: False,
        media=lambda _: iter([("image", FACE)]),
        cause="x",
        later=lambda _: second,
        source=Source("made up", "2026-11"),
    )
    fresh, failed = (Exchange({"headers": []}, {}, world.clock) for _ in range(2))
    failed.failure = first
    check_consent(consent, world, fresh)
    check_consent(consent, world, failed)
    assert (fresh.failure, failed.failure) == (second, first)
