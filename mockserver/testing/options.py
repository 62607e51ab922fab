"""What a test may ask of its mock: by marker, by configuration, or as arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite, nan
from typing import Any, Self

from mockserver.clock import POLICIES, Policy
from mockserver.intercept.target import host_problem
from mockserver.naming import unknown
from mockserver.settings import Faces, Limits, Models, Settings

JOURNAL = 100_000
"""How many requests of the tests that share a world are remembered; each test forgets its own."""

Scenarios = tuple[str | Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one test wants its mock. Every field has a default that suits most tests."""

    contract: tuple[str, ...] = ()
    """Revisions to go by: `acme@2026-10`, `latest`, `seeds`; one or several, later ones win."""
    clock: Policy = "poll"
    """What makes time pass: looks at tasks, the wall, or the test itself (`manual`)."""
    speed: float | None = None
    """How many times faster than the provider tasks are worked on; alone it means the wall."""
    scenario: Scenarios = ()
    """Faults on demand: built-in names, files, or mappings as in such files."""
    faces: Faces = "marker"
    """What shows a face."""
    limits: Limits = "off"
    """Whether the documented limits on rates, concurrency and errors hold."""
    models: Models = "strict"
    """Whether ids of models that the table does not have are refused."""
    balance: float | None = None
    """What a key has, in the provider's currency; money never runs out where it is not said."""
    seed: int = 1
    """Equal seeds, tests and requests give equal ids."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts that requests may really go to, beside this machine."""

    def __post_init__(self) -> None:
        if self.clock not in POLICIES:
            raise ValueError(unknown("clock", str(self.clock), POLICIES))
        Settings(speed=self.speed, seed=self.seed)  # says what is wrong with the speed
        self.settings()  # and with the others
        for name, kinds in KINDS.items():
            for one in getattr(self, name):
                if not isinstance(one, kinds):
                    raise ValueError(f"{name} cannot be {one!r}")  # noqa: TRY004 - as all others
        if problem := next(filter(None, map(host_problem, self.allow_hosts)), ""):
            raise ValueError(problem)

    @classmethod
    def of(cls, **given: Any) -> Self:  # noqa: ANN401 - checked here
        """Read options as people write them: one name where several are possible.

        Raises `ValueError` for what does not exist or makes no sense, with the nearest name.
        """
        return cls().but(**given)

    def but(self, **given: Any) -> Self:  # noqa: ANN401 - checked here
        """Give these options with some of them changed."""
        known = [one.name for one in fields(self)]
        for name in given:
            if name not in known:
                raise ValueError(unknown("option", name, known))
        for name in SEVERAL & given.keys():
            given[name] = several(given[name])
        for name in NUMBERS & given.keys():
            given[name] = number(name, given[name])
        if given.get("speed") is not None:
            given.setdefault("clock", "wall" if self.clock == "poll" else self.clock)
        return replace(self, **given)

    def settings(self) -> Settings:
        """Give the settings of a world that suits; clock and scenarios are those of a tenant."""
        return Settings(
            seed=self.seed,
            contracts=self.contract,
            models=self.models,
            faces=self.faces,
            limits=self.limits,
            balance=self.balance,
            journal_size=JOURNAL,
        )


KINDS: Mapping[str, Any] = {
    "contract": str,
    "scenario": str | Mapping,
    "allow_hosts": str,
}
NUMBERS = {"speed", "balance", "seed"}
SEVERAL = {"contract", "scenario", "allow_hosts"}


def several(given: object) -> tuple[Any, ...]:
    """Give a tuple of what may be one thing or several."""
    if given is None:
        return ()
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


def number(name: str, given: object) -> float | int | None:
    """Read a number that may be written as text."""
    if given is None or isinstance(given, int):
        return given
    try:
        read = float(given)  # type: ignore[arg-type]  # what is no number is said below
    except (TypeError, ValueError):
        read = nan
    if not isfinite(read):
        raise ValueError(f"{name} must be a number, not {given!r}")
    return int(read) if read.is_integer() else read
