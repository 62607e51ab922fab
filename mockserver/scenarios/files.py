"""Scenarios in files and mappings, with errors that name the place."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mockserver.naming import unknown
from mockserver.scenarios.scenario import Do, Part, Scenario, When

TABLE = "scenario"
"""Each scenario is a `[[scenario]]`."""
PARTS: dict[str, type[Part]] = {"when": When, "do": Do}


def load(path: str | Path) -> list[Scenario]:
    """Read the scenarios of a TOML file; `ValueError` names the file, the scenario and the key."""
    try:
        return [from_mapping(one) for one in tables(Path(path).read_text(encoding="utf-8"))]
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def tables(text: str) -> list[Mapping[str, Any]]:
    """Read the tables of scenarios in a text; there is at least one, and no name comes twice."""
    document = tomllib.loads(text)
    if other := next((key for key in document if key != TABLE), ""):
        raise ValueError(unknown("key", other, [TABLE]))
    found = document.get(TABLE, [])
    if not isinstance(found, list) or not found:
        raise ValueError("no scenario: each one begins with [[scenario]]")
    if not all(isinstance(one, dict) for one in found):
        raise ValueError("scenario must be a list of tables: each one begins with [[scenario]]")
    names = [one.get("name") for one in found]
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise ValueError(f"two scenarios have the name {twice!r}")
    return found


def from_mapping(given: Mapping[str, Any]) -> Scenario:
    """Make a scenario of plain values; `ValueError` names the key that is wrong."""
    try:
        return Scenario.model_validate(dict(given))
    except ValidationError as error:
        name = given.get("name", "without a name")
        raise ValueError(f"scenario {name!r}: {explained(error)}") from None


def explained(error: ValidationError) -> str:
    """Say what is wrong with a scenario, field by field, with the nearest key where one is not."""
    return "; ".join(_explained(one["loc"], one["type"], one["msg"]) for one in error.errors())


def _explained(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ".".join(map(str, loc))
    if kind == "extra_forbidden":
        known = PARTS.get(str(loc[0]), Scenario) if len(loc) > 1 else Scenario
        return f"{where}: {unknown('key', str(loc[-1]), known.model_fields)}"
    text = message.removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
