"""What of a client's requests breaks a contract, found again from what the journal kept of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from contracts.kernel.checking.captures import Call, Message, Place
from contracts.kernel.checking.findings import Finding, Statement, hint
from contracts.kernel.checking.messages import Target
from contracts.kernel.errors import Cause
from contracts.kernel.operation import Carried, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.source import Source
from contracts.kernel.task import MEDIA_PATH
from mockserver.delivery import MEDIA
from mockserver.steps.gates import MEDIA_TYPES
from mockserver.testing.errors import Unreadable
from mockserver.testing.request import Request

NO_ROUTE = "screentest/no-route"
"""Refused by the mock itself: no provider has the path, or several have."""
CONTRACT = {
    Cause.NO_KEY,
    Cause.TOO_LARGE,
    Cause.WRONG_CONTENT_TYPE,
    Cause.BAD_JSON,
    Cause.INVALID,
    Cause.NO_ROUTE,
    Cause.NO_METHOD,
}
"""The refusals that a client has only itself to blame for; all others are circumstances."""
OURSELVES = Source("Screentest itself", "")
"""The source of what no provider says."""


class Breach(NamedTuple):
    """One thing that is wrong with one request."""

    request: Request
    finding: Finding


def breaches(requests: Iterable[Request]) -> Iterator[Breach]:
    """Give what was refused, or will fail, because it breaks a contract."""
    for request in requests:
        if breaks_contract(request):
            found = [one for one in checked(request) if one.outcome == "refused"]
            is_found = any(one.rule == request.rule for one in found)
            for one in found if is_found else [documented(request)]:
                yield Breach(request, one)
        elif not request.rule and finds_late(request):
            found = [one for one in checked(request) if one.outcome == "fails-later"]
            yield from (Breach(request, one) for one in found)


def neglected(requests: Iterable[Request]) -> Iterator[Breach]:
    """Give the fields that were accepted, and silently ignored."""
    for request in requests:
        if not request.rule:
            found = [one for one in checked(request) if one.outcome == "ignored"]
            yield from (Breach(request, one) for one in found)


def breaks_contract(request: Request) -> bool:
    """Tell whether a request was refused for what it is, not because of what a scenario ordered."""
    if request.rule == NO_ROUTE:
        return True
    owner, _, name = request.rule.partition("/")
    if not owner or owner != request.provider or request.fault:
        return False
    return name in CONTRACT or name not in provider_of(request).errors


def provider_of(request: Request) -> Provider:
    """Give the provider of a request, which has one."""
    return request.world.providers[request.provider]


def target_of(request: Request) -> Target | None:
    """Give what a request is held to; nothing where it reached no operation."""
    if request.operation in {"", MEDIA}:
        return None
    provider = provider_of(request)
    return target(provider, provider.operation(request.operation))


@lru_cache(maxsize=64)
def target(provider: Provider, operation: Operation) -> Target:
    """Give what requests of an operation are held to; it takes a while to make."""
    return Target(provider, operation)


def finds_late(request: Request) -> bool:
    """Tell whether the provider may find out later that a request breaks its contract."""
    held = target_of(request)
    if held is None or not isinstance(held.operation.effect, Opens):
        return False
    return any(one.late for one in held.contract.media.values())


def checked(request: Request) -> Iterator[Finding]:
    """Hold a request to its contract once more; nothing where too little of it was kept."""
    held = target_of(request)
    if held is None or held.operation.carried is Carried.FORM:
        return
    if held.operation.carried is Carried.URL:
        match = held.path.fullmatch(request.path)
        assert match is not None  # noqa: S101 - that is how the operation was found
        yield from held.check_fields({**request.query, **match.groupdict()})
        return
    with suppress(Unreadable):
        body = request.body
        call = Call(request.method, request.url, request.headers.get("content-type", ""))
        found = [*held.check(Message(Place(""), body, call))]
        yield from [*found, *(one for one in _in_media(held, request, body) if one not in found)]


def _in_media(held: Target, request: Request, body: bytes) -> Iterator[Finding]:
    """Give what is wrong with media that is served here."""
    if held.contract.media and MEDIA_PATH.encode() in body:
        with suppress(ValidationError):
            parsed = held.contract.adapter.validate_json(body)
            objections = held.contract.objections(parsed, request.world.view)
            yield from map(held.findings.of, objections)


# Where a request cannot be checked again


def documented(request: Request) -> Finding:
    """Give what is documented of the rule that refused a request."""
    if request.rule == NO_ROUTE:
        wrong = str(request.answer_json["error"])
        says = "Requests go to the hosts of providers, or to paths that only one provider has."
        return Finding("refused", "", NO_ROUTE, wrong, "", says, OURSELVES)
    if stated := statements(request).get(request.rule):
        path = str(getattr(stated, "path", ""))
        return Finding("refused", path, request.rule, "", "", stated.sentence, stated.source)
    cause = request.rule.partition("/")[2]
    case = provider_of(request).errors[cause]
    wrong = WRONG.get(cause, _nothing)(request)
    says = f"Refused with HTTP {case.status}: {case.when}."
    return Finding("refused", "", request.rule, wrong, "", says, case.source)


def rules_of(provider: Provider) -> list[str]:
    """Give the ids of everything that a provider may refuse a request for."""
    contracts = [target(provider, one).contract for one in provider.operations]
    limits = [one.id for contract in contracts for one in contract.limits]
    rules = [id_ for contract in contracts for id_ in (*contract.rules, *contract.media)]
    return [*limits, *rules, *[f"{provider.id}/{cause}" for cause in provider.errors]]


def statements(request: Request) -> Mapping[str, Statement]:
    """Give everything that a request may break, by id."""
    held = target_of(request)
    if held is None:
        return {}
    contract = held.contract
    return {**{one.id: one for one in contract.limits}, **contract.rules, **contract.media}


def _nothing(_request: Request) -> str:
    return ""


def _no_key(request: Request) -> str:
    ways = [_way(one) for one in provider_of(request).auth.schemes().values()]
    return f"No key was sent; it goes into {' or '.join(ways)}"


def _way(scheme: Mapping[str, str]) -> str:
    name = scheme.get("name")
    return f"the header `{name}`" if name else "`Authorization: Bearer <key>`"


def _too_large(request: Request) -> str:
    return f"The body is larger than {provider_of(request).body_limit:,} bytes"


def _wrong_content_type(request: Request) -> str:
    operation = provider_of(request).operation(request.operation)
    given = request.headers.get("content-type") or "not given"
    return f"The content type is {given}, not {MEDIA_TYPES[operation.carried].decode()}"


def _no_route(request: Request) -> str:
    asked = f"{request.method} {request.path}"
    known = [f"{one.method} {one.path}" for one in provider_of(request).operations]
    return f"There is no `{asked}`{hint(asked, known)}"


def _no_method(request: Request) -> str:
    return f"`{request.path}` takes {request.answer_headers['allow']}, not {request.method}"


WRONG: Mapping[str, Callable[[Request], str]] = {
    Cause.NO_KEY: _no_key,
    Cause.TOO_LARGE: _too_large,
    Cause.WRONG_CONTENT_TYPE: _wrong_content_type,
    Cause.NO_ROUTE: _no_route,
    Cause.NO_METHOD: _no_method,
}
"""What is wrong with a request, by the row of the catalogue that refused it."""
