"""Tenants: worlds within the world, that tests running side by side cannot disturb each other in.

A tenant is an API key. Clients whose key cannot vary may name a tenant by a header, or by the first
step of the path: `/@anna/api/v1/...`. Then several keys live in it, and still see nothing of each
other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from contracts.kernel.quotas import Quota
from mockserver.clock import Clock
from mockserver.settings import Limits

HEADER = b"x-screentest-tenant"
MARK = "/@"
"""How a path begins that names a tenant."""


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


def named(headers: Mapping[bytes, bytes]) -> str:
    """Give the tenant that a header names, if one does."""
    value = headers.get(HEADER)
    return value.decode("latin-1") if value else ""


def parted(path: str) -> tuple[str, str]:
    """Part a path into the tenant it names, and the rest."""
    name, slash, rest = path.removeprefix(MARK).partition("/")
    return name, f"{slash}{rest}"
