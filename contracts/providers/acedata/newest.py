"""Ace Data Cloud, by its newest schema: nine models, references of all kinds, flat answers."""

from dataclasses import replace

from contracts.kernel.operation import Gives, Opens
from contracts.kernel.reply import Answer, Reply
from contracts.kernel.task import Plan, Task
from contracts.providers.acedata import PROVIDER as SEED_PROVIDER
from contracts.providers.acedata import VIDEOS
from contracts.providers.acedata import answers as seed
from contracts.providers.acedata.answers import Accepted, Failed, FlatFinished, failed, flat
from contracts.providers.acedata.failures import FAILURES, MISMATCH
from contracts.providers.acedata.models import models
from contracts.providers.acedata.newest_requests import VideoItem, Videos
from contracts.providers.acedata.quirks import is_blocking
from contracts.providers.acedata.sources import DOCS_SPEC
from contracts.providers.acedata.wire import WEBHOOK

REFERENCE_ROLES = {"reference_image", "reference_video", "reference_audio"}


def plan(body: Videos) -> Plan:
    """Decide what becomes of a request; a task type that does not fit fails it later (SKILL)."""
    made = seed.plan(body)
    return made if _fits(body) else made._replace(failure=MISMATCH)


def _fits(body: Videos) -> bool:
    """Tell whether the request has what its task type asks for."""
    if body.omni_reference_task_type == "reference":
        return any(getattr(item, "role", "") in REFERENCE_ROLES for item in body.content)
    if body.omni_reference_task_type not in {"edit", "extend"}:
        return True
    has_video = any(isinstance(item, VideoItem) for item in body.content)
    automatic = body.duration == -1 or body.omni_reference_task_type == "extend"
    return has_video and body.ratio == "adaptive" and automatic


def result(task: Task[Videos], _now: float) -> Answer:
    """Give the end of a task."""
    return failed(task, task.plan.failure) if task.plan.failure else flat(task)


def accepted(task: Task[Videos], now: float) -> Reply:
    """Answer a create call: at once, or with the result where the call blocked."""
    if is_blocking(task.request):
        return Reply(result(task, now))
    return Reply(Accepted(success=True, task_id=task.id, trace_id=task.names.others["trace"]))


PROVIDER = SEED_PROVIDER.revised(
    replace(
        VIDEOS,
        body=Videos,
        effect=Opens(plan=plan, reply=accepted, waits=is_blocking, prompt=seed.prompt),
        answers=(
            VIDEOS.answers[0],
            Gives(FlatFinished, "blocking: succeeded"),
            Gives(Failed, "blocking: failed"),
        ),
        source=DOCS_SPEC.at("", "`data` is an object here, as guides and live answers have it."),
        example={
            "model": "doubao-seedance-2-0-260128",
            "content": [{"type": "text", "text": "a kitten yawning"}],
            "resolution": "720p",
            "duration": 5,
            "async": True,
        },
    ),
    revision="2026-10",
    about="The newest published schema: nine models, audio and video references, flat answers.",
    webhook=replace(WEBHOOK, payload=result),
    models=models,
    failures={**FAILURES, "task-type-mismatch": MISMATCH},
    source=DOCS_SPEC,
)
