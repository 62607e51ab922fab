"""The limits of single fields: one row for each, derived from the body that declares them.

The JSON Schema of a body already says what each field must be. This module walks it, gives each
field an id and a sentence, and finds the field again from the location of a pydantic error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from contracts.kernel.body import Body
from contracts.kernel.source import Source

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one field must be: presence, type and range."""

    id: str
    path: str
    """Where the field stands, lists as `[]`: `content[image].url`; empty for the body itself."""
    words: str
    """What the field must be: `a string of 1 to 100 characters`."""
    required: bool
    source: Source

    @property
    def sentence(self) -> str:
        """The limit in one plain sentence."""
        if not self.path:
            return f"The body is {self.words}."
        if self.path.endswith("]"):
            return f"An item `{self.path}` is {self.words}."
        return f"`{self.path}` is {'required' if self.required else 'optional'}: {self.words}."


@dataclass(slots=True)
class Place:
    """One place in a body, and the places below it."""

    limit: Limit
    fields: dict[str, "Place"] = field(default_factory=dict)
    item: "Place | None" = None
    variants: dict[str, "Place"] = field(default_factory=dict)
    """The shapes of a tagged union, by tag."""

    def __iter__(self) -> Iterator[Limit]:
        """Give the limits of this place and of all places below, in declaration order."""
        yield self.limit
        for below in (*self.fields.values(), *self.variants.values()):
            yield from below
        if self.item:
            yield from (limit for limit in self.item if limit.id != self.limit.id)

    def find(self, location: tuple[str | int, ...]) -> tuple[Limit, tuple[str | int, ...]]:
        """Give the limit that covers a pydantic error location, and the path without union tags."""
        here, path = self, list[str | int]()
        for step in location:
            if isinstance(step, str) and step in here.variants:
                here = here.variants[step]
                continue
            path.append(step)
            below = here.item if isinstance(step, int) else here.fields.get(str(step))
            if below is None:
                break
            here = below
        return here.limit, tuple(path)


def limits(body: type[Body], name: str) -> Place:
    """Give the tree of limits of a body; `name` is the operation, the first word of each id."""
    schema = body.model_json_schema(ref_template="{model}")
    walk = _Walk(schema.get("$defs", {}), f"{body.namespace}/{name}")
    return walk.place(schema, "", required=True, source=body.source)


@dataclass(frozen=True, slots=True)
class _Walk:
    definitions: Schema
    prefix: str

    def place(self, outer: Schema, path: str, *, required: bool, source: Source) -> Place:
        """Walk one schema; `source` is that of the body around it, unless it names its own."""
        schema = self.resolve(outer)
        source = _source(outer, source)
        place = Place(self.limit(schema | outer, path, required=required, source=source))
        inner = _source(schema, source)
        for name, below in schema.get("properties", {}).items():
            below_path = f"{path}.{name}" if path else name
            needed = name in schema.get("required", ())
            place.fields[name] = self.place(below, below_path, required=needed, source=inner)
        for tag, reference in schema.get("discriminator", {}).get("mapping", {}).items():
            tagged = f"{path.removesuffix('[]')}[{tag}]"
            variant = self.place({"$ref": reference}, tagged, required=True, source=source)
            place.variants[tag] = variant
        if "items" in schema:
            place.item = self.item(schema["items"], place.limit, inner)
        return place

    def item(self, schema: Schema, around: Limit, source: Source) -> Place:
        """Walk the items of a list; plain ones share the limit of the list."""
        item = self.place(schema, f"{around.path}[]", required=True, source=source)
        return item if item.fields or item.variants else Place(around)

    def resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"]]
        return schema

    def limit(self, schema: Schema, path: str, *, required: bool, source: Source) -> Limit:
        words = "-".join(re.findall("[a-z0-9]+", path))
        return Limit(
            id=f"{self.prefix}-{words}" if words else self.prefix,
            path=path,
            words=self.describe(schema),
            required=required,
            source=source,
        )

    def describe(self, schema: Schema) -> str:
        schema = schema | self.resolve(schema)
        if "x-words" in schema:
            return str(schema["x-words"])
        for keyword, say in _SAYINGS.items():
            if keyword in schema:
                return say(self, schema)
        return _TYPES[schema.get("type", "object")](self, schema)


def _source(schema: Schema, otherwise: Source) -> Source:
    return Source(**schema["x-source"]) if "x-source" in schema else otherwise


def _interval(low: float | None, high: float | None, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}{unit}"
    if high is not None:
        return f"at most {high}{unit}"
    return f"at least {low}{unit}" if low is not None else ""


def _string(_: _Walk, schema: Schema) -> str:
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if shortest == 1 and longest is None:
        return "a string that is not empty"
    length = _interval(shortest, longest, " characters")
    words = f"a string of {length}" if length else "a string"
    return f"{words} that matches `{schema['pattern']}`" if "pattern" in schema else words


def _number(_: _Walk, schema: Schema) -> str:
    noun = "a whole number" if schema["type"] == "integer" else "a number"
    span = _interval(schema.get("minimum"), schema.get("maximum"), "")
    beyond = {"above": schema.get("exclusiveMinimum"), "below": schema.get("exclusiveMaximum")}
    said = [f"{word} {bound}" for word, bound in beyond.items() if bound is not None]
    return ", ".join([noun, *filter(None, [span]), *said])


def _array(walk: _Walk, schema: Schema) -> str:
    count = _interval(schema.get("minItems"), schema.get("maxItems"), "")
    items = "item" if schema.get("maxItems") == 1 else "items"
    noun = f"a list of {count} {items}" if count else "a list"
    return f"{noun}, each {walk.describe(schema.get('items', {}))}"


def _object(_: _Walk, schema: Schema) -> str:
    closed = schema.get("additionalProperties") is False
    return "an object with no other fields" if closed else "an object"


def _union(_: _Walk, schema: Schema) -> str:
    tag = schema["discriminator"]
    tags = ", ".join(f"`{name}`" for name in tag["mapping"])
    return f"an object whose `{tag['propertyName']}` is one of {tags}"


_SAYINGS = {
    "const": lambda _, schema: f"exactly `{_json(schema['const'])}`",
    "enum": lambda _, schema: "one of " + ", ".join(f"`{_json(one)}`" for one in schema["enum"]),
    "oneOf": _union,
    "anyOf": lambda *_: "one of several forms",
}
_TYPES = {
    "string": _string,
    "integer": _number,
    "number": _number,
    "array": _array,
    "boolean": lambda *_: "true or false",
    "object": _object,
}


def _json(value: object) -> str:
    return value if isinstance(value, str) else dumps(value)
