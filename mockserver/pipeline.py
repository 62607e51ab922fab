"""The order of things: how one request becomes one answer.

Each operation has one pipeline, composed at start. Nothing is looked up per request that could have
been looked up then.
"""

import re

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contracts.kernel.errors import Refused
from contracts.kernel.operation import Carried, Keeps, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Reply, Video, encode
from mockserver.exchange import Exchange
from mockserver.journal import Entry, remembered
from mockserver.logs import log
from mockserver.reading import read_body, read_form
from mockserver.refusing import refuse, refuse_ourselves
from mockserver.responding import RawHeaders, Response, json_response, media_response, raw
from mockserver.steps.effects import effect_step
from mockserver.steps.gates import gate_steps
from mockserver.world import World

BUG = "screentest/bug"


PARAMETER = re.compile(r"\{(\w+)\}")


def parameters_of(path: str) -> tuple[str, ...]:
    """Give the names of a path's parameters, in order."""
    return tuple(PARAMETER.findall(path))


class Pipeline:
    """Everything that happens to a request of one operation, as an ASGI application."""

    def __init__(self, provider: Provider, operation: Operation, world: World) -> None:
        self.provider = provider
        self.operation = operation
        self.world = world
        self.reads_body = operation.carried is not Carried.URL
        effect = operation.effect
        self.file_field = effect.field if isinstance(effect, Keeps) else ""
        self.headers: RawHeaders = raw(provider.headers)
        self.parameters = parameters_of(operation.path)
        self.steps = (
            *gate_steps(provider, operation, world),
            effect_step(provider, operation, world),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, act, answer, remember."""
        values = scope["path_params"]
        given = dict(zip(self.parameters, values, strict=True)) if values else {}
        exchange = Exchange(scope, given)
        if self.reads_body:
            try:
                exchange.body = await read_body(receive, self.provider.body_limit)
                if self.file_field:
                    await read_form(exchange, self.file_field)
            except ClientDisconnect:
                return
        rule = ""
        try:
            for step in self.steps:
                step(exchange)
            response = self._respond(exchange, exchange.reply or await self._wait(exchange))
        except Exception as error:  # noqa: BLE001 - whatever it is, it gets an answer
            rule, response = self._refuse(exchange, error)
        self._record(exchange, response.status, rule)
        await response.send(send)

    def _refuse(self, exchange: Exchange, error: Exception) -> tuple[str, Response]:
        """Give the rule that refuses, and the refusal."""
        if isinstance(error, Refused):
            return refuse(self.provider, self.operation.id, exchange, error, self.world)
        log.error("a bug in the mock, please report it", exc_info=error)
        text = f"a bug in Screentest, at {self.provider.id} {self.operation.id}; see its log"
        return BUG, refuse_ourselves(500, "bug", text)

    async def _wait(self, exchange: Exchange) -> Reply:
        """Hold a blocking call until its task is over."""
        effect, task = self.operation.effect, exchange.opened
        assert isinstance(effect, Opens) and task is not None  # noqa: S101, PT018 - only they wait
        await self.world.clock.sleep_until(task.finishes)
        return effect.reply(task, self.world.clock.now())

    def _respond(self, exchange: Exchange, reply: Reply) -> Response:
        headers = [*self.headers, *raw(reply.headers)] if reply.headers else self.headers
        if isinstance(reply.body, Video):
            wanted = exchange.headers.get(b"range") if self.operation.method == "GET" else None
            clip = exchange.found[0].plan.clip
            response = media_response(self.world.studio.video(clip), "video/mp4", wanted, headers)
        elif reply.body is None:
            response = Response(reply.status, headers, b"")
        else:
            response = json_response(reply.status, encode(reply.body), headers)
        if reply.forgets_media:
            exchange.found[0].media_gone = True
        return response

    def _record(self, exchange: Exchange, status: int, rule: str) -> None:
        self.world.journal.append(
            Entry(
                self.world.clock.now(),
                exchange.key,
                self.provider.id,
                self.operation.id,
                exchange.scope["method"],
                exchange.scope["path"],
                status,
                rule,
                remembered(exchange.body or b""),
                exchange.opened.id if exchange.opened else "",
            )
        )
