"""A provider: one value that says all there is to know about one API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from contracts.kernel.auth import Auth
from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.operation import Opens, Operation
from contracts.kernel.source import Source
from contracts.kernel.task import Names
from contracts.kernel.webhooks import Webhook

MEBIBYTE = 1024 * 1024
REQUIRED = set(Cause) - {Cause.NO_TASK}
"""What every provider must be able to refuse; some answer an unknown task with a yes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provider:
    """The data sheet of one provider."""

    id: str
    """The name of its folder, and the prefix of its rule ids."""
    title: str
    revision: str
    """Which of its published rule sets this is."""
    base_url: str
    """What clients configure, such as `https://api.acme.example/v1`."""
    auth: Auth
    operations: tuple[Operation, ...]
    lifecycle: Lifecycle
    errors: Mapping[str, ErrorCase]
    names: Callable[[Random, float], Names]
    """Makes the ids of a new task from seeded randomness and the time."""
    body_limit: int
    """The largest request body, in bytes."""
    source: Source
    webhook: Webhook | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every answer."""
    other_hosts: tuple[str, ...] = ()
    """Hosts beside the one of `base_url` that answer as this provider."""

    def __post_init__(self) -> None:
        missing = sorted(REQUIRED - set(self.errors))
        if missing:
            raise ValueError(f"provider {self.id} has no error for: {', '.join(missing)}")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host that answers as this provider."""
        return (urlsplit(self.base_url).netloc, *self.other_hosts)

    @property
    def base_path(self) -> str:
        """The path that every client's base URL ends in."""
        return urlsplit(self.base_url).path

    @property
    def submit(self) -> Operation:
        """The operation that opens tasks."""
        return next(one for one in self.operations if isinstance(one.effect, Opens))
