"""From submit to a decoded video, by every revision of every provider, through every door."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import av
import httpx
import pytest
from starlette.applications import Starlette

from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, revision
from contracts.kernel.task import Phase
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.world import World

REVISIONS = [one.name for one in every_revision()]


@pytest.fixture(params=[*REVISIONS, "acme"])
def provider(request: pytest.FixtureRequest, with_acme: Mapping[str, Provider]) -> Provider:
    """Every revision, and the one of the provider that is made up."""
    return with_acme["acme"] if request.param == "acme" else revision(request.param)


@pytest.fixture
def app(world: World, served: Mapping[str, Provider]) -> Starlette:
    return create_app(world=world, providers=served)


def probe(content: bytes) -> dict[str, Any]:
    with av.open(BytesIO(content)) as film:
        video = film.streams.video[0]
        frames = sum(1 for _ in film.decode(video))
        return {
            "width": video.width,
            "height": video.height,
            "seconds": frames / float(video.average_rate),
            "audio": bool(film.streams.audio),
        }


async def submit(client: httpx.AsyncClient, journey) -> str:
    answer = await journey.send(client, "submit")
    assert answer.is_success, answer.text
    return journey.pick(answer.json(), "id")


async def test_a_task_goes_through_its_words_and_ends_in_the_film_that_was_asked_for(
    app, door: Callable, journey, clock
):
    life = journey.provider.lifecycle
    async with door(app) as client:
        task = await submit(client, journey)
        for pause, phase in ((0, Phase.WAITING), (life.seconds / 2, Phase.WORKING)):
            clock.turn(pause)
            answer = (await journey.send(client, "poll", task)).json()
            if journey.data["status"]:
                assert journey.pick(answer, "status") == life.words[phase]
        clock.turn(life.seconds / 2)
        response = await journey.send(client, "poll", task)
        if journey.data["media"]:
            if journey.data["status"]:
                assert journey.pick(response.json(), "status") == life.words[Phase.SUCCEEDED]
            response = await client.get(journey.pick(response.json(), "media"))
        assert response.headers["content-type"] == "video/mp4"
        assert probe(response.content) == journey.data["clip"]


async def test_reading_changes_nothing(app, journey, clock, door):
    async with door(app) as client:
        task = await submit(client, journey)
        clock.turn(journey.provider.lifecycle.seconds * 0.7)
        first, second = [(await journey.send(client, "poll", task)).content for _ in range(2)]
        assert first == second


async def test_another_key_does_not_see_the_task(app, journey, door):
    async with door(app) as client:
        task = await submit(client, journey)
        other = {name: f"{value}-other" for name, value in journey.headers.items()}
        journey.data["headers"] |= other
        answer = await journey.send(client, "poll", task)
        assert task not in answer.text


async def test_there_is_no_media_before_the_end(app, journey, world, door):
    async with door(app) as client:
        await submit(client, journey)
        (link,) = world.store.links.ids("")
        answer = await client.get(f"/_screentest/media/{link}.mp4")
        assert answer.status_code == 404
        assert answer.headers["x-screentest-rule"] == "screentest/no-media"


async def test_equal_seeds_give_equal_ids(journey, served, clock):
    answers = []
    for _ in range(2):
        app = create_app(world=World(Settings(seed=7), clock), providers=served)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
            answers.append((await journey.send(client, "submit")).content)
    assert answers[0] == answers[1]


async def test_the_example_is_accepted(app, journey, door):
    operation = journey.provider.submit
    async with door(app) as client:
        answer = await client.post(operation.path, json=operation.example, headers=journey.headers)
        assert answer.is_success


async def test_it_answers_at_its_own_host_alone(app, journey, provider):
    host = provider.hosts[0]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}") as client:
        assert (await journey.send(client, "submit")).is_success
        answer = await client.get("/nowhere/at/all")
        assert answer.headers["x-screentest-rule"] == f"{provider.id}/no-route"
