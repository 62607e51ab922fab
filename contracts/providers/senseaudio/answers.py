"""What SenseAudio answers: answer models, and pure functions from task and time to answer."""

from collections.abc import Sequence
from math import inf
from typing import Literal, NotRequired, cast, get_args

from pydantic import MISSING
from typing_extensions import TypedDict

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.frame_sizes import clip_of
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.reply import Reply
from contracts.kernel.source import Confidence, Source
from contracts.kernel.task import Phase, Plan, Task
from contracts.providers.senseaudio.requests import (
    Create,
    Item,
    ProviderSpecific,
    Status,
    TextItem,
)
from contracts.providers.senseaudio.sources import STATUS_PAGE, UPSTREAM

Word = Literal["pending", "processing", "completed", "failed"]
LIFECYCLE = Lifecycle(
    words=dict(zip(Phase, get_args(Word), strict=True)),
    seconds=180,
    source=Source(
        "nexu-io/open-design, which reports 3 to 8 minutes for 1080p with sound",
        "2026-09",
        "",
        Confidence.INFERRED,
        "The words are documented on the status page.",
    ),
    media_seconds=86_400,
    media_source=UPSTREAM.at("video_url", "SenseAudio does not say how long its links live."),
    poll_seconds=5,
    poll_source=STATUS_PAGE.at("", "Every 5 to 10 s."),
)


NOTHING_SPECIFIC = ProviderSpecific.model_construct()  # which asks for no build at import


class Created(TypedDict):
    """The task was accepted."""

    task_id: str


class TaskState(TypedDict):
    """The state of a task; fields with nothing to say are missing, as in the page's sample."""

    id: str
    """The record's id, which is not the task id."""
    task_id: str
    model: str
    status: Word
    progress: int
    duration: int
    is_new: bool
    created_at: int
    prompt: str
    resolution: str
    ratio: str
    content: list[Item]
    provider_specific: NotRequired[ProviderSpecific]
    video_url: NotRequired[str]
    completed_at: NotRequired[int]
    error_message: NotRequired[str]


def plan(body: Create) -> Plan:
    """Decide what becomes of a request; sound only where `provider_specific` asks for it."""
    specific = value_or(body.provider_specific, NOTHING_SPECIFIC)
    audio = value_or(specific.generate_audio, default=False)
    clip = clip_of(body.resolution, body.ratio, body.duration, audio=audio)
    return Plan(clip=clip, timeout=value_or(body.timeout, inf))


def prompt(body: Create) -> str:
    """Give the texts that a request holds."""
    return "\n".join(item.text for item in body.content if isinstance(item, TextItem))


def created(task: Task[Create], _now: float) -> Reply:
    """Answer an accepted request."""
    return Reply(Created(task_id=task.id))


def polled(_body: Status, tasks: Sequence[Task[Create]], now: float) -> Reply:
    """Answer how far a task is."""
    if not tasks:
        raise Refused(Cause.NO_TASK)
    return Reply(state(tasks[0], now))


def state(task: Task[Create], now: float) -> TaskState:
    """Give the state of a task at a moment; `prompt` is empty, as in the page's sample."""
    request, phase = task.request, task.phase(now)
    answer = TaskState(
        id=task.names.others["record"],
        task_id=task.id,
        model=request.model,
        status=cast("Word", LIFECYCLE.words[phase]),
        progress=int(task.progress(now) * 100),
        duration=request.duration,
        is_new=True,
        created_at=int(task.created),
        prompt="",
        resolution=request.resolution,
        content=request.content,
        ratio=request.ratio,
    )
    if request.provider_specific is not MISSING:
        answer["provider_specific"] = request.provider_specific
    if task.is_over(now):
        answer["completed_at"] = int(task.finishes)
    if phase is Phase.SUCCEEDED:
        answer["video_url"] = task.video_url
    if phase is Phase.FAILED and task.plan.failure:
        answer["error_message"] = task.plan.failure.message
    return answer
