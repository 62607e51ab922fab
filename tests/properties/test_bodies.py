"""One declaration, many faces: model, schema, mock and strategies say the same of every body."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import httpx
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.applications import Starlette

from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision
from contracts.kernel.violations import Contract
from contracts.strategies import bodies_breaking, breakable, valid_bodies
from contracts.strategies.bodies import shape_of
from contracts.strategies.drafts import ANY
from mockserver.app import create_app
from mockserver.exchange import File
from mockserver.settings import Settings

EXAMPLES = settings.default.max_examples
QUIET = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
MANY = settings(QUIET, max_examples=EXAMPLES * 2)
FEW = settings(QUIET, max_examples=max(3, EXAMPLES // 12))
"""For what is tried with each of several hundred rules."""
DRAWS_FOR_EACH, ROUNDS = 8, 8
"""How many bodies are drawn for each thing to be seen in one of them, and how often at most."""
LARGE = 1_000_000
"""Bodies of more characters than this are checked, and not sent."""


@dataclass(frozen=True)
class Subject:
    """One operation of one revision."""

    provider: Provider
    operation: Operation

    @property
    def name(self) -> str:
        return f"{self.provider.name}/{self.operation.id}"

    @cached_property
    def contract(self) -> Contract:
        return Contract(self.operation.body, self.operation.id)

    @cached_property
    def schema(self) -> dict[str, Any]:
        return self.operation.body.model_json_schema()

    @cached_property
    def validator(self) -> Any:
        return jsonschema_rs.validator_for(self.schema)

    @cached_property
    def stated(self) -> set[str]:
        """The rules that no schema can say."""
        return {id_ for id_, rule in self.contract.rules.items() if rule.schema() == {}}

    def broken_for_the_model(self, body: Any) -> list[str]:
        """Give the rules that parsing finds broken."""
        try:
            self.contract.adapter.validate_json(json.dumps(body))
        except ValidationError as error:
            return [one.rule for one in self.contract.violations(error)]
        return []

    def broken_for_the_schema(self, body: Any) -> tuple[set[str], bool]:
        """Give the rules across fields that the schema finds broken; and whether fields are."""
        rules, fields = set[str](), False
        for error in self.validator.iter_errors(body):
            path = list(error.schema_path)
            if path[0] == "allOf":
                rules.add(self.schema["allOf"][path[1]]["x-rule"])
            else:
                fields = True
        return rules, fields


SUBJECTS = [Subject(one, operation) for one in every_revision() for operation in one.operations]
NAMED = {one.name: one for one in SUBJECTS}


def subjects(*, having: Callable[[Subject], bool] = lambda _: True) -> pytest.MarkDecorator:
    chosen = [one for one in SUBJECTS if having(one)]
    return pytest.mark.parametrize("subject", chosen, ids=[one.name for one in chosen])


def takes_json(subject: Subject) -> bool:
    return subject.operation.carried is Carried.JSON


@cache
def app_of(provider: Provider) -> Starlette:
    """The mock of one revision; tasks are over at once, so that blocking calls end."""
    return create_app(Settings(speed=1e9, seed=1), providers={provider.id: provider})


def serve(provider: Provider) -> Callable[[str, bytes], str]:
    """Give a way to put a file where the mock serves it."""
    world = app_of(provider).state.world
    return lambda kind, content: world.keep_file("k", "http://h", "f", File(content, kind)).url


Send = Callable[[Subject, Any], httpx.Response]


@pytest.fixture(scope="module")
def send() -> Iterator[Send]:
    """Send a body to an operation, and wait for the answer."""
    clients: dict[Provider, httpx.AsyncClient] = {}
    with asyncio.Runner() as runner:

        def deliver(subject: Subject, body: Any) -> httpx.Response:
            if subject.provider not in clients:
                transport = httpx.ASGITransport(app_of(subject.provider))
                headers = {"authorization": "Bearer k"}
                clients[subject.provider] = httpx.AsyncClient(
                    transport=transport, base_url="http://h", headers=headers
                )
            return runner.run(request(clients[subject.provider], subject.operation, body))

        yield deliver
        for client in clients.values():
            runner.run(client.aclose())


async def request(client: httpx.AsyncClient, operation: Operation, body: Any) -> httpx.Response:
    method, path = operation.method, operation.path
    if operation.carried is Carried.JSON:
        headers = {"content-type": "application/json"}
        return await client.request(method, path, content=json.dumps(body), headers=headers)
    if operation.carried is Carried.FORM:
        files = {name: (value or "f", b"content") for name, value in body.items()}
        return await client.request(method, path, files=files or {"other": ("f", b"")})
    query = {name: value for name, value in body.items() if f"{{{name}}}" not in path}
    return await client.request(method, path.format_map(Anything(body)), params=query)


class Anything(dict[str, Any]):
    """Parameters of a path: what cannot stand there is another task."""

    def __missing__(self, _key: str) -> str:
        return "task"

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        return value if isinstance(value, str) and value.isalnum() else "task"


def is_refused_for_its_contract(answer: httpx.Response, subject: Subject) -> bool:
    """Tell a broken rule or limit from all else that a request can be refused for."""
    rule = answer.headers.get("x-screentest-rule", "")
    known = {limit.id for limit in subject.contract.limits}
    return rule in known | set(subject.contract.rules) | set(subject.contract.media)


@subjects()
def test_a_valid_body_is_accepted_by_all(subject: Subject, send: Send):
    @MANY
    @given(valid_bodies(subject.operation))
    def accepted(body):
        assert subject.broken_for_the_model(body) == []
        assert subject.broken_for_the_schema(body) == (set(), False)
        answer = send(subject, body)
        assert answer.status_code < 500
        assert not is_refused_for_its_contract(answer, subject)

    accepted()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)  # fmt: skip


@st.composite
def mutated_bodies(draw: Any, subject: Subject) -> Any:
    """A valid body with one to three places replaced, removed, or exchanged with another's."""
    body = json.loads(json.dumps(draw(valid_bodies(subject.operation))))
    other = draw(valid_bodies(subject.operation))
    for _ in range(draw(st.integers(1, 3))):
        here: Any = body
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and here[key] and draw(st.booleans()):
                here = here[key]
                continue
            match draw(st.integers(0, 2)):
                case 0:
                    del here[key]
                case 1:
                    here[key] = draw(values)
                case 2 if other:
                    name = draw(st.sampled_from(sorted(other)))
                    body[name] = other[name]
            break
    return body


@subjects(having=takes_json)
def test_model_and_schema_agree_on_every_body(subject: Subject):
    @MANY
    @given(mutated_bodies(subject))
    def agree(body):
        broken = subject.broken_for_the_model(body)
        rules, fields = subject.broken_for_the_schema(body)
        by_schema = bool(rules) or fields
        assert by_schema == bool(set(broken) - subject.stated), (broken, rules, body)

    agree()


def rules() -> Iterator[Any]:
    """Give every rule of every operation, with the operation."""
    for subject in SUBJECTS:
        for rule in breakable(subject.operation, serve=lambda *_: ""):
            yield pytest.param(subject, rule, id=f"{subject.name}-{rule.partition('/')[2]}")


@pytest.mark.parametrize(("subject", "rule"), list(rules()))
def test_a_broken_rule_is_named_by_all(subject: Subject, rule: str, send: Send):
    links_only = rule not in breakable(subject.operation)
    server = serve(subject.provider) if links_only else None

    @FEW
    @given(bodies_breaking(subject.operation, rule, serve=server))
    def named(body):
        if rule in subject.contract.media:
            assert subject.broken_for_the_model(body) == []
            late = subject.contract.media[rule].late
        else:
            late = ""
            assert set(subject.broken_for_the_model(body)) == {rule}
            across, fields = subject.broken_for_the_schema(body)
            if rule in subject.contract.rules:
                assert (across, fields) == ({rule} - subject.stated, False)
            else:
                assert fields
        if late:
            assert send(subject, body).is_success
        elif len(json.dumps(body)) <= LARGE:
            answer = send(subject, body)
            assert answer.is_client_error
            assert answer.headers["x-screentest-rule"] == rule

    named()


@subjects()
def test_only_what_has_no_other_side_is_not_broken(subject: Subject):
    reached = set(breakable(subject.operation, serve=lambda *_: ""))
    assert set(subject.contract.rules) | set(subject.contract.media) <= reached
    for limit in [one for one in subject.contract.limits if one.id not in reached]:
        is_tag_or_variant = limit.path.endswith(("].type", "]"))
        is_in_a_url = subject.operation.carried is not Carried.JSON and (
            not limit.path or f"{{{limit.path}}}" in subject.operation.path
        )
        assert is_tag_or_variant or is_in_a_url, limit


@pytest.mark.timeout(600)
@subjects(having=takes_json)
def test_valid_bodies_show_every_field_value_and_mode(subject: Subject):
    shape = shape_of(subject.operation)
    missing = {json.dumps([name, value is ANY or value]) for name, value in shape.goals}
    modes = dict(subject.operation.body.modes)

    draws = DRAWS_FOR_EACH * len(shape.goals) + 100
    for round_ in range(ROUNDS):

        @seed(round_)
        @settings(QUIET, max_examples=draws, database=None, phases=[Phase.generate])
        @given(valid_bodies(subject.operation))
        def look(body):
            missing.difference_update(shown_in(body))
            parsed = shape.parse(body)
            for name in [name for name, mode in modes.items() if mode.holds(parsed)]:
                del modes[name]
            if not (missing or modes):
                raise Enough

        if missing or modes:
            with suppress(Enough):
                look()
    assert (missing, modes) == (set(), {})


class Enough(Exception):  # noqa: N818 - no error
    """Everything was seen, so nothing more is to be drawn."""


def shown_in(body: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Give all that a body shows: fields, their values, and what the items of lists are."""
    for name, value in body.items():
        yield json.dumps([prefix + name, True])
        if isinstance(value, dict):
            yield from shown_in(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield from (
                json.dumps([f"{prefix}{name}[]", part]) for one in value for part in parts(one)
            )
        else:
            yield json.dumps([prefix + name, value])


def parts(item: Any) -> Iterator[Any]:
    """Give what an item of a list may have been drawn to show: its tag, alone and with a choice."""
    if isinstance(item, dict):
        plain = {key: value for key, value in item.items() if isinstance(value, str | int | float)}
        tag = {key: value for key, value in plain.items() if key == "type"}
        yield tag
        for key, value in plain.items():
            yield {**tag, key: value}
            yield {key: value}


MODES = [(name, mode) for name, one in NAMED.items() for mode in one.operation.body.modes]


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_a_mode_is_kept_to(name: str, mode: str):
    condition = NAMED[name].operation.body.modes[mode]

    @FEW
    @given(valid_bodies(name, mode=mode))
    def kept(body):
        assert condition.holds(shape_of(NAMED[name].operation).parse(body))

    kept()
