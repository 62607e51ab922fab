"""Conditions on lists and their items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import MISSING, BaseModel

from contracts.kernel.conditions.draft import Draft, Schema, at, nested


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
        items = "item" if self.most == 1 else "items"
        return f"`{self.items.name}` holds at most {self.most} {items} of {self.items.kind()}"

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
