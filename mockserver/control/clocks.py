"""Time: what it is, letting it pass, and what makes it pass."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from mockserver import redaction
from mockserver.clock import FASTEST, SLOWEST, Policy
from mockserver.control.endpoint import Call, Form, Whose, conflict
from mockserver.control.whose import tenant_of
from mockserver.course import obey
from mockserver.outbox import Callback
from mockserver.world import World

CENTURY = 3.2e9
END_OF_TIME = 253_402_300_799.0
"""The last second that a date can name."""


class ClockTold(TypedDict):
    """A clock."""

    tenant: str
    """Whose it is; empty for that of the world."""
    own: bool
    """Whether the tenant was given time of its own, which that of the world does not move."""
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
    apart: list[str]
    """Tenants with time of their own that this did not reach; none where a tenant was named."""


class Setting(Form):
    """What a clock is to do. What is left out stays as it is."""

    advance: float = Field(0.0, ge=0, le=CENTURY, description="Let so many seconds pass at once.")
    policy: Literal["wall", "manual", "poll"] | None = None
    speed: float | None = Field(
        None, ge=SLOWEST, le=FASTEST, description="How fast work goes, from here on."
    )


def told_of(world: World, name: str) -> ClockTold:
    """Tell of the clock of a tenant, or that of the world."""
    clock = world.clock_of(name) if name else world.clock
    now = clock.now()
    return {
        "tenant": world.labels.of(name),
        "own": name in world.tenants and world.tenants[name].is_apart,
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
    moved = [world.clock_of(name)] if name else world.common_clocks()
    if max(one.now() for one in moved) + told.advance > END_OF_TIME:
        raise conflict("time cannot be advanced beyond the year 9999")
    clock = world.own_clock(name) if name else world.clock
    before = {place_of(one): len(one.attempts) for one in callbacks_of(world, name)}
    obey(world, clock, told.policy or clock.policy, told.speed or clock.speed)
    await (clock.advance(told.advance) if name else world.advance(told.advance))
    delivered: list[Tried] = [
        {
            "tenant": world.labels.of(one.tenant),
            "callback": one.id,
            "task": one.task,
            "url": redaction.url(one.url),
            "state": one.state,
            "attempts": len(one.attempts),
        }
        for one in callbacks_of(world, name)
        if len(one.attempts) > before.get(place_of(one), 0)
    ]
    tenants = () if name else world.tenants.values()
    apart = [world.labels.of(one.name) for one in tenants if one.is_apart]
    return {**told_of(world, name), "delivered": delivered, "apart": apart}


def place_of(callback: Callback) -> tuple[str, str, str]:
    """Give what a callback is known by."""
    return callback.tenant, callback.provider, callback.id


def callbacks_of(world: World, name: str) -> list[Callback]:
    """Give the callbacks of a tenant, or of all who have no time of their own."""
    common = [one.name for one in world.tenants.values() if not one.is_apart]
    names = [name] if name else common
    return [one for tenant in names for one in world.store.callbacks.of(tenant)]
