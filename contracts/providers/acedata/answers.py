"""What Ace Data Cloud answers: answer models, and pure functions from task and time to answer."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict

from contracts.kernel.body import value_or
from contracts.kernel.clip import FRAMES_PER_SECOND
from contracts.kernel.frame_sizes import clip_of
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.reply import Answer, Reply
from contracts.kernel.task import Failure, Phase, Plan, Task
from contracts.providers.acedata.prices import tokens
from contracts.providers.acedata.quirks import RANDOM_SEED, is_blocking, settings
from contracts.providers.acedata.requests import Request, Tasks, TextItem, Videos
from contracts.providers.acedata.sources import ASSUMED, CONCEPTS, DOCS_SPEC

DAY = 86_400.0
LIFECYCLE = Lifecycle(
    words={
        Phase.SUCCEEDED: "succeeded",
    },
    seconds=81.9,
    source=DOCS_SPEC.at(
        "SeedanceTaskRecord", "The sample's `elapsed`. Only finished data has a status."
    ),
    media_seconds=30 * DAY,
    media_source=ASSUMED.at(
        "lifetime of a result",
        "The FAQ says about 30 days of other video services, and does not name this one; upstream"
        " and a third party say 24 hours.",
    ),
    poll_seconds=1,
    poll_source=CONCEPTS.at(
        "async tasks", "Under one request a second; 5 to 10 s is the advice for the first looks."
    ),
)


class Accepted(TypedDict):
    """The answer of an asynchronous call."""

    success: Literal[True]
    task_id: str
    trace_id: str


class Content(TypedDict):
    """Links to what was made."""

    video_url: str
    last_frame_url: NotRequired[str]


class Usage(TypedDict):
    """Tokens: width x height x frames / 1024."""

    completion_tokens: int
    total_tokens: int


class ArkTask(TypedDict):
    """The finished video, in the form of the seed's page."""

    id: str
    model: str
    status: Literal["succeeded"]
    content: Content
    seed: int
    resolution: str
    ratio: str
    duration: int
    framespersecond: int
    service_tier: str
    execution_expires_after: int
    usage: Usage
    created_at: int
    updated_at: int


class Finished(TypedDict):
    """The answer of a blocking call, and the payload of the callback."""

    success: Literal[True]
    task_id: str
    trace_id: str
    data: list[ArkTask]


class Reason(TypedDict):
    """Why a task failed."""

    code: str
    message: str


class Failed(TypedDict):
    """The same for a task that failed."""

    success: Literal[False]
    task_id: str
    trace_id: str
    error: Reason


class FlatData(TypedDict):
    """The finished video, in the flat form that records have."""

    task_id: str
    status: Literal["succeeded"]
    video_url: str
    last_frame_url: str | None
    model: str
    duration: int
    resolution: str
    ratio: str


class FlatFinished(TypedDict):
    """What a record holds once its task succeeded."""

    success: Literal[True]
    task_id: str
    trace_id: str
    data: FlatData


@with_config(extra="forbid")
class Pending(TypedDict):
    """What a record holds before: an empty object, which every client of the vendor can read."""


class Record(TypedDict):
    """One task. There is no status at the top: a task is over when `finished_at` is there."""

    id: str
    type: Literal["videos"]
    created_at: float
    trace_id: str
    request: dict[str, Any]
    response: Pending | FlatFinished | Failed
    started_at: NotRequired[float]
    finished_at: NotRequired[float]
    elapsed: NotRequired[float]


@with_config(extra="forbid")
class NoRecord(TypedDict):
    """The requested task does not exist."""


class Batch(TypedDict):
    """Several records; unknown ids are left out."""

    items: list[Record]
    count: int


def plan(body: Request) -> Plan:
    """Decide what becomes of a request."""
    wanted = settings(body)
    seconds = wanted.frames / FRAMES_PER_SECOND
    clip = clip_of(wanted.resolution, wanted.ratio, seconds, audio=wanted.audio)
    url = value_or(body.callback_url, "")
    return Plan(
        clip=clip,
        callback_url=url,
        last_frame=body.return_last_frame,
        timeout=body.execution_expires_after,
    )


def prompt(body: Request) -> str:
    """Give the texts that a request holds."""
    return "\n".join(item.text for item in body.content if isinstance(item, TextItem))


def accepted(task: Task[Videos], now: float) -> Reply:
    """Answer a create call: at once, or with the result where the call blocked."""
    if is_blocking(task.request):
        return Reply(result(task, now))
    return Reply(Accepted(success=True, task_id=task.id, trace_id=task.names.others["trace"]))


def result(task: Task[Videos], _now: float) -> Answer:
    """Give the end of a task."""
    if task.plan.failure:
        return failed(task, task.plan.failure)
    trace = task.names.others["trace"]
    return Finished(success=True, task_id=task.id, trace_id=trace, data=[_ark(task)])


def failed(task: Task[Request], failure: Failure) -> Failed:
    """Give the end of a task that failed."""
    reason = Reason(code=failure.code, message=failure.message)
    return Failed(success=False, task_id=task.id, trace_id=task.names.others["trace"], error=reason)


def _ark(task: Task[Videos]) -> ArkTask:
    request, wanted = task.request, settings(task.request)
    content = Content(video_url=task.video_url)
    if task.plan.last_frame:
        content["last_frame_url"] = task.last_frame_url
    used = tokens(task.plan.clip)
    return ArkTask(
        id=task.names.others["inner"],
        model=request.model,
        status="succeeded",
        content=content,
        seed=int(task.names.others["seed"]) if wanted.seed == RANDOM_SEED else wanted.seed,
        resolution=wanted.resolution,
        ratio=wanted.ratio,
        duration=wanted.seconds,
        framespersecond=FRAMES_PER_SECOND,
        service_tier=request.service_tier,
        execution_expires_after=request.execution_expires_after,
        usage=Usage(completion_tokens=used, total_tokens=used),
        created_at=int(task.created),
        updated_at=int(task.finishes),
    )


def looked_up(body: Tasks, tasks: Sequence[Task[Request]], now: float) -> Reply:
    """Answer a look-up: one record, several, or an empty object for an unknown task."""
    if body.action == "retrieve_batch":
        return Reply(Batch(items=[record(task, now) for task in tasks], count=len(tasks)))
    return Reply(record(tasks[0], now) if tasks else NoRecord())


def ids(body: Tasks) -> Sequence[str]:
    """Give the ids a look-up asks for."""
    if body.action == "retrieve_batch":
        return value_or(body.ids, [])
    return (value_or(body.id, ""),)


def record(task: Task[Request], now: float) -> Record:
    """Give the record of a task at a moment."""
    phase = task.phase(now)
    answer = Record(
        id=task.id,
        type="videos",
        created_at=round(task.created, 3),
        trace_id=task.names.others["trace"],
        request=task.sent,
        response=Pending(),
    )
    if phase is not Phase.WAITING:
        answer["started_at"] = round(task.started, 3)
    if task.is_over(now):
        answer["finished_at"] = round(task.finishes, 3)
        answer["elapsed"] = round(task.finishes - task.started, 3)
        failure = task.plan.failure
        answer["response"] = failed(task, failure) if failure else flat(task)
    return answer


def flat(task: Task[Request]) -> FlatFinished:
    """Give the end of a task that succeeded, in the flat form."""
    wanted = settings(task.request)
    data = FlatData(
        task_id=task.names.others["inner"],
        status="succeeded",
        video_url=task.video_url,
        last_frame_url=task.last_frame_url if task.plan.last_frame else None,
        model=task.request.model,
        duration=wanted.seconds,
        resolution=wanted.resolution,
        ratio=wanted.ratio,
    )
    return FlatFinished(
        success=True, task_id=task.id, trace_id=task.names.others["trace"], data=data
    )
