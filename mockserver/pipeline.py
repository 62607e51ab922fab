"""The order of things: how one request becomes one answer.

Each operation has one pipeline, composed at start. Nothing is looked up per request that could have
been looked up then.
"""

import asyncio
import re

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from contracts.kernel.errors import Refused
from contracts.kernel.operation import Carried, Keeps, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Reply, Video, encode
from mockserver.exchange import Exchange, Unanswered
from mockserver.logs import log
from mockserver.reading import left, read_body, read_form
from mockserver.recording import record
from mockserver.refusing import refuse, refuse_ourselves
from mockserver.responding import RawHeaders, Response, json_response, media_response, raw
from mockserver.steps.consenting import memory_steps
from mockserver.steps.effects import effect_step, owner_steps
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
            *owner_steps(provider, operation, world),
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
            exchange.enter(exchange.tenant, self.world.clock_of(exchange.tenant))
        if self.reads_body:
            try:
                exchange.body = await read_body(receive, self.provider.body_limit)
                if self.file_field:
                    await read_form(exchange, self.file_field)
            except ClientDisconnect:
                return
        rule, response = await self._act(exchange, receive)
        mischief, opened = exchange.mischief, exchange.opened is not None
        if mischief:
            response = mischief.rewrite(response, opened=opened)
        self._record(exchange, rule, response)
        if mischief:
            await mischief.answer(scope, response, receive, send, opened=opened)
        elif response.status:
            await response.send(send)

    async def _act(self, exchange: Exchange, receive: Receive) -> tuple[str, Response]:
        """Give the answer to a request, and the rule that refuses it, if one does."""
        try:
            for step in self.steps:
                step(exchange)
            if exchange.trouble and exchange.opened:
                await self.world.outbox.early(exchange.opened, self.provider)
            reply = exchange.reply or await self._wait(exchange, receive)
            return "", self._respond(exchange, reply)
        except Exception as error:  # noqa: BLE001 - whatever it is, it gets an answer
            return self._refuse(exchange, error)

    def _refuse(self, exchange: Exchange, error: Exception) -> tuple[str, Response]:
        """Give the rule that refuses, and the refusal."""
        if isinstance(error, Refused):
            try:
                if self.world.is_metered:
                    spend(self.provider, exchange, error.cause, self.world)
                return refuse(self.provider, self.operation.id, exchange, error, self.world)
            except Exception as worse:  # noqa: BLE001 - it gets an answer, too
                error = worse
        if isinstance(error, Unanswered):
            return "", Response(0, [], b"")
        if isinstance(error, NoScenario):
            return NO_SCENARIO, refuse_ourselves(400, "no-scenario", str(error))
        log.error("a bug in the mock, please report it", exc_info=error)
        text = f"a bug in Screentest, at {self.provider.id} {self.operation.id}; see its log"
        return BUG, refuse_ourselves(500, "bug", text)

    async def _wait(self, exchange: Exchange, receive: Receive) -> Reply:
        """Hold a blocking call until its task is over; a client that leaves gets no answer."""
        effect, task = self.operation.effect, exchange.opened
        assert isinstance(effect, Opens) and task is not None  # noqa: S101, PT018 - only they wait
        if exchange.clock.policy == "poll" and not (task.trouble and task.trouble.stuck):
            self.world.end(task, exchange.clock)
        if exchange.clock.policy == "manual":
            what = f"{self.provider.id} {self.operation.id}"
            log.warning("%s blocks until the time of its tenant is advanced", what)
        ending = asyncio.ensure_future(self.world.until_over(task))
        leaving = asyncio.ensure_future(left(receive))
        try:
            await asyncio.wait({ending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                raise Unanswered
        finally:
            ending.cancel()
            leaving.cancel()
        exchange.opened = ending.result()
        return effect.reply(exchange.opened, exchange.clock.now())

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

    def _record(self, exchange: Exchange, rule: str, response: Response) -> None:
        opened = exchange.opened
        tasks = (opened.id,) if opened else tuple([task.id for task in exchange.found])
        fault = fault_of(exchange) if self.world.is_meddled else ""
        names = self.provider.id, self.operation.id
        record(self.world, exchange, *names, tasks, response, rule, fault)
