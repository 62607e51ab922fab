"""The one seam for state: what the world keeps, and what a place to keep it must be able to do.

A table holds rows of one kind, each of one tenant. A row may be changed in place by whoever got it,
who then puts it back: so a store that is no dictionary sees every change, too.
"""

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from contracts.kernel.body import Body
from contracts.kernel.money import Move
from contracts.kernel.task import Task
from mockserver.exchange import File
from mockserver.journal import Entry, Listener
from mockserver.outbox import Callback

if TYPE_CHECKING:  # most runs have no scenario, and never load what one is
    from mockserver.scenarios.places import Armed

AnyTask = Task[Body]
Row = TypeVar("Row")


@dataclass(slots=True)
class Link:
    """What can be fetched without a key: the result of a task, or a file."""

    tenant: str
    task: tuple[str, str] | None = None
    """The id of the row: provider and task."""
    file: File | None = None


@dataclass(slots=True)
class Account:
    """The money of one key at one provider, in millionths of its currency."""

    balance: int | None = None
    """What is left, without what is not final; None where it never runs out."""
    limit: int | None = None
    """What the key may still spend, where it has a limit of its own."""
    open: set[str] = field(default_factory=set)
    """The ids of tasks whose charge is not final; kept only where money can run out."""
    forgotten: int = 0
    """What tasks that are forgotten have changed the balance by."""
    top_ups: list[Move] = field(default_factory=list)

    @property
    def is_finite(self) -> bool:
        """Whether money can run out."""
        return self.balance is not None or self.limit is not None


@dataclass(slots=True)
class Meter:
    """The memory of one limit, for one key: when it was asked, and until when it blocks."""

    moments: list[float] = field(default_factory=list)
    blocked_until: float = 0.0


Nonces = dict[str, float]
"""What was used once by one key, and until when it must not come again."""


class Tally(NamedTuple):
    """How many requests a scenario selected, and how often it acted."""

    seen: int = 0
    done: int = 0


class Table(Protocol[Row]):
    """Rows of one kind, by tenant and id."""

    def get(self, tenant: str, id_: Hashable) -> Row | None:
        """Give a row, if there is one."""
        ...

    def put(self, tenant: str, id_: Hashable, row: Row) -> None:
        """Keep a row that is new, or was changed."""
        ...

    def drop(self, tenant: str, id_: Hashable) -> None:
        """Forget a row, if there is one."""
        ...

    def of(self, tenant: str) -> Collection[Row]:
        """Give all rows of a tenant, oldest first."""
        ...

    def ids(self, tenant: str) -> Collection[Hashable]:
        """Give the ids of all rows of a tenant, oldest first."""
        ...

    def tenants(self) -> Collection[str]:
        """Give the tenants that have rows, oldest first."""
        ...

    def clear(self, tenant: str) -> None:
        """Forget all rows of a tenant."""
        ...


class Log(Protocol):
    """A bounded row of entries, oldest first, and a count of all there ever were."""

    listeners: set[Listener]
    """Who hears of every new entry."""

    @property
    def total(self) -> int:
        """How many there ever were."""
        ...

    def append(self, entry: Entry, /) -> None:
        """Add an entry; the oldest one leaves when there is no more room."""
        ...

    def forget(self, tenant: str) -> None:
        """Drop the entries of a tenant."""
        ...

    def clear(self) -> None:
        """Drop all entries."""
        ...

    def __iter__(self) -> Iterator[Entry]: ...

    def __reversed__(self) -> Iterator[Entry]: ...

    def __len__(self) -> int: ...


class Store(Protocol):
    """Everything that is kept."""

    @property
    def tasks(self) -> Table[AnyTask]:
        """Tasks, by provider and id."""
        ...

    @property
    def links(self) -> Table[Link]:
        """Links, by the secret part of their URL.

        They belong to no tenant: whoever has one may follow it.
        """
        ...

    @property
    def accounts(self) -> Table[Account]:
        """Accounts, by provider and key."""
        ...

    @property
    def keys(self) -> Table[str]:
        """Keys that are refused, with the cause of it."""
        ...

    @property
    def consents(self) -> Table[float]:
        """When consent was given, by key and digest of the media."""
        ...

    @property
    def faces(self) -> Table[frozenset[str]]:
        """Who is shown in media, by its digest, where someone told."""
        ...

    @property
    def meters(self) -> Table[Meter]:
        """What was asked for, by provider, key, and id of a limit."""
        ...

    @property
    def nonces(self) -> Table[Nonces]:
        """What was used once, by provider and key."""
        ...

    @property
    def tallies(self) -> Table[Tally]:
        """How often scenarios were met, by whatever they count."""
        ...

    @property
    def scenarios(self) -> "Table[Armed]":
        """Scenarios by name, in the order they were added; those of all are under no tenant."""
        ...

    @property
    def callbacks(self) -> Table[Callback]:
        """Callbacks, by task."""
        ...

    @property
    def journal(self) -> Log:
        """What happened, oldest first."""
        ...

    def fade(self, tenant: str) -> None:
        """Forget everything of a tenant but its money, its links, and what the journal says."""
        ...

    def forget(self, tenant: str) -> None:
        """Forget everything of a tenant, but for its links and what the journal says of it."""
        ...

    def reset(self) -> None:
        """Forget everything of everyone; the numbers of the journal go on."""
        ...
