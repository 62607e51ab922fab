"""The documents that a provider is declared from, by the names that notes give them."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from contracts.kernel.provider import Provider
from contracts.kernel.registry import PACKAGE
from contracts.kernel.source import Source
from pages.writing import bullet, cited


def sources(provider: Provider) -> Iterator[str]:
    """Write the documents that the provider's `sources.py` names, where there is one."""
    module = f"{PACKAGE}.{provider.id}.sources"
    if not find_spec(module):
        return
    yield from ("## Documents", "")
    yield "Notes call some of them by these names."
    yield ""
    for name, one in vars(import_module(module)).items():
        if isinstance(one, Source):
            yield from bullet(f"`{name}`: {cited(one)}")
    yield ""
