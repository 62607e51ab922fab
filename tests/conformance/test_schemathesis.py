"""The mock against its own OpenAPI documents: what a stranger makes of them must hold."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from json import dumps
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.generation import GenerationMode
from starlette.types import ASGIApp

from contracts.kernel.errors import Cause
from contracts.kernel.media import WEB
from contracts.kernel.openapi import openapi
from contracts.kernel.operation import Carried, Gate, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, revision
from contracts.kernel.task import Phase as Stage
from mockserver.agenda import Agenda
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.settings import Settings
from mockserver.trouble import DIRECTIVE
from mockserver.world import World

NAMES = [*(one.name for one in every_revision()), "acme"]
RULE = "x-screentest-rule"
NO_CONTRACT = {Cause.BAD_JSON, Cause.INVALID, Cause.WRONG_CONTENT_TYPE, Cause.TOO_LARGE}
"""What refuses a request that is not as it should be, beside the rules."""
EXCLUDED = [
    "ignored_auth",  # any key will do; what no key comes to is tested below
    "missing_required_header",  # knows no other status for it than 401
    "positive_data_acceptance",  # ours, below, knows which refusals have other reasons
]


def rule_of(response: Any) -> str:
    return response.headers.get(RULE, [""])[0]


def raw(case: Any) -> Mapping[str, Any]:
    """The operation as the document has it."""
    return case.operation.definition.raw


def shown(case: Any, status: int) -> Iterable[str]:
    """The rows of the error catalogue that the document shows under a status."""
    content = raw(case)["responses"].get(str(status), {}).get("content", {})
    return [name for media in content.values() for name in media.get("examples", ())]


def told(case: Any) -> set[str]:
    """The rules and limits that the document tells of."""
    return {rule["id"] for rule in raw(case)["x-rules"]}


def unsaid(case: Any) -> set[str]:
    """The rules that no schema can say: there is nothing to them but their name."""
    schemas = case.operation.schema.raw_schema["components"]["schemas"].values()
    rules = [rule for schema in schemas for rule in schema.get("allOf", ())]
    return {rule["x-rule"] for rule in rules if list(rule) == ["x-rule"]}


@schemathesis.check
def a_refusal_names_a_documented_rule(_context: Any, response: Any, case: Any) -> None:
    rule = rule_of(response)
    cause = rule.partition("/")[2]
    known = rule in told(case) or cause in shown(case, response.status_code)
    assert known or response.status_code < 400, f"{rule!r} is not documented"


@schemathesis.check
def a_valid_request_breaks_no_contract(_context: Any, response: Any, case: Any) -> None:
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        rule = rule_of(response)
        broken = rule in told(case) - unsaid(case) or rule.partition("/")[2] in NO_CONTRACT
        assert not broken, f"{rule} refused what the document allows"


@pytest.fixture(params=NAMES)
def provider(request: pytest.FixtureRequest, with_acme: Mapping[str, Provider]) -> Provider:
    return with_acme["acme"] if request.param == "acme" else revision(request.param)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "screentest")


@pytest.fixture
def app(provider: Provider) -> ASGIApp:
    return create_app(Settings(speed=1e9, seed=1), providers={provider.id: provider})


def models_of(provider: Provider, count: int) -> list[str]:
    """The model of the example, and some others."""
    example = provider.submit.example["model"] if provider.models() else ""
    others = [model for model in provider.models() if model != example]
    return [example, *Random(1).sample(others, min(count - 1, len(others)))]


def narrowed(value: Any, model: str) -> Any:
    """The same document for one model, and with links for media.

    A table of models is more than the generator can think through, and it makes no films.
    """
    if isinstance(value, list):
        return [narrowed(one, model) for one in value if applies(one, model)]
    if not isinstance(value, dict):
        return value
    if "x-media" in value:
        return {"type": "string", "pattern": f"^{WEB}"}
    found = {name: narrowed(one, model) for name, one in value.items()}
    if models_in(value):
        found["properties"]["model"] = {"const": model}
    return {name: one for name, one in found.items() if (name, one) != ("allOf", [])}


def applies(value: Any, model: str) -> bool:
    """Tell whether a rule says anything about a model."""
    models = models_in(value["if"]) if isinstance(value, dict) and "if" in value else ()
    return not models or model in models


def models_in(schema: Mapping[str, Any]) -> Sequence[str]:
    """The models that a schema names."""
    fields = schema.get("properties", {})
    return fields["model"].get("enum", ()) if isinstance(fields.get("model"), dict) else ()


@cache
def document_of(provider: Provider) -> Mapping[str, Any]:
    return openapi(provider)


def loaded(provider: Provider, app: ASGIApp, model: str) -> Any:
    """The document for one model, as schemathesis reads it."""
    schema = schemathesis.openapi.from_dict(narrowed(document_of(provider), model))
    schema.app = app
    schema.config.generation.update(with_security_parameters=False)
    schema.config.checks.update(excluded_check_names=EXCLUDED)
    return schema


def operations(schema: Any) -> Iterator[Any]:
    for one in schema.get_all_operations():
        yield one.ok()


def headers_of(provider: Provider, key: str) -> dict[str, str]:
    """The header that carries a key: a bearer token where that is a way."""
    schemes = provider.auth.schemes()
    if "bearer" in schemes:
        return {"authorization": f"Bearer {key}"}
    return {next(iter(schemes)): key}


def few(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=max(1, examples),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_is_answered_as_documented(provider, app, mode):
    models = models_of(provider, 1 + settings().max_examples // 100)
    for model in models:
        for operation in operations(loaded(provider, app, model)):
            examples = settings().max_examples // 12 // len(models)
            exercise(operation, mode, headers_of(provider, "k"), max(4, examples))


def exercise(operation: Any, mode: GenerationMode, headers: dict[str, str], examples: int) -> None:
    """Send what the document allows, or what it forbids."""

    @few(examples)
    @given(operation.as_strategy(generation_mode=mode))
    def attempt(case):
        assume(DIRECTIVE not in dumps(case.body, default=str))  # constants of ours are tried, too
        case.call_and_validate(headers=headers)

    try:
        attempt()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
        assert "requestBody" not in operation.definition.raw  # any text in a path will do


def test_what_needs_a_key_is_refused_without_one(provider, app):
    for operation in operations(loaded(provider, app, models_of(provider, 1)[0])):
        declared = provider.operation(operation.definition.raw["operationId"])
        if Gate.KEY in declared.gates:
            lock(operation, {}, f"{provider.id}/{Cause.NO_KEY}")
            headers = headers_of(provider, "screentest-invalid-key")
            lock(operation, headers, f"{provider.id}/{Cause.BAD_KEY}")


def lock(operation: Any, headers: dict[str, str], rule: str) -> None:
    """Send good requests with no good key."""

    @few(settings().max_examples // 50)
    @given(operation.as_strategy())
    def attempt(case):
        response = case.call(headers=headers)
        assert rule_of(response) == rule
        case.validate_response(response, headers=headers)

    attempt()


def test_what_schemathesis_tries_by_itself_is_answered_as_documented(provider, app):
    """Examples, and the edges of everything that the document states."""
    schema = loaded(provider, app, models_of(provider, 1)[0])
    schema.config.headers = headers_of(provider, "k")
    schema.config.phases.update(phases=["examples", "coverage"])
    events = list(from_schema(schema).execute())
    recorders = [event.recorder for event in events if isinstance(event, ScenarioFinished)]
    failures = [
        (check.name, check.failure_info.failure.message, check.failure_info.code_sample)
        for recorder in recorders
        for checks in recorder.checks.values()
        for check in checks
        if check.failure_info
    ]
    assert failures == []
    assert [event.info for event in events if isinstance(event, NonFatalError | FatalError)] == []
    assert sum(len(one.interactions) for one in recorders) > 10 * len(provider.operations)


class Stepping(Clock):
    """Time that goes on a little with every request."""

    def __init__(self, step: float) -> None:
        super().__init__("manual", 1.0, 1_780_000_000.0)
        self._step = step
        self.agenda = Impatient(self)

    def go_on(self) -> None:
        self.move_to(self.now() + self._step)


class Impatient(Agenda):
    """Time goes on to whatever is added, so that no call blocks."""

    def add(self, moment, run, **about) -> None:
        self._clock.move_to(moment)
        super().add(moment, run, **about)


class Diary:
    """What tasks were handed out, and how far each was seen to be."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.poll = next(name for gives in provider.submit.answers for name in gives.leads)
        """What an accepted request leads to first."""
        self.ids = {
            expression.rpartition("/")[2]
            for gives in provider.submit.answers
            for expression in gives.leads.get(self.poll, {}).values()
            if not expression.endswith("/model")
        }
        """The fields of an answer that hold what to ask with."""
        self.handed_out: set[str] = set()
        self.furthest: dict[str, int] = {}

    def note(self, operation: Operation, response: Any) -> None:
        """Write an answer down, unless it contradicts what stands there."""
        lost = rule_of(response) == f"{self.provider.id}/{Cause.NO_TASK}"
        good = response.status_code < 400
        if operation is self.provider.submit and good:
            answer = response.json()
            self.handed_out |= {answer[name] for name in self.ids if name in answer}
        if operation.id == self.poll and (good or lost):
            asked = operation.effect.ids(read(operation, response.request))
            for id_ in self.handed_out.intersection(asked):
                known = good and response.content != b"{}"  # one provider's way to say no
                assert known, f"task {id_} is lost"
                self.note_state(id_, how_far(self.provider, response))

    def note_state(self, id_: str, state: int) -> None:
        assert state >= self.furthest.get(id_, 0), f"task {id_} went back"
        self.furthest[id_] = state


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


ORDER = [Stage.WAITING, Stage.WORKING, Stage.FAILED, Stage.SUCCEEDED]


def how_far(provider: Provider, response: Any) -> int:
    """The latest phase whose word an answer has; the film itself is the last word."""
    if response.headers["content-type"] != ["application/json"]:
        return ORDER.index(Stage.SUCCEEDED)
    texts = set(texts_in(response.json()))
    words = provider.lifecycle.words
    return max((ORDER.index(one) for one, word in words.items() if word in texts), default=0)


def read(operation: Operation, request: Any) -> Any:
    """A request as the operation read it."""
    if operation.carried is Carried.JSON:
        return operation.body.model_validate_json(request.body)
    url = urlsplit(request.url)
    path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)
    fields = re.fullmatch(path, url.path)
    assert fields is not None
    return operation.body.model_validate(
        dict(parse_qsl(url.query, keep_blank_values=True)) | fields.groupdict()
    )


def test_tasks_are_found_again_and_only_go_forward(provider):
    clock = Stepping(provider.lifecycle.seconds / 4)
    world = World(Settings(seed=1), clock)
    app = create_app(world=world, providers={provider.id: provider})
    diary, headers = Diary(provider), headers_of(provider, "k")
    schema = loaded(provider, app, models_of(provider, 1)[0])

    class Walk(schema.as_state_machine()):
        def get_call_kwargs(self, _case):
            clock.go_on()
            return {"headers": headers}

        def validate_response(self, response, case, **more):
            super().validate_response(response, case, **more)
            declared = provider.operation(raw(case)["operationId"])
            diary.note(declared, response)

    walks = few(settings().max_examples // 12, stateful_step_count=8, phases=[Phase.generate])
    Walk.run(settings=walks)  # a walk is not shrunk: that takes minutes
    assert diary.furthest
