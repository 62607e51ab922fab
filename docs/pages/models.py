"""The models of a provider: one row for each id that any of its revisions knows."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from inspect import getsource
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from contracts.kernel.models import ModelRow
from contracts.kernel.provider import Provider
from pages.statements import documents
from pages.writing import bullet, compact, prose, table

ENDS = ("source", "confidence", "note")
"""What every row has, as its last columns."""
LONG = {
    "name", "task", "created", "model_sets", "model_source", "uncensored", "seen", "usd",
    "usd_per_second",
}  # fmt: skip
"""Columns that are left out: prices, dates, and what the id says already."""
CONSTRAINTS = "constraints"
"""A column with the provider's own record, of which some parts have columns of their own."""
OWN_COLUMNS = {
    "durations", "aspect_ratios", "resolutions", "audio", "audio_configurable",
    "prompt_character_limit", "model_type",
}  # fmt: skip
RARE = 4
"""A column that fewer than one row in so many has a value in is no column of its own."""
Row = Mapping[str, str]


def models(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write the table, what its columns mean, and what its sources are."""
    known = {id_: row for one in reversed(revisions) for id_, row in one.models().items()}
    ordered = {id_: known[id_] for one in revisions for id_ in one.models()}
    if not ordered:
        return
    yield from ("## Models", "")
    yield f"Ids that some revision knows: {len(ordered)}."
    yield "A range such as `4s-15s` stands for every length in it."
    yield "An empty cell says that there is nothing, or that nothing is known."
    yield ""
    cells = {id_: _described(row) for id_, row in ordered.items()}
    yield from _written(cells, {id_: _where(id_, revisions) for id_ in ordered})
    yield from _legend(list(ordered.values()))


def _where(id_: str, revisions: Sequence[Provider]) -> str:
    found = [one.revision for one in revisions if id_ in one.models()]
    return "all" if len(found) == len(revisions) else ", ".join(found)


def _written(cells: Mapping[str, Row], where: Mapping[str, str]) -> Iterator[str]:
    """Write what models differ in as a table, and the rest as a sentence."""
    names = dict.fromkeys(name for one in cells.values() for name in one if name not in ENDS)
    values = {name: [one.get(name, "") for one in cells.values()] for name in names}
    shared = {name for name in names if len(cells) > 1 == len(set(values[name]))}
    rare = {name for name in names if sum(map(bool, values[name])) * RARE < len(cells)} - shared
    columns = [name for name in names if name not in shared | rare]
    said = [f"`{name}` {values[name][0]}" for name in names if name in shared and values[name][0]]
    if said:
        yield from prose(f"The same for all: {'; '.join(said)}.")
    rows = (
        (f"`{id_}`", where[id_], *(one[name] for name in columns), _rest(one, rare), *_ends(one))
        for id_, one in cells.items()
    )
    yield from table(("model", "revisions", *columns, "more", *ENDS), rows)


def _rest(row: Row, names: set[str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in row.items() if name in names and value)


def _ends(row: Row) -> Iterator[str]:
    return (row[name] for name in ENDS)


def _described(row: ModelRow) -> Row:
    """Give the cells of one row; what is true or false goes into one of them."""
    values: dict[str, Any] = dict(row)
    flags = [name for name, one in values.items() if one is True and name not in LONG]
    cells: dict[str, str] = {}
    for name, value in values.items():
        if name == CONSTRAINTS:
            cells |= _constrained(value)
        elif not isinstance(value, bool) and name not in {"id", *LONG, *ENDS}:
            cells[name] = _shown(value)
    return cells | {"yes to": ", ".join(flags)} | {name: str(values[name]) for name in ENDS}


def _constrained(record: Mapping[str, Any]) -> dict[str, str]:
    others = {name: one for name, one in record.items() if name not in OWN_COLUMNS and one}
    return {
        "durations": compact(record.get("durations", ())),
        "ratios": compact(record.get("aspect_ratios", ())),
        "resolutions": compact(record.get("resolutions", ())),
        "audio": _audio(record) if record else "",
        "prompt limit": _shown(record.get("prompt_character_limit")),
        "constraints": _shown(others),
    }


def _audio(record: Mapping[str, Any]) -> str:
    if not record.get("audio"):
        return "never"
    return "optional" if record.get("audio_configurable") else "always"


def _shown(value: object) -> str:
    """Write a value in few words; two whole numbers are a range."""
    match value:
        case (int() as low, int() as high):
            return f"{low}-{high}"
        case tuple() | list():
            return compact(value)
        case BaseModel():
            return _shown(value.model_dump(exclude_none=True))
        case Mapping():
            return ", ".join(_pair(name, one) for name, one in value.items())
        case _:
            return "" if value is None else str(value)


def _pair(name: str, value: object) -> str:
    """Write one entry of a record; the parts of a record inside stand in parentheses."""
    if value is True:
        return name
    inner = _shown(value)
    return f"{name} ({inner})" if isinstance(value, BaseModel | Mapping) else f"{name} {inner}"


def _legend(rows: Sequence[ModelRow]) -> Iterator[str]:
    """Write what columns mean, as far as their declarations say so, and the sources."""
    lines = [
        *(bullet(f"`{name}`: {said}") for name, said in _meanings(type(rows[0])).items()),
        *(bullet(f"`{key}`: {document}.") for key, document in documents(rows).items()),
    ]
    for one in lines:
        yield from one
    if lines:
        yield ""


def _meanings(kind: type[ModelRow]) -> dict[str, str]:
    """Read off the source of a row class what stands below its fields."""
    (declared,) = ast.parse(getsource(kind)).body
    assert isinstance(declared, ast.ClassDef)  # noqa: S101 - a class is one
    return {
        field.target.id: str(text.value.value)
        for field, text in pairwise(declared.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if field.target.id not in LONG | {CONSTRAINTS}
    }
