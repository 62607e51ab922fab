"""Whom a request is about: finding tenants, keys and providers by what it says."""

from collections.abc import Iterable

from contracts.kernel.provider import Provider
from mockserver.control.endpoint import Unfit, Whose, absent, expect
from mockserver.journal import label
from mockserver.world import World

MARK = "…"
"""Stands in every label that is not the name itself, and in no key that a header can carry."""


def unlabelled(word: str, known: Iterable[str]) -> str:
    """Give the name that a label stands for; any other word stands for itself."""
    found = next((name for name in known if word in {name, label(name)}), None)
    if found is None and MARK in word:
        raise absent(f"{word!r} is the label of nobody who has anything; say the name itself")
    return word if found is None else found


def label_of(word: str) -> str:
    """Give the label of a key or a tenant, which the word may be already."""
    return word if MARK in word else label(word)


def names(world: World) -> list[str]:
    """Give the tenants there are, and those of whom only their money is remembered."""
    return [*dict.fromkeys([*world.tenants, *world.store.accounts.tenants()])]


def tenant_of(world: World, asked: Whose) -> str:
    """Give the tenant that is meant; nothing when none is."""
    return unlabelled(asked.tenant or asked.key, names(world))


def one_tenant(world: World, asked: Whose) -> str:
    """Give the tenant that is meant, where one must be."""
    name = tenant_of(world, asked)
    if not name:
        raise Unfit("whose? Say it by ?tenant=<name> or ?key=<API key>")
    return name


def tenants_of(world: World, asked: Whose) -> list[str]:
    """Give the tenant that is meant; every one there is when none is."""
    name = tenant_of(world, asked)
    return [name] if name else names(world)


def is_meant(asked: Whose, key: str) -> bool:
    """Tell whether a key is the one that is asked for, or any will do."""
    return not asked.key or asked.key in {key, label(key)}


def provider_named(world: World, id_: str) -> Provider:
    """Give a provider that is served."""
    return world.providers[expect("provider", id_, world.providers)]


def providers_of(world: World, id_: str) -> list[Provider]:
    """Give the provider that is meant; every one that is served when none is."""
    return [provider_named(world, id_)] if id_ else [*world.providers.values()]


def keys_of(world: World, tenant: str) -> list[str]:
    """Give the keys that a tenant is known to have, first come first."""
    store = world.store
    rows = [
        *[task.key for task in store.tasks.of(tenant)],
        *[key for _, key in pairs(store.accounts.ids(tenant))],
        *[str(key) for key in store.keys.ids(tenant)],
    ]
    return [*dict.fromkeys(rows)]


def pairs(ids: Iterable[object]) -> list[tuple[str, str]]:
    """Give the ids of rows that have two parts."""
    return [(str(id_[0]), str(id_[1])) for id_ in ids if isinstance(id_, tuple)]
