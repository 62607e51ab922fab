"""Rules about what clients do, beside what their requests say: declared like every other rule."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from contracts.kernel.history import Asked, History
from contracts.kernel.source import Source


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    """Money or videos are lost, a secret is told, or the provider refuses."""
    WARNING = "warning"
    """It works today, and will fail some day, or is not what was meant."""
    NOTE = "note"
    """Worth knowing."""


class Evidence(NamedTuple):
    """One time that a rule was broken."""

    what: str
    """What happened, in one sentence with its figures, without its full stop."""
    requests: Sequence[Asked] = ()
    """Those it shows in, oldest first."""
    excerpt: str = ""
    """The relevant part of what was sent; nothing secret."""
    tasks: Sequence[str] = ()
    field: str = ""
    """The field it is about, as a path."""
    source: Source | None = None
    """Where that is documented, if the rule itself only says that providers document it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One rule about behaviour."""

    id: str
    """Without the provider's: `submit-once`; a provider's own rule has its id before it."""
    sentence: str
    """What clients should do."""
    why: str
    """What it costs them if they do not."""
    mend: str
    """How to mend it."""
    severity: Severity
    source: Source
    find: Callable[[History], Iterator[Evidence]]
    """Gives every time that it was broken."""
