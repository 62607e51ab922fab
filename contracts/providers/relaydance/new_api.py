"""RelayDance, as the new-api gateway that its live service was seen to be."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Literal, NotRequired, cast, get_args

from pydantic import MISSING
from typing_extensions import TypedDict

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.ids import alphanumeric, dated
from contracts.kernel.operation import Finds, Gives, Opens
from contracts.kernel.reply import Reply
from contracts.kernel.task import Names, Phase, Plan, Task
from contracts.kernel.webhooks import Webhook
from contracts.providers.relaydance import GENERATE, POLL
from contracts.providers.relaydance import PROVIDER as DOCUMENTED
from contracts.providers.relaydance import answers as documented
from contracts.providers.relaydance.new_api_errors import ERRORS
from contracts.providers.relaydance.new_api_requests import Generate
from contracts.providers.relaydance.prices import PREPAID, quota
from contracts.providers.relaydance.requests import Poll
from contracts.providers.relaydance.sources import GATEWAY, RECORDED

Word = Literal["SUBMITTED", "IN_PROGRESS", "SUCCESS", "FAILURE"]
"""New-api knows NOT_START, QUEUED and UNKNOWN, too, which no task of ours comes to (GATEWAY)."""
LIFECYCLE = replace(
    documented.LIFECYCLE, words=dict(zip(Phase, get_args(Word), strict=True)), source=RECORDED
)
PROGRESS = {
    Phase.WAITING: "10%",
    Phase.WORKING: "50%",
    Phase.SUCCEEDED: "100%",
    Phase.FAILED: "100%",
}
"""New-api knows steps, not shares (GATEWAY)."""
ARK_WORDS = {Phase.SUCCEEDED: "succeeded", Phase.FAILED: "failed"}


class OpenAIVideo(TypedDict):
    """The answer to a submit, in the form of OpenAI's videos."""

    id: str
    task_id: str
    object: Literal["video"]
    model: str
    status: Literal["queued"]
    progress: int
    created_at: int


class ArkContent(TypedDict):
    """The link to what was made."""

    video_url: str


class ArkTask(TypedDict):
    """The upstream's own task; also the payload of the webhook."""

    id: str
    model: str
    status: str
    created_at: int
    updated_at: int
    duration: int
    framespersecond: int
    ratio: str
    resolution: str
    generate_audio: bool
    content: NotRequired[ArkContent]


class Properties(TypedDict):
    """What was asked for, and what it was turned into."""

    input: str
    upstream_model_name: str
    origin_model_name: str


class Record(TypedDict):
    """One row of the gateway's table of tasks."""

    id: int
    task_id: str
    platform: str
    action: Literal["generate"]
    status: Word
    fail_reason: str
    result_url: str
    quota: int
    created_at: int
    updated_at: int
    submit_time: int
    start_time: int
    finish_time: int
    progress: str
    properties: Properties
    data: NotRequired[ArkTask]


class Envelope(TypedDict):
    """What wraps every answer about a task."""

    code: Literal["success"]
    message: str
    data: Record


def names(random: Random, now: float) -> Names:
    """Name a task, its row, and the upstream's task."""
    others = {"row": str(random.randrange(1, 100_000)), "inner": dated(random, now, "cgt")}
    return Names(f"task_{alphanumeric(random, 32)}", alphanumeric(random, 32), others)


def plan(body: Generate) -> Plan:
    """Decide what becomes of a request; `duration` goes before `seconds` (GATEWAY)."""
    if body.duration is MISSING:
        return documented.plan(body)
    return documented.plan_for(body, int(body.duration))


def submitted(task: Task[Generate], _now: float) -> Reply:
    """Answer an accepted request."""
    return Reply(
        OpenAIVideo(
            id=task.id,
            task_id=task.id,
            object="video",
            model=task.request.model,
            status="queued",
            progress=0,
            created_at=int(task.created),
        )
    )


def polled(_body: Poll, tasks: Sequence[Task[Generate]], now: float) -> Reply:
    """Answer how far a task is."""
    if not tasks:
        raise Refused(Cause.NO_TASK)
    return Reply(Envelope(code="success", message="", data=record(tasks[0], now)))


def record(task: Task[Generate], now: float) -> Record:
    """Give the row of a task at a moment; times that are still to come are 0."""
    phase, over = task.phase(now), task.is_over(now)
    started = phase is not Phase.WAITING
    model = task.request.model
    answer = Record(
        id=int(task.names.others["row"]),
        task_id=task.id,
        platform="54",
        action="generate",
        status=cast("Word", LIFECYCLE.words[phase]),
        fail_reason=task.plan.failure.message if over and task.plan.failure else "",
        result_url=task.video_url if phase is Phase.SUCCEEDED else "",
        quota=quota(task.cost),
        created_at=int(task.created),
        updated_at=int(min(now, task.finishes)),
        submit_time=int(task.created),
        start_time=int(task.started) if started else 0,
        finish_time=int(task.finishes) if over else 0,
        progress=PROGRESS[phase],
        properties=Properties(input="", upstream_model_name=model, origin_model_name=model),
    )
    if over:
        answer["data"] = ark(task, now)
    return answer


def ark(task: Task[Generate], now: float) -> ArkTask:
    """Give the end of a task as the upstream tells it."""
    clip, metadata = task.plan.clip, value_or(task.request.metadata, documented.NO_METADATA)
    answer = ArkTask(
        id=task.names.others["inner"],
        model=task.request.model,
        status=ARK_WORDS[task.phase(max(now, task.finishes))],
        created_at=int(task.created),
        updated_at=int(task.finishes),
        duration=int(clip.seconds),
        framespersecond=clip.fps,
        ratio=value_or(metadata.ratio, documented.DEFAULT_RATIO),
        resolution=value_or(metadata.resolution, documented.resolution_of(task.request.model)),
        generate_audio=clip.audio,
    )
    if not task.plan.failure:
        answer["content"] = ArkContent(video_url=task.video_url)
    return answer


PROVIDER = DOCUMENTED.revised(
    replace(
        GENERATE,
        body=Generate,
        effect=Opens(plan=plan, reply=submitted),
        answers=(Gives(OpenAIVideo, "accepted", leads=GENERATE.answers[0].leads),),
        source=GATEWAY,
    ),
    replace(
        POLL,
        effect=Finds(ids=lambda body: (body.task_id,), reply=polled),
        answers=(Gives(Envelope, "the row of the task"),),
        source=RECORDED,
    ),
    revision="new-api",
    about="The gateway it was observed to be: an envelope, upper-case words, percentages.",
    dialect=True,
    errors=ERRORS,
    lifecycle=LIFECYCLE,
    tariff=PREPAID,
    names=names,
    webhook=Webhook(
        payload=ark,
        retry_after=(2.0, 10.0),
        source=GATEWAY.at("webhook", "The upstream posts every change of state; we post the end."),
    ),
    source=GATEWAY,
)
