"""The sinks: what arrived at one, and clearing it."""

from pydantic import Field
from typing_extensions import TypedDict

from mockserver.control.endpoint import Call, Form
from mockserver.reception import ArrivalTold, plain
from mockserver.responding import Response
from mockserver.sinks import MOST, TAKEN

LONGEST = 60.0
"""Seconds that a client may wait for arrivals in one call."""


class SinkAsked(Form):
    """One sink; each tenant has its own, and so have those who name no tenant."""

    name: str
    tenant: str = Field("", description="As named by the path or the header of the callback.")


class ArrivalsAsked(SinkAsked):
    """What arrived at a sink, now or after a wait."""

    wait: int = Field(0, ge=0, le=MOST, description="Wait until so many have arrived.")
    timeout: float = Field(
        5.0, ge=0, le=LONGEST, description="Seconds of real time after which the wait is over."
    )


class Posted(SinkAsked):
    """What a sink is to answer."""

    statuses: str = Field(
        "", description="Statuses by comma, such as `500,204`; the last goes on. 204 without."
    )


class SinkTold(TypedDict):
    """What arrived at a sink."""

    name: str
    total: int
    """How many arrived since it was cleared."""
    complete: bool
    """Whether as many are here as were waited for; false when the time was over before."""
    arrivals: list[ArrivalTold]
    """Oldest first."""


async def see_sink(call: Call[ArrivalsAsked, None]) -> SinkTold:
    """Tell what arrived; with `wait`, as soon as it is so much, or when the time is over."""
    asked = call.asked
    sink = call.world.sinks.sink(asked.name, asked.tenant)
    found = await sink.wait(asked.wait, asked.timeout)
    return {
        "name": sink.name,
        "total": sink.total,
        "complete": len(found) >= asked.wait,
        "arrivals": [plain(one) for one in found],
    }


def clear_sink(call: Call[SinkAsked, None]) -> Response:
    """Forget what arrived; `statuses` begin anew."""
    call.world.sinks.sink(call.asked.name, call.asked.tenant).clear()
    return Response(TAKEN, [], b"")
