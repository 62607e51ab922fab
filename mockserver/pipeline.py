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
from mockserver.exchange import Exchange, Unanswered
from mockserver.journal import LARGE, Entry, label, remembered
from mockserver.logs import log
from mockserver.reading import read_body, read_form
from mockserver.refusing import refuse, refuse_ourselves
from mockserver.responding import RawHeaders, Response, json_response, media_response, raw
from mockserver.steps.consenting import memory_steps
from mockserver.steps.effects import effect_step
from mockserver.steps.gates import gate_steps
from mockserver.steps.limiting import spend
from mockserver.steps.meddling import fault_of, meddling_step
from mockserver.trouble import NoScenario, cut
from mockserver.world import World

BUG = "screentest/bug"
NO_SCENARIO = "screentest/no-scenario"


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
            meddling_step(provider, operation, world),
            effect_step(provider, operation, world),
            *memory_steps(operation, world),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check, act, answer, remember."""
        values = scope["path_params"]
        given = dict(zip(self.parameters, values, strict=True)) if values else {}
        exchange = Exchange(scope, given, self.world.clock)
        if exchange.tenant:
            exchange.clock = self.world.clock_of(exchange.tenant)
        began = exchange.clock.now()
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
            if exchange.trouble and exchange.opened:
                await self.world.outbox.early(exchange.opened, self.provider)
            response = self._respond(exchange, exchange.reply or await self._wait(exchange))
        except Exception as error:  # noqa: BLE001 - whatever it is, it gets an answer
            rule, response = self._refuse(exchange, error)
        mischief, opened = exchange.mischief, exchange.opened is not None
        if mischief:
            response = mischief.rewrite(response, opened=opened)
        self._record(exchange, began, rule, response)
        if mischief:
            await mischief.answer(scope, response, receive, send, opened=opened)
        else:
            await response.send(send)

    def _refuse(self, exchange: Exchange, error: Exception) -> tuple[str, Response]:
        """Give the rule that refuses, and the refusal."""
        if isinstance(error, Refused):
            if self.world.is_metered:
                spend(self.provider, exchange, error.cause, self.world)
            return refuse(self.provider, self.operation.id, exchange, error, self.world)
        if isinstance(error, Unanswered):
            return "", Response(0, [], b"")
        if isinstance(error, NoScenario):
            return NO_SCENARIO, refuse_ourselves(400, "no-scenario", str(error))
        log.error("a bug in the mock, please report it", exc_info=error)
        text = f"a bug in Screentest, at {self.provider.id} {self.operation.id}; see its log"
        return BUG, refuse_ourselves(500, "bug", text)

    async def _wait(self, exchange: Exchange) -> Reply:
        """Hold a blocking call until its task is over."""
        effect, task = self.operation.effect, exchange.opened
        assert isinstance(effect, Opens) and task is not None  # noqa: S101, PT018 - only they wait
        if exchange.clock.policy == "poll":
            self.world.end(task, exchange.clock)
        await self.world.until_over(task)
        return effect.reply(task, exchange.clock.now())

    def _respond(self, exchange: Exchange, reply: Reply) -> Response:
        headers = self.headers
        if reply.headers or exchange.headers_sent:
            headers = [*headers, *raw(exchange.headers_sent), *raw(reply.headers)]
        if isinstance(reply.body, Video):
            wanted = exchange.headers.get(b"range") if self.operation.method == "GET" else None
            clip = exchange.found[0].plan.clip
            film = self.world.studio.video(clip)
            if exchange.mischief:
                film = cut(film, exchange.mischief.do.video)
            response = media_response(film, "video/mp4", wanted, headers)
        elif reply.body is None:
            response = Response(reply.status, headers, b"")
        else:
            response = json_response(reply.status, encode(reply.body), headers)
        if reply.forgets_media:
            self.world.forget_media(exchange.found[0])
        return response

    def _record(self, exchange: Exchange, began: float, rule: str, response: Response) -> None:
        """Remember an exchange; it is dated by when it came."""
        scope, journal, body, answer = (
            exchange.scope,
            self.world.journal,
            exchange.body,
            response.body,
        )
        opened, key = exchange.opened, label(exchange.key)
        tasks = (opened.id,) if opened else tuple([task.id for task in exchange.found])
        journal.append(
            Entry(
                journal.total + 1,
                began,
                exchange.clock.now() - began,
                key if exchange.tenant == exchange.key else label(exchange.tenant),
                key,
                self.provider.id,
                self.operation.id,
                scope["method"],
                scope["path"],
                scope["query_string"],
                scope["headers"],
                body
                if body is not None and len(body) <= LARGE
                else remembered(body, scope["headers"]),
                response.status,
                rule,
                fault_of(exchange) if self.world.is_meddled else "",
                tasks,
                response.headers,
                answer if len(answer) <= LARGE else remembered(answer, response.headers),
            )
        )
