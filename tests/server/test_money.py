"""Money: accounts that never run out unless told, charges, refunds, and the ledger."""

from dataclasses import replace

import pytest

from contracts.kernel.money import MICRO
from contracts.kernel.task import Failure
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.store import Account
from mockserver.world import World

VENICE = {"model": "seedance-2-0-text-to-video", "prompt": "p", "duration": "5s"}
ACE = {
    "model": "doubao-seedance-1-0-pro-250528",
    "content": [{"type": "text", "text": "p"}],
    "async": True,
}


async def queue(client, **headers):
    return await client.post("/api/v1/video/queue", json=VENICE, headers=headers)


async def create(client):
    return await client.post("/seedance/videos", json=ACE)


def left(world, provider="venice", key="k"):
    one = world.providers[provider]
    return world.books.balance(key, one, key, world.clock.now())


def ledger(world, provider="venice", key="k"):
    now = world.clock.now()
    moves = world.books.moves(key, world.providers[provider], key, now)
    return [(one.kind, one.amount, one.settled) for one in moves]


def fail(world, *, refunded=True):
    (task,) = world.store.tasks.of("k")
    world.end(task, world.clock, Failure("x", "it failed", refunded=refunded))


@pytest.fixture
async def price(client):
    asked = {"model": VENICE["model"], "duration": VENICE["duration"]}
    answer = await client.post("/api/v1/video/quote", json=asked)
    return round(answer.json()["quote"] * MICRO)


@pytest.fixture
def world(clock):
    return World(Settings(seed=1, balance=1000), clock)


async def test_what_is_quoted_is_what_is_charged(client, world, price):
    await queue(client)
    assert price > 0
    assert left(world) == 1000 * MICRO - price
    assert ledger(world) == [("charge", -price, True)]


async def test_a_failed_task_is_paid_back(client, world, price):
    await queue(client)
    fail(world)
    assert left(world) == 1000 * MICRO
    assert sorted(ledger(world)) == [("charge", -price, True), ("refund", price, True)]


async def test_a_failure_that_keeps_its_charge_is_not_paid_back(client, world, price):
    await queue(client)
    fail(world, refunded=False)
    assert left(world) == 1000 * MICRO - price
    assert ledger(world) == [("charge", -price, True)]


async def test_where_only_success_is_charged_the_price_is_set_aside_until_then(
    client, world, clock
):
    await create(client)
    aside = left(world, "acedata")
    ((kind, amount, settled),) = ledger(world, "acedata")
    assert (kind, settled, aside) == ("charge", False, 1000 * MICRO + amount)
    clock.turn(1000)
    assert left(world, "acedata") == aside
    assert ledger(world, "acedata") == [("charge", amount, True)]


async def test_where_only_success_is_charged_a_failure_costs_nothing(client, world):
    await create(client)
    fail(world)
    assert left(world, "acedata") == 1000 * MICRO
    assert ledger(world, "acedata") == []


async def test_who_has_too_little_is_refused_in_the_providers_way(client, world, price):
    world.books.set(
        "k", world.providers["venice"], "k", balance=price - 1, limit=None, open_tasks=(), now=0
    )
    answer = await queue(client)
    assert answer.status_code == 402
    assert list(world.store.tasks.of("k")) == []
    assert left(world) == price - 1


async def test_who_has_just_enough_is_not(client, world, price):
    venice = world.providers["venice"]
    world.books.set("k", venice, "k", balance=price, limit=None, open_tasks=(), now=0)
    assert (await queue(client)).status_code == 200
    assert left(world) == 0
    assert (await queue(client)).status_code == 402


async def test_an_empty_account_is_refused_before_the_body_is_read_where_the_provider_does_so(
    client, world
):
    ace = world.providers["acedata"]
    world.books.set("k", ace, "k", balance=0, limit=None, open_tasks=(), now=0)
    answer = await client.post("/seedance/videos", content=b"{")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "used_up")


async def test_a_key_may_have_a_spend_limit_of_its_own(client, world, price):
    venice = world.providers["venice"]
    world.books.set("k", venice, "k", balance=None, limit=price, open_tasks=(), now=0)
    assert (await queue(client)).status_code == 200
    refused = await queue(client)
    assert refused.status_code == 402
    assert refused.headers["x-screentest-rule"] != "venice/no-balance"
    fail(world)
    assert world.books.spendable("k", venice, "k", world.clock.now()) == price
    assert left(world) is None


async def test_a_balance_that_is_set_counts_from_now(client, world, price):
    await queue(client)
    await create(client)
    tasks = list(world.store.tasks.of("k"))
    venice, now = world.providers["venice"], world.clock.now()
    mine = [task for task in tasks if task.provider == "venice"]
    world.books.set("k", venice, "k", balance=5 * MICRO, limit=None, open_tasks=mine, now=now)
    assert left(world) == 5 * MICRO
    world.end(mine[0], world.clock, Failure("x", "it failed"))
    assert left(world) == 5 * MICRO + price


async def test_a_top_up_is_money_and_a_line(client, world, price):
    await queue(client)
    world.books.top_up("k", world.providers["venice"], "k", 7 * MICRO, world.clock.now() + 1)
    assert left(world) == 1007 * MICRO - price
    assert ledger(world)[0] == ("top-up", 7 * MICRO, True)


async def test_keys_pay_for_themselves(client, world, price):
    await queue(client)
    await queue(client, authorization="Bearer other")
    assert left(world) == left(world, key="other") == 1000 * MICRO - price


async def test_forgotten_tasks_are_still_paid_for(clock, price, door):
    world = World(Settings(seed=1, tasks_kept=1, balance=1000), clock)
    async with door(create_app(world=world)) as client:
        client.headers["authorization"] = "Bearer k"
        for _ in range(3):
            await queue(client)
            clock.turn(1000)
    account = world.books.account("k", world.providers["venice"], "k")
    assert left(world) == 1000 * MICRO - 3 * price
    assert account.forgotten == -2 * price
    assert len(ledger(world)) == 1


async def test_a_key_that_is_forgotten_has_spent_what_it_spent(clock, price, door):
    world = World(Settings(seed=1, tasks_kept=1, balance=1000), clock)
    async with door(create_app(world=world)) as client:
        for key in ("k", "other"):
            await queue(client, authorization=f"Bearer {key}")
            clock.turn(1000)
    assert list(world.tenants) == ["other"]
    assert left(world) == 1000 * MICRO - price


async def test_a_price_that_was_set_aside_for_a_task_that_is_forgotten_is_free_again(clock, door):
    world = World(Settings(seed=1, tasks_kept=1, balance=1000), clock)
    async with door(create_app(world=world)) as client:
        client.headers["authorization"] = "Bearer k"
        for _ in range(3):
            await create(client)
    account = world.books.account("k", world.providers["acedata"], "k")
    assert (len(account.open), account.forgotten) == (1, 0)
    (task,) = world.store.tasks.of("k")
    assert left(world, "acedata") == 1000 * MICRO - task.cost


async def test_what_a_run_would_have_cost_is_known_without_any_balance(clock, price, door):
    world = World(Settings(seed=1), clock)
    async with door(create_app(world=world)) as client:
        client.headers["authorization"] = "Bearer k"
        await queue(client)
    assert left(world) is None
    assert ledger(world) == [("charge", -price, True)]
    assert world.store.accounts.get("k", ("venice", "k")) is None


async def test_a_provider_without_a_tariff_is_free(clock, door):
    world = World(Settings(seed=1, tasks_kept=1, balance=0), clock)
    venice = create_app(world=world).state.providers["venice"]
    app = create_app(world=world, providers={"venice": replace(venice, tariff=None)})
    async with door(app) as client:
        client.headers["authorization"] = "Bearer k"
        for _ in range(2):
            assert (await queue(client)).status_code == 200
            clock.turn(1000)
    assert ledger(world) == []


def test_an_account_is_finite_once_there_is_a_balance_or_a_limit():
    assert not Account().is_finite
    assert Account(balance=0).is_finite
    assert Account(limit=0).is_finite
