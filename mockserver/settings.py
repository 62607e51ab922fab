"""What a user may choose when the mock is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from secrets import randbits
from typing import Literal, get_args

from mockserver.clock import FASTEST, POLICIES, SLOWEST, Clock, Policy

Models = Literal["strict", "lenient"]
"""What becomes of an id that is not in the table of models: refused, or held to the rest."""

Limits = Literal["off", "documented"]
"""Whether the documented limits on rates, concurrency and errors hold."""
Faces = Literal["marker", "always", "never", "detect"]
"""What shows a face: what says so, every picture, none, or what a detector finds."""


def fresh_seed() -> int:
    """Give a seed that was not used before; it is printed, so that a run can be repeated."""
    return randbits(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the world behaves. Every field has a default that suits local development."""

    clock: Policy = "wall"
    """What makes time pass: the wall, whoever advances it, or looks at unfinished tasks."""
    speed: float | None = None
    """How many times faster than the real provider tasks are worked on; 1 is realistic.

    75 under a clock of the wall, and 1 under the others, unless it is given.
    """
    start: float | None = None
    """Where a clock that is not of the wall begins, in seconds since the epoch; else now."""
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
    balance: float | None = None
    """What a new key has, in the provider's currency; money never runs out where it is not said."""
    limits: Limits = "off"
    """Whether the documented limits on rates, concurrency and errors hold."""
    faces: Faces = "marker"
    """What shows a face."""
    control_token: str = field(default="", repr=False)
    """Asked of everyone who uses the control plane; without one, only this machine may."""

    scenarios: tuple[str, ...] = ()
    """Faults on demand: files of scenarios, and names of built-in ones."""

    def __post_init__(self) -> None:
        if self.speed is not None and not SLOWEST <= self.speed <= FASTEST:
            span = f"a number from {SLOWEST:g} to {FASTEST:g}"
            raise ValueError(f"speed must be {span}, not {self.speed}")
        if self.balance is not None and not 0 <= self.balance < inf:
            raise ValueError(f"balance must be a number of at least 0, not {self.balance}")
        if isinstance(self.contracts, str):
            raise ValueError(  # noqa: TRY004 - one kind of error for every setting
                f"contracts must be a tuple of names, not {self.contracts!r}"
            )
        if isinstance(self.scenarios, str):
            raise ValueError(  # noqa: TRY004 - as above
                f"scenarios must be a tuple of files and names, not {self.scenarios!r}"
            )
        if self.callback_hosts:
            from mockserver.destinations import vain  # noqa: PLC0415 - most runs allow none

            if reason := next(filter(None, map(vain, sorted(self.callback_hosts))), ""):
                raise ValueError(reason)
        for name, words in CHOICES.items():
            given = getattr(self, name)
            if given not in words:
                wanted = " or ".join(repr(word) for word in words)
                raise ValueError(f"{name} must be {wanted}, not {given!r}")

    def make_clock(self) -> Clock:
        """Make the clock of the world."""
        return Clock(self.clock, self.speed, self.start)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "models": get_args(Models),
    "clock": POLICIES,
    "limits": get_args(Limits),
    "faces": get_args(Faces),
}
