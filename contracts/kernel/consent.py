"""Asking for consent before media that shows people is used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contracts.kernel.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """When a request needs consent that it does not carry."""

    asks: Callable[[Any], bool]
    """Whether this body is of a kind that needs consent, and lacks it."""
    media: Callable[[Any], Iterator[tuple[str, str]]]
    """The media to look at, as pairs of role and URL."""
    cause: str
    """The row of the error catalogue; its `details` hold `roles`, the roles that show a face."""
    source: Source
