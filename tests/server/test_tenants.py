"""Tenants: worlds within the world, by key, by header, by path."""

import pytest

from mockserver.clock import Clock
from mockserver.tenants import parted

RELAY = {"model": "doubao-seedance-2-0-1080p", "prompt": "p"}
PATH = "/v1/video/generations"


async def submit(client, prefix="", **headers):
    answer = await client.post(f"{prefix}{PATH}", json=RELAY, headers=headers)
    return answer.json()["task_id"]


async def look(client, task, prefix="", **headers):
    return await client.get(f"{prefix}{PATH}/{task}", headers=headers)


def test_a_path_names_a_tenant_and_the_rest():
    assert parted("/@anna/api/v1/x") == ("anna", "/api/v1/x")
    assert parted("/@anna") == ("anna", "")


async def test_a_key_is_a_tenant(client, world):
    await submit(client)
    assert list(world.tenants) == ["k"]


@pytest.mark.parametrize(
    ("prefix", "headers"), [("/@anna", {}), ("", {"x-screentest-tenant": "anna"})]
)
async def test_a_client_whose_key_cannot_vary_names_its_tenant(client, world, prefix, headers):
    task = await submit(client, prefix, **headers)
    assert list(world.tenants) == ["anna"]
    assert (await look(client, task, prefix, **headers)).status_code == 200
    assert (await look(client, task)).status_code == 404
    assert world.journal[0].tenant == "anna"


async def test_keys_of_one_tenant_do_not_see_each_other(client):
    task = await submit(client, "/@anna")
    other = await look(client, task, "/@anna", authorization="Bearer other")
    assert other.status_code == 404


async def test_links_to_results_need_no_tenant(client, clock):
    task = await submit(client, "/@anna")
    clock.turn(1000)
    url = (await look(client, task, "/@anna")).json()["url"]
    assert "/@anna" not in url
    assert (await client.get(url)).status_code == 200


async def test_a_tenant_with_time_of_its_own_leaves_the_others_alone(client, clock, world):
    anna, bert = await submit(client, "/@anna"), await submit(client, "/@bert")
    await world.own_clock("anna").advance(1000)
    states = [(await look(client, task, at)).json()["status"] for task, at in (
        (anna, "/@anna"), (bert, "/@bert"))]  # fmt: skip
    assert states == ["succeeded", "submitted"]
    assert world.own_clock("anna") is world.clock_of("anna") is not clock
    assert world.clock_of("bert") is clock
    assert len(world.clocks()) == 2


async def test_what_falls_due_goes_with_its_tenant(clock, world):
    happened = []

    async def happen():
        happened.append(True)

    clock.agenda.add(clock.now() + 10, happen, tenant="anna")
    own = world.own_clock("anna")
    await clock.advance(100)
    assert happened == []
    await own.advance(10)
    assert happened == [True]


async def test_a_tenant_that_is_forgotten_begins_anew(client, world, clock):
    first = await submit(client, "/@anna")
    other = await submit(client)
    world.own_clock("anna")
    world.forget("anna")
    assert list(world.tenants) == ["k"]
    assert (await look(client, first, "/@anna")).status_code == 404
    assert (await look(client, other)).status_code == 200
    assert [entry.tenant for entry in world.journal if entry.tenant == "anna"] == ["anna"]
    assert world.clock_of("anna") is clock
    assert await submit(client, "/@anna") == first


async def test_forgetting_a_tenant_makes_room_again(client, world):
    await client.post("/v1/files", files={"file": ("a.png", b"x")})
    await submit(client)
    world.forget("k")
    assert list(world.store.links.ids("")) == []
    assert list(world.store.tasks.ids("k")) == []
    world.forget("nobody")


async def test_a_reset_forgets_everyone(client, world):
    await submit(client)
    await submit(client, "/@anna")
    world.reset()
    assert world.tenants == {}
    assert len(world.journal) == 0


async def test_an_operation_without_a_key_has_the_time_of_the_tenant_it_names(client, world):
    world.own_clock("anna").move_to(1_790_000_000.0)
    answer = await client.post(
        "/@anna/api/v1/video/quote",
        json={"model": "seedance-2-0-text-to-video", "duration": "5s"},
    )
    assert answer.status_code == 200
    assert world.journal[-1].at == 1_790_000_000.0


async def test_a_pinned_tenant_outlives_its_tasks(client, world):
    world.own_clock("k")
    await submit(client)
    assert world.tenants["k"].pinned


def test_a_new_clock_is_not_shared(world):
    assert isinstance(world.own_clock("a"), Clock)
    assert world.own_clock("a") is not world.own_clock("b")
