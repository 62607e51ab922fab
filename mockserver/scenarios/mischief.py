"""What a scenario does to an answer: it comes late, slowly, in parts, changed, or never."""

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from mockserver.clock import pause
from mockserver.reading import left
from mockserver.responding import Response
from mockserver.scenarios.scenario import Do
from mockserver.trouble import CONNECTION

HEADER = b"x-screentest-scenario"
HOLD = 60.0
"""Seconds of real time for which an answer is withheld at most."""
BEAT = 0.1
"""Seconds between two pieces of a slow body, where a piece has a byte."""
GATEWAY = {"502": (502, "Bad Gateway"), "504": (504, "Gateway Time-out")}
UNSENT = Response(0, [], b"")
"""What the journal remembers where no byte of an answer was sent."""


class Connection(Protocol):
    """What can be done to a connection beside writing to it."""

    def reset(self) -> None:
        """End it at once, with a TCP reset."""
        ...

    def close(self) -> None:
        """End it in order, after what was written."""
        ...


@dataclass(frozen=True, slots=True)
class Mischief:
    """What is done to one answer."""

    scenario: str
    do: Do

    def lost(self, *, opened: bool) -> str:
        """Say how the answer is lost; an answer about a task only once there is one."""
        do = self.do
        return "reset" if do.drop == "before" else (do.lose or "") if opened else ""

    def _halves(self, *, opened: bool) -> bool:
        return self.do.drop == "middle" or self.lost(opened=opened) == "half"

    def rewrite(self, response: Response, *, opened: bool) -> Response:
        """Give the answer as the client gets it; half a body has the headers of the whole."""
        lost = self.lost(opened=opened)
        if lost in {"reset", "empty", "timeout"}:
            return UNSENT
        response = _gateway(lost) if lost in GATEWAY else self._spoilt(response)
        named = [*response.headers, (HEADER, self.scenario.encode())]
        response = response._replace(headers=named)
        if self._halves(opened=opened):
            response = response._replace(body=response.body[: len(response.body) // 2])
        return response

    def _spoilt(self, response: Response) -> Response:
        do = self.do
        if do.body:
            # no beginning of an object or a list is JSON
            broken = response.body[: len(response.body) // 2] or b"{"
            response = _with_body(response, b"" if do.body == "empty" else broken)
        if do.content_type is not None:
            response = _with_header(response, b"content-type", do.content_type.encode())
        return response

    async def answer(
        self, scope: Scope, response: Response, receive: Receive, send: Send, *, opened: bool
    ) -> None:
        """Send what `rewrite` left of an answer, unless the client leaves before."""
        gone = asyncio.ensure_future(left(receive))
        try:
            if self.do.latency is not None:
                await _wait(gone, self.do.latency)
            lost = self.lost(opened=opened)
            if lost in {"reset", "empty", "timeout"}:
                await self._lose(lost, scope, gone)
            else:
                halves = self._halves(opened=opened)
                await self._send(response, send, gone, more=halves)
                if halves:
                    await self._end(scope, gone, reset=False)
        finally:
            gone.cancel()

    async def _lose(self, how: str, scope: Scope, gone: "asyncio.Future[None]") -> None:
        if how == "timeout":
            if _connection(scope) is None:
                raise TimeoutError(f"scenario {self.scenario}: no answer will come")
            await _wait(gone, HOLD)
        await self._end(scope, gone, reset=how != "empty")

    async def _end(self, scope: Scope, gone: "asyncio.Future[None]", *, reset: bool) -> None:
        """End the connection; without one of ours, the application itself breaks off."""
        connection = _connection(scope)
        if connection is None:
            raise ConnectionResetError(f"scenario {self.scenario}: the connection is dropped")
        if reset:
            connection.reset()
        else:
            connection.close()
        await gone  # or the server would take the silence for an error of the application

    async def _send(
        self, response: Response, send: Send, gone: "asyncio.Future[None]", *, more: bool
    ) -> None:
        start = {"type": "http.response.start", "status": response.status}
        await send({**start, "headers": response.headers})
        body, rate = response.body, self.do.slow
        size = max(1, int(rate * BEAT)) if rate else len(body) or 1
        while len(body) > size and rate and not gone.done():
            await send(_piece(body[:size], more=True))
            body = body[size:]
            await _wait(gone, size / rate)
        await send(_piece(body, more=more))


def _piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _wait(gone: "asyncio.Future[None]", seconds: float) -> None:
    """Wait in real time, no longer than the client does."""
    pausing = asyncio.ensure_future(pause(seconds))
    await asyncio.wait({pausing, gone}, return_when=asyncio.FIRST_COMPLETED)
    pausing.cancel()


def _connection(scope: Scope) -> Connection | None:
    found: Connection | None = scope.get("state", {}).get(CONNECTION)
    return found


def _with_header(response: Response, name: bytes, value: bytes) -> Response:
    others = [one for one in response.headers if one[0] != name]
    return response._replace(headers=[*others, (name, value)])


def _with_body(response: Response, body: bytes) -> Response:
    return _with_header(response, b"content-length", b"%d" % len(body))._replace(body=body)


def _gateway(how: str) -> Response:
    """Give what a proxy says in place of the provider: a page for people."""
    status, reason = GATEWAY[how]
    title = f"{status} {reason}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return _with_body(Response(status, [(b"content-type", b"text/html")], b""), page.encode())
