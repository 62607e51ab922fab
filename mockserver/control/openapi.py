"""The document of the control plane, made from the table of its endpoints."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from mockserver import __version__
from mockserver.control.endpoint import ROOT, Endpoint, Form

REFERENCE = "#/components/schemas/{model}"
JSON = "application/json"
Schema = dict[str, Any]


class Refusal(TypedDict):
    """Why a request was refused; the header `X-Screentest-Rule` names the rule."""

    error: str


def document(endpoints: tuple[Endpoint, ...], origin: str = "") -> Schema:
    """Give the OpenAPI 3.1 document of the control plane."""
    forms, components = schemas(endpoints)
    paths: dict[str, Schema] = {}
    for one in endpoints:
        paths.setdefault(f"{ROOT}{one.path}", {})[one.method.lower()] = operation(one, forms)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Screentest control plane",
            "version": __version__,
            "description": "What a test does to the world behind the API. Only this machine may use"
            " it, unless a token is set, which is then asked of everyone.",
        },
        "servers": [{"url": origin or "/"}],
        "security": [{}, {"bearer": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Screentest-Token"},
            },
        },
    }


Forms = Mapping[Any, Schema]


def schemas(endpoints: tuple[Endpoint, ...]) -> tuple[Forms, Schema]:
    """Give a reference for each form, and what is referred to."""
    inputs = {
        form: TypeAdapter(form)
        for one in endpoints
        for form in (one.takes, one.gives)
        if form is not None and not isinstance(form, str)
    }
    inputs[Refusal] = TypeAdapter(Refusal)
    made, rest = TypeAdapter.json_schemas(
        [(form, "validation", adapter) for form, adapter in inputs.items()],
        ref_template=REFERENCE,
    )
    return {form: made[form, "validation"] for form in inputs}, rest["$defs"]


def operation(one: Endpoint, forms: Forms) -> Schema:
    """Give the document of one endpoint."""
    given: Schema = {} if one.gives is None else {"content": answer(one.gives, forms)}
    body = (
        {} if one.takes is None else {"requestBody": {"content": content(JSON, forms[one.takes])}}
    )
    return {
        "operationId": one.id,
        "summary": one.summary,
        "description": one.handle.__doc__ or "",
        "parameters": [*parameters(one.asks, one.path)],
        **body,
        "responses": {
            str(int(one.status)): {"description": "Done.", **given},
            "default": {
                "description": "Refused, and why.",
                "content": content(JSON, forms[Refusal]),
            },
        },
    }


def answer(form: Any, forms: Forms) -> Schema:  # noqa: ANN401 - a type, or a media type
    """Give what an endpoint answers with."""
    return content(form, {}) if isinstance(form, str) else content(JSON, forms[form])


def content(media: str, schema: Schema) -> Schema:
    """Give what is sent, as one media type."""
    return {media: {"schema": schema}}


def parameters(form: type[Form], path: str) -> list[Schema]:
    """Give the parameters of path and query."""
    schema = form.model_json_schema()
    shared = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in path else "query",
            "required": f"{{{name}}}" in path,
            "schema": spelled_out(field, shared),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def spelled_out(value: Any, shared: Mapping[str, Schema]) -> Any:  # noqa: ANN401 - JSON
    """Put in the place of each reference what it refers to."""
    if isinstance(value, list):
        return [spelled_out(one, shared) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return shared[value["$ref"].rpartition("/")[2]]
    return {name: spelled_out(one, shared) for name, one in value.items()}
