"""Expecting requests, and saying what was different where they were not made."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Unpack

from mockserver.testing.asking import Request, Requests, everything
from mockserver.testing.errors import Unmet, hidden
from mockserver.testing.matching import Difference
from mockserver.testing.request import listed
from mockserver.testing.wanting import Wanted, Wants
from mockserver.testing.wording import columns
from mockserver.world import World

__tracebackhide__ = hidden

MOST_DIFFERENCES = 10
"""How many differences of one request are told."""


def expect(
    world: World,
    tenant: str,
    operation: str = "",
    *,
    times: int | None = None,
    since: Request | int = 0,
    **wants: Unpack[Wants],
) -> Requests:
    """Give the requests of a tenant that are as expected; `Unmet` where there are not so many.

    At least one is expected, or else exactly so many `times`. What is expected of them is said as
    for `requests_of`.
    """
    wanted = Wanted.of(world, operation, wants)
    held = [Held(one, wanted.differences(one)) for one in everything(world, tenant, since)]
    found = [one.request for one in held if not one.differences]
    if times == len(found) or (times is None and found):
        return Requests(tuple(found), str(wanted))
    raise Unmet("\n".join(unmet(wanted, times, held)))


class Held(NamedTuple):
    """A request, held to what is expected."""

    request: Request
    differences: Sequence[Difference]


def unmet(wanted: Wanted, times: int | None, held: Sequence[Held]) -> Iterator[str]:
    """Say what was expected, what came nearest to it, and what else there was."""
    found = [one.request for one in held if not one.differences]
    yield f"expected {counted(times)}{wanted}, and {there(len(found), len(held))}"
    if times is not None and len(found) > times:
        yield from listed(found)
        return
    others = sorted((one for one in held if one.differences), key=distance)
    if others:
        yield "the nearest is" if not found else "the nearest of the others is"
        yield from told(others[0])
    if others[1:]:
        yield "there are also"
        yield from listed([one.request for one in others[1:]])
    if found:
        yield "as expected" + (" are" if len(found) > 1 else " is")
        yield from listed(found)


def counted(times: int | None) -> str:
    """Say how many requests are expected."""
    if times in {None, 1}:
        return "a request" if times is None else "one request"
    return f"{times or 'no'} requests"


def there(found: int, of: int) -> str:
    """Say how many there are, of how many."""
    if not of:
        return "no request was made"
    told = f"there {'is' if found == 1 else 'are'} {found or 'none'}"
    return f"{told} among {of}"


def distance(held: Held) -> tuple[bool, bool, int]:
    """Tell how far a request is from what is expected: one to elsewhere is farthest."""
    places = {one.where for one in held.differences}
    return "operation" in places, "json" in places, len(held.differences)


def told(held: Held) -> Iterator[str]:
    """Tell of a request, and what in it is not as expected."""
    yield from listed([held.request])
    rows = [
        row
        for where, expected, got in held.differences[:MOST_DIFFERENCES]
        for row in ((where, "expected", expected), ("", "got", got))
    ]
    yield from columns(rows, indent="    ")
    if len(held.differences) > MOST_DIFFERENCES:
        yield f"    ... and {len(held.differences) - MOST_DIFFERENCES} more differences"
