"""What media must measure: limits on what a file says of itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from contracts.kernel.probing import Facts

UNITS = {
    "seconds": " s",
    "short_side": " px",
    "long_side": " px",
    "pixels": " pixels",
    "fps": " frames a second",
    "size": " bytes",
    "ratio": "",
}
NAMES = {
    "seconds": "length",
    "short_side": "shorter side",
    "long_side": "longer side",
    "pixels": "number of pixels",
    "fps": "frame rate",
    "size": "size",
    "ratio": "width by height",
}
DIGITS = 6
"""To how many digits lengths are added up."""
MEGABYTE = 1024 * 1024

Recipe = Mapping[str, float | str]
"""What a specimen is to be like, as far as it matters: `{"seconds": 16}`."""


class Measure(Protocol):
    """A limit on some media of a request."""

    def judge(self, media: "Sequence[Facts]") -> tuple[int, str] | None:
        """Give the place of the first medium that breaks it, and what is wrong; or nothing."""
        ...

    def words(self) -> str:
        """Say it in words."""
        ...

    def breaking(self) -> Sequence[Sequence[Recipe]]:
        """Give recipes of media that break it, each as the whole of a list."""
        ...


def measured(facts: "Facts", name: str) -> float | None:
    """Give what a file says of one quantity, if it says anything."""
    if name in {"short_side", "long_side"}:
        sides = (facts.width, facts.height)
        if None in sides:
            return None
        return min(filter(None, sides)) if name == "short_side" else max(filter(None, sides))
    value: float | None = getattr(facts, name)
    return value


def shown(value: float, name: str) -> str:
    """Give a quantity with its unit."""
    if name == "size":
        return f"{value / MEGABYTE:.4g} MB"
    return f"{value:.6g}{UNITS[name]}"


class Span(NamedTuple):
    """Each medium lies between two bounds, which may be part of the range or not."""

    of: str
    low: float | None = None
    high: float | None = None
    exclusive: bool = False

    def judge(self, media: "Sequence[Facts]") -> tuple[int, str] | None:
        """Find the first medium outside."""
        for place, facts in enumerate(media):
            value = measured(facts, self.of)
            if value is not None and not self._allows(value):
                return place, f"has a {NAMES[self.of]} of {shown(value, self.of)}: {self.words()}"
        return None

    def _allows(self, value: float) -> bool:
        if self.exclusive and value in {self.low, self.high}:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def words(self) -> str:
        """Say it in words."""
        low, high = ("more than", "less than") if self.exclusive else ("at least", "at most")
        bounds = ((low, self.low), (high, self.high))
        said = [f"{word} {shown(one, self.of)}" for word, one in bounds if one is not None]
        return " and ".join(said)

    def breaking(self) -> Sequence[Sequence[Recipe]]:
        """Give media beyond each bound, and on it where it is not part of the range."""
        steps = {"seconds": 0.5, "ratio": 0.1, "fps": 1, "size": 1, "pixels": 10_000}
        step = steps.get(self.of, 1)
        values = [] if self.low is None else [self.low - step]
        values += [] if self.high is None else [self.high + step]
        if self.exclusive:
            values += [bound for bound in (self.low, self.high) if bound is not None]
        return [[{self.of: value}] for value in values]


class Total(NamedTuple):
    """All media together do not go past a bound."""

    of: str
    high: float

    def judge(self, media: "Sequence[Facts]") -> tuple[int, str] | None:
        """Find the medium with which it is too much."""
        total = 0.0
        for place, facts in enumerate(media):
            total = round(total + (measured(facts, self.of) or 0), DIGITS)
            if total > self.high:
                return place, f"makes {shown(total, self.of)} together: {self.words()}"
        return None

    def words(self) -> str:
        """Say it in words."""
        return f"at most {shown(self.high, self.of)} together"

    def breaking(self) -> Sequence[Sequence[Recipe]]:
        """Give two media that are too much together."""
        return [[{self.of: self.high / 2 + 0.5}] * 2]


class Formats(NamedTuple):
    """Each medium has one of these formats."""

    names: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    """Formats of the same kind that are none of them, for examples."""

    def judge(self, media: "Sequence[Facts]") -> tuple[int, str] | None:
        """Find the first medium of another format."""
        for place, facts in enumerate(media):
            if facts.format not in self.names:
                return place, f"is {facts.format}: {self.words()}"
        return None

    def words(self) -> str:
        """Say it in words."""
        return f"one of {', '.join(self.names)}"

    def breaking(self) -> Sequence[Sequence[Recipe]]:
        """Give a medium of a wrong format."""
        return [[{"format": one}] for one in self.wrong]
