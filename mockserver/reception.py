"""The sinks over HTTP: what is posted is taken. What arrived is told by the control plane."""

from typing import Any

from starlette.types import Receive, Scope, Send
from typing_extensions import TypedDict

from mockserver import redaction
from mockserver.reading import read_body
from mockserver.refusing import refuse_ourselves
from mockserver.responding import Response
from mockserver.sinks import Arrival, Sinks
from mockserver.tenants import chosen

LARGEST = 16 * 1024 * 1024
"""The largest body that is taken, in bytes."""
TOO_LARGE = 413


class Door:
    """Every sink, under its name; no key is asked for, as a provider has none to show either."""

    def __init__(self, sinks: Sinks) -> None:
        self.sinks = sinks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take what is posted."""
        await (await self.take_arrival(scope, receive)).send(send)

    async def take_arrival(self, scope: Scope, receive: Receive) -> Response:
        """Take anything, and answer as `statuses` says; open to all."""
        headers = scope["headers"]
        body = await read_body(receive, LARGEST)
        if body is None:
            return refuse_ourselves(TOO_LARGE, "sink", f"a sink takes at most {LARGEST} bytes")
        place = chosen(scope, dict(headers)), scope["path_params"]["name"]
        query = scope["query_string"].decode("latin-1")
        status = self.sinks.take(place, headers, body, query)
        return Response(status, [(b"content-length", b"0")], b"")


class ArrivalTold(TypedDict):
    """One callback, as it came."""

    at: float
    """On the clock of the tenant."""
    status: int
    """What it was answered with."""
    headers: dict[str, str]
    """Without what is secret."""
    body: str
    json: Any
    """The body, read; null where it is no JSON."""


def plain(arrival: Arrival) -> ArrivalTold:
    """Give an arrival as JSON has it; a body that is not JSON is told as text alone."""
    try:
        read = arrival.json()
    except (ValueError, RecursionError):
        read = None
    return {
        "at": arrival.at,
        "status": arrival.status,
        "headers": redaction.headers(arrival.headers),
        "body": arrival.body.decode("utf-8", "replace"),
        "json": read,
    }
