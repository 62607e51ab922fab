"""Which requests a test means: by what was asked for, what was sent, and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self, TypedDict

from contracts.kernel.provider import Provider
from mockserver import redaction
from mockserver.delivery import MEDIA
from mockserver.journal import label
from mockserver.naming import unknown
from mockserver.testing.errors import Misused, Unreadable, hidden
from mockserver.testing.matching import Difference, differences
from mockserver.testing.request import Request
from mockserver.testing.wording import ABSENT, shown
from mockserver.world import World

__tracebackhide__ = hidden


ROLES = ("submit", "look", "download")
"""What operations are for, in the words of scenarios; these hold for every provider."""


class Wants(TypedDict, total=False):
    """What requests must be like. Whatever is not said, or None, may be anything."""

    provider: str | None
    method: str | None
    path: str | None
    """Or a pattern, as of file names: `/v1/videos/*`."""
    status: int | None
    rule: str | None
    """The rule that refused it, or a pattern: `acme/*`; empty for what no rule refused."""
    task: str | None
    """The task that it opened or looked at."""
    json: Any
    """A part of its body: objects by the fields that are named, lists item by item. Values may be
    compiled patterns, types, functions that tell whether a value will do, `ABSENT`, or anything
    that compares as equal."""
    headers: Mapping[str, Any] | None
    """Some of its headers, whose values may be the same."""
    query: Mapping[str, Any] | None
    """Some parameters of its query, likewise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What requests must be like, once names have been checked."""

    parts: Mapping[str, Any]
    """By name, in the order in which differences are told."""

    @classmethod
    def of(cls, world: World, operation: str, wants: Wants) -> Self:
        """Read what a test says; `Misused` where it names what is nothing."""
        for name in wants:
            if name not in DIFFERENCES:
                raise Misused(unknown("argument", name, DIFFERENCES))
        status = wants.get("status")
        if status is not None and not isinstance(status, int):
            raise Misused(f"status must be a number, not {status!r}")
        said: dict[str, Any] = {"operation": operation or None, **wants}
        check_names(world, operation, str(said.get("provider") or ""))
        return cls({name: said[name] for name in DIFFERENCES if _is_said(name, said.get(name))})

    def differences(self, request: Request) -> list[Difference]:
        """Give what is not as it must be; of another operation, nothing but that."""
        found = list[Difference]()
        for name, expected in self.parts.items():
            found += DIFFERENCES[name](expected, request)
            if found and name == "operation":
                break
        return found

    def __str__(self) -> str:
        """Say which requests they are: ` to acme/submit with status 200`."""
        rest = dict(self.parts)
        to = rest.pop("operation", "") or rest.pop("provider", "")
        told = ", ".join(f"{name} {_words(name, one)}" for name, one in rest.items())
        return (f" to {to}" if to else "") + (f" with {told}" if told else "")


def _is_said(name: str, value: object) -> bool:
    """Tell whether something is expected; no rule and an empty text are something, too."""
    is_empty = isinstance(value, str) and not value
    return value is not None and (not is_empty or name in {"rule", "json"})


def _words(name: str, expected: Any) -> str:  # noqa: ANN401 - whatever a test expects
    if name == "headers":
        expected = {one: header(one, value) for one, value in expected.items()}
        return "{" + ", ".join(f"{shown(one)}: {told}" for one, told in expected.items()) + "}"
    return shown(expected) if name in {"json", "query"} else str(expected) or "none"


def check_names(world: World, operation: str, provider: str) -> None:
    """Refuse operations and providers that there are none of, with the nearest one."""
    served = world.providers
    if provider and provider not in served:
        raise Misused(unknown("provider", provider, served))
    full = [f"{id_}/{name}" for id_, one in served.items() for name in _operations(one)]
    full += [f"{id_}/{role}" for id_ in served for role in ROLES]
    known = full if "/" in operation else [one.partition("/")[2] for one in full]
    if operation and operation not in known:
        raise Misused(unknown("operation", operation, known))


def _operations(provider: Provider) -> list[str]:
    return [*[one.id for one in provider.operations], MEDIA]


def is_named(id_: str, pattern: str) -> bool:
    """Tell whether an id is meant by a pattern; one that ends in a slash means all below it."""
    return fnmatchcase(id_, f"{pattern}*" if pattern.endswith("/") else pattern)


# What is different, by name


def _operation(expected: str, request: Request) -> Iterator[Difference]:
    full = f"{request.provider}/{request.operation}".strip("/")
    if expected not in {full, request.operation} and not _has_role(expected, request):
        yield Difference("operation", expected, full or "none")


def _has_role(expected: str, request: Request) -> bool:
    """Tell whether an operation is meant by what it is for, whatever its provider calls it."""
    provider, _, role = expected.rpartition("/")
    if role not in ROLES or provider not in {"", request.provider}:
        return False
    owner = request.world.providers.get(request.provider)
    known = {one.id: one for one in owner.operations} if owner else {}
    operation = known.get(request.operation)
    if owner is None or (operation is None and request.operation != MEDIA):
        return False
    from mockserver.scenarios.places import Place  # noqa: PLC0415 - most tests name operations

    return role in Place(owner, operation).roles


def _same(name: str) -> "Part":
    def compare(expected: Any, request: Request) -> Iterator[Difference]:  # noqa: ANN401
        got = getattr(request, name)
        if expected != got:
            yield Difference(name, str(expected), str(got) or "none")

    return compare


def _method(expected: str, request: Request) -> Iterator[Difference]:
    if expected.upper() != request.method:
        yield Difference("method", expected.upper(), request.method)


def _pattern(name: str) -> "Part":
    def compare(expected: str, request: Request) -> Iterator[Difference]:
        got = getattr(request, name)
        if not is_named(got, expected):
            yield Difference(name, expected or "none", got or "none")

    return compare


def _task(expected: str, request: Request) -> Iterator[Difference]:
    if expected not in request.tasks:
        yield Difference("task", expected, ", ".join(request.tasks) or "none")


def _query(expected: Mapping[str, Any], request: Request) -> Iterator[Difference]:
    return differences(expected, request.query, "query")


def _headers(expected: Mapping[str, Any], request: Request) -> Iterator[Difference]:
    for name, one in expected.items():
        got = request.headers.get(name, ABSENT)
        for found in differences(one, got, f"headers.{name}"):
            yield Difference(
                found.where,
                header(name, one) if isinstance(one, str) else found.expected,
                header(name, got) if isinstance(got, str) else found.got,
            )


def header(name: str, value: object) -> str:
    """Give the value of a header; a secret one by its label, so that two can be told apart."""
    if not isinstance(value, str) or not redaction.HEADERS.search(name.lower().encode()):
        return shown(value)
    scheme, space, secret = value.rpartition(" ")
    return shown(f"{scheme}{space}{label(secret)}")


def _json(expected: Any, request: Request) -> Iterator[Difference]:  # noqa: ANN401 - as above
    try:
        got = request.json
    except Unreadable as error:
        yield Difference("json", shown(expected), str(error))
    else:
        yield from differences(expected, got, "json")


Part = Callable[[Any, Request], Iterator[Difference]]
DIFFERENCES: Mapping[str, Part] = {
    "operation": _operation,
    "provider": _same("provider"),
    "method": _method,
    "path": _pattern("path"),
    "status": _same("status"),
    "rule": _pattern("rule"),
    "task": _task,
    "query": _query,
    "headers": _headers,
    "json": _json,
}
"""What tells of one part of a request how it is not as expected, in the order it is told in."""
