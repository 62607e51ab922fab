"""State in memory: dictionaries, gone with the process."""

from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from mockserver.journal import Journal
from mockserver.outbox import Callback
from mockserver.store import Account, AnyTask, Link, Meter

if TYPE_CHECKING:
    from mockserver.scenarios.places import Armed

Row = TypeVar("Row")

MOST_METERED = 10_000
"""How many tenants are metered; anyone can make up a key, and a refused one leaves nothing else."""


class MemoryTable(Generic[Row]):
    """A dictionary for each tenant."""

    def __init__(self, most: int | None = None) -> None:
        self._tenants: dict[str, dict[Hashable, Row]] = {}
        self._most = most
        """How many tenants may have rows; the oldest one is forgotten for a new one."""

    def get(self, tenant: str, id_: Hashable) -> Row | None:
        """Give a row, if there is one."""
        rows = self._tenants.get(tenant)
        return rows.get(id_) if rows else None

    def put(self, tenant: str, id_: Hashable, row: Row) -> None:
        """Keep a row that is new, or was changed."""
        rows = self._tenants.get(tenant)
        if rows is None:
            if self._most is not None and len(self._tenants) >= self._most:
                del self._tenants[next(iter(self._tenants))]
            rows = self._tenants[tenant] = {}
        rows[id_] = row

    def drop(self, tenant: str, id_: Hashable) -> None:
        """Forget a row, if there is one."""
        rows = self._tenants.get(tenant, {})
        rows.pop(id_, None)
        if not rows:
            self._tenants.pop(tenant, None)

    def of(self, tenant: str) -> Collection[Row]:
        """Give all rows of a tenant, oldest first."""
        return self._tenants.get(tenant, {}).values()

    def ids(self, tenant: str) -> Collection[Hashable]:
        """Give the ids of all rows of a tenant, oldest first."""
        return self._tenants.get(tenant, {}).keys()

    def clear(self, tenant: str) -> None:
        """Forget all rows of a tenant."""
        self._tenants.pop(tenant, None)

    def reset(self) -> None:
        """Forget all rows."""
        self._tenants.clear()


class MemoryStore:
    """Everything that is kept, in memory."""

    def __init__(self, journal_size: int) -> None:
        self.tasks = MemoryTable[AnyTask]()
        self.links = MemoryTable[Link]()
        self.accounts = MemoryTable[Account]()
        self.keys = MemoryTable[str]()
        self.consents = MemoryTable[float]()
        self.faces = MemoryTable[frozenset[str]]()
        self.meters = MemoryTable[Meter](most=MOST_METERED)
        self.scenarios: MemoryTable[Armed] = MemoryTable()
        self.callbacks = MemoryTable[Callback]()
        self.journal = Journal(journal_size)

    def forget(self, tenant: str) -> None:
        """Forget everything of a tenant, but for its links and what the journal says of it."""
        for table in (
            self.tasks,
            self.accounts,
            self.keys,
            self.consents,
            self.faces,
            self.meters,
            self.scenarios,
            self.callbacks,
        ):
            table.clear(tenant)

    def reset(self) -> None:
        """Forget everything of everyone; the numbers of the journal go on."""
        for table in vars(self).values():
            if isinstance(table, MemoryTable):
                table.reset()
        self.journal.clear()
