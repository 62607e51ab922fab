"""What a condition is, and the body in the making that it shapes."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

from pydantic import MISSING, BaseModel

Schema = dict[str, Any]
T = TypeVar("T")


class Unmakeable(Exception):  # noqa: N818 - a dead end, not an error
    """No body can be made so, given what is decided already."""


class Draft(Protocol):
    """A body in the making, as plain JSON. Whatever leaves more than one way open is drawn."""

    def value(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """Give the value of a field; `MISSING` where there is none."""
        ...

    def put(self, name: str, value: object) -> None:
        """Set a field."""
        ...

    def drop(self, name: str) -> None:
        """Leave a field out; `Unmakeable` where it is required."""
        ...

    def fill(self, name: str, *, avoiding: Sequence[object] = ()) -> None:
        """Give a field a value that its own limits allow; a list gets at least one item."""
        ...

    def add(self, name: str, item: Mapping[str, object]) -> None:
        """Append an item with these values to a list, which may have to be made."""
        ...

    def choose(self, options: Sequence[T]) -> T:
        """Draw one of several things."""
        ...

    def attempt(self, ways: Sequence[Callable[[], None]]) -> None:
        """Go one of several ways, in drawn order, until one is no dead end."""
        ...

    def satisfies(self, condition: "Condition") -> bool:
        """Tell whether a condition holds as things are."""
        ...

    def fitting(self, models: Sequence[str]) -> list[str]:
        """Give those of some models with which no rule would be broken, as things are."""
        ...


class Condition(Protocol):
    """Something that is true of a body or not."""

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        ...

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        ...

    def words(self) -> str:
        """Say the same in words, as a clause: "`audio` is given"."""
        ...

    def blame(self, body: BaseModel) -> str:
        """Name the field that is to blame where it does not hold; empty for the whole body."""
        ...

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make it true, or false, of a body in the making; `Unmakeable` where that cannot be."""
        ...


def at(body: Any, name: str) -> Any:  # noqa: ANN401 - fields have any type
    """Give the value of a field, `MISSING` where something on the way to it is."""
    if "." not in name:
        return getattr(body, name)
    for step in steps_of(name):
        if body is MISSING:
            return MISSING
        body = getattr(body, step)
    return body


@cache
def steps_of(name: str) -> tuple[str, ...]:
    """Give the steps of a dotted name."""
    return tuple(name.split("."))


def nested(name: str, inner: Schema, *, required: bool) -> Schema:
    """Say in JSON Schema something about a field that may be dotted."""
    for step in reversed(name.split(".")):
        inner = {"properties": {step: inner}} | ({"required": [step]} if required else {})
    return inner


def spelled(values: Sequence[object]) -> str:
    """Give values as words."""
    return ", ".join(f"`{value}`" for value in values)
