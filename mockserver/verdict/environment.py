"""The environment of a command that is judged: it leads every client of it to the mock."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contracts.kernel.provider import Provider

if TYPE_CHECKING:
    from mockserver.proxy.door import ProxyDoor

URL = "SCREENTEST_URL"
"""Where the mock answers over a socket."""
KEY = "SCREENTEST_API_KEY"
"""A key for clients that have none of their own."""
CHAPTERS = "SCREENTEST_CHAPTERS"
"""The folder in which tests that run in the command say what they did."""


def environment(  # noqa: PLR0913 - all that leads a client
    providers: Iterable[Provider],
    origin: str,
    key: str,
    *,
    proxy: "ProxyDoor | None" = None,
    chapters: Path | str | None = None,
    given: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Give all variables of a command: those that are given, and what leads its clients here.

    With a proxy, clients are left to turn to the real hosts, and so to whatever door of ours stands
    there: one in their own process is nearer. Without one, those that know a variable for their
    base URL are given it.
    """
    told = {URL: origin, KEY: key}
    told |= {CHAPTERS: str(chapters)} if chapters else {}
    led = proxy.environment(shims=True) if proxy else dict(base_urls(providers, origin))
    return {**given, **led, **told}


def base_urls(providers: Iterable[Provider], origin: str) -> Iterator[tuple[str, str]]:
    """Give the variables by which published clients are told their base URL, pointing here."""
    for provider in providers:
        for name, usual in provider.environment.items():
            yield name, f"{origin}{urlsplit(usual).path}"
