"""Functions by the names that modules know them by: `from time import sleep` makes one more."""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.testing.travel.lead import package_of

Function = Callable[..., Any]
LIKELY = frozenset({"sleep", "time", "monotonic", "perf_counter"})
"""What they are called nearly everywhere."""


class StandIn(NamedTuple):
    """A function that takes the place of another."""

    was: Function
    now: Function
    but: frozenset[str]
    """Packages that keep the other."""


class Place(NamedTuple):
    """A name in a module that a function was found under."""

    names: dict[str, Any]
    name: str
    stand_in: StandIn

    def put_back(self) -> None:
        """Restore it, unless someone else put something there meanwhile."""
        if self.names.get(self.name) is self.stand_in.now:
            self.names[self.name] = self.stand_in.was


class Seen(NamedTuple):
    """What was found in a module."""

    names: int
    """Tells it from another module of the same name."""
    size: int
    """How many names it had then."""
    found: tuple[str, ...]


class Names:
    """The modules that know certain functions; to search them all takes long, so it is done once.

    A module is searched anew when names came or went. If a function took the place of another thing
    since, it is found under its usual names only.
    """

    def __init__(self) -> None:
        self._ids = frozenset[int]()
        self._seen: dict[str, Seen] = {}

    def replace(self, stand_ins: Sequence[StandIn]) -> list[Place]:
        """Let functions take the places of others wherever these are known; say where that is."""
        by_id = {id(one.was): one for one in stand_ins}
        if self._ids != by_id.keys():
            self._ids = frozenset(by_id)
            self._seen.clear()
        places = []
        for package, names, likely in self._search():
            for name in likely:
                one = by_id.get(id(names.get(name)))
                if one and package not in one.but:
                    names[name] = one.now
                    places.append(Place(names, name, one))
        return places

    def _search(self) -> Iterator[tuple[str, dict[str, Any], frozenset[str]]]:
        """Give packages and names of modules, and which of the names may be such functions."""
        seen = self._seen
        for module, value in list(sys.modules.items()):
            try:
                names = object.__getattribute__(value, "__dict__")  # does not wake lazy modules
            except AttributeError:
                continue  # anything may stand there
            known = seen.get(module)
            if known is None or known.size != len(names) or known.names != id(names):
                known = seen[module] = self._look(names)
            likely = LIKELY & names.keys()
            if likely or known.found:
                yield package_of(names), names, likely.union(known.found)

    def _look(self, names: dict[str, Any]) -> Seen:
        """Search a module."""
        found: tuple[str, ...] = ()
        if not self._ids.isdisjoint(map(id, names.values())):
            found = tuple(name for name, value in list(names.items()) if id(value) in self._ids)
        return Seen(id(names), len(names), found)
