"""What the documents show: their requests are accepted, their answers are ones we could give."""

import json
from base64 import b64encode
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import httpx
import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette

from contracts.kernel.errors import Refusal
from contracts.kernel.operation import Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, providers, revision
from contracts.kernel.reply import encode
from contracts.kernel.violations import Contract
from mockserver.app import create_app
from mockserver.settings import Settings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".wav": "audio/wav", ".mp3": "audio/mpeg"}
TYPES |= {".mp4": "video/mp4"}
PROVIDERS = list(providers())

Example = dict[str, Any]


def with_media(value: dict[str, Any]) -> Any:
    """Put the data URL of a file in the place of its name."""
    if "$media" not in value:
        return value
    path = FIXTURES / "media" / value["$media"]
    return f"data:{TYPES[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"


def read(provider: str) -> list[Example]:
    path = FIXTURES / provider / "examples.json"
    sheet = json.loads(path.read_text(), object_hook=with_media)
    return [{**one, "provider": provider} for one in sheet["examples"]]


EXAMPLES = [one for provider in PROVIDERS for one in read(provider)]


def examples(*, having: str = "provider", lacking: str = "", direction: str = "answer") -> Any:
    """Run a test for each example of a direction that has one key and lacks another."""
    chosen = [
        one
        for one in EXAMPLES
        if one["direction"] == direction and having in one and lacking not in one
    ]
    ids = [f"{one['provider']}/{one['id']}" for one in chosen]
    return pytest.mark.parametrize("example", chosen, ids=ids)


def provider_of(example: Example) -> Provider:
    """Give the revision that an example belongs to."""
    if "revision" in example:
        return revision(f"{example['provider']}@{example['revision']}")
    return revision(example["provider"])


@cache
def app_of(provider: Provider) -> Starlette:
    """Start one mock for each revision."""
    return create_app(Settings(speed=1e6, seed=1), providers={provider.id: provider})


@pytest.fixture
def app(example: Example) -> Starlette:
    return app_of(provider_of(example))


def operation_of(example: Example) -> Operation:
    operations = provider_of(example).operations
    return next(one for one in operations if one.id == example["operation"])


def form_of(example: Example) -> Any:
    """Find an answer model where its revision is declared, or wherever the provider has it."""
    folder = import_module(f"contracts.providers.{example['provider']}")
    later = [import_module(f"{folder.__name__}.{name}") for name in folder.REVISIONS]
    places = [one for one in later if one.PROVIDER is provider_of(example)]
    names = [one.name for one in iter_modules(folder.__path__) if one.name not in folder.REVISIONS]
    places += [import_module(f"{folder.__name__}.{name}") for name in ("answers", *names)]
    return next(vars(one)[example["model"]] for one in places if example["model"] in vars(one))


def is_ours(example: Example) -> bool:
    """Tell whether an answer has the form of ours, no field more and none less."""
    try:
        answer = TypeAdapter(form_of(example)).validate_json(json.dumps(example["message"]))
    except ValidationError:
        return False
    return json.loads(encode(answer)) == example["message"]


@examples(direction="request")
def test_the_model_accepts_a_documented_request(example: Example):
    operation = operation_of(example)
    contract = Contract(operation.body, operation.id)
    contract.adapter.validate_json(json.dumps(example["message"]))


@examples(direction="request")
def test_the_schema_accepts_a_documented_request(example: Example):
    schema = operation_of(example).body.model_json_schema(by_alias=True)
    errors = jsonschema_rs.validator_for(schema).iter_errors(example["message"])
    assert [error.message for error in errors] == []


@examples(direction="request")
async def test_the_mock_accepts_a_documented_request(client: httpx.AsyncClient, example: Example):
    answer = await client.post(operation_of(example).path, json=example["message"])
    assert (answer.status_code, answer.headers.get("x-screentest-rule")) == (200, None)


@examples(having="model", lacking="differs")
def test_a_documented_answer_is_one_we_could_give(example: Example):
    assert is_ours(example)


@examples(having="differs")
def test_an_answer_that_is_said_to_differ_does(example: Example):
    assert not is_ours(example)


@examples(having="error")
def test_a_documented_refusal_is_in_the_catalogue(example: Example):
    case = provider_of(example).errors[example["error"]]
    trace = example["message"].get("trace_id", "")
    refusal = Refusal(example["error"], None, (), {}, new_id=lambda: trace, url=str)
    assert (case.status, case.body(refusal)) == (example["status"], example["message"])


LATER = [one for one in every_revision() if one is not revision(one.id)]


@pytest.mark.parametrize("provider", LATER, ids=lambda one: one.name)
def test_every_revision_has_examples_of_its_own(provider: Provider):
    assert provider in [provider_of(one) for one in EXAMPLES]
