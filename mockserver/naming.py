"""Names that do not exist, and the nearest one that does."""

from collections.abc import Iterable
from difflib import get_close_matches

TELLING = 40
"""So many names are listed; of a longer list, the nearest ones have to do."""
NEAREST = 3
"""So many names of a longer list are told where none is near."""


def unknown(what: str, name: str, known: Iterable[str], where: str = "") -> str:
    """Say that there is no such thing, what is nearest, and what there is or where to see it."""
    return f"no {what} {name!r}{hint(name, known, where)}"


def hint(name: str, known: Iterable[str], where: str = "") -> str:
    """Give the nearest name, and all there are, or where a long list of them is to be seen."""
    there = list(dict.fromkeys(map(str, known)))
    near = nearest(name, there)
    meant = f"; did you mean {near}?" if near else "."
    if len(there) <= TELLING:
        return f"{meant} There are: {', '.join(there) or 'none'}"
    if not near:
        some = get_close_matches(name, there, n=NEAREST, cutoff=0)
        meant = f". The nearest are {', '.join(some)}."
    return f"{meant} There are {len(there)}{f': see {where}' if where else ''}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the name that was probably meant, whatever its case; nothing where none is near."""
    lowered = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), lowered, n=1)
    return lowered[near[0]] if near else ""
