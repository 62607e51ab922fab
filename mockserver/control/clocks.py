"""Time: what it is, letting it pass, and what makes it pass."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from mockserver.clock import Policy
from mockserver.control.endpoint import Call, Form, Whose, conflict
from mockserver.control.whose import tenant_of
from mockserver.journal import label
from mockserver.world import World

CENTURY = 3.2e9
END_OF_TIME = 253_402_300_799.0
"""The last second that a date can name."""


class ClockTold(TypedDict):
    """A clock."""

    tenant: str
    """Whose it is; empty for that of the world."""
    own: bool
    """Whether it is a tenant's own, which passes for no other."""
    policy: Policy
    speed: float
    now: float
    """In seconds since the epoch."""
    time: str
    """The same as ISO 8601."""


class Tried(TypedDict):
    """A callback that was tried while time passed."""

    tenant: str
    callback: str
    task: str
    url: str
    state: str
    attempts: int


class Advanced(ClockTold):
    """A clock after it was set, and what happened in the meantime."""

    delivered: list[Tried]


class Setting(Form):
    """What a clock is to do. What is left out stays as it is."""

    advance: float = Field(0.0, ge=0, le=CENTURY, description="Let so many seconds pass at once.")
    policy: Literal["wall", "manual", "poll"] | None = None
    speed: float | None = Field(None, gt=0, description="How fast work goes, from here on.")


def told_of(world: World, name: str) -> ClockTold:
    """Tell of the clock of a tenant, or that of the world."""
    clock = world.clock_of(name) if name else world.clock
    now = clock.now()
    return {
        "tenant": label(name),
        "own": clock is not world.clock,
        "policy": clock.policy,
        "speed": clock.speed,
        "now": now,
        "time": datetime.fromtimestamp(now, UTC).isoformat(),
    }


def look_at_clock(call: Call[Whose, None]) -> ClockTold:
    """Tell the time of the world, or of a tenant."""
    return told_of(call.world, tenant_of(call.world, call.asked))


async def set_clock(call: Call[Whose, Setting]) -> Advanced:
    """Change a clock, and let time pass; a tenant that is named gets a clock of its own first.

    What falls due happens in its order, and has settled when the answer comes.
    """
    world, told, name = call.world, call.told, tenant_of(call.world, call.asked)
    if world.clock_of(name).now() + told.advance > END_OF_TIME:
        raise conflict("time cannot be advanced beyond the year 9999")
    clock = world.own_clock(name) if name else world.clock
    before = tries(world)
    world.rule(clock, told.policy or clock.policy, told.speed or clock.speed)
    await clock.advance(told.advance)
    delivered: list[Tried] = [
        {
            "tenant": label(one.tenant),
            "callback": one.id,
            "task": one.task,
            "url": one.url,
            "state": one.state,
            "attempts": len(one.attempts),
        }
        for tenant in world.tenants
        for one in world.store.callbacks.of(tenant)
        if world.clock_of(tenant) is clock and len(one.attempts) > before.get((tenant, one.id), 0)
    ]
    return {**told_of(world, name), "delivered": delivered}


def tries(world: World) -> dict[tuple[str, str], int]:
    """Count how often each callback was tried."""
    return {
        (tenant, one.id): len(one.attempts)
        for tenant in world.tenants
        for one in world.store.callbacks.of(tenant)
    }
