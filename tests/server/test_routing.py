"""Which provider a request is for: by host, by path, and never by guess."""

from dataclasses import replace

import httpx
import pytest

from contracts.kernel.registry import providers
from mockserver.app import create_app

MODEL = "doubao-seedance-2-0-1080p"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/api/v1/nowhere", "venice/no-route"),
        ("/seedance/nowhere", "acedata/no-route"),
        ("/v1/video/generations/", "relaydance/no-route"),
        ("/v1/video/generations/a/b", "relaydance/no-route"),
        ("/v1/video/nowhere", "screentest/no-route"),
        ("/nowhere", "screentest/no-route"),
    ],
)
async def test_an_unknown_path_is_refused_by_the_provider_it_looks_like(client, path, rule):
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["x-screentest-rule"] == rule


async def test_our_own_refusal_names_the_candidates(client):
    answer = await client.get("/v1/video/nowhere")
    error = answer.json()["error"]
    assert "relaydance.com" in error
    assert "api.senseaudio.cn" in error
    assert "api.venice.ai" not in error


@pytest.mark.parametrize("host", ["api.senseaudio.cn", "API.SenseAudio.CN:8600"])
async def test_a_host_sees_its_own_provider_only(client, host):
    headers = {"host": host}
    answer = await client.post("/v1/video/generations", headers=headers, json={})
    assert answer.headers["x-screentest-rule"] == "senseaudio/no-route"


async def test_the_host_of_download_links_is_a_host_of_the_provider(client):
    answer = await client.get("/v1/share/read/x", headers={"host": "private-share.venice.ai"})
    assert answer.headers["x-screentest-rule"] == "venice/no-link"


async def test_a_path_of_two_providers_is_answered_by_host_alone(world):
    one = providers()["relaydance"]
    twin = replace(one, id="twin", title="Twin", base_url="https://twin.example/v1")
    third = replace(twin, id="third", title="Third", base_url="https://third.example/v1")
    everyone = {"relaydance": one, "twin": twin, "third": third}
    app = create_app(world=world, providers=everyone)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        shared = await client.get("/v1/models")
        hosted = await client.get("/v1/models", headers={"host": "twin.example"})
    assert shared.status_code == 404
    assert "several providers have /v1/models" in shared.json()["error"]
    assert "Third (third.example)" in shared.json()["error"]
    assert hosted.headers["x-screentest-rule"] == "twin/no-key"


async def test_the_front_page_shows_every_base_url(client):
    text = (await client.get("/")).text
    for one in providers().values():
        assert f"http://127.0.0.1:8600{one.base_path}" in text
        assert f"curl -s http://127.0.0.1:8600{one.submit.path}" in text


async def test_unrouted_requests_are_remembered(client, world):
    await client.get("/api/v1/nowhere")
    entry = world.journal[-1]
    assert (entry.path, entry.status, entry.rule) == ("/api/v1/nowhere", 404, "venice/no-route")


async def test_a_link_of_one_provider_is_not_a_link_of_another(client, clock, world):
    body = {"model": MODEL, "prompt": "p"}
    await client.post("/v1/video/generations", json=body)
    clock.turn(1000)
    (link,) = world.store.links.ids("")
    answer = await client.get(f"/v1/share/read/{link}")
    assert answer.headers["x-screentest-rule"] == "venice/no-link"


async def test_a_path_cannot_break_the_log_into_lines(client, caplog):
    await client.get("/api/v1/a%0Ab")
    await client.get("/a%0Ab")
    assert all("\n" not in message for message in caplog.messages)
    assert len(caplog.messages) == 2


async def test_parameters_may_stand_anywhere_in_a_path(world):
    one = providers()["relaydance"]
    poll = next(operation for operation in one.operations if operation.id == "poll")
    content = replace(poll, id="content", path="/v1/video/generations/{task_id}/content")
    drop = replace(poll, id="drop", method="DELETE", path="/v1/video/generations/{task_id}")
    wider = replace(one, operations=(*one.operations, content, drop))
    app = create_app(world=world, providers={"relaydance": wider})
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://h", headers=headers
    ) as client:
        body = {"model": MODEL, "prompt": "p"}
        task = (await client.post("/v1/video/generations", json=body)).json()["task_id"]
        for answer in (
            await client.get(f"/v1/video/generations/{task}"),
            await client.get(f"/v1/video/generations/{task}/content"),
            await client.delete(f"/v1/video/generations/{task}"),
        ):
            assert answer.json()["task_id"] == task
        wrong = await client.put(f"/v1/video/generations/{task}")
    assert wrong.headers["allow"] == "DELETE, GET, HEAD"


async def test_missing_media_is_refused_aloud(client, caplog):
    answer = await client.get("/_screentest/media/nothing.mp4")
    assert answer.status_code == 404
    (message,) = caplog.messages
    assert message.startswith("refused 404 screentest/no-media: no media called nothing.mp4")
