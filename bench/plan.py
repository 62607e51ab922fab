"""How long to measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The size of one run."""

    slices: int
    seconds: float
    """The length of a slice."""
    starts: int
    fill: int
    """Requests that fill whatever is bounded."""
    more: int
    """Requests after that, which should take no more memory."""
    rest: float
    """Seconds until all tasks are finished, at the mock's default speed."""
    checks: int
    """How often a small body is checked in a slice."""
    calls: int
    """Requests of a client in the same process in a slice."""


THOROUGH = Plan(
    slices=7,
    seconds=1.5,
    starts=10,
    fill=50_000,
    more=100_000,
    rest=3.0,
    checks=5_000,
    calls=500,
)
QUICK = Plan(slices=1, seconds=0.2, starts=1, fill=1_000, more=1_000, rest=0.0, checks=10, calls=5)
"""Shows that everything works; its numbers mean nothing."""


def verdict(met: bool) -> str:  # noqa: FBT001 - it is the only thing said
    """Say whether a target is met."""
    return "met" if met else "MISSED"
