"""Both sides of every documented limit: what is accepted, what is refused, and by which rule."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from contracts.kernel.body import Body
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import providers
from contracts.kernel.violations import Contract
from mockserver.app import create_app
from mockserver.settings import Settings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MEDIA = FIXTURES / "media"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".wav": "audio/wav", ".mp3": "audio/mpeg"}
TYPES |= {".mp4": "video/mp4"}
PROVIDERS = dict(providers())
SHEETS = {one: json.loads((FIXTURES / one / "boundaries.json").read_text()) for one in PROVIDERS}

UNBREAKABLE = {
    "it tells the variants of a union apart: another value breaks the rule of the list": {
        "acedata/videos-content-image-url-type",
        "acedata/videos-content-text-type",
        "relaydance/generate-metadata-content-audio-url-type",
        "relaydance/generate-metadata-content-image-url-type",
        "relaydance/generate-metadata-content-video-url-type",
        "senseaudio/create-content-audio-type",
        "senseaudio/create-content-image-type",
        "senseaudio/create-content-text-type",
        "senseaudio/create-content-video-type",
    },
    "an open variant of a union: what is no object breaks the rule of the list": {
        "relaydance/generate-metadata-content-audio-url",
        "relaydance/generate-metadata-content-image-url",
        "relaydance/generate-metadata-content-video-url",
        "senseaudio/create-content-audio",
        "senseaudio/create-content-image",
        "senseaudio/create-content-text",
        "senseaudio/create-content-video",
    },
    "what stands in a URL or a form is an object by its nature, and open": {
        "relaydance/files",
        "relaydance/models",
        "relaydance/poll",
        "senseaudio/status",
        "venice/download",
        "venice/models",
        "venice/revoke",
    },
    "a path without its parameter is another path": {
        "relaydance/poll-task-id",
        "venice/download-token",
        "venice/revoke-token",
    },
}
"""Ids that no request can break alone, by the reason why. It may only shrink."""

Ask = Callable[[str, str], Any]
"""Gives a field of the answer to the base of an operation."""


@dataclass(frozen=True)
class Case:
    """One patch on one side of one rule."""

    provider: Provider
    operation: Operation
    rule: str
    patch: Mapping[str, Any]

    def message(self, ask: Ask) -> Any:
        """Merge the patch over the base."""
        sheet = SHEETS[self.provider.id]
        if "$body" in self.patch:
            return self.patch["$body"]
        merged = {**sheet["bases"][self.operation.id], **self.patch}
        present = {name: value for name, value in merged.items() if value != {"$absent": True}}
        return expand(present, sheet.get("parts", {}), ask)


def expand(value: Any, parts: Mapping[str, Any], ask: Ask) -> Any:
    """Put real values in the place of the special ones; `fixtures/README.md` lists them."""
    if isinstance(value, list):
        return list(chain.from_iterable(spread(one, parts, ask) for one in value))
    if not isinstance(value, dict):
        return value
    match value:
        case {"$text": length}:
            made = "x" * length
        case {"$repeat": _}:
            made = spread(value, parts, ask)
        case {"$media": name}:
            made = data_url(MEDIA / name)
        case {"$part": name}:
            made = expand(parts[name], parts, ask)
        case {"$answer": [operation, field]}:
            made = ask(operation, field)
        case _:
            made = {name: expand(one, parts, ask) for name, one in value.items()}
    return made


def spread(value: Any, parts: Mapping[str, Any], ask: Ask) -> list[Any]:
    """Give what an item of a list stands for: itself, or its copies."""
    match value:
        case {"$repeat": [one, count]}:
            return [expand(one, parts, ask)] * count
    return [expand(value, parts, ask)]


def data_url(path: Path) -> str:
    return f"data:{TYPES[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"


def operation(provider: str, name: str) -> Operation:
    return next(one for one in PROVIDERS[provider].operations if one.id == name)


def read(side: str) -> Iterator[Case]:
    for provider, sheet in SHEETS.items():
        for row in sheet["boundaries"]:
            for patch in row[side]:
                where = operation(provider, row["operation"])
                yield Case(PROVIDERS[provider], where, row["rule"], patch)


def cases(side: str) -> pytest.MarkDecorator:
    """Run a test for each patch of a side, under its rule and the beginning of the patch."""
    numbers = Counter[str]()
    chosen, ids = list(read(side)), []
    for case in chosen:
        numbers[case.rule] += 1
        ids.append(f"{case.rule}-{numbers[case.rule]}-{json.dumps(case.patch)[1:-1]:.80}")
    return pytest.mark.parametrize("case", chosen, ids=ids)


@cache
def contract_of(body: type[Body], name: str) -> tuple[Contract, Any]:
    """Compile a contract and its schema once."""
    validator = jsonschema_rs.validator_for(body.model_json_schema(by_alias=True))
    return Contract(body, name), validator


@pytest.fixture(scope="module")
def app() -> Starlette:
    return create_app(Settings(speed=1e6, seed=1), providers=PROVIDERS)


async def send(client: httpx.AsyncClient, case: Case) -> httpx.Response:
    """Send the message of a case, after those whose answers it takes up."""
    asked = dict[tuple[str, str], str]()
    case.message(lambda name, field: asked.setdefault((name, field), ""))
    for name, field in asked:
        base = Case(case.provider, operation(case.provider.id, name), case.rule, {})
        asked[name, field] = (await send(client, base)).json()[field]
    message = case.message(lambda name, field: asked[name, field])
    method, path = case.operation.method, case.operation.path
    match case.operation.carried:
        case Carried.URL:
            return await client.request(method, path, params=message)
        case Carried.FORM:
            files = {field: (name, (MEDIA / name).read_bytes()) for field, name in message.items()}
            return await client.request(method, path, files=files)
    return await client.request(
        method, path, content=json.dumps(message), headers={"content-type": "application/json"}
    )


@cases("accepts")
async def test_what_a_limit_allows_is_accepted(client: httpx.AsyncClient, case: Case):
    contract, schema = contract_of(case.operation.body, case.operation.id)
    message = case.message(lambda *_: "a-task")
    contract.adapter.validate_json(json.dumps(message))
    assert [error.message for error in schema.iter_errors(message)] == []
    answer = await send(client, case)
    assert (answer.status_code, answer.headers.get("x-screentest-rule")) == (200, None)


@cases("refuses")
async def test_what_a_limit_forbids_is_refused(client: httpx.AsyncClient, case: Case):
    contract, schema = contract_of(case.operation.body, case.operation.id)
    message = case.message(lambda *_: "a-task")
    with pytest.raises(ValidationError) as refused:
        contract.adapter.validate_json(json.dumps(message))
    assert contract.violations(refused.value)[0].rule == case.rule
    assert not schema.is_valid(message)
    answer = await send(client, case)
    assert answer.is_client_error
    assert answer.headers["x-screentest-rule"] == case.rule
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
def test_every_rule_has_a_boundary(provider: Provider):
    declared = set[str]()
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        declared |= {limit.id for limit in contract.limits} | set(contract.rules)
    excused = {rule for rules in UNBREAKABLE.values() for rule in rules}
    excused = {rule for rule in excused if rule.startswith(f"{provider.id}/")}
    refused = {row["rule"] for row in SHEETS[provider.id]["boundaries"]}
    assert refused == declared - excused
    assert excused <= declared
