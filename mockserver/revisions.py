"""Which revisions are meant by the names that a user gives."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from contracts.kernel.provider import Provider
from contracts.kernel.registry import chosen, revision
from mockserver.settings import Models


def meant(names: Iterable[str], models: Models = "strict") -> Mapping[str, Provider]:
    """Give one revision of every provider; `ValueError` names the nearest where there is none."""
    found = chosen(names)
    return MappingProxyType({id_: _held(one, models) for id_, one in found.items()})


def named(name: str, models: Models = "strict") -> Provider:
    """Give one revision by its name, or the default of a provider by its id."""
    return _held(revision(name), models)


def _held(provider: Provider, models: Models) -> Provider:
    return provider.lenient() if models == "lenient" else provider
