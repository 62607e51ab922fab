"""What may be true of a body: conditions that compose, each with all the faces a rule needs.

A condition tells whether it holds, says the same in JSON Schema and in words, names the field that
is to blame, and makes itself true or false of a body in the making. Field names may be dotted:
`metadata.resolution`. Most are named tuples: a class of that kind is made in a seventh of the time
of a frozen dataclass, and there are many to import.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

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


class Given(NamedTuple):
    """The field is there, and is not an empty list."""

    name: str

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is not MISSING and value != []

    def schema(self) -> Schema:
        """Say the same in JSON Schema; `minItems` binds lists only."""
        return nested(self.name, {"minItems": 1}, required=True)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` is given"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Fill the field, or leave it out."""
        if not true:
            draft.drop(self.name)
        elif draft.value(self.name) in (MISSING, []):
            draft.fill(self.name)


class Equals(NamedTuple):
    """The field has this value."""

    name: str
    value: str | int | bool

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return bool(at(body, self.name) == self.value)

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"const": self.value}, required=True)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` is `{self.value}`"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the field this value, or another."""
        if true:
            draft.put(self.name, self.value)
        elif draft.value(self.name) == self.value:
            draft.attempt(
                [
                    lambda: draft.drop(self.name),
                    lambda: draft.fill(self.name, avoiding=[self.value]),
                ]
            )


class OneOf(NamedTuple):
    """The field is given, and has one of these values."""

    name: str
    values: tuple[str, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return at(body, self.name) in self.values

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"enum": list(self.values)}, required=True)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` is {' or '.join(f'`{value}`' for value in self.values)}"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the field one of the values, or none of them."""
        if true:
            draft.put(self.name, draft.choose(self.values))
        elif draft.value(self.name) in self.values:
            draft.attempt(
                [
                    lambda: draft.drop(self.name),
                    lambda: draft.fill(self.name, avoiding=self.values),
                ]
            )


class Within(NamedTuple):
    """The field, where it is given, has one of these values."""

    name: str
    values: tuple[str | int, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is MISSING or value in self.values

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"enum": list(self.values)}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` is one of {spelled(self.values)}"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the field one of the values, or none of them."""
        if not true:
            draft.fill(self.name, avoiding=self.values)
        elif draft.value(self.name) not in (MISSING, *self.values):
            if not self.values:
                raise Unmakeable
            draft.put(self.name, draft.choose(self.values))


class Between(NamedTuple):
    """The number, where it is given, lies in a range, or is one of some exceptions to it."""

    name: str
    low: int
    high: int
    also: tuple[int, ...] = ()

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is MISSING or self.low <= value <= self.high or value in self.also

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        span: Schema = {"minimum": self.low, "maximum": self.high}
        either = {"anyOf": [span, {"enum": list(self.also)}]} if self.also else span
        return nested(self.name, either, required=False)

    def words(self) -> str:
        """Say the same in words."""
        others = f" or {spelled(self.also)}" if self.also else ""
        return f"`{self.name}` is {self.low} to {self.high}{others}"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Move the number into the range, or just out of it."""
        value = draft.value(self.name)
        if not true:
            outside = [one for one in (self.low - 1, self.high + 1) if one not in self.also]
            if not outside:
                raise Unmakeable
            draft.put(self.name, draft.choose(outside))
        elif value is not MISSING and not self.low <= value <= self.high:
            draft.put(self.name, draft.choose([self.low, self.high, *self.also]))


class Longest(NamedTuple):
    """The text, where it is given, has at most so many characters."""

    name: str
    most: int

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is MISSING or len(value) <= self.most

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"maxLength": self.most}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` has at most {self.most} characters"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Cut the text, or make it one character too long."""
        text = draft.value(self.name)
        if not true:
            draft.put(self.name, "x" * (self.most + 1))
        elif text is not MISSING:
            draft.put(self.name, text[: self.most])


@dataclass(frozen=True, slots=True)
class Contains:
    """The list has an item with these values, such as `{"type": "image", "role": "reference"}`."""

    name: str
    item: Mapping[str, str] = field(hash=False)

    def matches(self, body: BaseModel) -> int:
        """Count the items that match. Plain loops: this runs for every request."""
        items, wanted = at(body, self.name), self.item.items()
        count = 0
        if items is not MISSING:
            for one in items:
                fields = one.__dict__
                for key, value in wanted:
                    if fields.get(key) != value:
                        break
                else:
                    count += 1
        return count

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return self.matches(body) > 0

    def item_schema(self) -> Schema:
        """Say in JSON Schema what a matching item is."""
        properties = {key: {"const": value} for key, value in self.item.items()}
        return {"required": list(self.item), "properties": properties}

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"contains": self.item_schema()}, required=True)

    def kind(self) -> str:
        """Name what is looked for: "type `image`, role `reference`"."""
        return ", ".join(f"{key} `{value}`" for key, value in self.item.items())

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` has an item of {self.kind()}"

    def blame(self, _body: BaseModel) -> str:
        """Name the list."""
        return self.name

    def picks(self, item: Mapping[str, object]) -> bool:
        """Tell whether a plain item matches."""
        return all(item.get(key) == value for key, value in self.item.items())

    def make(self, draft: Draft, *, true: bool) -> None:
        """Add such an item, or take them all out."""
        items = draft.value(self.name)
        some = items is not MISSING and any(map(self.picks, items))
        if true and not some:
            draft.add(self.name, self.item)
        elif some and not true:
            draft.put(self.name, [one for one in items if not self.picks(one)])


class Fewer(NamedTuple):
    """A list has no more than so many items of one kind."""

    items: Contains
    most: int

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        given = at(body, self.items.name)
        return given is MISSING or len(given) <= self.most or self.items.matches(body) <= self.most

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        counted: Schema = {"contains": self.items.item_schema(), "minContains": 0}
        return nested(self.items.name, counted | {"maxContains": self.most}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.items.name}` holds at most {self.most} items of {self.items.kind()}"

    def blame(self, _body: BaseModel) -> str:
        """Name the list."""
        return self.items.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Take out what is too many, or add until it is."""
        given = draft.value(self.items.name)
        plain = [] if given is MISSING else given
        matching = [place for place, one in enumerate(plain) if self.items.picks(one)]
        if not true:
            for _ in range(self.most + 1 - len(matching)):
                draft.add(self.items.name, self.items.item)
        elif len(matching) > self.most:
            extra = set(matching[self.most :])
            kept = [one for place, one in enumerate(plain) if place not in extra]
            draft.put(self.items.name, kept)


class Shorter(NamedTuple):
    """The list, where it is given, has at most so many items."""

    name: str
    most: int

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is MISSING or len(value) <= self.most

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"maxItems": self.most}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` has at most {self.most} items"

    def blame(self, _body: BaseModel) -> str:
        """Name the list."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Cut the list, or add until it is too long."""
        items = draft.value(self.name)
        plain = [] if items is MISSING else items
        if not true:
            for _ in range(self.most + 1 - len(plain)):
                draft.add(self.name, {})
        elif len(plain) > self.most:
            draft.put(self.name, plain[: self.most])


class Matches(NamedTuple):
    """The text, where it is given, has a form."""

    name: str
    pattern: str
    form: str
    """The form in words."""
    good: tuple[str, ...]
    """A few texts that have it."""
    bad: tuple[str, ...]
    """A few that have not."""

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = at(body, self.name)
        return value is MISSING or re.search(self.pattern, value) is not None

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return nested(self.name, {"pattern": self.pattern}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"`{self.name}` is {self.form}"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the field a text of this form, or of another."""
        value = draft.value(self.name)
        if not true or (value is not MISSING and not re.search(self.pattern, value)):
            draft.put(self.name, draft.choose(self.good if true else self.bad))


class Each(NamedTuple):
    """Every item of a list, where it is given, has at least one of these fields."""

    name: str
    any_of: tuple[str, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        items = at(body, self.name)
        return items is MISSING or all(
            not one.model_fields_set.isdisjoint(self.any_of) for one in items
        )

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        some = {"anyOf": [{"required": [one]} for one in self.any_of]}
        return nested(self.name, {"items": some}, required=False)

    def words(self) -> str:
        """Say the same in words."""
        return f"each item of `{self.name}` has {' or '.join(f'`{one}`' for one in self.any_of)}"

    def blame(self, _body: BaseModel) -> str:
        """Name the list."""
        return self.name

    def make(self, draft: Draft, *, true: bool) -> None:
        """Take out the items that lack them all, or add one that does."""
        items = draft.value(self.name)
        plain = [] if items is MISSING else items
        if not true:
            draft.put(self.name, [*plain[:1], {}])
            return
        kept = [one for one in plain if any(name in one for name in self.any_of)]
        if kept != plain:
            draft.put(self.name, kept)


class Lacks(NamedTuple):
    """None of these fields of the body itself is given."""

    names: tuple[str, ...]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return body.model_fields_set.isdisjoint(self.names)

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"properties": dict.fromkeys(self.names, False)}

    def words(self) -> str:
        """Say the same in words."""
        return f"none of {spelled(self.names)} is given"

    def blame(self, body: BaseModel) -> str:
        """Name the first of them that is given."""
        return next((one for one in self.names if one in body.model_fields_set), "")

    def make(self, draft: Draft, *, true: bool) -> None:
        """Leave all of them out, or fill one."""
        if not true:
            draft.attempt([lambda name=name: draft.fill(name) for name in self.names])  # type: ignore[misc]
            return
        for name in self.names:
            if draft.value(name) is not MISSING:
                draft.drop(name)
