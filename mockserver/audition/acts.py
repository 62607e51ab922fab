"""The battery: every bad day there is, as data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from mockserver.naming import unknown

BATTERY = "battery.toml"
Need = Literal["look", "film", "callback", "portrait"]
"""What a client must do for an act to make sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One bad day, and what is expected of a client in it."""

    id: str
    title: str
    happens: str
    why: str
    good: str
    """What a good client does."""
    best: Literal["recover", "fail"]
    """What deserves full marks: `fail` where failing cleanly is as right as anything."""
    needs: Sequence[Need] = ()
    hides: bool = False
    """The client cannot learn of the task: it may lose it, and must not ask anew."""
    spoils: bool = False
    """The video cannot be had: the client may lose it, and may ask anew."""
    is_long: bool = False
    """A client may take its time for it, so it is begun first."""
    speed: float | None = None
    """How fast work goes by the wall, where the usual speed would make it more than it is."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What is different about the world."""
    scenario: Sequence[Mapping[str, Any]] = ()
    """What is ordered, in the language of scenarios, but for their names."""

    @property
    def rule(self) -> str:
        """What its finding is called."""
        return f"audition/{self.id}"


REHEARSAL = Act(
    id="rehearsal",
    title="Rehearsal",
    happens="Nothing goes wrong.",
    why="What a client does on a good day is what it is held to on bad ones.",
    good="Delivers its videos.",
    best="recover",
)


@cache
def battery() -> tuple[Act, ...]:
    """Give every act, in the order they are told in."""
    text = files(__package__).joinpath(BATTERY).read_text(encoding="utf-8")
    return tuple(Act(**one) for one in tomllib.loads(text)["act"])


def chosen(patterns: Sequence[str]) -> tuple[Act, ...]:
    """Give the acts that any of some patterns means, or all; `ValueError` where one means none."""
    known = [one.id for one in battery()]
    for pattern in patterns:
        if not any(fnmatchcase(id_, pattern) for id_ in known):
            raise ValueError(unknown("act", pattern, known))
    wanted = patterns or ("*",)
    return tuple(one for one in battery() if any(fnmatchcase(one.id, glob) for glob in wanted))
