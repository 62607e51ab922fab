"""What a JSON Schema says of each field, as a flat table, however it is written.

References are followed, `allOf` is merged, and unions become one field, or one shape for each tag.
Rules across fields (`if`, `not`, `x-rule`) are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any
from urllib.parse import unquote

from contracts.kernel.published.facts import (
    Facts,
    bare,
    both,
    either,
    may_be,
    or_null,
    sequence,
    stated,
)

Path = tuple[str, ...]
"""The steps to a field: `.name`, `[]` for the items of a list, `[tag]` for a shape of a union."""
Flat = dict[Path, Facts]
"""The facts of every field; those of the whole stand under the empty path."""

MOST_SCHEMAS = 100_000
"""Schemas looked at for one body, a definition counted as often as it is used."""
DEEPEST = 64
"""Levels of nesting that are looked into."""
_RULES = {"x-rule", "if", "not"}
_CUT: Flat = {(): {"cut": True}}


def flatten(document: Mapping[str, Any], schema: object) -> Flat:
    """Give what a schema says of each field; its references are looked up in the document."""
    return _Flattening(document).flat(schema, ())


def follow(document: Mapping[str, Any], reference: object) -> object:
    """Give what a local `$ref` names; `ValueError` when it leads nowhere."""
    here: Any = {"#": document}
    try:
        for step in str(reference).split("/"):
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            here = here[int(name)] if isinstance(here, list) else here[name]
    except (LookupError, TypeError, ValueError):
        raise ValueError(f"`$ref: {reference}` leads nowhere") from None
    return here


def written(path: Path) -> str:
    """Give a path as people write it: `content[image_url].url`."""
    return "".join(path).removeprefix(".")


def mapping(value: object) -> Mapping[str, Any]:
    """Give a mapping as it is, and an empty one for anything else a broken document holds."""
    return value if isinstance(value, Mapping) else {}


@dataclass(slots=True)
class _Flattening:
    document: Mapping[str, Any]
    visited: int = 0

    def flat(self, schema: object, trail: tuple[str, ...]) -> Flat:
        """Flatten one schema; `trail` holds the references on the way, other steps as blanks."""
        self.visited += 1
        if self.visited > MOST_SCHEMAS:
            raise ValueError(f"a schema holds more than {MOST_SCHEMAS} others")
        if len(trail) > DEEPEST:
            return _CUT
        said, down = mapping(schema), (*trail, "")
        parts = [self.own(said, down)]
        if "$ref" in said:
            parts.append(self.referred(str(said["$ref"]), trail))
        members = [mapping(one) for one in sequence(said.get("allOf"))]
        parts += [self.flat(one, down) for one in members if not _RULES & one.keys()]
        for word in ("oneOf", "anyOf"):
            if members := sequence(said.get(word)):
                parts.append(self.union(members, mapping(said.get("discriminator")), down))
        flat = reduce(_both, parts)
        return flat | {(): or_null(flat[()])} if said.get("nullable") is True else flat

    def referred(self, reference: str, trail: tuple[str, ...]) -> Flat:
        """Flatten what a reference names, unless that is what is being flattened."""
        if reference in trail:
            return _CUT
        return self.flat(follow(self.document, reference), (*trail, reference))

    def own(self, schema: Mapping[str, Any], trail: tuple[str, ...]) -> Flat:
        """Flatten what a schema says by itself, with its properties and items."""
        flat: Flat = {(): stated(schema)}
        for name, below in mapping(schema.get("properties")).items():
            flat |= _under(f".{name}", self.flat(below, trail))
        for name in sequence(schema.get("required")):
            flat |= {(f".{name}",): flat.get((f".{name}",), {}) | {"required": True}}
        if "items" in schema:
            flat |= _under("[]", self.flat(schema["items"], trail))
        return flat

    def union(
        self, members: list[Any], discriminator: Mapping[str, Any], trail: tuple[str, ...]
    ) -> Flat:
        """Flatten alternatives: a shape for each tag where all have one, else all in one."""
        flats = [self.flat(one, trail) for one in members]
        key = (f".{discriminator.get('propertyName', 'type')}",)
        shapes: dict[str, Flat] = {}
        for member, flat in zip(members, flats, strict=True):
            if flat[()].get("type") == {"null"}:
                continue
            tags = _tags(mapping(member), flat.get(key, {}), discriminator)
            if not tags:
                return reduce(_either, flats)
            shape = {path: facts for path, facts in flat.items() if path[:1] != key}
            shapes |= {tag: _either(shapes.get(tag, shape), shape) for tag in tags}
        return _tagged(flats, shapes) if shapes else reduce(_either, flats)


def _tags(member: Mapping[str, Any], said: Facts, discriminator: Mapping[str, Any]) -> list[str]:
    """Give the tags of one shape: the values of its tag field, or its names in the mapping."""
    if "enum" in said:
        return [bare(one) for one in said["enum"]]
    if not discriminator or "$ref" not in member:
        return []
    reference = str(member["$ref"])
    name = reference.rpartition("/")[2]
    named = mapping(discriminator.get("mapping")).items()
    return [tag for tag, target in named if str(target) in {reference, name}] or [name]


def _tagged(flats: list[Flat], shapes: Mapping[str, Flat]) -> Flat:
    """Set each shape under its tag, which says all there is to say of the tag field."""
    kinds = [flat[()].get("type", frozenset({"object"})) for flat in flats]
    flat: Flat = {(): {"type": frozenset[str]().union(*kinds)}}
    for tag, shape in shapes.items():
        flat |= {(f"[{tag}]", *path): facts for path, facts in shape.items()}
    return flat


def _under(step: str, flat: Flat) -> Flat:
    """Set fields one step deeper; the shapes of a list's items stand beside `[]`, not below."""
    return {
        path if step == "[]" and _is_tagged(path) else (step, *path): facts
        for path, facts in flat.items()
    }


def _is_tagged(path: Path) -> bool:
    return path != () and path[0].startswith("[") and path[0] != "[]"


def _both(one: Flat, other: Flat) -> Flat:
    """Give what two schemas that hold at once say of every field."""
    return {path: both(one.get(path, {}), other.get(path, {})) for path in one | other}


def _either(one: Flat, other: Flat) -> Flat:
    """Give what two schemas of which one holds say; a field of but one object is optional."""
    flat = {path: either(one[path], other[path]) for path in one if path in other}
    for mine, theirs in ((one, other), (other, one)):
        for path in [path for path in mine if path not in theirs]:
            around = theirs.get(path[:-1])
            spared = around is not None and may_be("object", around)
            said = mine[path].items()
            flat[path] = {what: one for what, one in said if what != "required" or not spared}
    return flat
