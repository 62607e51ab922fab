"""Names that do not exist, and the nearest one that does."""

from collections.abc import Iterable
from difflib import get_close_matches

TELLING = 40
"""So many names are listed; of a longer list, the nearest one has to do."""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that there is no such thing, what is nearest, and what there is."""
    return f"no {what} {name!r}{hint(name, known)}"


def hint(name: str, known: Iterable[str]) -> str:
    """Give the nearest name, and all there are."""
    there = list(dict.fromkeys(map(str, known)))
    near = get_close_matches(name, there, n=1)
    meant = f"; did you mean {near[0]}?" if near else "."
    if len(there) > TELLING:
        return f"{meant} There are {len(there)}"
    return f"{meant} There are: {', '.join(there) or 'none'}"
