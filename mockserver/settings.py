"""What a user may choose when the mock is made."""

from dataclasses import dataclass, field
from math import inf
from secrets import randbits
from typing import Literal, get_args

Models = Literal["strict", "lenient"]
"""What becomes of an id that is not in the table of models: refused, or held to the rest."""

DEFAULT_SPEED = 75.0
"""Brings the documented durations of one to three minutes down to about two seconds."""


def fresh_seed() -> int:
    """Give a seed that was not used before; it is printed, so that a run can be repeated."""
    return randbits(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the world behaves. Every field has a default that suits local development."""

    speed: float = DEFAULT_SPEED
    """How many times faster than the real provider tasks are worked on; 1 is realistic."""
    seed: int = field(default_factory=fresh_seed)
    """Equal seeds, keys and requests give equal ids."""
    callback_hosts: frozenset[str] = frozenset()
    """Hosts beside loopback that callbacks may be sent to, as `host` or `host:port`."""
    journal_size: int = 1000
    """How many requests are remembered."""
    tasks_kept: int = 10_000
    """How many finished tasks are kept; the oldest are forgotten first."""
    bytes_kept: int = 256 * 1024 * 1024
    """How much memory the requests and uploads that are kept may take, about."""
    contracts: tuple[str, ...] = ()
    """Which revisions to serve, such as `acme@2026-10`, `latest` or `seeds`; later ones win."""
    models: Models = "strict"
    """Whether ids of models that the table does not have are refused."""

    def __post_init__(self) -> None:
        if not 0 < self.speed < inf:
            raise ValueError(f"speed must be a number above 0, not {self.speed}")
        if isinstance(self.contracts, str):
            raise ValueError(  # noqa: TRY004 - one kind of error for every setting
                f"contracts must be a tuple of names, not {self.contracts!r}"
            )
        if self.models not in get_args(Models):
            raise ValueError(f"models must be 'strict' or 'lenient', not {self.models!r}")
