"""The contract of one provider revision as an OpenAPI 3.1 document, for tools that read those.

Everything in it follows from the declarations. What no schema can say stands in words: the order of
the checks in the descriptions, and every rule and limit under `x-rules`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from contracts.kernel.openapi_answers import BARE, BINARY, JSON, responses
from contracts.kernel.openapi_refusals import Schema, samples
from contracts.kernel.operation import Carried, Gate, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.source import Source
from contracts.kernel.violations import Contract

REFERENCE = "#/components/schemas/{model}"
FORM = "multipart/form-data"
ON_DEMAND = "Errors under `x-on-demand` come from scenarios alone, to any operation."
CHECKS = {
    Gate.SIZE: "size",
    Gate.KEY: "key",
    Gate.BALANCE: "balance",
    Gate.TYPE: "content type",
    Gate.CONTRACT: "contract",
    Gate.CONSENT: "consent",
}


Form = tuple[Any, Literal["validation", "serialization"]]
Made = Mapping[Form, Schema]


class Statement(Protocol):
    """A rule or a limit, as far as it is told here."""

    @property
    def sentence(self) -> str:
        """The constraint in one plain sentence."""
        ...

    @property
    def source(self) -> Source:
        """Where it is stated."""
        ...


def openapi(provider: Provider, server: str = "") -> dict[str, Any]:
    """Give the document of one revision; `server` is an origin that answers for the real one."""
    made, components = _schemas(provider)
    paths: dict[str, dict[str, Schema]] = {}
    for one in provider.operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(provider, one, made)
    base = urlsplit(provider.base_url)
    origins = (server, f"{base.scheme}://{base.netloc}")
    schemes = provider.auth.schemes()
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": provider.title,
            "version": provider.revision,
            "description": f"{provider.about}\n\nSource: {provider.source}.\n\n{ON_DEMAND}",
        },
        "servers": [{"url": origin} for origin in origins if origin],
        "security": [{name: []} for name in schemes],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": schemes},
        "x-on-demand": list(_on_demand(provider)),
    }
    plain: dict[str, Any] = to_jsonable_python(document)
    return plain


def _schemas(provider: Provider) -> tuple[Made, dict[str, Schema]]:
    """Give a reference for each JSON form, and what is referred to, under names that are unique."""
    forms: dict[Form, TypeAdapter[Any]] = {}
    for one in provider.operations:
        if one.carried is Carried.JSON:
            forms[one.body, "validation"] = TypeAdapter(one.body)
        for gives in one.answers:
            if gives.form not in BARE:
                forms[gives.form, "serialization"] = TypeAdapter(gives.form)
    inputs = [(form, mode, adapter) for (form, mode), adapter in forms.items()]
    made, rest = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    return made, rest["$defs"]


def _on_demand(provider: Provider) -> Iterator[Schema]:
    """Give the refusals that are no response of any operation, as nothing leads to them."""
    for cause, case in provider.errors.items():
        if case.on_demand:
            plainest, *_ = samples(provider, provider.submit, cause)
            yield {
                "id": f"{provider.id}/{cause}",
                "when": case.when,
                "status": case.status,
                "example": case.body(plainest),
                "source": asdict(case.source),
            }


def _operation(provider: Provider, operation: Operation, made: Made) -> Schema:
    forms = [made.get((gives.form, "serialization"), {}) for gives in operation.answers]
    contract = Contract(operation.body, operation.id)
    checks = ", ".join(CHECKS[gate] for gate in operation.gates)
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"Checked in this order: {checks}.\n\nSource: {operation.source}.",
        **({} if Gate.KEY in operation.gates else {"security": []}),
        **_request(operation, made),
        "responses": responses(provider, operation, forms),
        "x-source": asdict(operation.source),
        "x-rules": [
            *_told(contract.rules.items()),
            *_told(contract.media.items()),
            *_told((limit.id, limit) for limit in contract.limits),
        ],
    }


def _told(statements: Iterable[tuple[str, Statement]]) -> list[Schema]:
    """Give rules or limits in words, whether a schema says the same or none can."""
    return [
        {"id": id_, "sentence": one.sentence, "source": asdict(one.source)}
        for id_, one in statements
    ]


def _request(operation: Operation, made: Made) -> Schema:
    """Give what a request carries; values in a URL or a form are plain, and spelled out here."""
    if operation.carried is Carried.JSON:
        example = {"example": operation.example} if operation.example else {}
        return _body(JSON, {"schema": made[operation.body, "validation"], **example})
    schema = operation.body.model_json_schema(ref_template=REFERENCE)
    fields, required = schema.get("properties", {}), schema.get("required", [])
    if operation.carried is Carried.FORM:
        files = {name: {**field, **BINARY} for name, field in fields.items()}
        return _body(FORM, {"schema": {**schema, "properties": files}})
    parameters = [
        _parameter(operation, name, field) | {"required": name in required}
        for name, field in fields.items()
    ]
    return {"parameters": parameters} if parameters else {}


def _body(media: str, content: Schema) -> Schema:
    return {"requestBody": {"required": True, "content": {media: content}}}


def _parameter(operation: Operation, name: str, field: Schema) -> Schema:
    in_path = f"{{{name}}}" in operation.path
    return {"name": name, "in": "path" if in_path else "query", "schema": field}
