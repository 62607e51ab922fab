"""Coverage of contracts: points follow from declarations, and count once they were exercised."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.kernel.checking.messages import Target
from contracts.kernel.operation import Finds
from contracts.kernel.registry import every_revision, providers, revision
from contracts.kernel.task import Phase
from contracts.strategies import valid_bodies
from mockserver.app import create_app
from mockserver.scenarios import Scenario
from mockserver.settings import Settings
from mockserver.verdict.coverage import covered, summary
from mockserver.verdict.points import fields_in, points
from mockserver.world import World

JOURNEYS = Path(__file__).parents[1] / "conformance" / "journeys"
REVISIONS = every_revision()
BY_NAME = pytest.mark.parametrize("provider", REVISIONS, ids=lambda one: one.name)
RELAY, VENICE, ACE = "/v1/video/generations", "/api/v1/video", "/seedance"
QUEUE = {"model": "seedance-2-0-image-to-video", "prompt": "p", "duration": "5s"}
FACE = QUEUE | {"image_url": "https://example.com/screentest-face.png"}
CONSENT = {
    "confirmed_terms_and_privacy": True,
    "confirmed_legal_right": True,
    "confirmed_screening_acknowledged": True,
}
SINK = "http://127.0.0.1:8600/_screentest/sink/s"


def names(provider):
    return [one.name for one in points(provider)]


@pytest.fixture
def tried(world):
    """What was exercised, by everyone with the key `k`, without the id of one provider."""

    def tried(provider=""):
        prefix = f"{provider}/" if provider else ""
        return {one.removeprefix(prefix) for one in covered(world, "k") if one.startswith(prefix)}

    return tried


async def generate(client, **fields):
    body = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"} | fields
    return (await client.post(RELAY, json=body)).json().get("task_id", "")


async def look(client, task):
    return await client.get(f"{RELAY}/{task}")


# Points


@BY_NAME
def test_a_point_has_a_name_of_its_own_that_begins_with_its_provider(provider):
    every = names(provider)
    assert len(every) == len(set(every))
    assert [one for one in every if not one.startswith(f"{provider.id}/")] == []


@BY_NAME
def test_every_operation_mode_failure_and_field_is_a_point(provider):
    every, id_ = set(names(provider)), provider.id
    bodies = {one.id: one.body for one in provider.operations}
    fields = {
        f"{id_}/{name}:{field.alias or key}"
        for name, body in bodies.items()
        for key, field in body.model_fields.items()
    }
    modes = {f"{id_}/{name}/{mode}" for name, body in bodies.items() for mode in body.modes}
    failures = {f"{id_}/failure:{name}" for name in provider.failures}
    assert {f"{id_}/{name}" for name in bodies} | fields | modes | failures <= every


@BY_NAME
def test_what_only_a_scenario_leads_to_is_no_point(provider):
    rows = {name for name, row in provider.errors.items() if row.on_demand}
    assert {f"{provider.id}/error:{one}" for one in rows}.isdisjoint(names(provider))


def test_waiting_is_a_state_only_where_it_has_a_word():
    (worded,) = [one for one in names(providers()["relaydance"]) if one.endswith(":waiting")]
    assert worded == "relaydance/state:waiting"
    assert "venice/state:waiting" not in names(providers()["venice"])


@pytest.mark.parametrize("one", REVISIONS, ids=lambda one: one.name)
@settings(max_examples=settings.default.max_examples // 8)
@given(data=st.data())
def test_the_fields_of_an_accepted_request_are_points(one, data):
    operation = one.submit
    body = data.draw(valid_bodies(operation))
    limits = Target(one, operation).contract.limits
    found = {f"{one.id}/{operation.id}:{path}" for path in fields_in(limits, body)}
    assert found <= set(names(one))
    assert {f"{one.id}/{operation.id}:{name}" for name in body} & set(names(one)) <= found


# Journeys


def journey_of(provider):
    listed = [JOURNEYS / f"{name}.json" for name in (provider.name, provider.id)]
    return json.loads(next(one for one in listed if one.exists()).read_text())


async def travel(provider, clock, until=3):
    """Go from submit to the film, as far as it is asked for; gives the world."""
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={provider.id: provider})
    way = journey_of(provider)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8600", headers=way["headers"]
    ) as client:
        submitted = await client.post(provider.submit.path, json=way["submit"]["message"])
        task = submitted.json()[way["id"]]
        poll = provider.operation(way["poll"]["operation"])
        message = {
            name: task if one == "$id" else one for name, one in way["poll"]["message"].items()
        }
        path = poll.path.format(**message)
        asked = {"json": message} if poll.method == "POST" else {"params": message}
        for _ in range(until):
            answer = await client.request(poll.method, path, **asked)
            clock.turn(provider.lifecycle.seconds / 2)
        if way["media"] and until:
            url = answer.json()
            for step in way["media"].split("."):
                url = url[step]
            await client.get(url)
    await world.close()
    return SimpleNamespace(world=world, way=way, poll=poll)


@BY_NAME
async def test_a_journey_covers_what_it_passes_and_nothing_else(provider, clock):
    gone = await travel(provider, clock)
    submit, message = f"{provider.id}/{provider.submit.id}", gone.way["submit"]["message"]
    hit = covered(gone.world, "k")
    assert set(hit) <= set(names(provider))
    words = provider.lifecycle.words
    phases = {Phase.WORKING, Phase.SUCCEEDED}
    if words.get(Phase.WAITING) != words.get(Phase.WORKING):
        phases.add(Phase.WAITING)
    fields = {f"{submit}:{name}" for name in message}
    passed = {
        submit,
        f"{provider.id}/{gone.poll.id}",
        f"{provider.id}/download:whole",
        *(f"{provider.id}/state:{one}" for one in phases),
    }
    assert passed | fields <= set(hit)
    assert len([one for one in hit if one.startswith(f"{submit}/")]) == 1
    quiet = ("error:", "failure:", "callback:", "consent:", "download:range", "state:failed")
    assert [one for one in hit if one.removeprefix(f"{provider.id}/").startswith(quiet)] == []


@BY_NAME
async def test_a_task_that_is_never_looked_at_shows_no_state(provider, clock):
    gone = await travel(provider, clock, until=0)
    hit = covered(gone.world, "k")
    assert f"{provider.id}/{provider.submit.id}" in hit
    assert [one for one in hit if "state:" in one or "download:" in one] == []


# What counts, and what does not


async def test_a_refused_request_shows_its_error_alone(client, tried):
    await generate(client, prompt=5)
    assert tried("relaydance") == {"error:invalid"}


async def test_a_rule_that_names_its_row_shows_that_row(client, tried):
    await generate(client, model="no-such-model")
    assert tried("relaydance") == {"error:no-model"}


async def test_a_refusal_that_is_no_rule_shows_its_row(client, tried):
    await look(client, "task_none")
    assert tried("relaydance") == {"error:no-task"}


async def test_what_a_broken_client_alone_meets_covers_nothing(client, tried):
    await client.post(RELAY, content=b"{", headers={"content-type": "application/json"})
    await client.post("/v1/nowhere/at/all")
    assert tried() == set()


async def test_a_bug_of_the_mock_is_no_error_of_the_provider(client, world, tried, monkeypatch):
    monkeypatch.setattr(world, "open", lambda *_: 1 / 0)
    await generate(client)
    assert tried() == set()


async def test_only_who_asked_has_covered_it(client, world):
    await generate(client)
    assert covered(world, "someone") == ()


async def test_a_refusal_by_a_scenario_shows_no_state(client, world, tried):
    task = await generate(client)
    scenario = {"name": "s", "when": {"operation": "poll"}, "do": {"error": "rate-limited"}}
    world.scenarios.add(Scenario.model_validate(scenario))
    await look(client, task)
    assert "poll" not in tried("relaydance")
    assert [one for one in tried("relaydance") if one.startswith("state:")] == []


async def test_an_answer_that_never_came_shows_no_state(client, world, tried):
    task = await generate(client)
    scenario = {"name": "s", "when": {"operation": "poll"}, "do": {"drop": "before"}}
    world.scenarios.add(Scenario.model_validate(scenario))
    with pytest.raises(ConnectionResetError):
        await look(client, task)
    assert [one for one in tried("relaydance") if one.startswith("state:")] == []


async def test_a_failure_counts_once_it_is_looked_at(client, world, clock, tried):
    provider = providers()["relaydance"]
    task = await generate(client)
    (row,) = world.store.tasks.of("k")
    world.end(row, clock, provider.failures["sensitive-video"])
    assert "failure:sensitive-video" not in tried("relaydance")
    await look(client, task)
    assert {"failure:sensitive-video", "state:failed"} <= tried("relaydance")


async def test_a_failure_that_is_told_by_a_refusal_counts_as_seen(client, world, clock, tried):
    queued = await client.post(f"{VENICE}/queue", json=FACE | {"image_url": "https://a.example/"})
    (row,) = world.store.tasks.of("k")
    world.end(row, clock, providers()["venice"].failures["moderation"])
    body = {"model": QUEUE["model"], "queue_id": queued.json()["queue_id"]}
    answer = await client.post(f"{VENICE}/retrieve", json=body)
    assert answer.status_code >= 400
    assert {"retrieve", "failure:moderation", "state:failed"} <= tried("venice")


async def test_a_blocking_call_shows_the_end_of_its_task():
    world = World(Settings(seed=1, clock="poll"))
    app = create_app(world=world)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://h", headers={"authorization": "Bearer k"}
    ) as client:
        body = providers()["acedata"].submit.example
        await client.post(f"{ACE}/videos", json={**body, "async": False})
    await world.close()
    assert "acedata/state:succeeded" in covered(world, "k")


# Consent, callbacks, downloads, uploads


async def test_consent_is_asked_and_then_given(client, tried):
    await client.post(f"{VENICE}/queue", json=FACE)
    assert tried("venice") == {"consent:asked"}
    await client.post(f"{VENICE}/queue", json=FACE | {"consents": {"seedance": CONSENT}})
    assert {"consent:given", "queue/first-frame", "queue:consents.seedance"} <= tried("venice")


async def test_a_callback_counts_when_it_arrives_and_again_when_it_took_two_tries(
    client, clock, tried
):
    await generate(client, metadata={"callback_url": SINK})
    assert not any(one.startswith("callback:") for one in tried("relaydance"))
    await clock.advance(500)
    assert {"callback:delivered"} == {one for one in tried("relaydance") if "callback:" in one}
    await generate(client, metadata={"callback_url": f"{SINK}2?statuses=500,204"})
    await clock.advance(1000)
    assert "callback:retried" in tried("relaydance")


async def test_a_callback_may_tell_of_a_failure(client, world, clock, tried):
    await generate(client, metadata={"callback_url": SINK})
    (row,) = world.store.tasks.of("k")
    world.end(row, clock, providers()["relaydance"].failures["sensitive-sound"])
    await clock.advance(1)
    told = {"callback:delivered", "callback:failed", "failure:sensitive-sound"}
    assert told <= tried("relaydance")


async def test_a_callback_that_is_given_up_was_not_taken(client, clock, tried):
    await generate(client, metadata={"callback_url": f"{SINK}?statuses=500"})
    await clock.advance(100_000)
    assert not any(one.startswith("callback:") for one in tried("relaydance"))


async def test_results_may_be_fetched_whole_in_part_or_too_late(client, clock, tried):
    task = await generate(client)
    clock.turn(200)
    url = (await look(client, task)).json()["url"]
    await client.head(url)
    await client.get(f"{url}.none")
    assert not any(one.startswith("download:") for one in tried("relaydance"))
    await client.get(url, headers={"range": "bytes=0-9"})
    assert "download:range" in tried("relaydance")
    await client.get(url)
    assert "download:whole" in tried("relaydance")
    clock.turn(providers()["relaydance"].lifecycle.media_seconds)
    await client.get(url)
    assert "download:expired" in tried("relaydance")


async def test_an_upload_counts_with_its_file(client, tried):
    answer = await client.post("/v1/files", files={"file": ("a.png", b"x", "image/png")})
    assert (await client.get(answer.json()["url"])).content == b"x"
    assert tried() == {"relaydance/files", "relaydance/files:file"}


async def test_the_fields_of_a_large_request_are_known_where_it_opened_a_task(client, tried):
    await generate(client, prompt="p" * 5000)
    assert {"generate", "generate:prompt", "generate/text"} <= tried("relaydance")


async def test_of_other_large_requests_the_operation_alone_is_known(client, tried, world):
    body = {**providers()["venice"].operation("quote").example, "more": "m" * 5000}
    await client.post(f"{VENICE}/quote", json=body, headers={"x-screentest-tenant": "k"})
    assert covered(world, "k") == ("venice/quote",)
    assert tried("venice") == {"quote"}


# The summary


def test_a_run_that_did_nothing_covers_nothing():
    told = summary(providers(), ())
    assert (told["percent"], told["hit"], told["points"]) == (0, 0, 0)
    assert told["providers"] == {}


def test_only_providers_that_were_used_count():
    told = summary(providers().values(), ["senseaudio/create", "nobody/knows"])
    assert list(told["providers"]) == ["senseaudio"]
    (one,) = told["providers"].values()
    assert one["contract"] == "senseaudio@current"
    assert (told["hit"], told["points"]) == (1, len(names(providers()["senseaudio"])))
    assert one["groups"]["operations"]["missing"] == ["senseaudio/status"]
    assert one["groups"]["operations"]["percent"] == 50


@BY_NAME
def test_all_points_are_one_hundred_percent_and_one_less_is_not(provider):
    every = names(provider)
    whole, less = summary([provider], every), summary([provider], every[1:])
    assert (whole["percent"], whole["missing"]) == (100, [])
    assert less["percent"] < 100
    assert less["missing"] == every[:1]
    assert sum(one["points"] for one in whole["providers"][provider.id]["groups"].values()) == len(
        every
    )


# Providers of other kinds


def lacking(provider, *, is_missing):
    """Give a provider without some of its operations."""
    kept = tuple(one for one in provider.operations if not is_missing(one))
    return replace(provider, operations=kept)


def test_states_belong_to_providers_that_can_be_asked():
    blind = lacking(revision("venice"), is_missing=lambda one: isinstance(one.effect, Finds))
    assert [one for one in names(blind) if "/state:" in one] == []


def test_parts_belong_to_films_that_a_link_leads_to():
    without = lacking(revision("venice"), is_missing=lambda one: one.method == "GET")
    told = [one for one in names(without) if "/download:" in one]
    assert told == ["venice/download:whole"]


def test_a_callback_that_is_sent_once_is_never_sent_again():
    relay = revision("relaydance")
    once = replace(relay, webhook=replace(relay.webhook, retry_after=()))
    told = [one for one in names(relay) if one not in names(once)]
    assert told == ["relaydance/callback:retried"]
