"""The sinks over HTTP: what is posted is taken, and can be asked for, waited for, and cleared."""

from typing import Any
from urllib.parse import parse_qs

from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from mockserver import redaction
from mockserver.reading import read_body
from mockserver.refusing import refuse_ourselves
from mockserver.responding import RawHeaders, Response, json_response
from mockserver.sinks import BAD, TAKEN, Arrival, Sinks
from mockserver.tenants import named

LARGEST = 16 * 1024 * 1024
"""The largest body that is taken, in bytes."""
LONGEST = 60.0
"""Seconds that a client may wait for arrivals in one call."""
TOO_LARGE = 413


class Door:
    """Every sink, under its name; no key is asked for, as a provider has none to show either."""

    def __init__(self, sinks: Sinks) -> None:
        self.sinks = sinks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the method: POST takes, DELETE clears, anything else tells."""
        headers = scope["headers"]
        place = (
            scope.get("screentest.tenant", "") or named(dict(headers)),
            scope["path_params"]["name"],
        )
        query = scope["query_string"].decode("latin-1")
        if scope["method"] == "POST":
            response = await self._take(place, headers, receive, query)
        elif scope["method"] == "DELETE":
            self.sinks.sink(place[1], place[0]).clear()
            response = Response(TAKEN, [], b"")
        else:
            response = await self._tell(place, query)
        await response.send(send)

    async def _take(
        self, place: tuple[str, str], headers: RawHeaders, receive: Receive, query: str
    ) -> Response:
        body = await read_body(receive, LARGEST)
        if body is None:
            return refuse_ourselves(TOO_LARGE, "sink", f"a sink takes at most {LARGEST} bytes")
        return Response(
            self.sinks.take(place, headers, body, query), [(b"content-length", b"0")], b""
        )

    async def _tell(self, place: tuple[str, str], query: str) -> Response:
        """Tell what arrived, after a wait for it if the query asks for one."""
        given = parse_qs(query)
        try:
            count = int(given.get("wait", ["0"])[-1])
            seconds = float(given.get("timeout", ["5"])[-1])
        except ValueError as error:
            return refuse_ourselves(BAD, "sink", f"?wait=2&timeout=5 is a way to wait; {error}")
        sink = self.sinks.sink(place[1], place[0])
        found = await sink.wait(count, max(0.0, min(seconds, LONGEST)))
        told_of = {
            "name": sink.name,
            "total": sink.total,
            "arrivals": [plain(one) for one in found],
        }
        return json_response(200, to_json(told_of), ())


def plain(arrival: Arrival) -> dict[str, Any]:
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
