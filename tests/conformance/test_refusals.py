"""What every provider must refuse, in its own words, and with the rule in a header."""

import json
import logging
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette

from contracts.kernel.errors import Cause
from contracts.kernel.operation import Carried
from contracts.kernel.provider import Provider
from mockserver.app import create_app
from mockserver.world import World


@pytest.fixture
def app(world: World, with_acme: Mapping[str, Provider]) -> Starlette:
    return create_app(world=world, providers=with_acme)


def assert_refused(answer: httpx.Response, provider: Provider, cause: Cause) -> None:
    """The catalogue's status, a JSON body, and the rule in the header."""
    assert answer.status_code == provider.errors[cause].status
    assert answer.headers["x-screentest-rule"] == f"{provider.id}/{cause}"
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json(), dict)


async def test_a_request_without_a_key_is_refused(app, door, journey, provider):
    journey.data["headers"].clear()
    async with door(app) as client:
        assert_refused(await journey.send(client, "submit"), provider, Cause.NO_KEY)


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        ("screentest-invalid-key", Cause.BAD_KEY),
        ("screentest-no-balance", Cause.NO_BALANCE),
    ],
)
async def test_sandbox_keys_are_refused(app, door, journey, provider, key, cause):
    for name, value in journey.headers.items():
        journey.headers[name] = value.replace("k", key) if value == "k" else f"Bearer {key}"
    async with door(app) as client:
        assert_refused(await journey.send(client, "submit"), provider, cause)


@pytest.mark.parametrize(
    "text", ["", "{", '{"model": "x"', "\xff", "{'a': 1}", "[" * 100_000, '{"x": NaN}']
)
async def test_what_is_not_json_is_refused(app, door, journey, provider, text):
    headers = {**journey.headers, "content-type": "application/json"}
    async with door(app) as client:
        content = text.encode("latin-1")[: provider.body_limit]
        answer = await client.post(provider.submit.path, content=content, headers=headers)
        assert_refused(answer, provider, Cause.BAD_JSON)


@pytest.mark.parametrize("text", ["null", "[]", "1", '"text"', "true"])
async def test_json_that_is_no_object_breaks_the_contract(app, door, journey, provider, text):
    headers = {**journey.headers, "content-type": "application/json; charset=utf-8"}
    async with door(app) as client:
        answer = await client.post(provider.submit.path, content=text, headers=headers)
        assert answer.status_code == provider.errors[Cause.INVALID].status
        rule = f"{provider.id}/{provider.submit.id}"
        assert answer.headers["x-screentest-rule"] == rule


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_another_content_type_is_refused(app, door, journey, provider, kind):
    headers = journey.headers | ({"content-type": kind} if kind else {})
    content = json.dumps(provider.submit.example).encode()
    async with door(app) as client:
        answer = await client.post(provider.submit.path, content=content, headers=headers)
        assert_refused(answer, provider, Cause.WRONG_CONTENT_TYPE)


async def test_a_body_over_the_limit_is_refused(app, door, journey, provider):
    headers = {**journey.headers, "content-type": "application/json"}
    content = b" " * (provider.body_limit + 1)
    async with door(app) as client:
        answer = await client.post(provider.submit.path, content=content, headers=headers)
        assert_refused(answer, provider, Cause.TOO_LARGE)


async def test_a_body_at_the_limit_is_read(app, journey, provider):
    headers = {**journey.headers, "content-type": "application/json"}
    content = json.dumps(provider.submit.example).encode().ljust(provider.body_limit)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
        answer = await client.post(provider.submit.path, content=content, headers=headers)
        assert answer.is_success


async def test_an_unknown_task_is_not_made_up(app, door, journey, provider):
    async with door(app) as client:
        answer = await journey.send(client, "poll", "no-such-task")
        if answer.status_code == 200:
            assert answer.json() == {}  # documented by one provider, see its declaration
        else:
            assert_refused(answer, provider, Cause.NO_TASK)


async def test_another_method_is_refused_and_the_right_one_is_named(app, door, provider):
    async with door(app) as client:
        answer = await client.put(provider.submit.path)
        assert_refused(answer, provider, Cause.NO_METHOD)
        assert provider.submit.method in answer.headers["allow"]


async def test_a_missing_field_is_named(app, door, journey, provider):
    required = provider.submit.body.model_json_schema()["required"]
    async with door(app) as client:
        for name in required:
            body = {key: value for key, value in provider.submit.example.items() if key != name}
            answer = await client.post(provider.submit.path, json=body, headers=journey.headers)
            assert answer.status_code == provider.errors[Cause.INVALID].status
            rule = f"{provider.id}/{provider.submit.id}-{name.replace('_', '-')}"
            assert answer.headers["x-screentest-rule"] == rule


async def test_a_refusal_is_logged_in_one_line_and_remembered(
    app, journey, provider, caplog, world
):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
        with caplog.at_level(logging.WARNING, "screentest"):
            await client.post(provider.submit.path, json={}, headers=journey.headers)
    (record,) = caplog.records
    entry = world.journal[-1]
    assert entry.rule in record.getMessage()
    assert entry.body == b"{}"
    assert "\n" not in record.getMessage()


def test_every_operation_checks_size_before_it_reads(provider):
    for operation in provider.operations:
        if operation.carried is not Carried.URL:
            gates = [gate.value for gate in operation.gates]
            assert gates.index("size") < gates.index("contract")


async def test_the_word_for_no_number_may_stand_in_a_text(app, journey, provider):
    body = json.dumps(provider.submit.example).replace("a ", "NaN Infinity ")
    headers = {**journey.headers, "content-type": "application/json"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
        answer = await client.post(provider.submit.path, content=body, headers=headers)
        assert answer.is_success
