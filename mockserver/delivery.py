"""Handing out results and uploads, without a key, under the links that were given."""

from typing import Any
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from mockserver.exchange import Exchange, File
from mockserver.recording import record
from mockserver.refusing import refuse_ourselves
from mockserver.responding import Response, media_response
from mockserver.store import AnyTask, Link
from mockserver.trouble import cut
from mockserver.world import NOBODY, World

MEDIA = "media"
"""The name of this route, as if it were an operation."""
NO_SNIFFING = ((b"x-content-type-options", b"nosniff"),)
"""Uploads are whatever a client says they are, and nothing else."""
NOTHING = Link("")
"""What is behind a link that leads nowhere."""


class Media:
    """Results and uploads, as an ASGI application."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file, or a range of it."""
        name: str = scope["path_params"]["name"]
        link = self.world.store.links.get(NOBODY, name.partition(".")[0]) or NOTHING
        task = self.world.task_behind(link)
        made, met, rule = self.world.media(name), None, ""
        if made is None:
            rule, response = self._refuse(name, task)
        else:
            if self.world.is_meddled and task:
                met = self._meet(task)
            response = _response(scope, name, made, met)
        if met:
            response = met.rewrite(response, opened=False)
        self._record(scope, link, task, response, rule, met.scenario if met else "")
        if met:
            await met.answer(scope, response, receive, send, opened=False)
        else:
            await response.send(send)

    def _refuse(self, name: str, task: AnyTask | None) -> tuple[str, Response]:
        """Say why there is nothing; storage services answer 403 to a signed link that is too old.

        No document of a provider says what happens then, so that is assumed.
        """
        had = task and not task.plan.failure and not task.media_gone
        if task and had and self.world.is_expired(task):
            error = f"the link to media {quote(name)} has expired"
            return "screentest/expired", refuse_ourselves(403, "expired", error)
        error = f"no media called {quote(name)}: it never was, is not ready, or was forgotten"
        return "screentest/no-media", refuse_ourselves(404, "no-media", error)

    def _meet(self, task: AnyTask) -> Any:  # noqa: ANN401 - what most runs never load
        from mockserver.scenarios.meeting import meet_download  # noqa: PLC0415 - as said

        return meet_download(task, self.world)

    def _record(
        self, scope: Scope, link: Link, task: AnyTask | None, response: Response, *why: str
    ) -> None:
        """Remember who fetched what; a link tells whose it is."""
        exchange = Exchange(scope, {}, self.world.clock_of(link.tenant))
        exchange.tenant, exchange.key = link.tenant, task.key if task else ""
        provider, tasks = (task.provider, (task.id,)) if task else ("", ())
        record(self.world, exchange, provider, MEDIA, tasks, response, *why)


def _response(scope: Scope, name: str, made: File, met: Any) -> Response:  # noqa: ANN401 - as above
    """Give a file as far as scenarios leave it whole."""
    content = made.content
    if met and name.endswith(".mp4"):
        content = cut(content, met.do.video)
    wanted = dict(scope["headers"]).get(b"range")
    return media_response(content, made.content_type, wanted, NO_SNIFFING)
