"""Everything an operation may answer, refusals included, as OpenAPI responses by status."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from pydantic_core import to_jsonable_python

from contracts.kernel.errors import Cause
from contracts.kernel.openapi_refusals import Schema, causes, either, read_off, samples
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Video

JSON, FILM = "application/json", "video/mp4"
BINARY: Schema = {"type": "string", "format": "binary"}
BARE: Mapping[Any, tuple[str, Schema]] = {Video: (FILM, BINARY), NoneType: ("", {})}
"""Media type and schema of the forms that are no JSON."""
RULE_HEADER: Schema = {
    "description": "The id of the rule that refuses. The mock alone sends it.",
    "schema": {"type": "string"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that an operation may say, under a status that others may share."""

    status: int
    when: str
    media: str = ""
    """The media type; empty for an answer without a body."""
    schema: Schema = field(default_factory=dict)
    examples: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    links: Mapping[str, Schema] = field(default_factory=dict)


def responses(
    provider: Provider, operation: Operation, forms: Sequence[Schema]
) -> dict[str, Schema]:
    """Give all responses of an operation, by status; `forms` are the schemas of its answers."""
    said = [
        *_answers(provider, operation, forms),
        *(_refusal(provider, operation, cause) for cause in causes(provider, operation)),
    ]
    by_status: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        by_status[one.status].append(one)
    shared = {name: _constant(value) for name, value in provider.headers.items()}
    return {str(status): _response(by_status[status], shared) for status in sorted(by_status)}


def _answers(provider: Provider, operation: Operation, forms: Sequence[Schema]) -> Iterator[Said]:
    for gives, schema in zip(operation.answers, forms, strict=True):
        media, form = BARE.get(gives.form, (JSON, schema))
        links = {name: _link(provider.operation(name), at) for name, at in gives.leads.items()}
        yield Said(status=gives.status, when=gives.when, media=media, schema=form, links=links)
        if gives.form is Video and operation.method == "GET":
            yield Said(status=206, when="the part that a `Range` names", media=FILM, schema=form)
            yield Said(status=416, when="a `Range` beyond the end")


def _link(target: Operation, fields: Mapping[str, str]) -> Schema:
    """Lead to another operation; a body is an object of runtime expressions."""
    where = "parameters" if target.carried is Carried.URL else "requestBody"
    return {"operationId": target.id, "description": target.summary, where: dict(fields)}


def _refusal(provider: Provider, operation: Operation, cause: str) -> Said:
    case = provider.errors[cause]
    refusals = samples(provider, operation, cause)
    bodies = [to_jsonable_python(case.body(one)) for one in refusals]
    headers = {"X-Screentest-Rule": RULE_HEADER}
    for name in case.headers(refusals[0]) if case.headers else ():
        headers[name] = {"schema": {"type": "string"}}
    if cause == Cause.NO_METHOD:
        headers["Allow"] = _constant(_methods(provider, operation.path))
    return Said(
        status=case.status,
        when=case.when,
        media=JSON,
        schema=read_off(bodies),
        examples={cause: {"summary": case.when, "value": bodies[0]}},
        headers=headers,
    )


def _methods(provider: Provider, path: str) -> str:
    """Give the methods of a path as the header `Allow` lists them."""
    given = {one.method for one in provider.operations if one.path == path}
    return ", ".join(sorted(given | {"HEAD"} if "GET" in given else given))


def _response(said: Sequence[Said], shared: Mapping[str, Schema]) -> Schema:
    """Put together all that is said under one status."""
    response: Schema = {
        "description": "; ".join(dict.fromkeys(one.when for one in said)),
        "headers": {**shared, **_headers(said)},
        "content": _content([one for one in said if one.media]),
        "links": {name: link for one in said for name, link in one.links.items()},
    }
    return {key: value for key, value in response.items() if value}


def _headers(said: Sequence[Said]) -> dict[str, Schema]:
    """Give all headers; one is required where everything that may be said has it."""
    found = {name: header for one in said for name, header in one.headers.items()}
    return {
        name: {**header, "required": all(name in one.headers for one in said)}
        for name, header in found.items()
    }


def _constant(value: str) -> Schema:
    """Describe a header that is always there, and always the same."""
    return {"required": True, "schema": {"type": "string", "const": value}}


def _content(said: Sequence[Said]) -> dict[str, Schema]:
    """Give what may be said by media type, several forms of one type as alternatives."""
    content: dict[str, Schema] = {}
    for media in dict.fromkeys(one.media for one in said):
        these = [one for one in said if one.media == media]
        content[media] = {"schema": either([one.schema for one in these])}
        examples = {name: example for one in these for name, example in one.examples.items()}
        if examples:
            content[media]["examples"] = examples
    return content
