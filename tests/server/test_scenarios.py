"""Faults on demand: each kind of them through HTTP, and which requests meet one."""

import json
import subprocess
import sys

import httpx
import pytest

from contracts.kernel.operation import Finds
from contracts.kernel.registry import newest, providers
from mockserver.app import create_app
from mockserver.scenarios import Do, Scenario, When
from mockserver.settings import Settings
from mockserver.world import World

SUBMIT = "/v1/video/generations"
MODEL = "doubao-seedance-2-0-1080p"
ALL = list(providers().values())


async def submit(client, prompt="p", **headers):
    body = {"model": MODEL, "prompt": prompt}
    return await client.post(SUBMIT, json=body, headers=headers)


async def opened(client, prompt="p"):
    return (await submit(client, prompt)).json()["task_id"]


async def look(client, task):
    return await client.get(f"{SUBMIT}/{task}")


async def film_of(client, task):
    url = (await look(client, task)).json()["url"]
    return await client.get(url)


def order(world, *, name="it", **parts):
    return world.scenarios.add({"name": name, **parts})


def faults(world):
    return [(entry.status, entry.fault) for entry in world.journal]


@pytest.mark.parametrize(
    ("provider", "cause"),
    [(one, cause) for one in [*ALL, newest("venice")] for cause in one.errors],
    ids=lambda one: getattr(one, "name", one),
)
async def test_any_error_of_any_catalogue_can_be_provoked(provider, cause, clock):
    app = create_app(world=World(Settings(seed=1), clock), providers={provider.id: provider})
    order(app.state.world, when={"operation": "submit"}, do={"error": str(cause)})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post(
            provider.submit.path,
            json=provider.submit.example,
            headers={"authorization": "Bearer k"},
        )
    assert answer.status_code == provider.errors[cause].status
    assert answer.headers["x-screentest-rule"] == f"{provider.id}/{cause}"
    assert faults(app.state.world) == [(answer.status_code, "it")]
    assert not app.state.world.store.tasks.of("k")


async def test_an_error_may_be_given_its_details(clock):
    venice = providers()["venice"]
    app = create_app(world=World(Settings(seed=1), clock))
    order(
        app.state.world,
        when={"provider": "venice", "operation": "submit"},
        do={"error": "rate-limited", "details": {"limit": 3, "remaining": 0, "reset": 5.0}},
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"authorization": "Bearer k"}
        path = venice.submit.path
        answer = await client.post(path, json=venice.submit.example, headers=headers)
    assert answer.status_code == 429


async def test_only_what_the_provider_would_accept_meets_a_scenario(client, world):
    order(world, do={"error": "server-error"})
    answer = await client.post(SUBMIT, json={"model": "nope", "prompt": "p"})
    assert answer.status_code in {400, 404}
    assert [fault for _, fault in faults(world)] == [""]


@pytest.mark.parametrize(
    ("do", "content", "kind"),
    [
        ({"body": "empty"}, b"", "application/json"),
        ({"body": "malformed"}, None, "application/json"),
        ({"content_type": "text/html"}, None, "text/html"),
    ],
)
async def test_an_answer_can_be_spoilt(client, world, do, content, kind):
    order(world, when={"operation": "submit"}, do=do)
    answer = await submit(client)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-screentest-scenario"] == "it"
    assert int(answer.headers["content-length"]) == len(answer.content)
    if content is not None:
        assert answer.content == content
    if do.get("body") == "malformed":
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    assert len(world.store.tasks.of("k")) == 1


async def test_a_task_can_be_stuck(client, world, clock):
    order(world, do={"task": "stuck"}, when={"operation": "submit"})
    task = await opened(client)
    clock.turn(1_000_000)
    assert (await look(client, task)).json()["status"] == "running"
    assert faults(world) == [(200, "it"), (200, "it")]


async def test_a_task_can_fail_for_a_documented_reason_and_stays_failed(client, world, clock):
    order(world, do={"task": "fail", "reason": "sensitive-video"}, when={"operation": "submit"})
    task = await opened(client)
    clock.turn(1_000)
    first = await look(client, task)
    clock.turn(1_000)
    again = await look(client, task)
    assert first.json()["error"]["message"] == "output video may contain sensitive information"
    assert again.content == first.content


@pytest.mark.parametrize("provider", ALL, ids=lambda one: one.id)
async def test_a_terminal_failure_is_replayed_for_ever(provider, clock):
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={provider.id: provider})
    looks = next(one for one in provider.operations if isinstance(one.effect, Finds))
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        for name in provider.failures:
            order(world, do={"task": "fail", "reason": name})
            await client.post(provider.submit.path, json=provider.submit.example)
            task = [*world.store.tasks.of("k")][-1]
            clock.turn(provider.lifecycle.seconds)
            answers = [await ask(client, provider, looks, task) for _ in range(3)]
            assert len({(one.status_code, one.content) for one in answers}) == 1
            assert answers[0].status_code == wanted(provider, name)


async def ask(client, provider, looks, task):
    paths = {"relaydance": f"{SUBMIT}/{task.id}", "senseaudio": f"{looks.path}?id={task.id}"}
    if provider.id in paths:
        return await client.get(paths[provider.id])
    bodies = {
        "acedata": {"id": task.id, "action": "retrieve"},
        "venice": {"model": task.request.model, "queue_id": task.id},
    }
    return await client.post(looks.path, json=bodies[provider.id])


def wanted(provider, name):
    cause = provider.failures[name].cause
    return provider.errors[cause].status if cause else 200


async def test_a_status_can_flap(client, world, clock):
    order(world, do={"task": "flap"}, when={"operation": "submit"})
    task = await opened(client)
    clock.turn(60)
    seen = [(await look(client, task)).json()["status"] for _ in range(6)]
    assert seen == ["running", "submitted", "running", "submitted", "running", "running"]


async def test_a_result_can_be_gone_as_soon_as_it_is_there(client, world, clock):
    order(world, do={"task": "expire"}, when={"operation": "submit"})
    task = await opened(client)
    clock.turn(1_000)
    assert (await film_of(client, task)).status_code == 404


@pytest.mark.parametrize(("fault", "share"), [("truncated", 0.5), ("empty", 0)])
@pytest.mark.parametrize("operation", ["submit", "download"])
async def test_a_film_can_be_cut(client, world, clock, fault, share, operation):
    whole = await opened(client)
    order(world, do={"video": fault}, when={"operation": operation, "prompt": "cut"})
    task = await opened(client, "cut")
    clock.turn(1_000)
    expected = len((await film_of(client, whole)).content)
    answer = await film_of(client, task)
    assert answer.status_code == 200
    assert len(answer.content) == int(expected * share)
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_still_picture_is_never_cut(client, world, clock):
    order(world, do={"video": "empty"})
    body = {**providers()["acedata"].submit.example, "return_last_frame": True}
    await client.post("/seedance/videos", json=body)
    clock.turn(1_000)
    (row,) = world.store.tasks.of("k")
    assert (await client.get(row.last_frame_url)).content[:4] == b"\x89PNG"
    assert (await client.get(row.video_url)).content == b""


async def test_a_download_that_met_a_scenario_is_remembered(client, world, clock):
    task = await opened(client)
    order(world, when={"operation": "download"}, do={"content_type": "text/plain"})
    clock.turn(1_000)
    await film_of(client, task)
    entry = world.journal[-1]
    told = (entry.tenant, entry.provider, entry.operation, entry.status, entry.fault, entry.tasks)
    assert told == ("…8254c329", "relaydance", "media", 200, "it", (task,))
    assert entry.answer.size > 4096


async def test_a_look_that_is_refused_on_demand_says_which_task_it_was_about(client, world):
    task = await opened(client)
    order(world, when={"operation": "look"}, do={"error": "server-error"})
    await look(client, task)
    assert world.journal[-1].tasks == (task,)


async def test_an_upload_meets_no_scenario(client, world):
    order(world, do={"video": "empty"})
    order(world, name="other", do={"body": "empty"}, when={"operation": "media"})
    sent = await client.post("/v1/files", files={"file": ("a.png", b"bytes", "image/png")})
    assert (await client.get(sent.json()["url"])).content == b"bytes"


@pytest.mark.parametrize(
    ("when", "selected"),
    [
        ({}, [1, 1, 1]),
        ({"nth": 2}, [0, 1, 0]),
        ({"nth": [1, 3]}, [1, 0, 1]),
        ({"nth": "2-3"}, [0, 1, 1]),
        ({"nth": "3-"}, [0, 0, 1]),
        ({"prompt": "cat"}, [1, 0, 0]),
        ({"prompt": "/c.w$/"}, [0, 0, 1]),
        ({"prompt": "/"}, [0, 0, 0]),
        ({"model": MODEL}, [1, 1, 1]),
        ({"model": "*-1080p", "nth": "1"}, [1, 0, 0]),
        ({"key": "k"}, [1, 1, 1]),
        ({"key": "[a-j]"}, [0, 0, 0]),
        ({"provider": "relaydance"}, [1, 1, 1]),
        ({"provider": "venice"}, [0, 0, 0]),
        ({"operation": "generate"}, [1, 1, 1]),
        ({"operation": "look"}, [0, 0, 0]),
    ],
)
async def test_a_scenario_selects_requests(client, world, when, selected):
    order(world, when=when, do={"latency": 0.001})
    for prompt in ("a cat", "a dog", "a cow"):
        await submit(client, prompt)
    assert [int(bool(fault)) for _, fault in faults(world)] == selected


async def test_looks_and_downloads_are_met_by_what_their_task_is(client, world, clock):
    cat, dog = await opened(client, "a cat"), await opened(client, "a dog")
    clock.turn(1_000)
    order(world, when={"operation": "look", "prompt": "cat"}, do={"error": "server-error"})
    order(
        world,
        name="film",
        when={"operation": "download", "prompt": "dog", "model": MODEL, "key": "k"},
        do={"content_type": "text/plain"},
    )
    assert (await look(client, cat)).status_code == 500
    assert (await film_of(client, dog)).headers["content-type"] == "text/plain"


async def test_a_look_at_nothing_is_no_look_at_a_cat(client, world):
    order(world, when={"operation": "look", "prompt": "cat"}, do={"error": "server-error"})
    assert (await look(client, "task_none")).status_code == 404


async def test_requests_are_counted_by_tenant_key_or_task(client, world):
    order(world, when={"operation": "submit", "nth": 2}, do={"latency": 0.001})
    for key in ("a", "b", "a", "b", "b"):
        await submit(client, authorization=f"Bearer {key}")
    assert [fault for _, fault in faults(world)] == ["", "", "it", "it", ""]


async def test_requests_of_one_tenant_can_be_counted_by_key(client, world):
    order(world, when={"operation": "submit", "nth": 2}, per="key", do={"latency": 0.001})
    for key in ("a", "b", "a"):
        headers = {"authorization": f"Bearer {key}", "x-screentest-tenant": "t"}
        await submit(client, **headers)
    assert [fault for _, fault in faults(world)] == ["", "", "it"]


async def test_looks_can_be_counted_by_task(client, world):
    order(world, when={"nth": 2}, per="task", do={"error": "server-error"})
    assert (await look(client, "task_none")).status_code == 404
    one, other = await opened(client), await opened(client)
    statuses = [(await look(client, task)).status_code for task in (one, other, one, one)]
    assert statuses == [200, 200, 500, 200]


async def test_a_scenario_acts_so_many_times(client, world):
    order(world, times=2, do={"error": "server-error"})
    assert [(await submit(client)).status_code for _ in range(3)] == [500, 500, 200]


async def luck(seed):
    world = World(Settings(seed=seed))
    app = create_app(world=world)
    order(world, probability=0.5, do={"error": "server-error"})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return [(await submit(client, authorization="Bearer k")).status_code for _ in range(40)]


async def test_luck_can_be_repeated():
    first = await luck(1)
    assert 10 < first.count(500) < 30
    assert first == await luck(1) != await luck(2)


async def test_a_scenario_of_one_tenant_is_no_one_elses(client, world):
    world.scenarios.add(Scenario(name="it", do=Do(error="server-error")), tenant="a")
    world.scenarios.add("error rate-limited")
    keys = ("a", "b")
    statuses = [(await submit(client, authorization=f"Bearer {key}")).status_code for key in keys]
    assert statuses == [500, 429]
    assert [one.name for one in world.scenarios.list("a")] == ["it"]
    world.scenarios.clear("a")
    world.scenarios.clear()
    assert world.scenarios.list() == []
    assert (await submit(client, authorization="Bearer a")).status_code == 200


async def test_a_tenant_that_is_forgotten_loses_its_scenarios_and_counts(client, world):
    world.scenarios.add(Scenario(name="it", do=Do(error="server-error")), tenant="k")
    world.forget("k")
    assert (await submit(client)).status_code == 200


async def test_the_first_scenario_wins_and_others_add_to_it(client, world):
    order(world, name="first", times=1, do={"error": "server-error"})
    order(world, name="second", do={"error": "rate-limited"})
    order(world, name="third", do={"content_type": "text/plain"})
    order(world, name="never", do={"task": "stuck"}, when={"operation": "submit", "nth": 1})
    first, second = await submit(client), await submit(client)
    assert (first.status_code, second.status_code) == (500, 429)
    assert first.headers["content-type"] == "text/plain"
    assert faults(world) == [(500, "first, third"), (429, "second, third")]


async def test_a_scenario_replaces_one_of_its_name(client, world):
    order(world, do={"error": "server-error"})
    order(world, do={"error": "rate-limited"})
    assert (await submit(client)).status_code == 429
    assert len(world.scenarios.list()) == 1


def test_scenarios_of_the_settings_hold_again_after_a_reset():
    app = create_app(Settings(seed=1, clock="manual", scenarios=("error rate-limited",)))
    app.state.world.reset()
    assert [one.name for one in app.state.world.scenarios.list()] == ["error rate-limited"]


def test_a_reset_orders_what_was_ordered_at_start_whatever_became_of_the_file(tmp_path):
    path = tmp_path / "faults.toml"
    path.write_text('[[scenario]]\nname = "it"\ndo = { drop = "before" }')
    app = create_app(Settings(seed=1, clock="manual", scenarios=(str(path),)))
    world = app.state.world
    world.scenarios.add("error rate-limited")
    path.write_text("[[scenario")
    world.reset()
    assert [one.name for one in world.scenarios.list()] == ["it"]
    assert world.is_meddled


ONCE = {"when": {"operation": "submit"}, "times": 1, "do": {"error": "server-error"}}


async def statuses_of(client, count):
    return [(await submit(client)).status_code for _ in range(count)]


async def test_a_scenario_that_is_replaced_counts_anew(client, world):
    order(world, **ONCE)
    assert await statuses_of(client, 2) == [500, 200]
    order(world, **ONCE)
    assert len(world.store.tallies.of("k")) == 0
    assert await statuses_of(client, 2) == [500, 200]


@pytest.mark.parametrize(("where", "elsewhere"), [("", "k"), ("k", "")])
async def test_a_scenario_that_was_cleared_begins_anew_when_it_comes_back(
    client, world, where, elsewhere
):
    stays = {"name": "other", "when": {"operation": "submit"}, "do": {"latency": 0.001}}
    world.scenarios.add(stays, elsewhere)
    for _ in range(2):
        world.scenarios.add({"name": "it", **ONCE}, where)
        assert await statuses_of(client, 2) == [500, 200]
        world.scenarios.clear(where)
    assert [tally.seen for tally in world.store.tallies.of("k")] == [4]


async def test_namesakes_of_the_world_and_of_a_tenant_count_apart(client, world):
    nth = {"operation": "submit", "nth": 2}
    order(world, when=nth, do={"error": "server-error"})
    world.scenarios.add({"name": "it", "when": nth, "do": {"latency": 0.001}}, "k")
    assert await statuses_of(client, 3) == [200, 500, 200]
    assert [fault for _, fault in faults(world)] == ["", "it, it", ""]


async def test_what_is_counted_by_task_counts_anew_when_it_is_replaced(client, world):
    first = {"when": {"operation": "look"}, "per": "task", "times": 1}
    task = await opened(client)
    for _ in range(2):
        order(world, **first, do={"error": "server-error"})
        assert [(await look(client, task)).status_code for _ in range(2)] == [500, 200]


async def test_a_directive_and_a_key_of_one_name_count_apart(client):
    key = {"authorization": "Bearer screentest-look-error-rate-limited"}
    answer = await submit(client, "p [screentest: look-error rate-limited]", **key)
    path = f"{SUBMIT}/{answer.json()['task_id']}"
    answers = [(await client.get(path, headers=key)).status_code for _ in range(3)]
    assert answers == [429, 429, 200]


async def test_a_task_that_meets_nothing_remembers_nothing(client, world):
    order(world, name="other", when={"operation": "look", "prompt": "cat"}, do={"latency": 0.001})
    task = await opened(client)
    assert (await look(client, task)).status_code == 200
    assert [one.trouble for one in world.store.tasks.of("k")] == [None]


async def test_a_look_finds_its_task_once_whatever_scenarios_there_are(client, world, monkeypatch):
    task, find, found = await opened(client), world.find, []
    monkeypatch.setattr(world, "find", lambda *given: found.append(given) or find(*given))
    order(world, when={"operation": "look"}, do={"content_type": "text/plain"})
    assert (await look(client, task)).status_code == 200
    assert len(found) == 1


def test_scenarios_can_be_ordered_before_there_is_an_application():
    world = World(Settings(seed=1))
    assert world.scenarios.add("lose-reset").when == When(operation="submit")


def test_scenarios_are_a_tuple():
    with pytest.raises(ValueError, match="scenarios must be a tuple of files and names, not 'x'"):
        Settings(scenarios="x")


async def test_a_film_that_is_the_answer_of_a_look_is_a_download(clock):
    venice = providers()["venice"]
    world = World(Settings(seed=1), clock)
    app = create_app(world=world)
    order(world, when={"operation": "download"}, do={"video": "truncated"})
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        await client.post(venice.submit.path, json=venice.submit.example)
        (task,) = world.store.tasks.of("k")
        body = {"model": task.request.model, "queue_id": task.id}
        looks = venice.operation("retrieve").path
        early = await client.post(looks, json=body)
        clock.turn(1_000)
        film = await client.post(looks, json=body)
    assert early.json()["status"] == "PROCESSING"
    assert len(film.content) == len(world.studio.video(task.plan.clip)) // 2
    assert faults(world) == [(200, ""), (200, ""), (200, "it")]


async def test_a_link_to_a_private_film_is_met_as_its_task_is(clock):
    world = World(Settings(seed=1), clock)
    app = create_app(world=world)
    order(
        world,
        when={"operation": "download", "prompt": "anvil", "key": "k"},
        do={"content_type": "text/plain"},
    )
    body = {
        "model": "grok-imagine-text-to-video-private",
        "prompt": "an anvil",
        "duration": "6s",
        "aspect_ratio": "16:9",
        "resolution": "480p",
    }
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        queued = (await client.post("/api/v1/video/queue", json=body)).json()
        clock.turn(1_000)
        del client.headers["authorization"]
        film = await client.get(queued["download_url"])
        missing = await client.get("/v1/share/read/none")
    assert (film.status_code, film.headers["content-type"]) == (200, "text/plain")
    assert missing.status_code == 404
    assert faults(world) == [(200, ""), (200, "it"), (404, "")]


def test_nothing_about_scenarios_is_loaded_before_one_is_asked_for():
    program = (
        "import sys; from mockserver.app import create_app; create_app();"
        "print([name for name in sys.modules if name.startswith('mockserver.scenarios')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
