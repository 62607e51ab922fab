"""The life of a task in a provider's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from contracts.kernel.source import Source
from contracts.kernel.task import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Status words by phase, and how long a task takes at the real provider."""

    words: Mapping[Phase, str]
    """The words that answers use; a phase that no answer names has none."""
    seconds: float
    """A typical time from acceptance to result."""
    source: Source
    waiting_share: float = 0.1
    """How much of that time passes before work begins. No document says; assumed."""
    media_seconds: float = inf
    """How long a result can be fetched, from the end of the task."""
    media_source: Source | None = None
    task_seconds: float = inf
    """How long a task can be asked about, from its acceptance."""
    task_source: Source | None = None
    poll_seconds: float = 0.0
    """The shortest time between two looks that its documents advise; 0 where they name none."""
    poll_source: Source | None = None
