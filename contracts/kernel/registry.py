"""Finding providers and their revisions: the folders are the list."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from contracts.kernel.provider import Provider

PACKAGE = "contracts.providers"
LATEST, SEEDS = "latest", "seeds"
"""Words for the newest revision of every provider, and for the default of every provider."""


@cache
def providers(package: str = PACKAGE) -> Mapping[str, Provider]:
    """Give the default revision of every provider in a package, by id, in the order of names.

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


@cache
def revisions(id_: str, package: str = PACKAGE) -> tuple[Provider, ...]:
    """Give every revision of a provider: the default, then those its folder names, in order.

    A folder names further revisions as `REVISIONS = ("module", ...)`; each module declares a
    `PROVIDER` of its own. They are loaded when someone asks for them.
    """
    default = providers(package)[id_]
    folder = f"{package}.{id_}"
    modules = getattr(import_module(folder), "REVISIONS", ())
    later = [import_module(f"{folder}.{module}").PROVIDER for module in modules]
    return (default, *later)


def every_revision(package: str = PACKAGE) -> tuple[Provider, ...]:
    """Give every revision of every provider."""
    return tuple(one for id_ in providers(package) for one in revisions(id_, package))


def revision(name: str, package: str = PACKAGE) -> Provider:
    """Give one revision by its name: `acme@2026-10`, or `acme` for the default.

    Raises `ValueError` with the nearest name when there is none.
    """
    id_, _, wanted = name.partition("@")
    if id_ in providers(package):
        known = {one.revision: one for one in revisions(id_, package)}
        if wanted in known:
            return known[wanted]
        if not wanted:
            return providers(package)[id_]
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes only

    names = [one.name for one in every_revision(package)]
    near = get_close_matches(name, [*names, *providers(package)], n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise ValueError(f"no contract {name!r}{hint} There are: {', '.join(names)}")


def newest(id_: str, package: str = PACKAGE) -> Provider:
    """Give the newest revision of a provider; dialects are another reading, not a newer one."""
    return [one for one in revisions(id_, package) if not one.dialect][-1]


def chosen(names: Iterable[str], package: str = PACKAGE) -> Mapping[str, Provider]:
    """Give one revision of every provider: the default, unless a name asks for another.

    Names are those of `revision`, `latest`, or `seeds`; later ones win.
    """
    picked = dict(providers(package))
    for name in names:
        if name == LATEST:
            picked = {id_: newest(id_, package) for id_ in picked}
        elif name == SEEDS:
            picked = dict(providers(package))
        else:
            one = revision(name, package)
            picked[one.id] = one
    return MappingProxyType(picked)
