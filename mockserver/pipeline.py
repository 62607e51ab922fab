"""The order of things: how one request becomes one answer.

Each operation has one pipeline, composed at start. Nothing is looked up per request that could have
been looked up then.
"""

import logging

from pydantic_core import to_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contracts.kernel.errors import Refusal, Refused
from contracts.kernel.ids import uuid4
from contracts.kernel.operation import Carried, Keeps, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Reply, Video
from mockserver.exchange import Exchange
from mockserver.journal import Entry, remembered
from mockserver.reading import read_body, read_form
from mockserver.responding import RawHeaders, Response, json_response, media_response, raw
from mockserver.steps.effects import effect_step
from mockserver.steps.gates import gate_steps
from mockserver.world import World

log = logging.getLogger("screentest")


class Pipeline:
    """Everything that happens to a request of one operation, as an ASGI application."""

    def __init__(self, provider: Provider, operation: Operation, world: World) -> None:
        self.provider = provider
        self.operation = operation
        self.world = world
        self.reads_body = operation.carried is not Carried.URL
        self.headers: RawHeaders = raw(provider.headers)
        self.steps = (
            *gate_steps(provider, operation, world),
            effect_step(provider, operation.effect, world),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, act, answer, remember."""
        exchange = Exchange(scope, dict(scope["headers"]), scope["path_params"])
        try:
            await self._read(exchange, receive)
        except ClientDisconnect:
            return
        rule = ""
        try:
            for step in self.steps:
                step(exchange)
            response = self._respond(exchange, exchange.reply or await self._wait(exchange))
        except Refused as refused:
            rule, response = refuse(self.provider, self.operation.id, exchange, refused, self.world)
        self._record(exchange, response.status, rule)
        await response.send(send)

    async def _read(self, exchange: Exchange, receive: Receive) -> None:
        if not self.reads_body:
            return
        exchange.body = await read_body(receive, self.provider.body_limit)
        effect = self.operation.effect
        if isinstance(effect, Keeps):
            body = exchange.body or b""
            exchange.form, exchange.file = await read_form(exchange.headers, body, effect.field)

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
            response = json_response(reply.status, reply.body.to_bytes(), headers)
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


def refuse(
    provider: Provider, operation: str, exchange: Exchange, refused: Refused, world: World
) -> tuple[str, Response]:
    """Give a refusal the provider's own form; returns the broken rule's id, too."""
    case = provider.errors[refused.cause]
    tenant = exchange.tenant or world.tenant(exchange.key)
    refusal = Refusal(
        cause=refused.cause,
        violations=refused.violations,
        details=refused.details,
        trace=uuid4(tenant.random),
        url=exchange.url,
    )
    first = refused.violations[0] if refused.violations else None
    rule = first.rule if first else f"{provider.id}/{refused.cause}"
    sentence = f"{first.sentence} [{first.source}]" if first else f"{case.when} [{case.source}]"
    log.warning("refused %s %s %d %s: %s", provider.id, operation, case.status, rule, sentence)
    headers = raw(provider.headers)
    if case.headers:
        headers += raw(case.headers(refusal))
    headers.append((b"x-screentest-rule", rule.encode()))
    return rule, json_response(case.status, to_json(case.body(refusal)), headers)
