"""Keys: what they have and may spend, and which of them are refused."""

from pydantic import Field
from typing_extensions import TypedDict

from contracts.kernel.money import MICRO, Tariff, micros
from contracts.kernel.provider import Provider
from mockserver.control.endpoint import Call, Form, Unfit, Whose, expect
from mockserver.control.whose import (
    is_meant,
    keys_of,
    names,
    provider_named,
    tenants_of,
    unlabelled,
)
from mockserver.journal import label
from mockserver.naming import hint
from mockserver.store import AnyTask
from mockserver.world import World

RICHEST = 1e9
"""The largest amount that may be told; far from where floating point loses millionths."""


class AccountTold(TypedDict):
    """The money of a key at one provider, in its currency."""

    provider: str
    currency: str
    balance: float | None
    """What is left; null where money never runs out."""
    limit: float | None
    """What the key may still spend; null where it has no limit of its own."""


class KeyTold(TypedDict):
    """One key."""

    key: str
    tenant: str
    refused: str | None
    """The cause that every request with it is refused for."""
    accounts: list[AccountTold]


class Keys(TypedDict):
    """Every key that has anything."""

    keys: list[KeyTold]


class KeyTelling(Form):
    """What is to hold for a key. What is left out stays as it is; null takes it away."""

    provider: str = Field("", description="Whose money; needed where several are served.")
    balance: float | None = Field(None, ge=0, le=RICHEST)
    limit: float | None = Field(None, ge=0, le=RICHEST)
    refused: str | None = Field(None, description="A cause in the catalogues of all providers.")


class TopUp(Form):
    """Money for a key."""

    amount: float = Field(gt=0, le=RICHEST)
    provider: str = Field("", description="Whose money; needed where several are served.")


def list_keys(call: Call[Whose, None]) -> Keys:
    """Tell of the keys that have anything."""
    world, asked = call.world, call.asked
    return {
        "keys": [
            told_of(world, tenant, key)
            for tenant in tenants_of(world, asked)
            for key in keys_of(world, tenant)
            if is_meant(asked, key)
        ]
    }


def see_key(call: Call[Whose, None]) -> KeyTold:
    """Tell of one key, whether it was ever used or not."""
    return told_of(call.world, *named(call.world, call.asked))


def named(world: World, asked: Whose) -> tuple[str, str]:
    """Give the tenant and the key that are meant."""
    tenant = unlabelled(asked.tenant or asked.key, names(world))
    return tenant, unlabelled(asked.key, [*keys_of(world, tenant), tenant])


def told_of(world: World, tenant: str, key: str) -> KeyTold:
    """Tell of a key and its accounts."""
    return {
        "key": label(key),
        "tenant": world.labels.of(tenant),
        "refused": world.store.keys.get(tenant, key),
        "accounts": [
            account_of(world, tenant, one, one.tariff, key)
            for one in world.providers.values()
            if one.tariff
        ],
    }


def account_of(
    world: World, tenant: str, provider: Provider, tariff: Tariff, key: str
) -> AccountTold:
    """Tell of one account."""
    now, books = world.clock_of(tenant).now(), world.books
    return {
        "provider": provider.id,
        "currency": tariff.currency,
        "balance": units(books.balance(tenant, provider, key, now)),
        "limit": units(books.spendable(tenant, provider, key, now)),
    }


def units(amount: int | None) -> float | None:
    """Give an amount in units of its currency."""
    return None if amount is None else amount / MICRO


def set_key(call: Call[Whose, KeyTelling]) -> KeyTold:
    """Say what a key has, may spend, or is refused for."""
    world, told = call.world, call.told
    tenant, key = named(world, call.asked)
    said = told.model_fields_set
    if told.refused is not None:
        expect("cause", told.refused, causes(world))
    payee = paid(world, told.provider) if said & {"balance", "limit"} else None
    world.tenant(tenant).pinned = True
    if payee:
        set_account(world, tenant, key, payee, told)
    if told.refused is not None:
        world.store.keys.put(tenant, key, told.refused)
    elif "refused" in said:
        world.store.keys.drop(tenant, key)
    return told_of(world, tenant, key)


def causes(world: World) -> list[str]:
    """Give the causes that every provider has a refusal for: a key may be used with any."""
    first, *others = [one.errors for one in world.providers.values()]
    return [str(cause) for cause in first if all(cause in errors for errors in others)]


Payee = tuple[Provider, Tariff]


def paid(world: World, id_: str) -> Payee:
    """Give the provider whose money is meant: the only one, unless it is named."""
    charging = {one.id: (one, one.tariff) for one in world.providers.values() if one.tariff}
    if not id_ and len(charging) == 1:
        return next(iter(charging.values()))
    if id_ and id_ not in charging:
        raise Unfit(f"{provider_named(world, id_).id} charges nothing")
    if not id_:
        raise Unfit(f"whose money? Say the provider{hint('', charging)}")
    return charging[id_]


def set_account(world: World, tenant: str, key: str, payee: Payee, told: KeyTelling) -> None:
    """Say what an account has from now on."""
    provider, _ = payee
    now, books, said = world.clock_of(tenant).now(), world.books, told.model_fields_set
    whose = tenant, provider, key
    balance = _micros(told.balance) if "balance" in said else books.balance(*whose, now)
    limit = _micros(told.limit) if "limit" in said else books.spendable(*whose, now)
    tasks = tasks_of(world, tenant, provider, key)
    books.set(tenant, provider, key, balance=balance, limit=limit, open_tasks=tasks, now=now)


def tasks_of(world: World, tenant: str, provider: Provider, key: str) -> list[AnyTask]:
    """Give the tasks of a key at a provider."""
    rows = world.store.tasks.of(tenant)
    return [task for task in rows if task.provider == provider.id and task.key == key]


def _micros(amount: float | None) -> int | None:
    return None if amount is None else micros(amount)


def top_up(call: Call[Whose, TopUp]) -> KeyTold:
    """Add money to an account."""
    world, told = call.world, call.told
    tenant, key = named(world, call.asked)
    provider, _ = paid(world, told.provider)
    world.tenant(tenant).pinned = True
    now = world.clock_of(tenant).now()
    world.books.top_up(tenant, provider, key, micros(told.amount), now)
    return told_of(world, tenant, key)
