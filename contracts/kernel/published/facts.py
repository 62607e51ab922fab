"""What a JSON Schema says of one value, and what two schemas say together.

OpenAPI 3.0 and 3.1 come out alike: null is a type, a constant is an enum of one, and exclusive
limits are numbers. Defaults, patterns, formats and prose are no facts.
"""

from collections.abc import Callable, Iterable, Mapping
from json import dumps, loads
from typing import Any

Facts = dict[str, Any]
"""A set of names under `type`, JSON texts under `enum`, numbers under the limits, and true under
`closed` (no other fields), `required`, `undocumented` and `cut` (not looked into)."""

LIMITS: dict[str, tuple[str, Callable[..., Any]]] = {
    "minLength": ("string", min),
    "maxLength": ("string", max),
    "minimum": ("number", min),
    "exclusiveMinimum": ("number", min),
    "maximum": ("number", max),
    "exclusiveMaximum": ("number", max),
    "minItems": ("array", min),
    "maxItems": ("array", max),
    "closed": ("object", min),
}
"""The type that a limit binds, and how to find the looser of two."""
_TIGHTER = {min: max, max: min}
_KINDS = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
    type(None): "null",
}


def stated(schema: Mapping[str, Any]) -> Facts:
    """Give what a schema says by itself of the value it describes."""
    values = [schema["const"]] if "const" in schema else sequence(schema.get("enum"))
    others = (schema.get("additionalProperties"), schema.get("unevaluatedProperties"))
    types = _types(schema, values)
    said = {
        "type": types,
        "enum": tuple(dict.fromkeys(json_text(one) for one in values if one is not None)),
        "closed": any(one is False for one in others),
        "undocumented": schema.get("x-undocumented") is True,
    }
    return {what: one for what, one in said.items() if one} | _limits(schema, types)


def both(one: Facts, other: Facts) -> Facts:
    """Give what two schemas say that hold at once: the tighter of each."""
    facts = one | other
    if "type" in one and "type" in other:
        facts["type"] = _shared(one["type"], other["type"])
    if "enum" in one and "enum" in other:
        facts["enum"] = tuple(text for text in one["enum"] if text in other["enum"])
    for what in LIMITS.keys() & one.keys() & other.keys():
        facts[what] = _TIGHTER[LIMITS[what][1]](one[what], other[what])
    return facts


def either(one: Facts, other: Facts) -> Facts:
    """Give what two schemas say of which one holds: the looser of each.

    An enum beside an open alternative is kept: the names it lists are still the known ones.
    """
    facts: Facts = {flag: True for flag in ("undocumented", "cut") if flag in one or flag in other}
    if "required" in one and "required" in other:
        facts["required"] = True
    if "type" in one and "type" in other:
        facts["type"] = _widest(one["type"] | other["type"])
    if texts := one.get("enum", ()) + other.get("enum", ()):
        facts["enum"] = tuple(dict.fromkeys(texts))
    for what, (kind, looser) in LIMITS.items():
        bound = [said.get(what) for said in (one, other) if may_be(kind, said)]
        if bound and None not in bound:
            facts[what] = looser(bound)
    return facts


def or_null(facts: Facts) -> Facts:
    """Give what is said of a value that may be null as well."""
    return facts | {"type": facts["type"] | {"null"}} if "type" in facts else facts


def may_be(kind: str, facts: Facts) -> bool:
    """Tell whether a value may be of this type."""
    types = facts.get("type")
    return types is None or kind in types or (kind == "number" and "integer" in types)


def sequence(value: object) -> list[Any]:
    """Give a list as it is, and an empty one for anything else a broken document holds."""
    return value if isinstance(value, list) else []


def json_text(value: object) -> str:
    """Give a value as JSON, in which 2 and 2.0 are one and 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def bare(text: str) -> str:
    """Give a JSON text as people write the value: a string without its quotes."""
    value = loads(text)
    return value if isinstance(value, str) else text


def _types(schema: Mapping[str, Any], values: list[Any]) -> frozenset[str]:
    """Give the types a schema names or, naming none, implies; empty for any."""
    named = schema.get("type")
    types = {str(one) for one in sequence(named) or [named] if one}
    if not types and "properties" in schema:
        types = {"object"}
    if not types and "items" in schema:
        types = {"array"}
    return _widest(types or {_KINDS.get(type(one), "object") for one in values})


def _widest(types: Iterable[str]) -> frozenset[str]:
    """Leave out whole numbers where there are numbers."""
    types = frozenset(types)
    return types - {"integer"} if "number" in types else types


def _shared(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Give the types in both, a whole number being a number."""
    return frozenset(
        kind
        for kind in one | other
        if all(kind in types or (kind == "integer" and "number" in types) for types in (one, other))
    )


def _limits(schema: Mapping[str, Any], types: frozenset[str]) -> Facts:
    """Give the limits; exclusive ones as numbers, and as inclusive ones for whole numbers."""
    limits = {what: schema[what] for what in LIMITS if _is_number(schema.get(what))}
    for inclusive, exclusive, step, tighter in _EXCLUSIVE:
        if schema.get(exclusive) is True and inclusive in limits:
            limits[exclusive] = limits.pop(inclusive)
        if types - {"null"} == {"integer"} and exclusive in limits:
            nearest = limits.pop(exclusive) + step
            limits[inclusive] = tighter(limits.get(inclusive, nearest), nearest)
    return {what: one for what, one in limits.items() if one or not what.startswith(_COUNTS)}


_EXCLUSIVE = (
    ("minimum", "exclusiveMinimum", 1, max),
    ("maximum", "exclusiveMaximum", -1, min),
)
_COUNTS = ("minLength", "minItems")
"""Limits that say nothing when they are zero."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
