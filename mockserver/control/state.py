"""The world as a whole, and its tenants: how it is, and beginning anew."""

from pydantic import Field
from typing_extensions import TypedDict

from mockserver import __version__
from mockserver.clock import real_now
from mockserver.control.clocks import ClockTold, told_of
from mockserver.control.endpoint import ROOT, Call, Form, Whose, absent
from mockserver.control.whose import keys_of, names, tenant_of, unlabelled
from mockserver.journal import label
from mockserver.world import World


class TenantTold(TypedDict):
    """One tenant, and how much it has."""

    tenant: str
    own_clock: bool
    pinned: bool
    """Someone arranged things for it, so it is not forgotten by itself."""
    keys: list[str]
    tasks: int
    callbacks: int


class Counts(TypedDict):
    """How much there is of everything."""

    tenants: int
    tasks: int
    callbacks: int
    requests: int
    """Of all there ever were."""
    journal: int
    """How many of them are remembered."""


class Health(TypedDict):
    """How the world is."""

    status: str
    version: str
    uptime: float
    """In real seconds."""
    contracts: list[str]
    clock: ClockTold
    seed: int
    models: str
    limits: str
    faces: str
    counts: Counts


class Forgotten(TypedDict):
    """Who was forgotten."""

    tenants: list[str]


class Tenants(TypedDict):
    """Every tenant that has anything."""

    tenants: list[TenantTold]


class TenantPath(Form):
    """Names a tenant in the path."""

    name: str = Field(description="A tenant, by its name or by the label of its key.")


def health(call: Call[Form, None]) -> Health:
    """Tell how the world is."""
    world, settings = call.world, call.world.settings
    return {
        "status": "ok",
        "version": __version__,
        "uptime": real_now() - world.began,
        "contracts": [one.name for one in world.providers.values()],
        "clock": told_of(world, ""),
        "seed": settings.seed,
        "models": settings.models,
        "limits": settings.limits,
        "faces": settings.faces,
        "counts": counts(world),
    }


def counts(world: World) -> Counts:
    """Count everything."""
    store, everyone = world.store, names(world)
    return {
        "tenants": len(everyone),
        "tasks": sum(len(store.tasks.of(name)) for name in everyone),
        "callbacks": sum(len(store.callbacks.of(name)) for name in everyone),
        "requests": world.journal.total,
        "journal": len(world.journal),
    }


def reset(call: Call[Whose, None]) -> Forgotten:
    """Forget one tenant, or everything, and begin time anew; tells who had anything."""
    world, name = call.world, tenant_of(call.world, call.asked)
    there = names(world)
    meant = there if not name else [name] if name in there else []
    gone = [world.labels.of(one) for one in meant]
    if name:
        world.forget(name)
    else:
        world.reset()
    return {"tenants": gone}


def tenants(call: Call[Form, None]) -> Tenants:
    """Tell which tenants there are."""
    return {"tenants": [tenant_told(call.world, name) for name in names(call.world)]}


def tenant_told(world: World, name: str) -> TenantTold:
    """Tell of a tenant, of whom nothing but its money may be left."""
    tenant, store = world.tenants.get(name), world.store
    return {
        "tenant": world.labels.of(name),
        "own_clock": tenant is not None and tenant.is_apart,
        "pinned": tenant is not None and tenant.pinned,
        "keys": [label(key) for key in keys_of(world, name)],
        "tasks": len(store.tasks.of(name)),
        "callbacks": len(store.callbacks.of(name)),
    }


def forget_tenant(call: Call[TenantPath, None]) -> Forgotten:
    """Forget a tenant that there is."""
    world = call.world
    there = names(world)
    name = unlabelled(call.asked.name, there)
    if name not in there:
        raise absent(f"no tenant {label(name)} has anything; see {ROOT}/tenants")
    called = world.labels.of(name)
    world.forget(name)
    return {"tenants": [called]}
