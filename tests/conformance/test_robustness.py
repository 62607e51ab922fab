"""Whatever is sent, the answer is a provider's own, and never a crash."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import httpx
from hypothesis import given
from hypothesis import strategies as st

from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from mockserver.app import create_app
from mockserver.pipeline import Pipeline
from mockserver.settings import Settings
from mockserver.world import World

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
links = st.sampled_from(
    ["http://[::1", "https://x/screentest-face", "data:image/png;base64,x", "http://a/\ud800"]
)
values = st.recursive(
    scalars | links,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def names_in(schema: object) -> set[str]:
    """Every field name that a schema mentions."""
    found = set()
    if isinstance(schema, dict):
        found |= set(schema.get("properties", {}))
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            found |= names_in(inner)
    return found


def bodies_like(operation: Operation) -> st.SearchStrategy:
    """The example, or nothing, with any of its fields replaced and others added."""
    names = [*sorted(names_in(operation.body.model_json_schema())), "_errors", ""]
    patches = st.dictionaries(st.sampled_from(names) | st.text(max_size=5), values, max_size=4)
    base = operation.example or {}
    return patches.map(lambda patch: {**base, **patch}) | values


def test_no_body_makes_the_mock_fail(provider: Provider, with_acme, journey):
    app = create_app(Settings(speed=1e9, seed=1), providers=with_acme)
    headers = {**journey.headers, "content-type": "application/json"}
    transport = httpx.ASGITransport(app)
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport, base_url="http://h", headers=headers)
        for operation in provider.operations:
            if operation.carried is Carried.JSON:
                survive(
                    operation, lambda one, text: runner.run(client.post(one.path, content=text))
                )
        runner.run(client.aclose())


def survive(operation: Operation, send: Callable[[Operation, str], httpx.Response]) -> None:
    """Send whatever comes to mind to an operation."""

    @given(bodies_like(operation))
    def attempt(body):
        answer = send(operation, json.dumps(body))
        assert answer.status_code < 500
        assert answer.is_success or "x-screentest-rule" in answer.headers

    attempt()


async def test_a_bug_of_the_mock_is_called_one(with_acme, journey, clock, caplog, monkeypatch):
    def stumble(*_arguments):
        raise RuntimeError("stumbled")

    world = World(Settings(seed=1), clock)
    monkeypatch.setattr(Pipeline, "_respond", stumble)
    app = create_app(world=world, providers=with_acme)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://h") as client:
        answer = await journey.send(client, "submit")
    assert answer.status_code == 500
    assert answer.headers["x-screentest-rule"] == "screentest/bug"
    assert world.journal[-1].rule == "screentest/bug"
    assert any(record.exc_info for record in caplog.records)


async def test_a_refusal_that_cannot_be_worded_is_a_bug_too(with_acme, journey, clock):
    def speechless(_refusal):
        raise RuntimeError("speechless")

    errors = {
        cause: replace(case, body=speechless) for cause, case in journey.provider.errors.items()
    }
    mute = replace(journey.provider, errors=errors)
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={**with_acme, mute.id: mute})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://h") as client:
        answer = await client.post(mute.submit.path, json={})
    assert answer.headers["x-screentest-rule"] == "screentest/bug"
    assert world.journal[-1].status == 500
