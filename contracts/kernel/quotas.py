"""How much a key may ask for: requests in a window of time, tasks at once, failures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.kernel.errors import Cause
from contracts.kernel.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many requests of some operations within a sliding window, for each key."""

    id: str
    """Names it in the journal, in headers and in settings: `queue-per-minute`."""
    operations: tuple[str, ...]
    """Operations that are counted together."""
    requests: int
    seconds: float
    cause: str = Cause.RATE_LIMITED
    """The row of the catalogue; its `details` hold `limit`, `remaining`, `reset` and `type`."""
    headers: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    """What every counted answer says of it, made from the same details."""
    applies: Callable[[str], bool] = lambda _key: True
    """Whether this key is counted; wallets may have other limits."""
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """At most so many unfinished tasks for each key."""

    id: str
    tasks: int
    cause: str = Cause.RATE_LIMITED
    applies: Callable[[str], bool] = lambda _key: True
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """After more than so many refusals within a window, everything is refused for a while."""

    id: str
    failures: int
    seconds: float
    blocks: float
    """For how long, in seconds."""
    counts: Callable[[int, str], bool]
    """Whether a refusal counts, by its status and the cause of it."""
    cause: str
    source: Source


Quota = Rate | Concurrency | ErrorBudget
