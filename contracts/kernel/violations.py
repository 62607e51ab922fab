"""Checking a message against its body class, and naming what is broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, overload

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from contracts.kernel.body import Body
from contracts.kernel.inspecting import MediaRule, Served, objections
from contracts.kernel.limits import Limit, Place, limits
from contracts.kernel.rules import Rule

LONGEST_LINK = 100
"""How much of a link a violation repeats."""
MOST_VIOLATIONS = 20
"""How many violations of one message are reported; a million bad items stay cheap to refuse."""


class Violation(NamedTuple):
    """One broken rule, with all that an error message needs."""

    rule: str
    why: str
    """The rule in words, with its source."""
    path: tuple[str | int, ...]
    message: str
    """What is wrong, to be read after the field; the provider's own words where known."""
    kind: str
    """Pydantic's error type; the rule id where a rule across fields is broken."""
    value: Any
    context: dict[str, Any]

    @property
    def field(self) -> str:
        """The field as a path: `content[0].url`; empty for the whole body."""
        words = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path]
        return "".join(words).removeprefix(".")


@dataclass(frozen=True)
class Contract:
    """One body class in its role as the message of one operation.

    Accepting is pydantic alone; the words for a refusal are made only when there is one.
    """

    body: type[Body]
    name: str
    """The operation's id, which begins the ids of the field limits."""

    @cached_property
    def adapter(self) -> TypeAdapter[Body]:
        """The compiled check; `validate_json(bytes)` is the whole hot path."""
        return TypeAdapter(self.body)

    @cached_property
    def limits(self) -> Place:
        """The limits of the single fields."""
        return limits(self.body, self.name)

    @cached_property
    def explanations(self) -> dict[str, str]:
        """The rules in words, as far as they were asked for."""
        return {}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules across fields, by full id."""
        return {f"{self.body.namespace}/{rule.id}": rule for rule in self.body.rules}

    @cached_property
    def media(self) -> dict[str, MediaRule]:
        """The rules that take a look into media, by full id."""
        return {f"{self.body.namespace}/{rule.id}": rule for rule in self.body.media}

    def objections(self, body: Body, served: Served | None = None) -> Iterator[Violation]:
        """Look into the media of a body, as far as it can be seen, and name what is broken."""
        for rule, link, words in objections(body, self.body.media, served):
            yield Violation(
                rule=f"{self.body.namespace}/{rule.id}",
                why=self.explanation(rule),
                path=link.path,
                message=rule.message or words,
                kind=f"{self.body.namespace}/{rule.id}",
                value=link.url[:LONGEST_LINK],
                context={"field": ".".join(map(str, link.path)), "late": rule.late, "says": words},
            )

    def violations(self, error: ValidationError) -> "Violations":
        """Name what is broken, first things first."""
        return Violations(self, error.errors(include_url=False)[:MOST_VIOLATIONS])

    def cause(self, violation: Violation) -> str:
        """Give the row of the error catalogue that a rule names for itself, if it does."""
        rule = self.rules.get(violation.rule) or self.media.get(violation.rule)
        return rule.cause if rule else ""

    def explanation(self, broken: Rule | Limit | MediaRule) -> str:
        """Give a rule in words, with its source; put together once."""
        known = self.explanations.get(broken.id)
        if known is None:
            known = self.explanations[broken.id] = f"{broken.sentence} [{broken.source}]"
        return known

    def violation(self, detail: ErrorDetails) -> Violation:
        """Name one broken rule."""
        limit, path = self.limits.find(detail["loc"])
        rule, context = self.rules.get(detail["type"]), detail.get("ctx", {})
        if rule and context["field"]:
            path = (*path, *context["field"].split("."))
        return Violation(
            rule=detail["type"] if rule else limit.id,
            why=self.explanation(rule or limit),
            path=path,
            message=detail["msg"] if rule else complaint(detail["type"], limit),
            kind=detail["type"],
            value=detail["input"],
            context=context,
        )


class Violations(Sequence[Violation]):
    """What is broken in one message; each is worded when it is first asked for."""

    def __init__(self, contract: Contract, details: list[ErrorDetails]) -> None:
        self._contract = contract
        self._details = details
        self._made: dict[int, Violation] = {}

    @overload
    def __getitem__(self, index: int) -> Violation: ...

    @overload
    def __getitem__(self, index: slice) -> list[Violation]: ...

    def __getitem__(self, index: int | slice) -> Violation | list[Violation]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if index not in self._made:
            self._made[index] = self._contract.violation(self._details[index])
        return self._made[index]

    def __len__(self) -> int:
        return len(self._details)


def complaint(kind: str, limit: Limit) -> str:
    """Say what is wrong with a field, in our words; providers with their own use those."""
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a known field"
    return f"must be {limit.words}"
