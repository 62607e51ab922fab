"""Asking for consent before media that shows people is used."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from contracts.kernel.source import Source
from contracts.kernel.task import Failure


class Portrait(NamedTuple):
    """One piece of media that shows a face."""

    role: str
    url: str
    people: frozenset[str]
    """What else is known of who is shown: `minor`, `public-figure`."""
    ratio: float | None
    """Width by height, where the media can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """When a request needs consent, and what becomes of it without."""

    asks: Callable[[Any], bool]
    """Whether media with faces needs consent on this kind of request."""
    attests: Callable[[Any], bool]
    """Whether this request carries consent."""
    media: Callable[[Any], Iterator[tuple[str, str]]]
    """The media to look at, as pairs of role and URL."""
    cause: str
    """The row of the error catalogue; its `details` hold `roles`, the roles that show a face."""
    objects: Callable[[Any, Sequence[Portrait]], str] = lambda _body, _portraits: ""
    """The row for what no consent helps against; asked where `asks` is, if there are portraits."""
    later: Callable[[Any], Failure | None] = lambda _: None
    """How a request of the other kind fails after it was accepted, because it shows a face."""
    source: Source
