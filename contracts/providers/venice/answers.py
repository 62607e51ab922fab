"""What Venice answers: answer models, and pure functions from task and time to answer."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.frame_sizes import clip_of
from contracts.kernel.reply import Reply, Video
from contracts.kernel.rules import Table
from contracts.kernel.task import Failure, Plan, Task
from contracts.providers.venice.causes import LINK_REVOKED, MEDIA_GONE, NO_LINK, POLICY
from contracts.providers.venice.failures import is_kept
from contracts.providers.venice.models import (
    DEFAULT_RESOLUTION,
    VeniceModel,
    is_private,
    price,
)
from contracts.providers.venice.requests import (
    UPSCALER,
    Complete,
    ListModels,
    Queue,
    Quote,
    Retrieve,
    Share,
)

TYPICAL_SECONDS = 145
"""The sample answer of /video/retrieve: `average_execution_time` 145000 ms (SPEC)."""
DEFAULT_SECONDS = 5
"""The length where a duration names none (`Auto`, `1 gen`). No document gives one; assumed."""
SOURCE_LINES = 360
"""The height of a video to be scaled up. The source is never opened, so it is assumed."""
DAY = 24 * 60 * 60
"""How long a queue_id can be asked about (SKILLS), and a download_url be fetched (GUIDE)."""


class Queued(TypedDict):
    """The request was accepted."""

    model: str
    queue_id: str
    download_url: NotRequired[str]


class Status(TypedDict):
    """How far a video is; times in milliseconds."""

    status: Literal["PROCESSING", "COMPLETED"]
    average_execution_time: float
    execution_duration: float


class Completed(TypedDict):
    """Whether the stored media was deleted."""

    success: bool


class Price(TypedDict):
    """A quote in US dollars."""

    quote: float


class ModelList(TypedDict):
    """The catalogue, for one type of model."""

    data: list[dict[str, Any]]
    object: Literal["list"]
    type: str


def plan(body: Queue) -> Plan:
    """Decide what becomes of a request; sound is on unless it is turned off."""
    resolution, ratio = _shape(body)
    audio = value_or(body.audio, default=True) and body.model != UPSCALER  # which drops the sound
    return Plan(clip=clip_of(resolution, ratio, seconds_of(body), audio=audio))


def _shape(body: Queue) -> tuple[str, str]:
    """Give resolution and ratio; `2x` and its like multiply the lines of a source of 360."""
    ratio = value_or(body.aspect_ratio, "16:9")
    resolution = value_or(body.resolution, DEFAULT_RESOLUTION)
    if body.model == UPSCALER:
        return f"{SOURCE_LINES * value_or(body.upscale_factor, 2)}p", ratio
    if resolution.endswith("x"):
        return f"{SOURCE_LINES * int(resolution[0])}p", ratio
    return resolution, ratio


def seconds_of(body: Queue | Quote) -> int:
    """Read a length: `5s`, or seconds as text; a word that names none counts as the default.

    So does one that is missing, as it may since October: what follows a source is never opened.
    """
    digits = value_or(body.duration, "").removesuffix("s").partition(".")[0]
    return int(digits) if digits.isdigit() and int(digits) else DEFAULT_SECONDS


def queued(task: Task[Queue], _now: float) -> Reply:
    """Answer an accepted request; only private models get a `download_url`."""
    model = task.request.model
    if is_private(model):
        return Reply(Queued(model=model, queue_id=task.id, download_url=_download_url(task)))
    return Reply(Queued(model=model, queue_id=task.id))


def _download_url(task: Task[Queue]) -> str:
    return f"{task.origin}/v1/share/read/{task.names.link}"


def retrieved(body: Retrieve, tasks: Sequence[Task[Queue]], now: float) -> Reply:
    """Answer how far a video is; a finished one of an ordinary model is the answer itself."""
    task = _only(tasks)
    if not task.is_over(now):
        return Reply(_status("PROCESSING", task, now))
    if task.plan.failure:
        raise _failed(task, task.plan.failure)
    if is_private(task.request.model):
        return Reply(_status("COMPLETED", task, task.finishes))
    if task.media_gone:
        raise Refused(MEDIA_GONE)
    return Reply(Video(), forgets_media=body.delete_media_on_completion)


def _failed(task: Task[Queue], failure: Failure) -> Refused:
    """Give the refusal of a failed task, which is the same on every poll."""
    details = {"message": failure.message, "refunded": not is_kept(task)}
    return Refused(failure.cause or POLICY, details=details)


def _status(word: Literal["PROCESSING", "COMPLETED"], task: Task[Queue], now: float) -> Status:
    total = TYPICAL_SECONDS * 1000
    done = round(task.progress(now) * total)
    return Status(status=word, average_execution_time=total, execution_duration=done)


def completed(_body: Complete, tasks: Sequence[Task[Queue]], now: float) -> Reply:
    """Delete the stored media; there is nothing to delete before the end."""
    task = _only(tasks)
    return Reply(Completed(success=task.is_over(now)), forgets_media=task.is_over(now))


def shared(_body: Share, tasks: Sequence[Task[Queue]], now: float) -> Reply:
    """Deliver the video of a private model by its link; a failed task never had one to deliver."""
    task = _private(tasks)
    if task.media_gone or now >= task.finishes + DAY:
        raise Refused(LINK_REVOKED)
    if not task.is_over(now) or task.plan.failure:
        raise Refused(NO_LINK)
    return Reply(Video())


def revoked(_body: Share, tasks: Sequence[Task[Queue]], _now: float) -> Reply:
    """Revoke a link for good."""
    _private(tasks)
    return Reply(None, status=204, forgets_media=True)


def _only(tasks: Sequence[Task[Queue]]) -> Task[Queue]:
    if not tasks:
        raise Refused(Cause.NO_TASK)
    return tasks[0]


def _private(tasks: Sequence[Task[Queue]]) -> Task[Queue]:
    if not tasks or not is_private(tasks[0].request.model):
        raise Refused(NO_LINK)
    return tasks[0]


def quoted(body: Quote) -> Reply:
    """Give a price; fields the model does not use change nothing."""
    return Reply(Price(quote=dollars(body)))


def dollars(body: Queue | Quote) -> float:
    """Give the price of what is asked for: the same for a quote and for a charge."""
    resolution, audio = value_or(body.resolution, "-"), value_or(body.audio, default=True)
    return price(body.model, seconds_of(body), resolution, audio=audio)


def listing(table: Table[VeniceModel]) -> Callable[[ListModels], Reply]:
    """Make the answer that lists a table; every model in it is a video model."""

    def listed(body: ListModels) -> Reply:
        wanted = value_or(body.type, "text")
        rows = table().values() if wanted in {"video", "all"} else ()
        data = [_entry(row) for row in rows]
        return Reply(ModelList(data=data, object="list", type=wanted))

    return listed


def _entry(row: VeniceModel) -> dict[str, Any]:
    spec = {
        "privacy": row.privacy,
        "name": row.name,
        "offline": False,
        "traits": [],
        "model_sets": row.model_sets,
        "constraints": row.constraints,
    }
    optional = {"uncensored": row.uncensored, "modelSource": row.model_source}
    return {
        "id": row.id,
        "object": "model",
        "owned_by": "venice.ai",
        "type": "video",
        "created": row.created,
        "model_spec": spec | {key: value for key, value in optional.items() if value},
    }
