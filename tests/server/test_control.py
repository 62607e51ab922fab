"""The control plane: what a test does to the world behind the API, endpoint by endpoint."""

import asyncio
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import jsonschema_rs
import openapi_spec_validator
import pytest

from contracts.kernel.registry import providers
from mockserver import __version__
from mockserver.app import create_app
from mockserver.clock import FASTEST, SLOWEST
from mockserver.control.endpoint import Unfit
from mockserver.control.table import ENDPOINTS
from mockserver.control.tasks import Fail, failure_of
from mockserver.journal import label
from mockserver.settings import Settings
from mockserver.world import World

ROOT = "/_screentest"
ID = "relaydance"
"""The provider whose tasks these tests open."""
PATH = "/v1/video/generations"
SUBMIT = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
SINK = "http://127.0.0.1:8600/_screentest/sink/s"


class Control:
    """A client of the control plane that holds every answer to its document."""

    def __init__(self, client: httpx.AsyncClient, document: dict[str, Any]) -> None:
        self.client = client
        self.document = document

    async def ask(self, method: str, path: str, *, status: int = 200, **given: Any) -> Any:
        answer = await self.client.request(method, f"{ROOT}{path}", **given)
        assert answer.status_code == status, answer.text
        known = {f"{ROOT}{one.path}": one for one in ENDPOINTS if one.method == method}
        place = next((one for one in known if fits(one, answer.url.path)), None)
        if place is None:
            return answer.json()
        operation = self.document["paths"][place][method.lower()]
        said = operation["responses"].get(str(status), operation["responses"]["default"])
        schema = said.get("content", {}).get("application/json")
        if schema is None:
            return answer
        schema = {**schema["schema"], "components": self.document["components"]}
        jsonschema_rs.Draft202012Validator(schema).validate(answer.json())
        return answer.json()

    async def refused(self, method: str, path: str, status: int = 400, **given: Any) -> str:
        return (await self.ask(method, path, status=status, **given))["error"]


def fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        one in {"", other} or one.startswith("{") for one, other in zip(wanted, given, strict=True)
    )


@pytest.fixture
async def control(client):
    answer = await client.get(f"{ROOT}/openapi.json")
    return Control(client, answer.json())


@pytest.fixture
def submit(client):
    async def submit(key: str = "k", headers: dict[str, str] | None = None, **fields: Any) -> str:
        sent = {"authorization": f"Bearer {key}", **(headers or {})}
        answer = await client.post(PATH, json=SUBMIT | fields, headers=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()["task_id"]

    return submit


async def test_the_document_is_valid_and_complete(control):
    document = await control.ask("GET", "/openapi.json")
    openapi_spec_validator.validate(document)
    documented = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert documented == {(one.method, f"{ROOT}{one.path}") for one in ENDPOINTS}
    ids = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))
    assert document["servers"] == [{"url": "http://127.0.0.1:8600"}]


TASK = "<the task>"
EXAMPLES = {
    ("GET", "/openapi.json"): {},
    ("GET", "/health"): {},
    ("POST", "/reset"): {},
    ("GET", "/tenants"): {},
    ("DELETE", "/tenants/k"): {},
    ("GET", "/clock"): {},
    ("POST", "/clock"): {"json": {"advance": 1000}},
    ("GET", "/tasks"): {},
    ("GET", f"/tasks/{TASK}"): {},
    ("POST", f"/tasks/{TASK}/finish"): {},
    ("POST", f"/tasks/{TASK}/fail"): {},
    ("POST", f"/tasks/{TASK}/expire"): {"status": 409},
    ("GET", "/keys"): {},
    ("GET", "/keys/k"): {},
    ("PUT", "/keys/k"): {"json": {"provider": ID, "balance": 3}},
    ("POST", "/keys/k/top-up"): {"json": {"provider": ID, "amount": 3}},
    ("GET", "/ledger"): {},
    ("GET", "/consents"): {},
    ("DELETE", "/consents"): {},
    ("GET", "/faces"): {},
    ("POST", "/faces"): {"params": {"key": "k"}, "json": {"media": "AAAA"}},
    ("DELETE", "/faces"): {},
    ("GET", "/limits"): {},
    ("PUT", "/limits"): {"params": {"key": "k"}, "json": {"limits": "documented"}},
    ("DELETE", "/limits"): {"params": {"key": "k"}},
    ("GET", "/scenarios"): {},
    ("POST", "/scenarios"): {"json": {"use": "stuck"}},
    ("DELETE", "/scenarios"): {},
    ("GET", "/journal"): {},
    ("GET", "/journal/follow"): {"headers": {"last-event-id": "x"}, "status": 400},
    ("GET", "/outbox"): {},
    ("GET", f"/outbox/{TASK}"): {},
    ("GET", f"/outbox/{TASK}/request"): {},
    ("POST", f"/outbox/{TASK}/deliver"): {},
    ("GET", "/sink/s"): {},
    ("POST", "/sink/s"): {"status": 204},
    ("DELETE", "/sink/s"): {"status": 204},
}
"""One request for each endpoint; there is a callback to be sent."""


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
async def test_every_endpoint_answers_as_documented(control, submit, endpoint):
    task = await submit(metadata={"callback_url": SINK})
    (method, path), given = next(
        (place, given)
        for place, given in EXAMPLES.items()
        if place[0] == endpoint.method and fits(endpoint.path, place[1])
    )
    await control.ask(method, path.replace(TASK, task), **given)


def test_every_endpoint_is_in_the_guide():
    guide = (Path(__file__).resolve().parents[2] / "docs/control.md").read_text()
    assert [one.path for one in ENDPOINTS if f"{one.path}`" not in guide] == []


def test_every_example_is_of_an_endpoint():
    assert len(EXAMPLES) == len(ENDPOINTS)


# What is refused


async def test_an_unknown_path_is_refused_with_what_there_is(control):
    error = await control.refused("GET", "/clok", 404)
    assert "did you mean /_screentest/clock?" in error
    assert "/_screentest/tasks/{id}/fail" in error


@pytest.mark.parametrize("path", ["/keys/secret", "/keys/secret/x", "/tenants/secret/x"])
async def test_a_key_in_a_path_is_not_logged(client, caplog, path):
    answer = await client.delete(f"{ROOT}{path}")
    assert answer.status_code in {404, 405}
    assert "secret" not in caplog.text


async def test_a_wrong_method_is_refused_with_those_there_are(client):
    answer = await client.put(f"{ROOT}/clock")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert answer.headers["x-screentest-rule"] == "screentest/no-method"
    answer = await client.get(f"{ROOT}/reset")
    assert answer.headers["allow"] == "POST"
    assert (await client.head(f"{ROOT}/clock")).status_code == 200


@pytest.mark.parametrize(
    ("given", "status", "error"),
    [
        ({"json": {"advnce": 1}}, 400, "advnce is not known; did you mean advance?"),
        ({"json": {"advance": "1"}}, 400, "advance: Input should be a valid number"),
        ({"json": {"advance": -1}}, 400, "advance: Input should be greater than or equal to 0"),
        ({"json": {"policy": "wal"}}, 400, "'wall', 'manual' or 'poll'"),
        ({"json": []}, 400, "Input should be an object"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "Invalid JSON"),
        ({"content": b"{}"}, 415, "application/json"),
        ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415, "application/json"),
        ({"params": {"tenat": "a"}}, 400, "tenat is not known; did you mean tenant?"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_what_would(control, given, status, error):
    assert error in await control.refused("POST", "/clock", status, **given)


async def test_a_query_that_is_no_text_is_refused(control):
    assert "UTF-8" in await control.refused("GET", "/clock?tenant=%ff")


async def test_a_body_where_none_is_taken_is_refused(control):
    assert "query" in await control.refused("POST", "/reset", json={"tenant": "a"})


async def test_a_body_that_is_too_large_is_refused(control, monkeypatch):
    monkeypatch.setattr("mockserver.control.desk.BODY_LIMIT", 10)
    assert "10 bytes" in await control.refused("POST", "/clock", 413, json={"advance": 1234567})


async def test_a_bug_is_answered_as_one(client, monkeypatch, caplog):
    monkeypatch.setattr("mockserver.control.state.counts", lambda _: 1 / 0)
    answer = await client.get(f"{ROOT}/health")
    assert (answer.status_code, answer.headers["x-screentest-rule"]) == (500, "screentest/bug")
    assert "a bug in the mock" in caplog.text


async def test_a_client_that_leaves_is_left_alone(app):
    sent = []
    scope = {"type": "http", "method": "POST", "path": f"{ROOT}/clock", "headers": []}
    scope |= {"query_string": b"", "client": None, "server": None, "scheme": "http"}
    messages = iter([{"type": "http.request", "body": b"x", "more_body": True}, LEFT])

    async def receive():
        return next(messages)

    await app(scope, receive, sent.append)
    assert sent == []


LEFT = {"type": "http.disconnect"}


# The world and its tenants


async def test_health_tells_how_the_world_is(control, submit, clock):
    await submit()
    told = await control.ask("GET", "/health")
    assert told["status"] == "ok"
    assert told["version"] == __version__
    assert told["uptime"] >= 0
    assert told["contracts"] == [one.name for one in providers().values()]
    assert (told["clock"]["policy"], told["clock"]["now"]) == ("manual", clock.now())
    assert told["counts"] == {
        "tenants": 1,
        "tasks": 1,
        "callbacks": 0,
        "requests": 1,
        "journal": 1,
    }


async def test_one_tenant_can_be_forgotten_without_touching_others(control, submit, world):
    await submit("a")
    await submit("b")
    told = await control.ask("GET", "/tenants")
    assert [one["tenant"] for one in told["tenants"]] == [label("a"), label("b")]
    assert told["tenants"][0] == {
        "tenant": label("a"),
        "own_clock": False,
        "pinned": False,
        "keys": [label("a")],
        "tasks": 1,
        "callbacks": 0,
    }
    gone = await control.ask("DELETE", "/tenants/a")
    assert gone == {"tenants": [label("a")]}
    assert list(world.tenants) == ["b"]
    assert [one.tenant for one in world.journal] == [label("b")]
    assert label("a") in await control.refused("DELETE", "/tenants/a", 404)
    assert await control.ask("DELETE", f"/tenants/{label('b')}") == {"tenants": [label("b")]}


async def test_a_reset_is_of_one_tenant_or_of_everything(control, submit, world, clock):
    first, began = await submit("a"), clock.now()
    await submit("b")
    await submit("c", headers={"x-screentest-tenant": "named"})
    assert await control.ask("POST", "/reset?key=b") == {"tenants": [label("b")]}
    assert await control.ask("POST", "/reset?tenant=named") == {"tenants": ["named"]}
    assert list(world.tenants) == ["a"]
    await control.ask("POST", "/clock", json={"advance": 60, "speed": 3})
    assert await control.ask("POST", "/reset") == {"tenants": [label("a")]}
    assert (world.tenants, len(world.journal), clock.now(), clock.speed) == ({}, 0, began, 1)
    assert await submit("a") == first


async def test_a_reset_of_nobody_forgot_nobody(control, submit, world):
    await submit("a")
    assert await control.ask("POST", "/reset?tenant=nosuch") == {"tenants": []}
    assert list(world.tenants) == ["a"]


async def test_a_name_that_a_client_chose_is_told_and_a_key_is_not(control, submit, world):
    await submit("a", headers={"x-screentest-tenant": "anna"})
    await submit("b")
    await submit("a", headers={"x-screentest-tenant": "b"})
    await submit("c", headers={"x-screentest-tenant": "c"})
    told = (await control.ask("GET", "/tenants"))["tenants"]
    assert [one["tenant"] for one in told] == ["anna", label("b"), label("c")]
    assert [one["keys"] for one in told] == [[label("a")], [label("b"), label("a")], [label("c")]]
    assert [one.tenant for one in world.journal] == ["anna", label("b"), label("b"), label("c")]
    for asked in ("anna", quote(label("anna"))):
        (entry,) = (await control.ask("GET", f"/journal?tenant={asked}"))["entries"]
        assert entry["tenant"] == "anna"
    assert await control.ask("DELETE", "/tenants/anna") == {"tenants": ["anna"]}
    assert "anna" not in {one.tenant for one in world.journal}


async def test_a_name_that_turns_out_to_be_a_key_is_told_no_more(control, submit):
    await submit("a", headers={"x-screentest-tenant": "b"})
    await submit("b")
    (told,) = (await control.ask("GET", "/tenants"))["tenants"]
    assert told["tenant"] == label("b")


async def test_a_key_that_only_has_something_arranged_is_no_name(control, submit):
    await control.ask("PUT", "/keys/rich", json={"provider": ID, "balance": 3})
    await control.ask("PUT", "/keys/barred", json={"refused": "bad-key"})
    for name in ("rich", "barred"):
        await submit("a", headers={"x-screentest-tenant": name})
    told = (await control.ask("GET", "/tenants"))["tenants"]
    assert [one["tenant"] for one in told] == [label("rich"), label("barred")]


async def test_a_name_may_be_chosen_at_the_control_plane(client):
    answer = await client.post(f"/@anna{ROOT}/clock", json={"advance": 1})
    assert answer.json()["tenant"] == "anna"


def test_only_so_many_names_are_remembered(world, monkeypatch):
    monkeypatch.setattr("mockserver.tenants.MOST", 2)
    for name in "abc":
        world.labels.choose(name)
    assert [world.labels.of(name) for name in "abc"] == [label("a"), "b", "c"]
    world.reset()
    assert world.labels.of("c") == label("c")


@pytest.mark.parametrize("path", ["/reset", "/reset?key=k"])
async def test_a_call_that_waits_is_answered_when_its_task_is_forgotten(control, client, path):
    body = providers()["acedata"].submit.example | {"async": False}
    await control.ask("POST", "/clock", json={"advance": 5})
    call = asyncio.create_task(client.post("/seedance/videos", json=body))
    await anyio.wait_all_tasks_blocked()
    assert len((await control.ask("GET", "/tasks"))["tasks"]) == 1
    await control.ask("POST", path)
    assert "told to forget" in (await call).text


@pytest.mark.parametrize("way", ["path", "header"])
async def test_a_tenant_may_be_named_as_in_any_request(client, submit, world, way):
    await submit("a")
    await submit("b")
    at, headers = ("/@a", {}) if way == "path" else ("", {"x-screentest-tenant": "a"})
    answer = await client.post(f"{at}{ROOT}/reset", headers=headers)
    assert answer.json() == {"tenants": [label("a")]}
    assert list(world.tenants) == ["b"]


# Time


async def test_time_can_be_seen_and_advanced(control, submit):
    task = await submit()
    before = await control.ask("GET", "/clock")
    assert before == {
        "tenant": "",
        "own": False,
        "policy": "manual",
        "speed": 1.0,
        "now": 1_780_000_000.0,
        "time": "2026-05-28T20:26:40+00:00",
    }
    after = await control.ask("POST", "/clock", json={"advance": 1000})
    assert after["now"] == before["now"] + 1000
    assert after["delivered"] == []
    assert (await control.ask("GET", f"/tasks/{task}"))["state"] == "succeeded"


async def test_a_tenant_gets_time_of_its_own(control, submit, clock):
    mine, other = await submit("a"), await submit("b")
    told = await control.ask("POST", "/clock?key=a", json={"advance": 1000, "policy": "manual"})
    assert told["own"]
    assert told["tenant"] == label("a")
    assert (await control.ask("GET", "/clock?key=a"))["now"] == clock.now() + 1000
    assert (await control.ask("GET", "/clock?key=b"))["now"] == clock.now()
    states = {one["id"]: one["state"] for one in (await control.ask("GET", "/tasks"))["tasks"]}
    assert states == {mine: "succeeded", other: "waiting"}


async def test_what_was_delivered_meanwhile_is_told(control, submit):
    task = await submit(metadata={"callback_url": SINK})
    await submit("other", metadata={"callback_url": SINK})
    told = await control.ask("POST", "/clock?key=k", json={"advance": 1000})
    (tried,) = told["delivered"]
    assert tried == {
        "tenant": label("k"),
        "callback": task,
        "task": task,
        "url": SINK,
        "state": "delivered",
        "attempts": 1,
    }


@pytest.mark.parametrize("policy", ["wall", "poll", "manual"])
async def test_a_clock_goes_on_from_where_it_is(control, clock, policy):
    before = clock.now()
    told = await control.ask("POST", "/clock", json={"policy": policy, "advance": 5, "speed": 2})
    assert (told["policy"], told["speed"]) == (policy, 2)
    assert before + 5 <= told["now"] < before + 30


async def test_time_ends_with_the_last_date(control, clock):
    clock.turn(253_402_300_000 - clock.now())
    assert "9999" in await control.refused("POST", "/clock", 409, json={"advance": 1000})
    assert (await control.ask("POST", "/clock", json={"advance": 1}))["time"].startswith(
        "9999-12-31"
    )


@pytest.mark.parametrize("speed", [1e-300, SLOWEST / 2, FASTEST * 2])
async def test_a_speed_has_bounds(control, speed):
    assert "speed: " in await control.refused("POST", "/clock", json={"speed": speed})
    with pytest.raises(ValueError, match="speed must be a number from"):
        Settings(speed=speed)


async def test_the_time_of_all_is_that_of_all_who_have_none_of_their_own(control, submit, clock):
    await control.ask("POST", "/clock", json={"policy": "poll"})
    await submit("a")
    await submit("b")
    before = clock.now()
    await control.ask("POST", "/clock?key=b", json={"advance": 5})
    await control.ask("POST", "/clock", json={"advance": 60})
    told = [await control.ask("GET", f"/clock{query}") for query in ("", "?key=a", "?key=b")]
    assert [one["now"] - before for one in told] == [60, 60, 5]
    assert [one["own"] for one in told] == [False, False, True]


async def test_a_change_for_all_tells_whom_it_does_not_reach(control, submit):
    await submit("a")
    await submit("b")
    assert (await control.ask("POST", "/clock", json={"advance": 5}))["apart"] == []
    told = await control.ask("POST", "/clock?key=b", json={"advance": 5})
    assert told["apart"] == []
    told = await control.ask("POST", "/clock", json={"advance": 5})
    assert told["apart"] == [label("b")]


async def test_a_callback_that_is_tried_in_the_time_of_all_is_told(control, submit):
    await control.ask("POST", "/clock", json={"policy": "poll"})
    task = await submit(metadata={"callback_url": f"{SINK}?statuses=500,204"})
    await submit("apart", metadata={"callback_url": SINK})
    await control.ask("POST", "/clock?key=apart", json={"policy": "manual"})
    told = await control.ask("POST", "/clock", json={"policy": "manual", "advance": 1000})
    assert [one["task"] for one in told["delivered"]] == [task]


async def look(client, task):
    answer = await client.get(f"{PATH}/{task}", headers={"authorization": "Bearer k"})
    return answer.json()["status"]


async def test_a_task_that_no_look_could_end_is_left_to_looks(client, control, submit, clock):
    early = await submit()
    clock.turn(60)
    late = await submit()
    await control.ask("POST", "/clock", json={"policy": "poll"})
    told = [await control.ask("GET", f"/tasks/{one}") for one in (early, late)]
    assert [one["state"] for one in told] == ["working", "waiting"]
    assert [one["finishes"] for one in told] == [None, None]
    assert await look(client, early) == "succeeded"
    assert [await look(client, late) for _ in range(2)] == ["running", "succeeded"]


async def test_a_task_that_was_left_to_looks_ends_by_itself_again(control, submit):
    await control.ask("POST", "/clock", json={"policy": "poll"})
    task = await submit(metadata={"callback_url": SINK})
    told = await control.ask("POST", "/clock", json={"policy": "manual", "advance": 1000})
    assert [one["state"] for one in told["delivered"]] == ["delivered"]
    assert (await control.ask("GET", f"/tasks/{task}"))["state"] == "succeeded"
    again = await control.ask("POST", "/clock", json={"policy": "poll"})
    assert again["delivered"] == []
    assert (await control.ask("GET", f"/tasks/{task}"))["state"] == "succeeded"


async def test_a_task_keeps_its_end_between_clocks_that_have_one(control, submit):
    task = await submit("a")
    await submit("b")
    before = await control.ask("GET", f"/tasks/{task}")
    await control.ask("POST", "/clock?key=a", json={"policy": "wall"})
    assert await control.ask("GET", f"/tasks/{task}") == before


# Tasks


async def test_tasks_are_told_and_filtered(control, submit, clock):
    first = await submit("a", prompt="one")
    clock.turn(1000)
    second = await submit("b", metadata={"callback_url": SINK})
    (one,) = (await control.ask("GET", "/tasks?state=succeeded"))["tasks"]
    assert one | {"id": first, "state": "succeeded", "model": SUBMIT["model"]} == one
    assert one["media_url"].startswith("http://127.0.0.1:8600/_screentest/media/")
    assert one["finishes"] > one["started"] > one["created"]
    assert (one["failure"], one["callback_url"], one["scenario"]) == (None, "", "")
    assert one["cost"] > 0
    for query, expected in {
        "key=b": [second],
        f"key={label('a')}": [first],
        "tenant=a&key=b": [],
        "limit=1": [second],
        f"provider={ID}": [first, second],
        "provider=venice": [],
    }.items():
        found = (await control.ask("GET", f"/tasks?{query}"))["tasks"]
        assert [task["id"] for task in found] == expected
    assert f"did you mean {ID}" in await control.refused("GET", "/tasks?provider=relaydanse")


async def test_a_task_can_be_finished(client, control, submit, world):
    task = await submit(metadata={"callback_url": SINK})
    told = await control.ask("POST", f"/tasks/{task}/finish")
    assert (told["state"], told["failure"]) == ("succeeded", None)
    assert await look(client, task) == "succeeded"
    (callback,) = world.store.callbacks.of("k")
    assert callback.state == "delivered"
    assert "succeeded" in await control.refused("POST", f"/tasks/{task}/finish", 409)


@pytest.mark.parametrize("reason", ["", "expired"])
async def test_a_task_can_be_failed_for_a_documented_reason(client, control, submit, reason):
    task = await submit()
    known = providers()[ID].failures
    told = await control.ask("POST", f"/tasks/{task}/fail", json={"reason": reason})
    expected = known[reason] if reason else next(iter(known.values()))
    assert told["state"] == "failed"
    assert told["failure"] == {"code": expected.code, "message": expected.message}
    assert told["media_url"] is None
    assert await look(client, task) == "failed"


async def test_a_task_can_be_failed_in_words_of_your_own(control, submit):
    task = await submit()
    given = {"code": "odd", "message": "it went wrong"}
    assert (await control.ask("POST", f"/tasks/{task}/fail", json=given))["failure"] == given


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"reason": "expird"}, "no reason 'expird'; did you mean expired?"),
        ({"code": "a"}, "both code and message"),
        ({"reason": "expired", "code": "a", "message": "b"}, "either a reason"),
    ],
)
async def test_a_failure_that_makes_no_sense_is_refused(control, submit, given, error):
    task = await submit()
    assert error in await control.refused("POST", f"/tasks/{task}/fail", json=given)


def test_a_provider_without_reasons_needs_words():
    silent = replace(providers()[ID], failures={})
    with pytest.raises(Unfit, match="say code and message"):
        failure_of(silent, Fail())


async def test_a_result_can_expire(client, control, submit):
    task = await submit()
    assert "waiting" in await control.refused("POST", f"/tasks/{task}/expire", 409)
    url = (await control.ask("POST", f"/tasks/{task}/finish"))["media_url"]
    assert (await client.get(url)).status_code == 200
    told = await control.ask("POST", f"/tasks/{task}/expire")
    assert (told["state"], told["media_url"]) == ("succeeded", None)
    assert (await client.get(url)).status_code == 404


async def test_a_task_is_found_by_its_id_alone_unless_several_have_it(control, submit, world):
    task = await submit("a")
    assert (await control.ask("GET", f"/tasks/{task}"))["key"] == label("a")
    assert "never was" in await control.refused("GET", "/tasks/none", 404)
    assert "never was" in await control.refused("GET", f"/tasks/{task}?key=b", 404)
    assert "never was" in await control.refused("GET", f"/tasks/{task}?provider=venice", 404)
    world.tenant("b")
    world.store.tasks.put("b", (ID, task), world.store.tasks.get("a", (ID, task)))
    assert "2 tasks" in await control.refused("GET", f"/tasks/{task}", 409)
    assert (await control.ask("GET", f"/tasks/{task}?tenant=a"))["id"] == task


# Money


async def test_a_key_can_be_given_money_and_a_limit(control, submit):
    given = {"provider": ID, "balance": 100, "limit": 50}
    told = await control.ask("PUT", "/keys/k", json=given)
    (account,) = [one for one in told["accounts"] if one["provider"] == ID]
    assert account == {"provider": ID, "currency": "USD", "balance": 100, "limit": 50}
    assert (told["key"], told["tenant"], told["refused"]) == (label("k"), label("k"), None)
    task = await submit()
    cost = (await control.ask("GET", f"/tasks/{task}"))["cost"]
    told = await control.ask("PUT", "/keys/k", json={"provider": ID, "balance": 7})
    (account,) = [one for one in told["accounts"] if one["provider"] == ID]
    assert (account["balance"], account["limit"]) == (7, 50 - cost)
    told = await control.ask("PUT", "/keys/k", json={"provider": ID, "limit": None})
    (account,) = [one for one in told["accounts"] if one["provider"] == ID]
    assert (account["balance"], account["limit"]) == (7, None)
    await control.ask("POST", f"/tasks/{task}/finish")
    told = await control.ask("POST", "/keys/k/top-up", json={"provider": ID, "amount": 2.5})
    (account,) = [one for one in told["accounts"] if one["provider"] == ID]
    assert account["balance"] == 9.5


async def test_a_key_without_money_is_refused(client, control):
    await control.ask("PUT", "/keys/k", json={"provider": ID, "balance": 0})
    answer = await client.post(PATH, json=SUBMIT)
    assert answer.headers["x-screentest-rule"] == f"{ID}/no-balance"


async def test_a_key_can_be_refused_and_taken_back(client, control):
    told = await control.ask("PUT", "/keys/k", json={"refused": "bad-key"})
    assert told["refused"] == "bad-key"
    answer = await client.post(PATH, json=SUBMIT)
    assert answer.headers["x-screentest-rule"] == f"{ID}/bad-key"
    listed = (await control.ask("GET", "/keys"))["keys"]
    assert [one["refused"] for one in listed] == ["bad-key"]
    await control.ask("PUT", "/keys/k", json={"refused": None})
    assert (await client.post(PATH, json=SUBMIT)).status_code == 200
    error = await control.refused("PUT", "/keys/k", json={"refused": "bad-kye"})
    assert "did you mean bad-key?" in error


async def test_only_causes_that_every_provider_knows_can_refuse_a_key(control):
    """A key may be used with any of them."""
    error = await control.refused("PUT", "/keys/k", json={"refused": "needs-consent"})
    assert error.startswith("no cause 'needs-consent'")


async def test_keys_are_listed_by_tenant(control, submit):
    await submit("a")
    await submit("b", headers={"x-screentest-tenant": "t"})
    await submit("c", headers={"x-screentest-tenant": "t"})
    for query, expected in {
        "": "abc",
        "key=a": "a",
        "tenant=t": "bc",
        "tenant=t&key=c": "c",
    }.items():
        keys = (await control.ask("GET", f"/keys?{query}"))["keys"]
        assert [one["key"] for one in keys] == [label(key) for key in expected]
    told = await control.ask("GET", f"/keys/{label('b')}?tenant=t")
    assert (told["key"], told["tenant"]) == (label("b"), "t")


@pytest.mark.parametrize(
    ("provider", "error"),
    [("", "whose money? Say the provider. There are: "), ("relaydanse", "did you mean")],
)
async def test_money_is_one_providers(control, provider, error):
    given = {"balance": 1, "provider": provider}
    assert error in await control.refused("PUT", "/keys/k", json=given)
    assert (await control.ask("GET", "/keys"))["keys"] == []


async def test_the_only_provider_that_charges_need_not_be_named(clock):
    one = providers()[ID]
    free = replace(providers()["senseaudio"], tariff=None)
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={ID: one, free.id: free})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.put(f"{ROOT}/keys/k", json={"balance": 3})
        assert [one["balance"] for one in answer.json()["accounts"]] == [3]
        answer = await client.put(f"{ROOT}/keys/k", json={"balance": 3, "provider": free.id})
        assert answer.json()["error"] == f"{free.id} charges nothing"


async def test_the_ledger_tells_what_the_run_would_have_cost(control, submit):
    await control.ask("POST", "/keys/k/top-up", json={"provider": ID, "amount": 5})
    done, failed, still = [await submit() for _ in range(3)]
    await control.ask("POST", f"/tasks/{done}/finish")
    await control.ask("POST", f"/tasks/{failed}/fail")
    cost = (await control.ask("GET", f"/tasks/{done}"))["cost"]
    told = await control.ask("GET", "/ledger")
    lines = {(one["kind"], one["task"], one["amount"], one["settled"]) for one in told["lines"]}
    assert lines == {
        ("top-up", "", 5.0, True),
        ("charge", done, -cost, True),
        ("charge", still, -cost, False),
    }
    (total,) = told["totals"]
    assert (total["spent"], total["reserved"], total["forgotten"]) == (cost, cost, 0)
    assert told["would_have_cost"] == {"USD": pytest.approx(cost)}
    assert told["reserved"] == {"USD": pytest.approx(cost)}
    assert (await control.ask("GET", "/ledger?tenant=k&key=other"))["lines"] == []
    assert (await control.ask("GET", "/ledger?provider=venice"))["lines"] == []


async def test_the_ledger_looks_at_each_task_once_and_leaves_it_small(
    control, submit, world, monkeypatch
):
    for key in "abc":
        await submit(key, headers={"x-screentest-tenant": "t"})
    looks, rows, tasks = [], world.store.tasks.of, [*world.store.tasks.of("t")]
    monkeypatch.setattr(world.store.tasks, "of", lambda name: looks.append(name) or rows(name))
    for task in tasks:
        task.known = None
    assert len((await control.ask("GET", "/ledger"))["lines"]) == 3
    assert len(looks) == 2
    listed = (await control.ask("GET", "/tasks"))["tasks"]
    assert {one["model"] for one in listed} == {SUBMIT["model"]}
    assert [task.known for task in tasks] == [None, None, None]


async def test_a_tenant_of_whom_only_its_money_is_left_is_still_told_of(clock, submit_to):
    world = World(Settings(seed=1, tasks_kept=1), clock)
    async with submit_to(world) as (client, _):
        for key in "ab":
            await client.post(PATH, json=SUBMIT, headers={"authorization": f"Bearer {key}"})
            clock.turn(1000)
        assert list(world.tenants) == ["b"]
        told = (await client.get(f"{ROOT}/ledger")).json()
        assert {one["key"] for one in told["totals"]} == {label("a"), label("b")}
        told = (await client.get(f"{ROOT}/tenants")).json()["tenants"]
        assert [(one["tenant"], one["tasks"]) for one in told] == [(label("b"), 1), (label("a"), 0)]
        gone = await client.delete(f"{ROOT}/tenants/{label('a')}")
        assert gone.json() == {"tenants": [label("a")]}
        told = (await client.get(f"{ROOT}/ledger")).json()
        assert {one["key"] for one in told["totals"]} == {label("b")}


async def test_a_key_may_have_slashes_in_it_and_is_never_told(control, world, caplog):
    key = "abcd/SECRETTAIL"
    at = f"/keys/{quote(key, safe='')}"
    given = {"provider": ID, "balance": 3}
    assert (await control.ask("PUT", at, json=given))["key"] == label(key)
    given = {"provider": ID, "amount": 2}
    told = await control.ask("POST", f"{at}/top-up", json=given)
    assert [one["balance"] for one in told["accounts"] if one["provider"] == ID] == [5]
    assert list(world.tenants) == [key]
    for method, path in (("DELETE", at), ("GET", f"{at}/top-up"), ("PATCH", f"/keys{at}")):
        assert "TAIL" not in await control.refused(method, path, 405)
    assert "TAIL" not in await control.refused("GET", f"/more{at}", 404)
    assert "TAIL" not in caplog.text
    assert await control.ask("DELETE", f"/tenants/{quote(key, safe='')}") == {
        "tenants": [label(key)]
    }


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", "/keys/key-…12345678", None),
        ("PUT", "/keys/key-…12345678", {"refused": "bad-key"}),
        ("PUT", "/keys/key-…12345678?tenant=t", {"refused": "bad-key"}),
        ("PUT", "/limits?key=key-…12345678", {"limits": "off"}),
        ("POST", "/clock?tenant=key-…12345678", {"advance": 1}),
        ("DELETE", "/tenants/key-…12345678", None),
    ],
)
async def test_the_label_of_no_one_is_no_name(control, world, method, path, given):
    assert "12345678" in await control.refused(method, path, 404, json=given)
    assert world.tenants == {}


async def test_the_label_of_a_key_stands_for_it(control, submit, world):
    await submit("c", headers={"x-screentest-tenant": "t"})
    path = f"/keys/{label('c')}?tenant={label('t')}"
    assert (await control.ask("PUT", path, json={"refused": "bad-key"}))["key"] == label("c")
    assert world.store.keys.get("t", "c") == "bad-key"


async def test_the_ledger_remembers_what_forgotten_tasks_cost(clock, submit_to):
    world = World(Settings(seed=1, tasks_kept=1), clock)
    async with submit_to(world) as (client, submit):
        await submit()
        clock.turn(1000)
        await submit()
        told = (await client.get(f"{ROOT}/ledger")).json()
    (total,) = told["totals"]
    assert total["forgotten"] == total["spent"] == total["reserved"] > 0


@pytest.fixture
def submit_to():
    @asynccontextmanager
    async def open_world(world: World):
        transport = httpx.ASGITransport(create_app(world=world))
        headers = {"authorization": "Bearer k"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers
        ) as client:
            yield client, lambda: client.post(PATH, json=SUBMIT)

    return open_world


# Consent and faces


FACE = sha256(b"a picture").hexdigest()
OTHER = sha256(b"another").hexdigest()


async def test_consents_are_told_and_revoked(control, world):
    for key, digest in (("a", "1"), ("a", "2"), ("b", "1")):
        world.tenant(key)
        world.store.consents.put(key, (key, digest), 5.0)
    told = (await control.ask("GET", "/consents?key=a&digest=2"))["consents"]
    assert told == [{"tenant": label("a"), "key": label("a"), "digest": "2", "at": 5.0}]
    gone = (await control.ask("DELETE", "/consents?key=a&digest=1"))["forgotten"]
    assert [one["digest"] for one in gone] == ["1"]
    gone = (await control.ask("DELETE", "/consents"))["forgotten"]
    assert [(one["key"], one["digest"]) for one in gone] == [(label("a"), "2"), (label("b"), "1")]
    assert (await control.ask("GET", "/consents"))["consents"] == []


async def test_media_can_be_said_to_show_people(control, world):
    media = b64encode(b"a picture").decode()
    given = {"media": media, "people": ["minor"]}
    told = await control.ask("POST", "/faces?key=k", json=given)
    assert told == {"tenant": label("k"), "digest": FACE, "people": ["minor"]}
    assert world.store.faces.get("k", FACE) == {"minor"}
    await control.ask("POST", "/faces?tenant=t", json={"digest": FACE})
    listed = (await control.ask("GET", "/faces"))["faces"]
    assert [(one["tenant"], one["people"]) for one in listed] == [
        (label("k"), ["minor"]),
        (label("t"), []),
    ]
    gone = await control.ask("DELETE", f"/faces?tenant=t&digest={FACE}")
    assert len(gone["forgotten"]) == 1
    assert FACE in await control.refused("DELETE", f"/faces?tenant=t&digest={FACE}", 404)
    await control.ask("POST", "/faces?key=k", json={"digest": OTHER})
    await control.ask("DELETE", f"/faces?key=k&digest={OTHER}")
    assert len((await control.ask("GET", "/faces"))["faces"]) == 1
    await control.ask("DELETE", "/faces?key=k&digest=")
    assert (await control.ask("GET", "/faces"))["faces"] == []


@pytest.mark.parametrize(
    ("query", "given", "error"),
    [
        ("", {"digest": FACE}, "whose?"),
        ("?key=k", {}, "either the digest or the media"),
        ("?key=k", {"digest": FACE, "media": "AAAA"}, "either the digest or the media"),
        ("?key=k", {"digest": "12"}, "digest: String should match"),
        ("?key=k", {"media": "?"}, "not base64"),
        ("?key=k", {"media": "é"}, "not base64"),
        ("?key=k", {"digest": FACE, "people": ["minro"]}, "did you mean minor?"),
    ],
)
async def test_a_face_that_makes_no_sense_is_refused(control, query, given, error):
    assert error in await control.refused("POST", f"/faces{query}", json=given)


# Limits


async def test_a_tenant_gets_limits_of_its_own(client, control, submit):
    given = {
        "rates": [{"requests": 1, "seconds": 60, "operations": ["generate"]}],
        "concurrency": 5,
        "errors": {"failures": 1, "seconds": 30, "blocks": 20},
    }
    told = await control.ask("PUT", "/limits?key=k", json=given)
    assert told["own"]
    mine = {one["id"]: one for one in told["limits"] if one["provider"] == ID}
    assert mine["rate-1"]["operations"] == ["generate"]
    assert (mine["rate-1"]["requests"], mine["rate-1"]["seconds"]) == (1, 60)
    assert mine["concurrency"]["tasks"] == 5
    assert (mine["errors"]["failures"], mine["errors"]["blocks"]) == (1, 20)
    await submit()
    limited = f"{ID}/rate-limited"
    answers = [await client.post(PATH, json=SUBMIT) for _ in range(2)]
    assert [one.headers["x-screentest-rule"] for one in answers] == [limited, limited]
    look = await client.get("/v1/models")
    assert look.headers["x-screentest-rule"] == limited
    await submit("another")
    told = await control.ask("DELETE", "/limits?key=k")
    assert (told["own"], told["limits"]) == (False, [])
    await submit()


async def test_a_rate_counts_every_operation_unless_it_names_some(client, control):
    rates = [{"requests": 1, "seconds": 60}]
    await control.ask("PUT", "/limits?key=k", json={"rates": rates})
    statuses = [(await client.get("/v1/models")).status_code for _ in range(2)]
    assert statuses == [200, 429]


async def test_new_limits_do_not_count_what_came_before_them(client, control):
    for requests in (1, 2):
        rates = [{"requests": requests, "seconds": 60}]
        await control.ask("PUT", "/limits?key=k", json={"rates": rates})
        answers = [await client.get("/v1/models") for _ in range(requests + 1)]
        assert [one.status_code for one in answers] == [200] * requests + [429]


async def test_a_tenant_may_have_the_documented_limits_or_none(control):
    told = await control.ask("PUT", "/limits?key=k", json={"limits": "documented"})
    documented = {quota.id for one in providers().values() for quota in one.quotas}
    assert {one["id"] for one in told["limits"]} == documented
    told = await control.ask("PUT", "/limits?key=k", json={"limits": "off"})
    assert (told["own"], told["limits"]) == (True, [])
    assert await control.ask("GET", "/limits") == {"tenant": "", "own": False, "limits": []}


@pytest.mark.parametrize(
    ("query", "given", "error"),
    [
        ("", {"limits": "off"}, "whose?"),
        ("?key=k", {}, "say limits, or rates"),
        ("?key=k", {"limits": "off", "concurrency": 1}, "either which limits"),
        ("?key=k", {"limits": "of"}, "limits: Input should be 'documented' or 'off'"),
        (
            "?key=k",
            {"rates": [{"requests": 1, "seconds": 1, "operations": ["generat"]}]},
            "did you mean generate?",
        ),
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused(control, query, given, error):
    assert error in await control.refused("PUT", f"/limits{query}", json=given)


# Scenarios


async def test_a_scenario_can_be_added_and_cleared(client, control, submit):
    scenario = {"name": "mine", "when": {"provider": ID}, "do": {"error": "rate-limited"}}
    told = await control.ask("POST", "/scenarios?key=k", json={"scenario": scenario})
    assert told["tenant"] == label("k")
    assert told["scenarios"] == [scenario]
    answer = await client.post(PATH, json=SUBMIT)
    assert answer.headers["x-screentest-rule"] == f"{ID}/rate-limited"
    await submit("another")
    assert (await control.ask("GET", "/scenarios"))["scenarios"] == []
    assert (await control.ask("DELETE", "/scenarios?key=k")) == {
        "tenant": label("k"),
        "forgotten": [scenario],
    }
    await submit("k")


async def test_a_built_in_scenario_can_be_used(control, submit):
    await control.ask("POST", "/scenarios", json={"use": "stuck"})
    await submit("k")
    (task,) = (await control.ask("GET", "/tasks"))["tasks"]
    assert (task["finishes"], task["scenario"]) == (None, "stuck")


async def test_what_an_answer_met_is_told_of_its_task(client, control, world):
    answer = await client.post(PATH, json=SUBMIT | {"prompt": "p [screentest: lose-502]"})
    assert answer.status_code == 502
    await control.ask("POST", "/scenarios", json={"use": "lose-504"})
    assert (await client.post(PATH, json=SUBMIT)).status_code == 504
    told = (await control.ask("GET", "/tasks"))["tasks"]
    assert [one["scenario"] for one in told] == ["lose-502", "lose-504"]
    ids = [one["id"] for one in told]
    assert (await control.ask("GET", f"/tasks/{ids[1]}"))["scenario"] == "lose-504"
    ledger = await control.ask("GET", "/ledger")
    cost = sum(one["cost"] for one in told)
    assert ledger["would_have_cost"]["USD"] + ledger["reserved"]["USD"] == pytest.approx(cost)
    world.journal.clear()
    told = (await control.ask("GET", "/tasks"))["tasks"]
    assert [one["scenario"] for one in told] == ["lose-502", ""]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "either a scenario"),
        ({"use": "stuk"}, "stuck"),
        ({"use": "stuck", "scenario": {}}, "either a scenario"),
        ({"scenario": {"name": "a", "do": {"error": "rate-limit"}}}, "rate-limited"),
        ({"scenario": "lose-reset"}, 'say "use": "lose-reset"'),
    ],
)
async def test_a_scenario_that_makes_no_sense_is_refused(control, given, error):
    assert error in await control.refused("POST", "/scenarios", json=given)


async def test_one_scenario_can_be_forgotten_by_name(control):
    for name in ("stuck", "drop"):
        await control.ask("POST", "/scenarios?key=k", json={"use": name})
    told = await control.ask("DELETE", "/scenarios?key=k&name=stuck")
    assert [one["name"] for one in told["forgotten"]] == ["stuck"]
    left = (await control.ask("GET", "/scenarios?key=k"))["scenarios"]
    assert [one["name"] for one in left] == ["drop"]
    error = await control.refused("DELETE", "/scenarios?key=k&name=drip", 404)
    assert "no scenario 'drip'; did you mean drop?" in error


# The outbox


async def test_callbacks_are_told_and_filtered(control, submit):
    first = await submit("a", metadata={"callback_url": SINK})
    second = await submit("b", metadata={"callback_url": SINK})
    await control.ask("POST", f"/tasks/{first}/finish")
    for query, expected in {
        "": [first, second],
        "key=a": [first],
        "tenant=a&key=b": [],
        "state=delivered": [first],
        "state=scheduled": [second],
        f"provider={ID}": [first, second],
        "provider=venice": [],
        "limit=1": [second],
    }.items():
        found = (await control.ask("GET", f"/outbox?{query}"))["callbacks"]
        assert [one["id"] for one in found] == expected
    told = await control.ask("GET", f"/outbox/{first}")
    assert [(one["status"], one["problem"]) for one in told["attempts"]] == [(204, "")]
    assert "no callback" in await control.refused("GET", "/outbox/none", 404)
    assert "no provider" in await control.refused("GET", "/outbox?provider=none")


async def test_a_callback_can_be_read_and_delivered_again(control, submit, world):
    task = await submit(metadata={"callback_url": SINK})
    await control.ask("POST", f"/tasks/{task}/finish")
    raw = (await control.ask("GET", f"/outbox/{task}/request")).content
    assert raw.startswith(b"POST /_screentest/sink/s HTTP/1.1\r\n")
    told = await control.ask("POST", f"/outbox/{task}/deliver")
    assert [one["copy"] for one in told["attempts"]] == [1, 2]
    first, second = world.sinks.sink("s").arrivals
    assert first.body == second.body == raw.partition(b"\r\n\r\n")[2]


async def test_a_callback_to_nowhere_is_no_request(control, submit, world):
    task = await submit(metadata={"callback_url": SINK})
    row = world.store.tasks.get("k", (ID, task))
    row.plan = row.plan._replace(callback_url="http://me:SECRET@[::1/")
    error = await control.refused("GET", f"/outbox/{task}/request", 409)
    assert "can be no request" in error
    assert "SECRET" not in error


async def test_a_callback_that_is_no_ones_alone_is_asked_for_again(control, submit, world):
    task = await submit("a", metadata={"callback_url": SINK})
    world.tenant("b")
    world.store.callbacks.put("b", (ID, task), world.store.callbacks.get("a", (ID, task)))
    assert "say whose" in await control.refused("GET", f"/outbox/{task}", 409)
    assert (await control.ask("GET", f"/outbox/{task}?tenant=a"))["id"] == task
