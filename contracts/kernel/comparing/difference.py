"""One difference between two revisions of a contract, and what it means for a client."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.kernel.source import Source

MOST_NAMES = 5
"""How many of a long list of names are given."""


class Group(StrEnum):
    """What a difference asks of a client."""

    MUST = "must change"
    """What was accepted is refused, or has no effect."""
    MAY = "may use"
    """What was refused is accepted."""
    ANSWERS = "answers and errors"
    """What comes back is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that one revision says, and the other does not."""

    group: Group
    operation: str
    """Its id; empty for what all of them share."""
    id: str
    """Of the rule, the limit, or the row of the error catalogue; empty where there is none."""
    sentence: str
    source: Source
    models: tuple[str, ...] = ()
    """The models that it is about, where it is not about all of them."""


def named(names: list[str] | tuple[str, ...]) -> str:
    """Give names as words, the first few of a long list."""
    some = ", ".join(f"`{one}`" for one in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{some} and {more} more" if more > 0 else some
