"""Holding what was sent to what is expected of it: in part, and by whatever can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from re import Pattern
from typing import NamedTuple

from mockserver.testing.wording import ABSENT, shown

NOT_SENT = "nothing: it was not sent"
NUMBERS = int, float


class Difference(NamedTuple):
    """One thing that is not as it is expected to be."""

    where: str
    """As a path: `json.content[0].url`."""
    expected: str
    got: str


def differences(expected: object, got: object, where: str) -> Iterator[Difference]:
    """Give what is not as expected; of objects, fields that nothing is expected of may be anything.

    What is expected may be a value, a compiled pattern (it is searched), a type, a function that
    tells whether a value will do, `ABSENT`, or anything that compares as equal.
    """
    if expected is ABSENT or got is ABSENT:
        if expected is not got:
            yield _difference(expected, got, where)
    elif isinstance(expected, Mapping) and isinstance(got, Mapping):
        for name, inner in expected.items():
            yield from differences(inner, got.get(name, ABSENT), f"{where}.{name}")
    elif isinstance(expected, list | tuple) and isinstance(got, list):
        yield from _in_list(expected, got, where)
    elif (why := objection(expected, got)) is not None:
        yield _difference(expected, got, where, why)


def _difference(expected: object, got: object, where: str, why: str = "") -> Difference:
    name = where.rpartition(".")[2].partition("[")[0]
    told = NOT_SENT if got is ABSENT else shown(got, name)
    return Difference(where, shown(expected, name) + why, told)


def _in_list(expected: Sequence[object], got: Sequence[object], where: str) -> Iterator[Difference]:
    """Give what is different item by item; lists must be of the same length."""
    if len(expected) != len(got):
        yield Difference(where, f"{len(expected)} items", f"{len(got)}: {shown(got)}")
    for place, (one, other) in enumerate(zip(expected, got, strict=False)):
        yield from differences(one, other, f"{where}[{place}]")


def objection(expected: object, got: object) -> str | None:
    """Say what else is to be said of a value that is not as expected; None where it is."""
    if callable(expected) and not isinstance(expected, type):
        try:
            return None if expected(got) else ""
        except Exception as error:  # noqa: BLE001 - what it makes of a value is its own affair
            return f", which raised {type(error).__name__}: {error}"
    return None if is_equal(expected, got) else ""


def is_equal(expected: object, got: object) -> bool:
    """Tell whether a single value is as expected; true is no number, as it is none in JSON."""
    if isinstance(expected, Pattern):
        return isinstance(got, str) and expected.search(got) is not None
    if isinstance(expected, type):
        return isinstance(got, expected) and (expected not in NUMBERS or not isinstance(got, bool))
    if isinstance(expected, NUMBERS) and isinstance(expected, bool) is not isinstance(got, bool):
        return False
    return bool(expected == got)
