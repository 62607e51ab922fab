"""Checking a message against its body class, and naming what is broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, get_args, overload

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from contracts.kernel.body import Body
from contracts.kernel.limits import Limit, Place, limits
from contracts.kernel.rules import Rule

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
        return {
            f"{body.namespace}/{rule.id}": rule
            for body in _bodies(self.body)
            for rule in body.rules
        }

    def violations(self, error: ValidationError) -> "Violations":
        """Name what is broken, first things first."""
        return Violations(self, error.errors(include_url=False)[:MOST_VIOLATIONS])

    def explanation(self, broken: Rule | Limit) -> str:
        """Give a rule in words, with its source; put together once."""
        known = self.explanations.get(broken.id)
        if known is None:
            known = self.explanations[broken.id] = f"{broken.sentence} [{broken.source}]"
        return known

    def violation(self, detail: ErrorDetails) -> Violation:
        """Name one broken rule."""
        limit, path = self.limits.find(detail["loc"])
        rule = self.rules.get(detail["type"])
        return Violation(
            rule=detail["type"] if rule else limit.id,
            why=self.explanation(rule or limit),
            path=path,
            message=(rule.message or rule.sentence) if rule else complaint(detail["type"], limit),
            kind=detail["type"],
            value=detail["input"],
            context=detail.get("ctx", {}),
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


def _bodies(annotation: Any) -> Iterator[type[Body]]:  # noqa: ANN401 - annotations have no type
    """Give the body classes that an annotation mentions, itself first."""
    if isinstance(annotation, type) and issubclass(annotation, Body):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _bodies(field.annotation)
    for inner in get_args(annotation):
        yield from _bodies(inner)
