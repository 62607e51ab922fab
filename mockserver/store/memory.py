"""State in memory: dictionaries, gone with the process."""

from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from mockserver.journal import Journal
from mockserver.outbox import Callback
from mockserver.store import Account, AnyTask, Link, Meter, Nonces, Tally

if TYPE_CHECKING:
    from mockserver.scenarios.places import Armed

Row = TypeVar("Row")

MOST = 20_000
"""How many rows are kept of what anyone can cause with made-up keys, and nothing else forgets."""


class MemoryTable(Generic[Row]):
    """A dictionary for each tenant."""

    def __init__(self) -> None:
        self._tenants: dict[str, dict[Hashable, Row]] = {}

    def get(self, tenant: str, id_: Hashable) -> Row | None:
        """Give a row, if there is one."""
        rows = self._tenants.get(tenant)
        return rows.get(id_) if rows else None

    def put(self, tenant: str, id_: Hashable, row: Row) -> None:
        """Keep a row that is new, or was changed."""
        rows = self._tenants.get(tenant)
        if rows is None:
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
        return [*self._tenants.get(tenant, {}).values()]  # other threads may put more meanwhile

    def ids(self, tenant: str) -> Collection[Hashable]:
        """Give the ids of all rows of a tenant, oldest first."""
        return [*self._tenants.get(tenant, {})]

    def tenants(self) -> Collection[str]:
        """Give the tenants that have rows, oldest first."""
        return [*self._tenants]

    def clear(self, tenant: str) -> None:
        """Forget all rows of a tenant."""
        self._tenants.pop(tenant, None)

    def reset(self) -> None:
        """Forget all rows."""
        self._tenants.clear()


class BoundedTable(MemoryTable[Row]):
    """Keeps so many rows; that which was put longest ago leaves first."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most
        self._order: dict[tuple[str, Hashable], None] = {}

    def put(self, tenant: str, id_: Hashable, row: Row) -> None:
        """Keep a row that is new, or was changed."""
        self._order.pop((tenant, id_), None)
        self._order[tenant, id_] = None
        super().put(tenant, id_, row)
        if len(self._order) > self._most:
            self.drop(*next(iter(self._order)))

    def drop(self, tenant: str, id_: Hashable) -> None:
        """Forget a row, if there is one."""
        self._order.pop((tenant, id_), None)
        super().drop(tenant, id_)

    def clear(self, tenant: str) -> None:
        """Forget all rows of a tenant."""
        for id_ in self.ids(tenant):
            del self._order[tenant, id_]
        super().clear(tenant)

    def reset(self) -> None:
        """Forget all rows."""
        self._order.clear()
        super().reset()


class MemoryStore:
    """Everything that is kept, in memory."""

    def __init__(self, journal_size: int) -> None:
        self.tasks = MemoryTable[AnyTask]()
        self.links = MemoryTable[Link]()
        self.accounts = BoundedTable[Account]()
        self.keys = MemoryTable[str]()
        self.consents = MemoryTable[float]()
        self.faces = MemoryTable[frozenset[str]]()
        self.meters = BoundedTable[Meter]()
        self.nonces = BoundedTable[Nonces]()
        self.tallies = BoundedTable[Tally]()
        self.scenarios: MemoryTable[Armed] = MemoryTable()
        self.callbacks = MemoryTable[Callback]()
        self.journal = Journal(journal_size)

    def _tables(self) -> list[MemoryTable[object]]:
        return [one for one in vars(self).values() if isinstance(one, MemoryTable)]

    def fade(self, tenant: str) -> None:
        """Forget everything of a tenant but its money, its links, and what the journal says."""
        for table in self._tables():
            if table not in {self.accounts, self.links}:
                table.clear(tenant)

    def forget(self, tenant: str) -> None:
        """Forget everything of a tenant, but for its links and what the journal says of it."""
        self.fade(tenant)
        self.accounts.clear(tenant)

    def reset(self) -> None:
        """Forget everything of everyone; the numbers of the journal go on."""
        for table in self._tables():
            table.reset()
        self.journal.clear()
