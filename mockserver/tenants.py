"""Tenants: worlds within the world, that tests running side by side cannot disturb each other in.

A tenant is an API key. Clients whose key cannot vary may name a tenant by a header, or by the first
step of the path: `/@anna/api/v1/...`. Then several keys live in it, and still see nothing of each
other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from starlette.types import Scope

from contracts.kernel.quotas import Quota
from mockserver.clock import Clock
from mockserver.journal import label
from mockserver.settings import Limits

HEADER = b"x-screentest-tenant"
SCOPE = "screentest.tenant"
"""Where a scope says whose request it is, if its path or its door does."""
MARK = "/@"
"""How a path begins that names a tenant."""
MOST = 20_000
"""How many names are remembered, as anyone can make them up."""


@dataclass(slots=True)
class Tenant:
    """What belongs to one tenant beside the rows it has in the store."""

    name: str
    random: Random
    clock: Clock
    """Shared with the whole world, until it gets one of its own."""
    is_apart: bool = False
    """Someone gave it time of its own, which passes for it alone."""
    kept: int = 0
    """How many things of it take room; it is forgotten with the last one."""
    pinned: bool = False
    """Someone arranged things for it, so it is not forgotten by itself."""
    quotas: tuple[Quota, ...] | Limits | None = None
    """Limits of its own; those of the world where there are none."""


class Labels:
    """What tenants are called in answers and in the journal: one that may be a key by its label.

    A name that a client chose, by header or path, is no secret, unless a key is the same.
    """

    def __init__(self, is_key: Callable[[str], bool]) -> None:
        self._is_key = is_key
        """Tells of a name whether a key of its tenant is the same."""
        self._is_plain: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._is_plain)

    def choose(self, name: str) -> None:
        """Remember that a client chose a name."""
        if name and name not in self._is_plain:
            self._put(name, is_plain=not self._is_key(name))

    def hide(self, name: str) -> None:
        """Remember that a name is a key, too."""
        self._put(name, is_plain=False)

    def _put(self, name: str, *, is_plain: bool) -> None:
        self._is_plain[name] = is_plain
        if len(self._is_plain) > MOST:
            del self._is_plain[next(iter(self._is_plain))]

    def of(self, name: str) -> str:
        """Give what a tenant is called."""
        return name if self._is_plain.get(name) else label(name)

    def forget(self, name: str) -> None:
        """Forget a name."""
        self._is_plain.pop(name, None)

    def clear(self) -> None:
        """Forget all names."""
        self._is_plain.clear()


def chosen(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """Give the tenant that a client names by path or header, if it names one."""
    return scope.get(SCOPE, "") or named(headers)


def named(headers: Mapping[bytes, bytes]) -> str:
    """Give the tenant that a header names, if one does."""
    value = headers.get(HEADER)
    return value.decode("latin-1") if value else ""


def parted(path: str) -> tuple[str, str]:
    """Part a path into the tenant it names, and the rest."""
    name, slash, rest = path.removeprefix(MARK).partition("/")
    return name, f"{slash}{rest}"
