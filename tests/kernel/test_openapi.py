"""The OpenAPI documents: valid, complete, and true of what the mock answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import openapi_spec_validator
import pytest

import contracts.providers
from contracts.kernel.errors import Cause
from contracts.kernel.openapi import openapi
from contracts.kernel.operation import Carried, Gate, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, revision
from contracts.kernel.violations import Contract
from mockserver.app import create_app
from mockserver.settings import Settings

MADE_UP = str(Path(__file__).parents[1] / "made_up")
NAMES = [*(one.name for one in every_revision()), "acme"]


@pytest.fixture(scope="module")
def acme() -> Provider:
    contracts.providers.__path__.append(MADE_UP)
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)


@pytest.fixture(params=NAMES)
def provider(request: pytest.FixtureRequest, acme: Provider) -> Provider:
    return acme if request.param == "acme" else revision(request.param)


@cache
def document_of(provider: Provider) -> Mapping[str, Any]:
    return openapi(provider)


@pytest.fixture
def document(provider: Provider) -> Mapping[str, Any]:
    return document_of(provider)


def validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A check for one schema of a document, whatever else it refers to there."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def operations(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """All operations by id."""
    items = [one for item in document["paths"].values() for one in item.values()]
    return {one["operationId"]: one for one in items}


def media_of(operation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What an operation reads and answers, by media type."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()


def examples_of(media: Mapping[str, Any]) -> list[Any]:
    named = [one["value"] for one in media.get("examples", {}).values()]
    return [media["example"], *named] if "example" in media else named


def test_the_document_is_valid(document):
    openapi_spec_validator.validate(document)


def test_every_component_is_a_schema(document):
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_every_component_is_referred_to(document):
    text = json.dumps(document)
    names = document["components"]["schemas"]
    assert [name for name in names if f'"#/components/schemas/{name}"' not in text] == []


def test_every_example_is_as_its_schema_says(document):
    found = [
        (example, validator(document, media["schema"]))
        for operation in operations(document).values()
        for media in media_of(operation)
        for example in examples_of(media)
    ]
    assert len(found) > len(operations(document))
    assert [example for example, check in found if not check.is_valid(example)] == []


def test_every_rule_and_every_limit_is_told(provider, document):
    told = {
        id_: [rule["id"] for rule in one["x-rules"]] for id_, one in operations(document).items()
    }
    contracts_of = {one.id: Contract(one.body, one.id) for one in provider.operations}
    assert told == {
        id_: [*one.rules, *one.media, *(limit.id for limit in one.limits)]
        for id_, one in contracts_of.items()
    }


def test_every_row_of_the_catalogue_is_shown(provider, document):
    shown = {
        name
        for operation in operations(document).values()
        for media in media_of(operation)
        for name in media.get("examples", ())
    }
    on_demand = {one["id"].partition("/")[2] for one in document["x-on-demand"]}
    assert not shown & on_demand
    assert shown | on_demand | {Cause.NO_ROUTE} == set(provider.errors)


def test_what_works_without_a_key_says_so(provider, document):
    opened = {id_ for id_, one in operations(document).items() if one.get("security") == []}
    assert opened == {one.id for one in provider.operations if Gate.KEY not in one.gates}


def test_a_link_leads_to_fields_that_are_there(document):
    known = operations(document)
    for operation in known.values():
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                given = {*link.get("parameters", ()), *link.get("requestBody", ())}
                assert given <= fields_of(document, known[link["operationId"]])


def fields_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> set[str]:
    """Every field that a request may have at the top."""
    names = {one["name"] for one in operation.get("parameters", ())}
    for media in operation.get("requestBody", {}).get("content", {}).values():
        name = media["schema"]["$ref"].rpartition("/")[2]
        names |= set(document["components"]["schemas"][name]["properties"])
    return names


def test_it_is_the_same_each_time(provider, document):
    assert json.dumps(openapi(provider)) == json.dumps(document)


def test_a_server_of_ours_comes_first(provider):
    ours, real = openapi(provider, "http://127.0.0.1:8600")["servers"]
    assert ours == {"url": "http://127.0.0.1:8600"}
    assert [real] == openapi(provider)["servers"]
    assert provider.base_url.startswith(real["url"])


def test_classes_of_one_name_are_kept_apart(acme):
    class Submit(acme.operation("cancel").body):
        more: int

    other = replace(acme.operation("cancel"), body=Submit)
    document = openapi(acme.revised(other))
    schemas = [
        one["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for one in operations(document).values()
        if "requestBody" in one
    ]
    assert len(set(schemas)) == len(schemas) == 2
    openapi_spec_validator.validate(document)


KEYS = ["k", "", "screentest-invalid-key", "screentest-no-balance"]
JSON = "application/json"
CONTENTS = {
    "an empty object": (JSON, b"{}"),
    "no object": (JSON, b"[]"),
    "no JSON": (JSON, b"{"),
    "nothing": (JSON, b""),
    "text": ("text/plain", b"hello"),
    "a broken form": ("multipart/form-data", b"hello"),
}


def with_key(document: Mapping[str, Any], key: str) -> dict[str, str]:
    """The header that carries a key: a bearer token where that is a way."""
    if not key:
        return {}
    schemes = document["components"]["securitySchemes"]
    if "bearer" in schemes:
        return {"authorization": f"Bearer {key}"}
    return {next(iter(schemes)): key}


def requests_to(provider: Provider, operation: Operation) -> Iterator[httpx.Request]:
    """A good request where one is known, and bad ones of every kind, with all sorts of keys."""
    url = f"http://{provider.hosts[0]}{operation.path.format_map(Anything())}"
    contents = [(kind, text) for kind, text in CONTENTS.values()]
    if operation.example:
        contents.append((JSON, json.dumps(operation.example).encode()))
    for key in KEYS:
        headers = with_key(document_of(provider), key)
        for kind, text in contents:
            typed = {**headers, "content-type": kind}
            yield httpx.Request(operation.method, url, headers=typed, content=text)
        yield httpx.Request("PATCH", url, headers=headers)
        if operation.carried is Carried.FORM:
            files = dict.fromkeys(operation.body.model_fields, b"film")
            yield httpx.Request(operation.method, url, headers=headers, files=files)


class Anything(dict):
    """A value for every parameter of a path."""

    def __missing__(self, _name: str) -> str:
        return "no-such-task"


async def test_whatever_the_mock_answers_is_documented(provider, document):
    app = create_app(Settings(speed=1e9, seed=1), providers={provider.id: provider})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        for operation in provider.operations:
            known = operations(document)[operation.id]["responses"]
            for request in requests_to(provider, operation):
                answer = await client.send(request)
                assert str(answer.status_code) in known, (operation.id, answer.content)
                assert_documented(document, known[str(answer.status_code)], answer)


async def test_a_large_body_is_refused_as_documented(provider, document):
    app = create_app(Settings(speed=1e9, seed=1), providers={provider.id: provider})
    url = f"http://{provider.hosts[0]}{provider.submit.path}"
    headers = {**with_key(document, "k"), "content-type": JSON}
    content = b" " * (provider.body_limit + 1)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.post(url, content=content, headers=headers)
    known = operations(document)[provider.submit.id]["responses"]
    assert_documented(document, known[str(answer.status_code)], answer)


def assert_documented(
    document: Mapping[str, Any], response: Mapping[str, Any], answer: httpx.Response
) -> None:
    """Body, content type and headers are those of one documented response."""
    content = response.get("content", {})
    if content:
        validator(document, content[answer.headers["content-type"]]["schema"]).validate(
            answer.json()
        )
    else:
        assert answer.content == b""
    for name, header in response.get("headers", {}).items():
        if header.get("required") or name in answer.headers:
            jsonschema_rs.validate(header["schema"], answer.headers[name])
    assert answer.is_success or "x-screentest-rule" in answer.headers
