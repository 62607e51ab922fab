"""Bounded memory: the oldest things are forgotten, unless a client may still wait for them."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from mockserver.tenants import Tenant


class Kept(NamedTuple):
    """One thing that takes room."""

    weight: int
    """In bytes, about."""
    tenant: Tenant
    task: tuple[str, str] | None
    """The id of its row, provider and task, unless it is a file."""
    link: str


class Retention:
    """Keeps so many things, of so many bytes; what is waited for is spared until it is not."""

    def __init__(
        self,
        most: int,
        room: int,
        *,
        is_busy: Callable[[Kept], bool],
        forget: Callable[[Kept], None],
    ) -> None:
        self._most = most
        self._room = room
        self._is_busy = is_busy
        self._forget = forget
        self._kept: deque[Kept] = deque()
        self._spared: deque[Kept] = deque()
        """Things that were their turn, and were waited for; they are older than all the others."""
        self._weight = 0

    def keep(self, kept: Kept) -> None:
        """Make room for one more."""
        self._kept.append(kept)
        self._weight += kept.weight
        while len(self) > self._most or self._weight > self._room:
            oldest = self._next()
            if oldest is None:
                break
            self._weight -= oldest.weight
            self._forget(oldest)

    def __len__(self) -> int:
        return len(self._kept) + len(self._spared)

    def _next(self) -> Kept | None:
        """Take out the oldest thing that no one waits for; never the one that came last."""
        if self._spared and not self._is_busy(self._spared[0]):
            return self._spared.popleft()
        while len(self._kept) > 1:
            one = self._kept.popleft()
            if not self._is_busy(one):
                return one
            self._spared.append(one)
        return None

    def drop(self, tenant: Tenant) -> None:
        """Forget all that belongs to a tenant."""
        everything = (*self._spared, *self._kept)
        gone = [one for one in everything if one.tenant is tenant]
        self._spared = deque(one for one in self._spared if one.tenant is not tenant)
        self._kept = deque(one for one in self._kept if one.tenant is not tenant)
        self._weight -= sum(one.weight for one in gone)
        for one in gone:
            self._forget(one)

    def clear(self) -> None:
        """Know of nothing any more."""
        self._spared.clear()
        self._kept.clear()
        self._weight = 0
