"""RelayDance and SenseAudio: what a failed task says, and what is silently ignored."""

from math import inf
from random import Random

import pytest
from pydantic_core import to_json

from contracts.kernel.money import MICRO, Charged
from contracts.kernel.registry import revision
from contracts.kernel.task import Failure, Task
from contracts.providers.relaydance.new_api import record
from contracts.providers.relaydance.prices import RECORDED_QUOTA, quota

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
SENSE = {
    "model": "doubao-seedance-2-0-260128",
    "content": [{"type": "text", "text": "a cat", "nonsense": 1}],
    "duration": 4,
    "resolution": "480p",
    "ratio": "1:1",
}


def fail(world):
    (task,) = world.store.tasks.of("k")
    task.plan = type(task.plan)(clip=task.plan.clip, failure=Failure("blocked", "Not this one."))


async def test_a_failed_relaydance_task_says_why_and_has_no_url(client, clock, world):
    task = (await client.post("/v1/video/generations", json=RELAY)).json()["task_id"]
    fail(world)
    clock.turn(1000)
    answer = (await client.get(f"/v1/video/generations/{task}")).json()
    assert answer == {"task_id": task, "status": "failed", "error": {"message": "Not this one."}}


async def test_relaydance_echoes_vendor_parameters(client):
    metadata = {"ratio": "1:1", "seed": 5}
    body = RELAY | {"metadata": metadata}
    task = (await client.post("/v1/video/generations", json=body)).json()["task_id"]
    assert (await client.get(f"/v1/video/generations/{task}")).json()["metadata"] == metadata


async def test_relaydance_lists_its_models(client):
    answer = (await client.get("/v1/models")).json()
    assert answer["object"] == "list"
    assert "doubao-seedance-2-0-1080p" in [entry["id"] for entry in answer["data"]]


async def test_a_failed_senseaudio_task_says_why(client, clock, world):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    fail(world)
    clock.turn(1000)
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert (answer["status"], answer["error_message"]) == ("failed", "Not this one.")
    assert "video_url" not in answer


async def test_senseaudio_ignores_unknown_fields_and_does_not_echo_them(client, world):
    body = SENSE | {"generate_audio": True, "callback_url": "http://127.0.0.1:1/", "seed": 1}
    task = (await client.post("/v1/video/create", json=body)).json()["task_id"]
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert answer["content"] == [{"type": "text", "text": "a cat"}]
    assert answer["progress"] == 0
    assert "seed" not in answer
    assert "completed_at" not in answer
    (opened,) = world.store.tasks.of("k")
    assert opened.plan.clip.audio is False
    assert opened.plan.callback_url == ""


async def test_senseaudio_echoes_what_it_knows_of_provider_specific(client):
    body = SENSE | {"provider_specific": {"generate_audio": True, "camera_fixed": True}}
    task = (await client.post("/v1/video/create", json=body)).json()["task_id"]
    answer = (await client.get("/v1/video/status", params={"id": task})).json()
    assert answer["provider_specific"] == {"generate_audio": True}


async def test_senseaudio_progress_grows_to_a_hundred(client, clock):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    seen = []
    for _ in range(5):
        answer = (await client.get("/v1/video/status", params={"id": task})).json()
        seen.append(answer["progress"])
        clock.turn(45)
    assert seen == [0, 25, 50, 75, 100]


async def test_of_a_parameter_given_several_times_the_last_counts(client):
    task = (await client.post("/v1/video/create", json=SENSE)).json()["task_id"]
    answer = await client.get(f"/v1/video/status?id=unknown&id={task}")
    assert answer.json()["task_id"] == task
    assert (await client.get(f"/v1/video/status?id={task}&id=unknown")).status_code == 404


def costs(name, message) -> float:
    """The price of a request, in the provider's currency."""
    provider = revision(name)
    request = provider.submit.body.model_validate(message)
    return provider.tariff.price(request, provider.submit.effect.plan(request)) / MICRO


def relayed(model="doubao-seedance-2-0-720p", **fields):
    return {"model": model, "prompt": "p", **fields}


@pytest.mark.parametrize("name", ["relaydance", "relaydance@new-api"])
def test_the_recorded_task_of_relaydance_has_the_recorded_price(name):
    assert costs(name, relayed()) == 2.1875
    assert quota(round(costs(name, relayed()) * MICRO)) == RECORDED_QUOTA


@pytest.mark.parametrize("cost", [0, 2_187_500])
def test_the_gateway_tells_what_a_task_cost(cost):
    gateway = revision("relaydance@new-api")
    submit = gateway.submit
    task = Task(
        names=gateway.names(Random(1), 0),
        provider=gateway.id,
        key="k",
        tenant="k",
        text=to_json(relayed()),
        parse=submit.body.model_validate_json,
        plan=submit.effect.plan(submit.body.model_validate(relayed())),
        origin="http://h",
        created=0,
        started=1,
        finishes=2,
        cost=cost,
    )
    assert record(task, 2)["quota"] == cost / 2


def test_other_clips_of_relaydance_cost_by_length_and_resolution():
    assert costs("relaydance", relayed(seconds="10")) == 2 * 2.1875
    assert costs("relaydance@new-api", relayed(duration=10)) == 2 * 2.1875
    larger = relayed("doubao-seedance-2-0-1080p")
    assert costs("relaydance", larger) == pytest.approx(2.25 * 2.1875)
    named = relayed("dreamina-seedance-2-0-260128", metadata={"resolution": "1080p"})
    assert costs("relaydance", named) == pytest.approx(2.25 * 2.1875)
    upright = relayed(metadata={"ratio": "9:16"})
    assert costs("relaydance", upright) == costs("relaydance", relayed())


def test_the_gateway_takes_the_price_at_once():
    assert revision("relaydance").tariff.charged is Charged.SUCCEEDED
    assert revision("relaydance@new-api").tariff.charged is Charged.ACCEPTED


@pytest.mark.parametrize(("resolution", "expected"), [("480p", 4), ("720p", 8), ("1080p", 24.8)])
def test_senseaudio_costs_by_second_and_resolution(resolution, expected):
    assert costs("senseaudio", SENSE | {"resolution": resolution}) == expected


def test_a_model_that_senseaudio_does_not_know_costs_nothing():
    submit = revision("senseaudio").lenient().submit
    request = submit.body.model_validate(SENSE | {"model": "seedance-9"})
    assert revision("senseaudio").tariff.price(request, submit.effect.plan(request)) == 0


@pytest.mark.parametrize(("fields", "expected"), [({}, inf), ({"timeout": 3600}, 3600)])
def test_senseaudio_gives_up_after_the_time_that_was_asked_for(fields, expected):
    submit = revision("senseaudio").submit
    assert submit.effect.plan(submit.body.model_validate(SENSE | fields)).timeout == expected


def test_the_prompt_of_senseaudio_is_the_text_of_its_content():
    image = {"type": "image", "url": "https://example.com/a.png"}
    submit = revision("senseaudio").submit
    message = SENSE | {"content": [image, *SENSE["content"]]}
    assert submit.effect.prompt(submit.body.model_validate(message)) == "a cat"
