"""Bounded memory: the oldest things are forgotten, unless a client may still wait for them."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from mockserver.store import AnyTask
from mockserver.tenants import Tenant


class Kept(NamedTuple):
    """One thing that takes room."""

    weight: int
    """In bytes, about."""
    tenant: Tenant
    task: AnyTask | None
    """What it is, unless it is a file."""
    link: str


class Retention:
    """Keeps so many things, of so many bytes."""

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
        self._weight = 0

    def keep(self, kept: Kept) -> None:
        """Make room for one more."""
        self._kept.append(kept)
        self._weight += kept.weight
        while len(self._kept) > self._most or self._weight > self._room:
            oldest = self._kept[0]
            if oldest is kept or self._is_busy(oldest):
                break
            self._kept.popleft()
            self._weight -= oldest.weight
            self._forget(oldest)

    def drop(self, tenant: Tenant) -> None:
        """Forget all that belongs to a tenant."""
        gone = [one for one in self._kept if one.tenant is tenant]
        self._kept = deque(one for one in self._kept if one.tenant is not tenant)
        self._weight -= sum(one.weight for one in gone)
        for one in gone:
            self._forget(one)
