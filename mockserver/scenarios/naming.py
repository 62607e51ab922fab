"""Names that do not exist, and the nearest one that does."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError

from mockserver.scenarios.scenario import Do, Part, Scenario, When

TELLING = 40
"""So many names are listed; of a longer list, the nearest one has to do."""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, what is nearest, and what there is."""
    there = list(dict.fromkeys(map(str, known)))
    near = get_close_matches(name, there, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    if len(there) > TELLING:
        return f"no {what} {name!r}{hint} There are {len(there)}"
    return f"no {what} {name!r}{hint} There are: {', '.join(there) or 'none'}"


def explained(error: ValidationError) -> str:
    """Say what is wrong with a scenario, field by field, with the nearest key where one is not."""
    return "; ".join(_explained(one["loc"], one["type"], one["msg"]) for one in error.errors())


PARTS: dict[str, type[Part]] = {"when": When, "do": Do}


def _explained(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ".".join(map(str, loc))
    if kind == "extra_forbidden":
        known = PARTS.get(str(loc[0]), Scenario) if len(loc) > 1 else Scenario
        return f"{where}: {unknown('key', str(loc[-1]), known.model_fields)}"
    text = message.removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
