"""Answering requests to the control plane: find the endpoint, read, hand over, answer."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from inspect import isawaitable
from typing import Any
from urllib.parse import parse_qsl, quote

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_json
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.control.endpoint import ROOT, Call, Endpoint, Form, Unfit
from mockserver.control.table import ENDPOINTS
from mockserver.logs import log
from mockserver.naming import hint
from mockserver.reading import read_body
from mockserver.refusing import refuse_ourselves
from mockserver.responding import Response, json_response
from mockserver.tenants import chosen
from mockserver.world import World

BODY_LIMIT = 64 * 1024 * 1024
"""The largest body, in bytes: media may be told in base64."""
PARAMETER = re.compile(r"\\\{(\w+)\\\}")
SECRET = re.compile("(/(?:keys|tenants)/).+")
TO_THE_END = {"key", "name"}
"""Parameters of the path that may have slashes in them."""
NO_STORE = ((b"cache-control", b"no-store"),)


class Desk:
    """The control plane of one world, as an ASGI application."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.places: dict[str, dict[str, Endpoint]] = {}
        for one in ENDPOINTS:
            self.places.setdefault(one.path, {})[one.method] = one
        # the longer path goes first, as a key would take its end for a part of itself
        self.patterns = [
            (pattern_of(path), self.places[path])
            for path in sorted(self.places, key=len, reverse=True)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except ClientDisconnect:
            return
        except Unfit as unfit:
            answer = refuse_ourselves(unfit.status, unfit.rule, str(unfit))
            if unfit.allow:
                answer.headers.append((b"allow", unfit.allow.encode()))
        except Exception as error:  # noqa: BLE001 - whatever it is, it gets an answer
            log.error("a bug in the mock, please report it", exc_info=error)
            answer = refuse_ourselves(500, "bug", "a bug in the control plane; see its log")
        if isinstance(answer, Response):
            await answer.send(send)
        else:
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | ASGIApp:
        endpoint, parameters = self.find(scope["method"], scope["path"])
        self.world.labels.choose(chosen(scope, dict(scope["headers"])))
        asked = read_query(endpoint.asks, scope, parameters)
        told = read_told(endpoint, scope, await read_body(receive, BODY_LIMIT))
        answer = endpoint.handle(Call(self.world, asked, told, scope))
        if isawaitable(answer):
            answer = await answer
        if isinstance(answer, Response) or callable(answer):
            return answer  # type: ignore[no-any-return]  # an application, or an answer
        return json_response(HTTPStatus.OK, to_json(answer), NO_STORE)

    def find(self, method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
        """Give the endpoint of a request, and the values of the path's parameters."""
        for pattern, methods in self.patterns:
            if match := pattern.fullmatch(path):
                wanted = "GET" if method == "HEAD" else method
                if wanted in methods:
                    return methods[wanted], match.groupdict()
                raise wrong_method(method, path, methods)
        known = [f"{ROOT}{one}" for one in self.places]
        why = f"nothing is at {veiled(path)}{hint(path, known)}"
        raise Unfit(why, "no-endpoint", HTTPStatus.NOT_FOUND)


def pattern_of(path: str) -> re.Pattern[str]:
    """Give what a path matches."""
    return re.compile(PARAMETER.sub(_part, re.escape(f"{ROOT}{path}")), re.DOTALL)


def _part(parameter: re.Match[str]) -> str:
    name = parameter[1]
    return f"(?P<{name}>{'.+' if name in TO_THE_END else '[^/]+'})"


def veiled(path: str) -> str:
    """Give a path as it may stand in a log: without the key in it."""
    return SECRET.sub(r"\1...", quote(path))


def wrong_method(method: str, path: str, methods: Iterable[str]) -> Unfit:
    """Give the refusal for a method that a path does not have."""
    allow = ", ".join(sorted({*methods, *({"HEAD"} if "GET" in methods else ())}))
    why = f"{veiled(path)} has no {method}; it has {allow}"
    return Unfit(why, "no-method", HTTPStatus.METHOD_NOT_ALLOWED, allow)


def read_query(form: type[Form], scope: Scope, parameters: Mapping[str, str]) -> Form:
    """Read path and query; a tenant may be named by path or header, too, as for any request."""
    query = scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        raise Unfit("the query is not UTF-8") from None
    given: dict[str, Any] = {**dict(pairs), **parameters}
    tenant = chosen(scope, dict(scope["headers"]))
    if tenant and "tenant" in form.model_fields:
        given = {"tenant": tenant, **given}
    try:
        return form.model_validate(given)
    except ValidationError as error:
        raise Unfit(complaint(form, error)) from None


def read_told(endpoint: Endpoint, scope: Scope, body: bytes | None) -> Form | None:
    """Read the body; none at all says nothing, which may be enough."""
    if body is None:
        limit = f"a body may have {BODY_LIMIT} bytes"
        raise Unfit(limit, "too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = endpoint.takes
    if form is None:
        if body:
            raise Unfit("this takes no body; what it takes stands in the query")
        return None
    kind = dict(scope["headers"]).get(b"content-type", b"").partition(b";")[0].strip().lower()
    if body and kind != b"application/json":
        why = "a body must be application/json, and say so"
        raise Unfit(why, "content-type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return form.model_validate_json(body or b"{}", strict=True)
    except ValidationError as error:
        raise Unfit(complaint(form, error)) from None


def complaint(form: type[BaseModel], error: ValidationError) -> str:
    """Say what is wrong, field by field, and which field was probably meant."""
    details = error.errors(include_url=False, include_context=False)
    return "; ".join(_complaint(form, one) for one in details)


def _complaint(form: type[BaseModel], detail: ErrorDetails) -> str:
    where = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        return f"{where} is not known{hint(where, form.model_fields)}"
    return f"{where}: {detail['msg']}" if where else detail["msg"]
