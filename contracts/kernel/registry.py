"""Finding providers: the folder is the list."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from contracts.kernel.provider import Provider


@cache
def providers(package: str = "contracts.providers") -> Mapping[str, Provider]:
    """Give every provider declared in a package, by id, in the order of their names.

    Raises `ValueError` when a folder does not declare `PROVIDER`, or under another id.
    """
    path = import_module(package).__path__
    found = {module.name: _load(f"{package}.{module.name}") for module in iter_modules(path)}
    return MappingProxyType(dict(sorted(found.items())))


def _load(module: str) -> Provider:
    provider = getattr(import_module(module), "PROVIDER", None)
    name = module.rpartition(".")[2]
    if not isinstance(provider, Provider) or provider.id != name:
        raise ValueError(f"{module} must declare PROVIDER = Provider(id={name!r}, ...)")
    return provider
