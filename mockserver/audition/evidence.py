"""What came of one run of the command: its tasks, who paid for them, and which video arrived."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from contracts.kernel.operation import Finds, Opens
from contracts.kernel.task import Phase
from mockserver.audition.running import Done
from mockserver.journal import Digest, digest_of
from mockserver.store import AnyTask
from mockserver.testing.asking import everything
from mockserver.testing.request import Request
from mockserver.verdict.verdict import Chapter
from mockserver.world import World

PART = re.compile(r"bytes (\d+)-")
"""How the place of a part in the whole is told."""
SUCCESS = 2
"""What the statuses of answers that went well begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One task, as far as a rating goes by it."""

    id: str
    provider: str
    asked: str
    """The digest of its request."""
    opening: int
    """The number of the request that opened it."""
    is_paid: bool
    """Whether it is charged, or will be: everything but a task that failed."""
    is_met: bool
    """Whether the act meddled with it, or with a request about it."""
    is_fetched: bool
    """Whether all bytes of its video were sent out, in one download or in several parts."""
    is_told: bool
    """Whether the link to its video reached the client, in an answer or a callback."""
    has_callback: bool
    """Whether a receiver took a callback about it."""
    shows_pictures: bool
    """Whether its provider would have asked for consent, if its media showed a face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One run of the command, and what the mock saw of it."""

    done: Done
    tasks: tuple[Opened, ...]
    requests: int
    refused: tuple[int, ...]
    """The numbers of submissions that were refused, but not by a scenario."""
    met: tuple[int, ...]
    """The numbers of requests that the act meddled with."""
    looks: int
    chapter: Chapter

    @property
    def paid(self) -> list[Opened]:
        """The tasks that are charged, or will be."""
        return [one for one in self.tasks if one.is_paid]

    @property
    def bodies(self) -> Counter[str]:
        """How many tasks are charged for each request."""
        return Counter(one.asked for one in self.paid)

    @property
    def fetches(self) -> bool:
        """Whether videos were fetched; a client may be content with links."""
        return any(one.is_fetched for one in self.tasks)

    def arrived(self, *, by_link: bool) -> list[Opened]:
        """Give the tasks whose video arrived."""
        return [one for one in self.tasks if (one.is_told if by_link else one.is_fetched)]


def evidence_of(
    world: World, tenant: str, done: Done, names: Sequence[str], chapter: Chapter
) -> Evidence:
    """Look at what a run left behind; `names` are the scenarios and refusals of the act."""
    requests = everything(world, tenant)
    met = [one for one in requests if is_met(one, names)]
    looks = [one for one in requests if one.tasks and _does(one, world, Finds)]
    submits = [one for one in requests if _does(one, world, Opens)]
    return Evidence(
        done=done,
        tasks=tuple(opened(world, task, requests, met) for task in world.store.tasks.of(tenant)),
        requests=len(requests),
        refused=tuple(one.number for one in submits if one.rule and not one.fault),
        met=tuple(one.number for one in met),
        looks=len(looks),
        chapter=chapter,
    )


def is_met(request: Request, names: Sequence[str]) -> bool:
    """Tell whether scenarios meddled with a request, or it was refused as is meant."""
    return not {request.rule, *request.fault.split(", ")}.isdisjoint(names)


def _does(request: Request, world: World, effect: type) -> bool:
    provider = world.providers.get(request.provider)
    operations = provider.operations if provider else ()
    known = [one for one in operations if one.id == request.operation]
    return any(isinstance(one.effect, effect) for one in known)


def opened(
    world: World, task: AnyTask, requests: Sequence[Request], met: Sequence[Request]
) -> Opened:
    """Give what there is to say of a task."""
    mine = [one for one in requests if one.provider == task.provider and task.id in one.tasks]
    phase = task.phase(world.clock_of(task.tenant).now())
    took = took_callback(world, task)
    is_true = not (task.trouble and task.trouble.callback == "wrong-payload")
    return Opened(
        id=task.id,
        provider=task.provider,
        asked=sha256(task.text).hexdigest(),
        opening=next((one.number for one in mine if _does(one, world, Opens)), 0),
        is_paid=phase is not Phase.FAILED,
        is_met=any(one in met for one in mine),
        is_fetched=phase is Phase.SUCCEEDED and is_whole(world, task, mine),
        is_told=phase is Phase.SUCCEEDED
        and (any(tells(one, task) for one in mine) or (took and is_true)),
        has_callback=took,
        shows_pictures=shows_pictures(world, task),
    )


def took_callback(world: World, task: AnyTask) -> bool:
    """Tell whether a receiver took a callback about a task."""
    row = world.store.callbacks.get(task.tenant, (task.provider, task.id))
    return row is not None and any(one.status // 100 == SUCCESS for one in row.attempts)


def shows_pictures(world: World, task: AnyTask) -> bool:
    """Tell whether consent would be asked for, if every picture showed a face."""
    effect = world.providers[task.provider].submit.effect
    consent = effect.consent if isinstance(effect, Opens) else None
    body = task.request
    return bool(consent and consent.asks(body) and any(consent.media(body)))


# What arrived


def tells(request: Request, task: AnyTask) -> bool:
    """Tell whether an answer had the link to the video of a task, once that was over.

    Of a large answer only the digest is kept; it is taken for one that had it.
    """
    entry = request.entry
    if entry.status // 100 != SUCCESS or entry.at + entry.took < task.finishes:
        return False
    return isinstance(entry.answer, Digest) or task.names.link.encode() in entry.answer


def is_whole(world: World, task: AnyTask, requests: Sequence[Request]) -> bool:
    """Tell whether all bytes of a video were sent out."""
    film = world.studio.video(task.plan.clip)
    digest, reached = digest_of(film), 0
    parts = sorted(part for one in requests for part in sent(one, digest, len(film)))
    for start, end in parts:
        if start <= reached:
            reached = max(reached, end)
    return reached == len(film)


def sent(request: Request, digest: str, size: int) -> Iterator[tuple[int, int]]:
    """Give which bytes of a video an answer had: the first one, and the one behind the last."""
    entry, headers = request.entry, request.answer_headers
    answer = entry.answer
    if isinstance(answer, bytes):
        answer = Digest(digest_of(answer), len(answer))
    if entry.method == "HEAD":
        return
    if answer.sha256 == digest:
        yield 0, size
    elif headers.get("content-type", "").startswith("video/"):
        where = PART.match(headers.get("content-range", ""))
        start = int(where[1]) if where else 0
        yield start, start + answer.size
