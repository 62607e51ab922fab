"""Holding messages to their contracts before they are sent, or long after."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import ValidationError
from pydantic_core import from_json

from contracts.kernel.checking.captures import Call, Message, Place, messages
from contracts.kernel.checking.findings import LONGEST_VALUE, Finding, Findings, hint
from contracts.kernel.errors import Cause
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision
from contracts.kernel.violations import Contract

MEDIA_TYPE = "application/json"

_CONSTANT = re.compile(rb'"(?:[^"\\]|\\.)*"?|(NaN|-?Infinity)', re.DOTALL)
"""A string, or what pydantic takes for a number and JSON does not know."""
_POSITION = re.compile(r"(.*) at line (\d+) column (\d+)", re.DOTALL)


class Checked(NamedTuple):
    """What became of one message."""

    place: Place
    operation: str
    """`acme@2026-10/submit`; empty where no operation answers."""
    findings: Sequence[Finding] = ()
    skipped: str = ""
    """Why it was not looked at, if it was not."""


@dataclass(frozen=True)
class Target:
    """One operation of one revision, as something to hold messages to."""

    provider: Provider
    operation: Operation

    @property
    def name(self) -> str:
        """Revision and operation."""
        return f"{self.provider.name}/{self.operation.id}"

    @cached_property
    def contract(self) -> Contract:
        """The contract, compiled once."""
        return Contract(self.operation.body, self.operation.id)

    @cached_property
    def findings(self) -> Findings:
        """The words for what is wrong."""
        return Findings(self.contract)

    @cached_property
    def path(self) -> re.Pattern[str]:
        """The path as a pattern, with its parameters as groups."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.operation.path))
        return re.compile(pattern)

    def check(self, message: Message) -> Iterator[Finding]:
        """Give what is wrong with a message of this operation."""
        call = message.call
        if call and self.operation.carried is Carried.URL:
            yield from self.check_fields(self._fields(call.url))
        elif call and call.content_type.partition(";")[0].strip().lower() not in {"", MEDIA_TYPE}:
            yield self._refused(
                Cause.WRONG_CONTENT_TYPE, f"The content type is {call.content_type[:LONGEST_VALUE]}"
            )
        else:
            yield from self.check_json(message.body, message.place.line or 1)

    def _fields(self, url: str) -> dict[str, str]:
        """Give query and path parameters together."""
        parts = urlsplit(url)
        match = self.path.fullmatch(unquote(parts.path))
        assert match is not None  # noqa: S101 - that is how the operation was found
        return {**dict(parse_qsl(parts.query, keep_blank_values=True)), **match.groupdict()}

    def check_fields(self, fields: Mapping[str, str]) -> Iterator[Finding]:
        """Give what is wrong with the fields of a URL."""
        try:
            self.contract.adapter.validate_python(fields)
        except ValidationError as error:
            yield from map(self.findings.of, self.contract.violations(error))
        else:
            yield from self.findings.ignored(fields)

    def check_json(self, body: bytes, line: int = 1) -> Iterator[Finding]:
        """Give what is wrong with a JSON body that begins on some line, and with its media."""
        if len(body) > self.provider.body_limit:
            most = f"{self.provider.body_limit:,} bytes"
            yield self._refused(Cause.TOO_LARGE, f"The body is larger than {most}")
            return
        if (b"NaN" in body or b"Infinity" in body) and (odd := _first_constant(body)):
            yield self._not_json(f"`{odd[0]}` is no JSON value", line + odd[1] - 1, odd[2])
            return
        try:
            request = self.contract.adapter.validate_json(body)
        except ValidationError as error:
            violations = self.contract.violations(error)
            at = _POSITION.fullmatch(violations[0].context.get("error", ""))
            if violations[0].kind == "json_invalid" and at:
                yield self._not_json(at[1], line + int(at[2]) - 1, int(at[3]))
            else:
                yield from map(self.findings.of, violations)
        else:
            yield from self.findings.ignored(from_json(body))
            yield from map(self.findings.of, self.contract.objections(request))

    def _refused(self, cause: str, wrong: str) -> Finding:
        """Find something that the error catalogue has a row for, and the contract has no rule."""
        case, rule = self.provider.errors[cause], f"{self.provider.id}/{cause}"
        sentence = f"Refused with HTTP {case.status}: {case.when}."
        return Finding("refused", "", rule, wrong, "", sentence, case.source)

    def _not_json(self, problem: str, line: int, column: int) -> Finding:
        wrong = f"The body is not JSON: {problem}, line {line}, column {column}"
        return self._refused(Cause.BAD_JSON, wrong)


def _first_constant(body: bytes) -> tuple[str, int, int] | None:
    """Give the first value that JSON does not know, with its line and column."""
    for found in _CONSTANT.finditer(body):
        if found[1]:
            before = body[: found.start()]
            return found[1].decode(), before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return None


@dataclass(frozen=True)
class Targets:
    """The operations that messages may be held to, of one revision of each provider."""

    providers: Mapping[str, Provider]
    only: Target | None = None
    """The one that is meant, where one is."""

    @cached_property
    def all(self) -> list[Target]:
        """All of them; those whose paths have no parameters go first."""
        if self.only:
            return [self.only]
        every = [Target(one, each) for one in self.providers.values() for each in one.operations]
        return sorted(every, key=lambda one: one.path.groups)

    def check(self, message: Message) -> Checked:
        """Hold a message to the operation it is for; `ValueError` where nothing tells which."""
        if message.call is None:
            return self._checked(message, self._meant())
        found = self._answering(message.call)
        if len({one.provider.id for one in found}) > 1:
            return Checked(message.place, "", skipped="several providers have this path")
        if not found:
            missing = f"not {self.only.name}" if self.only else "no operation of a provider"
            return Checked(message.place, "", skipped=missing)
        if found[0].operation.carried is Carried.FORM:
            return Checked(message.place, found[0].name, skipped="a form")
        return self._checked(message, found[0])

    def _checked(self, message: Message, target: Target) -> Checked:
        return Checked(message.place, target.name, tuple(target.check(message)))

    def _meant(self) -> Target:
        if self.only is None:
            some = next(f"{one.provider.id}/{one.operation.id}" for one in self.all)
            raise ValueError(f"a body does not tell its --operation; name one, such as {some}")
        if self.only.operation.carried is Carried.FORM:
            raise ValueError(f"{self.only.name} takes a form, which is not checked here")
        return self.only

    def _answering(self, call: Call) -> list[Target]:
        """Give the operations at a URL; a host that is a provider's is that provider."""
        try:
            parts = urlsplit(call.url)
        except ValueError:
            return []
        path, host = unquote(parts.path), parts.hostname
        method = "GET" if call.method == "HEAD" else call.method
        owners = {one.id for one in self.providers.values() if host in one.hosts}
        return [
            one
            for one in self.all
            if one.operation.method == method
            and one.path.fullmatch(path)
            and (not owners or one.provider.id in owners)
        ]


def targets(
    providers: Mapping[str, Provider], operation: str = "", *, lenient: bool = False
) -> Targets:
    """Give what messages are held to: one operation, or any.

    Names are `acme/submit`, of the revision that is meant, and `acme@2026-10/submit`. `ValueError`
    names the nearest where there is none. With `lenient`, any model will do.
    """
    meant = {id_: one.lenient() if lenient else one for id_, one in providers.items()}
    if not operation:
        return Targets(meant)
    names = [(one.name, one) for one in every_revision()] + list(providers.items())
    known = {f"{name}/{each.id}": (one, each.id) for name, one in names for each in one.operations}
    if operation not in known:
        near = hint(operation, known)
        there = ", ".join(name for name in known if "@" not in name)
        raise ValueError(f"no operation {operation!r}{near or '.'} There are: {there}")
    provider, id_ = known[operation]
    provider = provider.lenient() if lenient else provider
    return Targets(meant, Target(provider, provider.operation(id_)))


def check(stream: Iterable[bytes], file: str, against: Targets) -> Iterator[Checked]:
    """Hold every message of a file to its contract; `ValueError` where it cannot be read."""
    return map(against.check, messages(stream, file))
