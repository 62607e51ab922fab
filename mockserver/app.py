"""The application: every provider, the results they hand out, and a page that says so."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from urllib.parse import quote

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from contracts.kernel.provider import Provider
from contracts.kernel.task import MEDIA_PATH, OURS
from mockserver.admission import Guarded
from mockserver.delivery import Media
from mockserver.reception import Door
from mockserver.refusing import refuse_ourselves
from mockserver.responding import json_response
from mockserver.revisions import meant
from mockserver.routing import Operations
from mockserver.settings import Settings
from mockserver.sinks import SINK_PATH
from mockserver.welcome import OPENAPI_PATH, welcome
from mockserver.world import World


def create_app(
    settings: Settings | None = None,
    *,
    providers: Mapping[str, Provider] | None = None,
    world: World | None = None,
) -> Starlette:
    """Make the mock as an ASGI application; its state is `app.state.world`.

    `providers` are those that the settings choose unless others are given, which are served as they
    are; `world` is a fresh one. A contract that does not exist is a `ValueError`.
    """
    world = world or World(settings or Settings())
    if providers is None:
        providers = meant(world.settings.contracts, world.settings.models)
    world.providers = dict(providers)
    world.order_scenarios()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None, None]:
        yield
        await world.close()

    media = Route(f"{MEDIA_PATH}/{{name}}", Media(world), methods=["GET", "HEAD"])
    front = Route("/", partial(front_page, providers))
    documents = Route(f"{OPENAPI_PATH}/{{name}}", Documents(providers), methods=["GET", "HEAD"])
    sink = Route(f"{SINK_PATH}/{{name}}", Door(world.sinks), methods=["POST"])
    desk = Control(world)
    guide = Route(f"{OPENAPI_PATH}.json", desk, methods=["GET", "HEAD"])
    control = Route(f"/{OURS}/{{path:path}}", Guarded(desk, world.settings.control_token))
    others = [front, media, documents, guide, sink, control]
    app = Screentest(Operations(providers, world), others=others, lifespan=lifespan)
    app.state.world = world
    app.state.providers = providers
    return app


SHARED = f"{MEDIA_PATH}/", f"{SINK_PATH}/"
"""How the paths of results and sinks begin."""


class Screentest(Starlette):
    """The application. Operations are answered without passing through any middleware.

    The layers of the framework cost as much as all the rest of a poll, and an operation needs none
    of them: its pipeline answers for its own errors.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        others: Sequence[BaseRoute],
        lifespan: Lifespan[Starlette],
    ) -> None:
        super().__init__(routes=[*others, operations], lifespan=lifespan)
        self.operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an operation at once; leave anything else to the framework.

        Under the host of a provider nothing of ours is to be found, but for the media it links to,
        and the sinks that its callbacks may go to.
        """
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif found := self.operations.find(scope):
            await found(scope, receive, send)
        elif self.operations.is_hosted(scope) and not scope["path"].startswith(SHARED):
            await self.operations.refusal(scope)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def front_page(providers: Mapping[str, Provider], request: Request) -> PlainTextResponse:
    """Tell someone who opens the address in a browser what it is."""
    return PlainTextResponse(welcome(providers, f"{request.url.scheme}://{request.url.netloc}"))


MOST_DOCUMENTS = 32
"""How many documents are kept ready, one for each origin that was asked; clients make those up."""


class Documents:
    """The contracts that are served, as OpenAPI documents whose first server is the mock itself."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self.providers = providers
        self.made = lru_cache(MOST_DOCUMENTS)(self._make)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve `<provider>.json`, made when it is first asked for."""
        name: str = scope["path_params"]["name"]
        id_ = name.removesuffix(".json")
        if name == id_ or id_ not in self.providers:
            there = ", ".join(f"{one}.json" for one in self.providers)
            error = f"no document called {quote(name)}; there are: {there}"
            response = refuse_ourselves(404, "no-document", error)
        else:
            url = Request(scope).url
            response = json_response(200, self.made(id_, f"{url.scheme}://{url.netloc}"), ())
        await response.send(send)

    def _make(self, id_: str, origin: str) -> bytes:
        from contracts.kernel.openapi import openapi  # noqa: PLC0415 - most runs need none

        return to_json(openapi(self.providers[id_], origin))


class Control:
    """The control plane, which is loaded when it is first asked for: most runs never do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.desk: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by what the endpoint does."""
        if self.desk is None:
            from mockserver.control.desk import Desk  # noqa: PLC0415 - as said above

            self.desk = Desk(self.world)
        await self.desk(scope, receive, send)
