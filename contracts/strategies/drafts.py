"""Bodies in the making: plain JSON that rules shape until it is as it should be."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import MISSING, TypeAdapter, ValidationError

from contracts.kernel.body import Body
from contracts.kernel.conditions import Condition, Unmakeable
from contracts.kernel.operation import Operation
from contracts.kernel.rules import MODEL, KnownModel, Rule
from contracts.kernel.violations import Contract
from contracts.strategies.values import Schema, Values

T = TypeVar("T")
ANY = object()
"""Stands for a pinned field whose value may still change."""


class Shape:
    """What is known of the bodies of one operation before any is drawn."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.contract = Contract(operation.body, operation.id)
        self.schema: Schema = operation.body.model_json_schema(ref_template="{model}")
        self.values = Values(self.schema.get("$defs", {}))
        self._known: dict[str, SearchStrategy[Any]] = {}

    @cached_property
    def bare(self) -> TypeAdapter[Body]:
        """The check of the single fields alone."""
        return TypeAdapter(self.operation.body.ruled_by(()))

    def parse(self, body: object) -> Body | None:
        """Read a body without holding it to the rules; nothing where a single field is wrong."""
        try:
            return self.bare.validate_python(body)
        except ValidationError:
            return None

    def broken(self, parsed: Body) -> list[Rule]:
        """Give the rules that a body breaks."""
        checks = self.operation.body.checks(getattr(parsed, MODEL, None))
        return [rule for holds, rule, _ in checks if not holds(parsed)]

    def knows(self, model: str) -> bool:
        """Tell whether a model is one of those that the rules allow."""
        known = (rule for rule in self.operation.body.rules if isinstance(rule, KnownModel))
        return all(model in rule.table() for rule in known)

    def at(self, name: str) -> Schema:
        """Give the schema of a field, which may be dotted."""
        schema = self.values.resolve(self.schema)
        for step in name.split("."):
            schema = self.values.resolve(schema["properties"][step])
        return schema

    def is_required(self, name: str) -> bool:
        """Tell whether a field cannot be left out."""
        parent, _, last = name.rpartition(".")
        return last in (self.at(parent) if parent else self.schema).get("required", ())

    def drawn(self, name: str) -> SearchStrategy[Any]:
        """Give the legal values of a field; a list has at least one item."""
        if name not in self._known:
            schema = self.at(name)
            if schema.get("type") == "array":
                schema = {**schema, "minItems": max(1, schema.get("minItems", 0))}
            self._known[name] = self.values.of(schema)
        return self._known[name]

    def variants(self, name: str, item: Mapping[str, object]) -> list[Schema]:
        """Give the shapes that an item of a list may have, if it is to have these values."""
        items = self.values.resolve(self.at(name)["items"])
        shapes = [self.values.resolve(one) for one in items.get("oneOf", [items])]
        return [one for one in shapes if all(_may(one, *pair) for pair in item.items())]

    @cached_property
    def goals(self) -> tuple[tuple[str, object], ...]:
        """Every field, and every value of a choice: what examples should show sooner or later."""
        return tuple(self._goals("", self.schema))

    def _goals(self, prefix: str, schema: Schema) -> "list[tuple[str, object]]":
        found: list[tuple[str, object]] = []
        for step, outer in schema.get("properties", {}).items():
            name, inner = prefix + step, self.values.resolve(outer)
            found.append((name, ANY))
            found += [(name, value) for value in inner.get("enum", ())]
            found += self._goals(f"{name}.", inner)
            if inner.get("type") == "array":
                found += [(f"{name}[]", item) for item in self._items(inner["items"])]
        return found

    def _items(self, schema: Schema) -> list[dict[str, object]]:
        """Give what is worth showing of the items of a list: each tag, each choice in it."""
        items = self.values.resolve(schema)
        found: list[dict[str, object]] = []
        for one in map(self.values.resolve, items.get("oneOf", [items])):
            fields = {key: self.values.resolve(of) for key, of in one.get("properties", {}).items()}
            tag = {key: of["const"] for key, of in fields.items() if "const" in of}
            found += [tag] if tag else []
            found += [{**tag, key: v} for key, of in fields.items() for v in of.get("enum", ())]
        return found


def _may(shape: Schema, key: str, value: object) -> bool:
    field = shape.get("properties", {}).get(key)
    return field is not None and value in field.get("enum", (field.get("const", value),))


class Drawn:
    """A body in the making whose open questions Hypothesis decides."""

    def __init__(self, draw: DrawFn, shape: Shape, body: dict[str, Any]) -> None:
        self._draw = draw
        self.shape = shape
        self.body = body
        self.pinned: dict[str, object] = {}
        """Fields that stay, by name; with their value, or `ANY`."""

    def draw(self, schema: Schema) -> Any:  # noqa: ANN401 - any JSON value
        """Draw a value that a schema allows."""
        return self._draw(self.shape.values.of(schema))

    def value(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """Give the value of a field; `MISSING` where there is none."""
        here: Any = self.body
        for step in name.split("."):
            if not isinstance(here, dict) or step not in here:
                return MISSING
            here = here[step]
        return here

    def put(self, name: str, value: object) -> None:
        """Set a field."""
        if self.pinned.get(name, ANY) not in (ANY, value):
            raise Unmakeable
        *parents, last = name.split(".")
        here = self.body
        for depth, step in enumerate(parents):
            if step not in here:
                here[step] = self._draw(self.shape.drawn(".".join(parents[: depth + 1])))
            here = here[step]
        here[last] = value

    def drop(self, name: str) -> None:
        """Leave a field out; `Unmakeable` where it is required."""
        if self.value(name) is MISSING:
            return
        if self.shape.is_required(name) or name in self.pinned:
            raise Unmakeable
        parent, _, last = name.rpartition(".")
        del (self.value(parent) if parent else self.body)[last]

    def fill(self, name: str, *, avoiding: Sequence[object] = ()) -> None:
        """Give a field a value that its own limits allow; a list gets at least one item."""
        values = self.shape.drawn(name)
        choices = self.shape.at(name).get("enum")
        if choices is not None:
            left = [one for one in choices if one not in avoiding]
            if not left:
                raise Unmakeable
            values = st.sampled_from(left)
        elif avoiding:
            values = values.filter(lambda value: value not in avoiding)
        self.put(name, self._draw(values))

    def add(self, name: str, item: Mapping[str, object]) -> None:
        """Append an item with these values to a list, which may have to be made."""
        shapes = self.shape.variants(name, item)
        if not shapes:
            raise Unmakeable
        drawn = self.draw(self.choose(shapes))
        items = self.value(name)
        self.put(name, [*([] if items is MISSING else items), {**drawn, **item} if item else drawn])

    def choose(self, options: Sequence[T]) -> T:
        """Draw one of several things."""
        return self._draw(st.sampled_from(options))

    def attempt(self, ways: Sequence[Callable[[], None]]) -> None:
        """Go one of several ways, in drawn order, until one is no dead end."""
        before = deepcopy(self.body)
        left = list(ways)
        while left:
            way = self.choose(left)
            left.remove(way)
            try:
                way()
            except Unmakeable:
                self.body.clear()
                self.body.update(deepcopy(before))
            else:
                return
        raise Unmakeable

    def satisfies(self, condition: Condition) -> bool:
        """Tell whether a condition holds as things are."""
        parsed = self.shape.parse(self.body)
        return parsed is not None and condition.holds(parsed)

    def fitting(self, models: Sequence[str]) -> list[str]:
        """Give those of some models with which no rule would be broken, as things are."""
        found = []
        for model in models:
            parsed = self.shape.parse({**self.body, MODEL: model})
            if parsed and not self.shape.broken(parsed):
                found.append(model)
        return found
