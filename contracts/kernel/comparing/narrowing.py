"""Whether a JSON Schema became narrower, which is to refuse what it allowed.

It is asked of schemas made from our own declarations, so it knows the keywords that those use.
Where it cannot tell, it takes a schema for another, never for the same.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from json import loads
from typing import Any

from contracts.kernel.published.facts import LIMITS, json_text, stated

Schema = Mapping[str, Any]
AnySchema = Schema | bool
"""True allows anything, false nothing."""

RIGID = ("not", "if", "then", "contains", "minContains", "maxContains", "exclusiveMinimum")
"""Keywords of which no more is known than whether they are equal."""
UNIONS = ("oneOf", "anyOf")


class Verdict(StrEnum):
    """What became of what was allowed."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"
    """Some of it is refused, and something else is allowed."""


def verdict(old: Schema, new: Schema) -> Verdict:
    """Compare two schemas without references."""
    kept, given = fits(old, new), fits(new, old)
    if kept:
        return Verdict.SAME if given else Verdict.WIDER
    return Verdict.NARROWER if given else Verdict.OTHER


def resolved(schema: Any, definitions: Schema) -> Any:  # noqa: ANN401 - any part of a schema
    """Put what references name in their place, beside what stands next to them."""
    if isinstance(schema, list):
        return [resolved(one, definitions) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        rest = {name: one for name, one in schema.items() if name != "$ref"}
        name = schema["$ref"].rpartition("/")[2]
        return resolved(definitions[name], definitions) | rest
    return {name: resolved(one, definitions) for name, one in schema.items() if name != "$defs"}


def fits(inner: AnySchema, outer: AnySchema) -> bool:
    """Tell whether all that one schema allows is allowed by another, as far as can be told."""
    if inner is False or inner == outer:
        return True
    if isinstance(inner, bool) or isinstance(outer, bool):
        return outer is True
    for word in UNIONS:
        if word in inner:
            return all(fits(one, outer) for one in inner[word])
    if any(fits(one, outer) for one in inner.get("allOf", ())):
        return True
    return _plain_fits(inner, outer)


def _plain_fits(inner: Schema, outer: Schema) -> bool:
    """Tell the same where what is inside is no union."""
    if any(not any(fits(inner, one) for one in outer[word]) for word in UNIONS if word in outer):
        return False
    said = stated(inner)
    if "enum" in said:
        return all(_allows(outer, loads(text)) for text in said["enum"])
    return (
        "enum" not in stated(outer)
        and outer.get("pattern") in {None, inner.get("pattern")}
        and all(outer.get(word) == inner.get(word) for word in RIGID if word in outer)
        and all(fits(inner, one) for one in outer.get("allOf", ()))
        and _is_as_tight(inner, outer)
        and _has_fitting_parts(inner, outer)
    )


def _is_as_tight(inner: Schema, outer: Schema) -> bool:
    mine, theirs = stated(inner), stated(outer)
    if "type" in theirs and not _are_types(mine.get("type", frozenset()), theirs["type"]):
        return False
    return all(
        what in mine and LIMITS[what][1](mine[what], theirs[what]) == theirs[what]
        for what in LIMITS
        if what in theirs and what not in RIGID
    )


def _are_types(types: AbstractSet[str], allowed: AbstractSet[str]) -> bool:
    """Tell whether all types are allowed, a whole number being a number; none stands for any."""
    integers = {"integer"} if "number" in allowed else set()
    return bool(types) and types <= allowed | integers


def _has_fitting_parts(inner: Schema, outer: Schema) -> bool:
    mine, theirs = inner.get("properties", {}), outer.get("properties", {})
    is_closed = inner.get("additionalProperties") is False
    if outer.get("additionalProperties") is False and not mine.keys() <= theirs.keys():
        return False
    return (
        set(outer.get("required", ())) <= set(inner.get("required", ()))
        and fits(inner.get("items", {}), outer.get("items", {}))
        and all(
            fits(mine.get(name, {}), one)
            for name, one in theirs.items()
            if name in mine or not is_closed
        )
    )


def _allows(schema: Schema, value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Tell whether a schema of a plain value allows this one."""
    said = stated(schema)
    if "enum" in said:
        return json_text(value) in said["enum"]
    (kind,) = stated({"const": value})["type"]
    if not _are_types({kind}, said.get("type", {kind})):
        return False
    if any(word in schema for word in (*RIGID, "allOf")):
        return False
    if kind == "string":
        return bool(re.search(schema.get("pattern", ""), value)) and _lies(
            len(value), said.get("minLength"), said.get("maxLength")
        )
    return kind == "boolean" or _lies(value, said.get("minimum"), said.get("maximum"))


def _lies(size: float, low: float | None, high: float | None) -> bool:
    return (low is None or size >= low) and (high is None or size <= high)
