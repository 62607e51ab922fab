"""Conditions on single fields.

Most conditions are named tuples: a class of that kind is made in a seventh of the time of a frozen
dataclass, and there are many to import.
"""

import re
from typing import NamedTuple

from pydantic import MISSING, BaseModel

from contracts.kernel.conditions.draft import Draft, Schema, Unmakeable, at, nested, spelled


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
