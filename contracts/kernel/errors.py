"""How a provider says no: causes, catalogue rows, and the refusal that a step raises as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from contracts.kernel.source import Source
from contracts.kernel.violations import Violation


class Cause(StrEnum):
    """The refusals that the server itself may come to.

    A provider has words for them, and may add causes of its own as plain strings.
    """

    NO_KEY = "no-key"
    BAD_KEY = "bad-key"
    NO_BALANCE = "no-balance"
    RATE_LIMITED = "rate-limited"
    TOO_LARGE = "too-large"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    BAD_JSON = "bad-json"
    INVALID = "invalid"
    NO_TASK = "no-task"
    NO_ROUTE = "no-route"
    NO_METHOD = "no-method"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that gets no for an answer. Data only: the provider's catalogue gives it a form."""

    def __init__(
        self,
        cause: str,
        *,
        violations: Sequence[Violation] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.violations = violations
        self.details = details or {}


class Refusal(NamedTuple):
    """What an error body may be made of."""

    cause: str
    first: Violation | None
    """What is broken first, where a contract is."""
    violations: Sequence[Violation]
    details: Mapping[str, Any]
    new_id: Callable[[], str]
    """Makes a fresh id, for providers whose errors carry one."""
    url: Callable[[], str]
    """Gives the URL that was asked for."""
    now: float = 0.0
    """The moment of the refusal, in seconds since the epoch."""


def blamed(refusal: Refusal) -> str:
    """Give the field that is wrong, as a path; `body` where it is the whole."""
    return (refusal.first and refusal.first.field) or "body"


def complain(refusal: Refusal) -> str:
    """Give the field that is wrong, and what is wrong with it."""
    return f"{blamed(refusal)}: {refusal.first.message if refusal.first else refusal.cause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCase:
    """One row of a provider's error catalogue: when, which status, which body."""

    when: str
    status: int
    body: Callable[[Refusal], Mapping[str, Any]]
    source: Source
    headers: Callable[[Refusal], Mapping[str, str]] | None = None
    on_demand: bool = False
    """Nothing but a scenario leads to it; its form must not need any details."""
