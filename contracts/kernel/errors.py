"""How a provider says no: causes, catalogue rows, and the refusal that a step raises as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.kernel.source import Source
from contracts.kernel.violations import Violation


class Cause(StrEnum):
    """The refusals that the server itself may come to.

    A provider has words for them, and may add causes of its own as plain strings.
    """

    NO_KEY = "no-key"
    BAD_KEY = "bad-key"
    NO_BALANCE = "no-balance"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an error body may be made of."""

    cause: str
    violations: Sequence[Violation] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    new_id: Callable[[], str]
    """Makes a fresh id, for providers whose errors carry one."""
    url: Callable[[], str]
    """Gives the URL that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCase:
    """One row of a provider's error catalogue: when, which status, which body."""

    when: str
    status: int
    body: Callable[[Refusal], Mapping[str, Any]]
    source: Source
    headers: Callable[[Refusal], Mapping[str, str]] | None = None
