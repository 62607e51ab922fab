"""Both sides of every documented limit: what is accepted, what is refused, and by which rule."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Self

import httpx
import jsonschema_rs
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from contracts.kernel.body import Body
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, providers, revision
from contracts.kernel.violations import Contract
from mockserver.app import create_app
from mockserver.settings import Settings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MEDIA = FIXTURES / "media"
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".wav": "audio/wav", ".mp3": "audio/mpeg"}
TYPES |= {".mp4": "video/mp4"}

UNBREAKABLE = {
    "it tells the variants of a union apart: another value breaks the rule of the list": {
        "acedata/videos-content-audio-url-type",
        "acedata/videos-content-image-url-type",
        "acedata/videos-content-text-type",
        "acedata/videos-content-video-url-type",
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
        "venice/top-up",
        "venice/transcriptions",
        "venice/wallet-balance",
        "venice/wallet-transactions",
    },
    "it takes a wallet's signature to be accepted: test_venice_x402.py has both sides": {
        "venice/wallet-balance-wallet-address",
        "venice/wallet-transactions-limit",
        "venice/wallet-transactions-offset",
        "venice/wallet-transactions-wallet-address",
    },
    "a path without its parameter is another path": {
        "relaydance/poll-task-id",
        "venice/download-token",
        "venice/revoke-token",
    },
}
"""Ids that no request can break alone, by the reason why.

It may only shrink, but for the variants of a union that a new revision brings.
"""

Ask = Callable[[str, str], Any]
"""Gives a field of the answer to the base of an operation."""

Row = tuple[str, str]
"""An operation, and a rule of it: several operations may have a rule of one name."""


@dataclass(frozen=True)
class Sheet:
    """One file: what one revision of a provider allows and forbids."""

    provider: Provider
    data: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        data = json.loads(path.read_text())
        name = f"{data['provider']}@{data['revision']}" if "revision" in data else data["provider"]
        return cls(revision(name), data)

    @property
    def rows(self) -> set[Row]:
        return {(row["operation"], row["rule"]) for row in self.data["boundaries"]}


SHEETS = [Sheet.read(path) for path in sorted(FIXTURES.glob("*/boundaries*.json"))]


@dataclass(frozen=True)
class Case:
    """One patch on one side of one rule."""

    sheet: Sheet
    operation: Operation
    rule: str
    patch: Mapping[str, Any]

    def message(self, ask: Ask) -> Any:
        """Merge the patch over the base."""
        data = self.sheet.data
        if "$body" in self.patch:
            return self.patch["$body"]
        merged = {**data["bases"][self.operation.id], **self.patch}
        present = {name: value for name, value in merged.items() if value != {"$absent": True}}
        return expand(present, data.get("parts", {}), ask)


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


def read(side: str) -> Iterator[Case]:
    for sheet in SHEETS:
        for row in sheet.data["boundaries"]:
            for patch in row[side]:
                yield Case(sheet, sheet.provider.operation(row["operation"]), row["rule"], patch)


def cases(side: str) -> pytest.MarkDecorator:
    """Run a test for each patch of a side, under its rule and the beginning of the patch."""
    numbers = Counter[str]()
    chosen, ids = list(read(side)), []
    for case in chosen:
        name = f"{case.sheet.data.get('revision', '')}:{case.rule}".lstrip(":")
        numbers[name] += 1
        ids.append(f"{name}-{numbers[name]}-{json.dumps(case.patch)[1:-1]:.80}")
    return pytest.mark.parametrize("case", chosen, ids=ids)


@cache
def contract_of(body: type[Body], name: str) -> tuple[Contract, Any]:
    """Compile a contract and its schema once."""
    validator = jsonschema_rs.validator_for(body.model_json_schema(by_alias=True))
    return Contract(body, name), validator


@cache
def app_of(provider: Provider) -> Starlette:
    """Start one mock for each revision."""
    return create_app(Settings(speed=1e6, seed=1), providers={provider.id: provider})


@pytest.fixture
def app(case: Case) -> Starlette:
    return app_of(case.sheet.provider)


async def send(client: httpx.AsyncClient, case: Case) -> httpx.Response:
    """Send the message of a case, after those whose answers it takes up."""
    asked = dict[tuple[str, str], str]()
    case.message(lambda name, field: asked.setdefault((name, field), ""))
    for name, field in asked:
        base = Case(case.sheet, case.sheet.provider.operation(name), case.rule, {})
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


def is_beyond_schema(contract: Contract, rule: str) -> bool:
    """Tell whether JSON Schema cannot express a rule, which then has an id and a sentence alone."""
    return rule in contract.rules and contract.rules[rule].schema() == {}


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
    assert schema.is_valid(message) is is_beyond_schema(contract, case.rule)
    answer = await send(client, case)
    assert answer.is_client_error
    assert answer.headers["x-screentest-rule"] == case.rule
    assert isinstance(answer.json(), dict)


def declared(provider: Provider) -> dict[Row, object]:
    """Give all that a revision declares: the words of a field's limit, a rule itself."""
    found = dict[Row, object]()
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        limits = {limit.id: (limit.words, limit.required) for limit in contract.limits}
        found |= {(one.id, rule): what for rule, what in (limits | contract.rules).items()}
    return found


def demanded(rows: Iterable[Row]) -> set[Row]:
    """Leave out what no request can break alone."""
    excused = set().union(*UNBREAKABLE.values())
    return {(operation, rule) for operation, rule in rows if rule not in excused}


def listed(provider: Provider) -> set[Row]:
    """Give what the sheets of a revision have values for."""
    return set().union(*(sheet.rows for sheet in SHEETS if sheet.provider is provider))


@pytest.mark.parametrize("provider", providers().values(), ids=list(providers()))
def test_every_rule_has_a_boundary(provider: Provider):
    assert listed(provider) == demanded(declared(provider))


LATER = [one for one in every_revision() if one is not revision(one.id)]


@pytest.mark.parametrize("provider", LATER, ids=lambda one: one.name)
def test_what_a_revision_does_differently_has_a_boundary(provider: Provider):
    before, now = declared(revision(provider.id)), declared(provider)
    different = {row for row, what in now.items() if before.get(row) != what}
    assert listed(provider) >= demanded(different)
    assert listed(provider) <= demanded(now)


def test_what_is_said_to_be_unbreakable_is_declared():
    known = {rule for one in every_revision() for _, rule in declared(one)}
    assert known >= set().union(*UNBREAKABLE.values())
