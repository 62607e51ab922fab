"""What RelayDance answers: answer models, and pure functions from task and time to answer."""

from collections.abc import Sequence
from random import Random
from typing import Any, Literal, NotRequired, cast, get_args

from typing_extensions import TypedDict

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.frame_sizes import clip_of
from contracts.kernel.ids import two_alphanumeric
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.operation import Upload
from contracts.kernel.reply import Reply
from contracts.kernel.task import Names, Phase, Plan, Task
from contracts.providers.relaydance.models import models
from contracts.providers.relaydance.requests import Generate, ListModels, Metadata, Poll
from contracts.providers.relaydance.sources import GATEWAY

NO_METADATA = Metadata.model_construct()  # which asks for no build at import
DEFAULT_RATIO = "16:9"
DEFAULT_SECONDS = "5"
"""What upstream makes when `seconds` is absent (GATEWAY)."""

Word = Literal["submitted", "running", "succeeded", "failed"]
LIFECYCLE = Lifecycle(
    words=dict(zip(Phase, get_args(Word), strict=True)),
    seconds=183,
    source=GATEWAY.at(
        "a recorded task of 5 s at 720p", "The words are from the get-prediction page."
    ),
    media_seconds=30 * 60,
    media_source=GATEWAY.at(
        "relaydance-video-gateway", "It cites a PDF: links are signed and last about 30 minutes."
    ),
)


class Submitted(TypedDict):
    """The task was accepted."""

    task_id: str
    status: Literal["submitted"]


class TaskError(TypedDict):
    """Why a task failed. No document shows this field; its form is assumed."""

    message: str


class TaskState(TypedDict):
    """The state of a task; also the payload of the webhook."""

    task_id: str
    status: Word
    url: NotRequired[str]
    format: NotRequired[Literal["mp4"]]
    metadata: NotRequired[dict[str, Any]]
    error: NotRequired[TaskError]


class StoredFile(TypedDict):
    """An uploaded file, and the link to use in a request."""

    id: str
    url: str


class ModelEntry(TypedDict):
    """One model, as the OpenAI list form has it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(TypedDict):
    """The models this key may use."""

    object: Literal["list"]
    data: list[ModelEntry]


def names(random: Random, _now: float) -> Names:
    """Name a task: `task_` and 32 letters and digits, as recorded ids have them (GATEWAY)."""
    id_, link = two_alphanumeric(random, 32, 32)
    return Names(f"task_{id_}", link)


def resolution_of(model: str) -> str:
    """Give the resolution that a model id stands for, else the upstream's default."""
    row = models().get(model)
    return (row and row.resolution) or "720p"


def resolution_asked(body: Generate) -> str:
    """Give the resolution that a request asks for, by its metadata or by its model."""
    metadata = value_or(body.metadata, NO_METADATA)
    return value_or(metadata.resolution, "") or resolution_of(body.model)


def plan(body: Generate) -> Plan:
    """Decide what becomes of a request; sound only where it is asked for."""
    return plan_for(body, int(value_or(body.seconds, DEFAULT_SECONDS)))


def plan_for(body: Generate, seconds: int) -> Plan:
    """Decide it for a length that the caller has made out."""
    metadata = value_or(body.metadata, NO_METADATA)
    ratio = value_or(metadata.ratio, DEFAULT_RATIO)
    audio = value_or(metadata.generate_audio, default=False)
    clip = clip_of(resolution_asked(body), ratio, seconds, audio=audio)
    return Plan(clip=clip, callback_url=value_or(metadata.callback_url, ""))


def submitted(task: Task[Generate], _now: float) -> Reply:
    """Answer an accepted request."""
    return Reply(Submitted(task_id=task.id, status="submitted"))


def polled(_body: Poll, tasks: Sequence[Task[Generate]], now: float) -> Reply:
    """Answer how far a task is."""
    if not tasks:
        raise Refused(Cause.NO_TASK)
    return Reply(state(tasks[0], now))


def state(task: Task[Generate], now: float) -> TaskState:
    """Give the state of a task at a moment; the vendor parameters are echoed."""
    phase = task.phase(now)
    answer = TaskState(task_id=task.id, status=cast("Word", LIFECYCLE.words[phase]))
    if "metadata" in task.sent:
        answer["metadata"] = task.sent["metadata"]
    if phase is Phase.SUCCEEDED:
        answer["url"] = task.video_url
        answer["format"] = "mp4"
    if phase is Phase.FAILED and task.plan.failure:
        answer["error"] = TaskError(message=task.plan.failure.message)
    return answer


def stored(upload: Upload) -> Reply:
    """Answer an upload."""
    return Reply(StoredFile(id=f"file_{upload.id}", url=upload.url))


def listed(_body: ListModels) -> Reply:
    """List the models."""
    entries = [
        ModelEntry(id=row.id, object="model", created=0, owned_by="relaydance")
        for row in models().values()
    ]
    return Reply(ModelList(object="list", data=entries))
