"""Breaking the limit of a single field, wherever in the body it stands."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import MISSING

from contracts.kernel.limits import Limit
from contracts.kernel.operation import Carried
from contracts.strategies.drafts import Drawn, Shape
from contracts.strategies.values import Schema

Step = tuple[str | None, str | None]
"""One step down: into an item of a list, by its tag if it has one; or into a field, by its name."""


class Spoiler(Enum):
    """What may happen to a place beside getting another value."""

    GONE = "left out"
    EXTRA = "with a field that it does not have"


@dataclass(frozen=True, slots=True)
class Many:
    """So many items in a list."""

    count: int


WRONG: dict[str, tuple[object, ...]] = {
    "string": (5, None, True, ["text"]),
    "integer": ("5", None, True, 5.5),
    "number": ("5", None, True),
    "boolean": ("true", 1, None),
    "array": ("text", None, {}),
    "object": ("text", None, 5),
}
"""Values of other types than the one that a schema names."""
_STEPS = re.compile(r"\[(\w*)\]|([^.\[\]]+)")


def steps_to(limit: Limit) -> list[Step]:
    """Give the way from the body to the place of a limit."""
    return [(tag, name) for tag, name in _STEPS.findall(limit.path)]


def spoilers(shape: Shape, limit: Limit) -> list[object]:
    """Give what breaks a limit; nothing where it would break the rule of another place instead."""
    steps = steps_to(limit)
    schema, required, is_tag = _follow(shape, steps)
    in_text = shape.operation.carried is not Carried.JSON
    if is_tag:
        return []
    in_path = f"{{{limit.path}}}" in shape.operation.path
    can_go = required and steps and steps[-1][1] and not in_path
    values: list[object] = [Spoiler.GONE] if can_go else []
    if schema.get("additionalProperties") is False:
        values.append(Spoiler.EXTRA)
    if steps and not steps[-1][1]:
        return values
    if not in_text:
        values += WRONG[schema.get("type", "string")]
    return values if in_text and not steps else [*values, *_beyond(schema)]


def schema_at(shape: Shape, limit: Limit) -> Schema:
    """Give the schema of the place of a limit."""
    return _follow(shape, steps_to(limit))[0]


def _follow(shape: Shape, steps: list[Step]) -> tuple[Schema, bool, bool]:
    """Give the schema at a place, whether it is required, and whether it is the tag of a union."""
    schema, required, is_tag, tagging = shape.values.resolve(shape.schema), True, False, ""
    for tag, name in steps:
        if name:
            required = name in schema.get("required", ())
            schema = shape.values.resolve(schema["properties"][name])
            is_tag, tagging = name == tagging, ""
        else:
            items = shape.values.resolve(schema["items"])
            tagging = items["discriminator"]["propertyName"] if tag else ""
            schema = _item_schema(shape, schema, tag)
    return schema, required, is_tag


def _item_schema(shape: Shape, schema: Schema, tag: str | None) -> Schema:
    items = shape.values.resolve(schema["items"])
    reference = items["discriminator"]["mapping"][tag] if tag else None
    return shape.values.resolve({"$ref": reference}) if reference else items


def _beyond(schema: Schema) -> list[object]:
    """Give values just outside what a schema allows."""
    values: list[object] = []
    if "enum" in schema or "const" in schema:
        known = schema.get("enum", [schema.get("const")])
        values.append("no such value" if isinstance(known[0], str) else not known[0])
    if "minimum" in schema:
        values.append(schema["minimum"] - 1)
    if "maximum" in schema:
        values.append(schema["maximum"] + 1)
    values += [schema[word] for word in ("exclusiveMinimum", "exclusiveMaximum") if word in schema]
    if schema.get("minLength", 0) > 0:
        values.append("x" * (schema["minLength"] - 1))
    if "maxLength" in schema:
        values.append("x" * (schema["maxLength"] + 1))
    if "pattern" in schema:
        values.append("%%")
    if "maxItems" in schema:
        values.append(Many(schema["maxItems"] + 1))
    return values


def spoiled(draft: Drawn, limit: Limit, spoiler: object) -> object:
    """Give the body of a draft, spoiled at the place of a limit; the way there is made."""
    return _spoil(draft, draft.shape.schema, draft.body, steps_to(limit), spoiler)


def _spoil(draft: Drawn, outer: Schema, here: Any, steps: list[Step], spoiler: object) -> Any:  # noqa: ANN401 - JSON
    schema = draft.shape.values.resolve(outer)
    if here is MISSING:
        here = draft.draw(schema)
    if not steps:
        return _replaced(draft, schema, here, spoiler)
    (tag, name), *rest = steps
    if name:
        below = {key: value for key, value in here.items() if key != name}
        if not rest and spoiler is Spoiler.GONE:
            return below
        inner = schema["properties"][name]
        below[name] = _spoil(draft, inner, here.get(name, MISSING), rest, spoiler)
        return below
    return _spoil_item(draft, schema, here, tag, rest, spoiler)


def _spoil_item(  # noqa: PLR0913, PLR0917 - one step of a walk
    draft: Drawn,
    schema: Schema,
    items: list[Any],
    tag: str | None,
    rest: list[Step],
    spoiler: object,
) -> list[Any]:
    """Spoil the first item of this tag, or a new one."""
    shape = _item_schema(draft.shape, schema, tag)
    known = shape.get("properties", {})
    tags = {key: one["const"] for key, one in known.items() if "const" in one}
    place = next((at for at, one in enumerate(items) if tags.items() <= one.items()), None)
    here = MISSING if place is None else items[place]
    others = [one for at, one in enumerate(items) if at != place]
    return [_spoil(draft, shape, here, rest, spoiler), *others]


def _replaced(draft: Drawn, schema: Schema, here: Any, spoiler: object) -> object:  # noqa: ANN401 - JSON
    if spoiler is Spoiler.EXTRA:
        return {**here, "no_such_field": 1}
    if isinstance(spoiler, Many):
        return [draft.draw(schema["items"])] * spoiler.count
    return spoiler
