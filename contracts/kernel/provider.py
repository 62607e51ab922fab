"""A provider: one value that says all there is to know about one API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Self
from urllib.parse import urlsplit

from contracts.kernel.auth import Auth
from contracts.kernel.body import Body
from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.habits import Habit
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.models import ModelRow
from contracts.kernel.money import Tariff
from contracts.kernel.operation import Opens, Operation
from contracts.kernel.quotas import Quota
from contracts.kernel.rules import KnownModel
from contracts.kernel.source import Source
from contracts.kernel.task import Failure, Names
from contracts.kernel.webhooks import Webhook

MEBIBYTE = 1024 * 1024
REQUIRED = set(Cause) - {Cause.NO_TASK}
"""What every provider must be able to refuse; some answer an unknown task with a yes."""
EXPIRED = "expired"
"""The name of the failure of a task that took too long."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Provider:
    """The data sheet of one provider."""

    id: str
    """The name of its folder, and the prefix of its rule ids."""
    title: str
    revision: str
    """Which of its published rule sets this is."""
    about: str
    """What this revision is, in one sentence."""
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
    tariff: Tariff | None = None
    """How it charges; everything is free where there is none."""
    quotas: tuple[Quota, ...] = ()
    """Its documented limits on how much a key may ask for."""
    failures: Mapping[str, Failure] = field(default_factory=dict)
    """Why a task may fail after it was accepted, by names that scenarios use."""
    webhook: Webhook | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every answer."""
    other_hosts: tuple[str, ...] = ()
    """Hosts beside the one of `base_url` that answer as this provider."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The variables by which published clients are told another base URL, and what is usual."""
    dialect: bool = False
    """Another reading of the same documents, rather than a later one."""
    models: Callable[[], Mapping[str, ModelRow]] = dict
    """The table of models that this revision knows."""
    habits: tuple[Habit, ...] = ()
    """Rules about behaviour of its own, beside those that hold everywhere."""

    def __post_init__(self) -> None:
        missing = sorted(REQUIRED - set(self.errors))
        if missing:
            raise ValueError(f"provider {self.id} has no error for: {', '.join(missing)}")

    @property
    def name(self) -> str:
        """Provider and revision: `acme@2026-10`."""
        return f"{self.id}@{self.revision}"

    def operation(self, id_: str) -> Operation:
        """Give an operation by its id; `KeyError` names those there are."""
        for one in self.operations:
            if one.id == id_:
                return one
        known = ", ".join(one.id for one in self.operations)
        raise KeyError(f"{self.id} has no operation {id_!r}; it has {known}")

    def revised(
        self,
        *operations: Operation,
        errors: Mapping[str, ErrorCase] | None = None,
        **changes: Any,  # noqa: ANN401 - fields of this class, checked by `replace`
    ) -> Self:
        """Give another revision, as differences: operations replace those of the same id."""
        newer = {one.id: one for one in operations}
        kept = tuple(newer.pop(one.id, one) for one in self.operations)
        catalogue = {**self.errors, **(errors or {})}
        return replace(self, operations=(*kept, *newer.values()), errors=catalogue, **changes)

    def lenient(self) -> Self:
        """Give the same revision for people whose provider is newer than our table of models.

        Ids that are not in the table are accepted, and held to what holds for every model.
        """
        operations = (replace(one, body=_lenient(one.body)) for one in self.operations)
        return replace(self, operations=tuple(operations))

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


def _lenient(body: type[Body]) -> type[Body]:
    kept = tuple(rule for rule in body.rules if not isinstance(rule, KnownModel))
    return body.ruled_by(kept) if kept != body.rules else body
