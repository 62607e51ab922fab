"""What Acme answers."""

from collections.abc import Sequence
from typing import NotRequired

from contracts.providers.acme.requests import SOURCE, Cancel, Look, Submit
from typing_extensions import TypedDict

from contracts.kernel.clip import Clip
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.reply import Reply
from contracts.kernel.task import Phase, Plan, Task

LIFECYCLE = Lifecycle(
    words={
        Phase.WAITING: "in line",
        Phase.WORKING: "on set",
        Phase.SUCCEEDED: "in the can",
        Phase.FAILED: "scrapped",
    },
    seconds=60,
    source=SOURCE,
    media_seconds=3600,
    media_source=SOURCE,
    task_seconds=7200,
    task_source=SOURCE,
)


class Job(TypedDict):
    job: str
    state: str
    reel: NotRequired[str]


class Seen(Job):
    why: NotRequired[str]


def plan(body: Submit) -> Plan:
    return Plan(clip=Clip(width=320, height=240, seconds=body.seconds))


def accepted(task: Task[Submit], now: float) -> Reply:
    return Reply(Job(job=task.id, state=LIFECYCLE.words[task.phase(now)]), status=202)


def polled(_body: Look, tasks: Sequence[Task[Submit]], now: float) -> Reply:
    if not tasks:
        raise Refused(Cause.NO_TASK)
    task, failure = tasks[0], tasks[0].plan.failure
    if failure and failure.cause and task.is_over(now):
        raise Refused(failure.cause)
    job = Seen(job=task.id, state=LIFECYCLE.words[task.phase(now)])
    if task.is_over(now) and failure:
        job["why"] = failure.message
    elif task.is_over(now):
        job["reel"] = task.video_url
    return Reply(job, headers={"X-Acme": "yes"})


def cancelled(_body: Cancel, tasks: Sequence[Task[Submit]], _now: float) -> Reply:
    if not tasks:
        raise Refused(Cause.NO_TASK)
    return Reply(None, status=204, forgets_media=True)
