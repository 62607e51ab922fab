"""Constraints across fields: conditions that compose, and the rules made of them.

A rule is one object with four abilities: does this body hold (`holds`), what is it in JSON Schema
(`schema`), in which words (`sentence`), and from which document (`source`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import MISSING, BaseModel

from contracts.kernel.source import Source

Schema = dict[str, Any]


class Condition(Protocol):
    """Something that is true of a body or not, and can be said in JSON Schema."""

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        ...

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """The field is there, and is not an empty list."""

    name: str

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        value = getattr(body, self.name)
        return value is not MISSING and value != []

    def schema(self) -> Schema:
        """Say the same in JSON Schema; `minItems` binds lists only."""
        return {"required": [self.name], "properties": {self.name: {"minItems": 1}}}


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value."""

    name: str
    value: str

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return bool(getattr(body, self.name) == self.value)

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"required": [self.name], "properties": {self.name: {"const": self.value}}}


@dataclass(frozen=True, slots=True)
class Contains:
    """The list has an item with these values, such as `{"type": "image", "role": "reference"}`."""

    name: str
    item: Mapping[str, str] = field(hash=False)

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body. Plain loops: this runs for every request."""
        items, wanted = getattr(body, self.name), self.item.items()
        if items is MISSING:
            return False
        for one in items:
            for key, value in wanted:
                if getattr(one, key, None) != value:
                    break
            else:
                return True
        return False

    def count(self, body: BaseModel) -> int:
        """Count the items that match."""
        items, wanted = getattr(body, self.name), self.item.items()
        return sum(all(getattr(one, key, None) == value for key, value in wanted) for one in items)

    def item_schema(self) -> Schema:
        """Say in JSON Schema what a matching item is."""
        properties = {key: {"const": value} for key, value in self.item.items()}
        return {"required": list(self.item), "properties": properties}

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {
            "required": [self.name],
            "properties": {self.name: {"contains": self.item_schema()}},
        }


class Rule(Protocol):
    """A documented constraint that takes more than one field to state."""

    @property
    def id(self) -> str:
        """Kebab-case, stable, unique within its provider."""
        ...

    @property
    def sentence(self) -> str:
        """The constraint in one plain sentence."""
        ...

    @property
    def source(self) -> Source:
        """Where it is stated."""
        ...

    @property
    def message(self) -> str:
        """The provider's own words for the refusal, empty where none are known."""
        ...

    def holds(self, body: BaseModel) -> bool:
        """Tell whether the body obeys."""
        ...

    def schema(self) -> Schema:
        """Say the rule in JSON Schema, to stand under `allOf`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Where one thing is true, at least one of some others must be."""

    id: str
    sentence: str
    source: Source
    when: Condition
    any_of: tuple[Condition, ...]
    message: str = ""

    def holds(self, body: BaseModel) -> bool:
        """Tell whether the body obeys."""
        return not self.when.holds(body) or any(one.holds(body) for one in self.any_of)

    def schema(self) -> Schema:
        """Say the rule in JSON Schema."""
        return {"if": self.when.schema(), "then": {"anyOf": [one.schema() for one in self.any_of]}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excludes:
    """Where one thing is true, none of some others may be."""

    id: str
    sentence: str
    source: Source
    when: Condition
    none_of: tuple[Condition, ...]
    message: str = ""

    def holds(self, body: BaseModel) -> bool:
        """Tell whether the body obeys."""
        return not self.when.holds(body) or not any(one.holds(body) for one in self.none_of)

    def schema(self) -> Schema:
        """Say the rule in JSON Schema."""
        others = {"anyOf": [one.schema() for one in self.none_of]}
        return {"if": self.when.schema(), "then": {"not": others}}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """A list has no more than so many items of one kind."""

    id: str
    source: Source
    items: Contains
    most: int
    message: str = ""

    @property
    def sentence(self) -> str:
        """The constraint in one plain sentence."""
        kind = ", ".join(f"{key} `{value}`" for key, value in self.items.item.items())
        return f"`{self.items.name}` holds at most {self.most} items of {kind}."

    def holds(self, body: BaseModel) -> bool:
        """Tell whether the body obeys."""
        items = getattr(body, self.items.name)
        return items is MISSING or len(items) <= self.most or self.items.count(body) <= self.most

    def schema(self) -> Schema:
        """Say the rule in JSON Schema."""
        counted = {
            "contains": self.items.item_schema(),
            "minContains": 0,
            "maxContains": self.most,
        }
        return {"properties": {self.items.name: counted}}
