"""SenseAudio, the current generation of its documentation."""

from contracts.kernel.auth import Bearer
from contracts.kernel.errors import Cause
from contracts.kernel.ids import alphanumeric, uuid4
from contracts.kernel.operation import (
    SUBMIT_GATES,
    URL_GATES,
    Carried,
    Finds,
    Gives,
    Opens,
    Operation,
)
from contracts.kernel.provider import MEBIBYTE, Provider
from contracts.kernel.task import Names
from contracts.providers.senseaudio.answers import (
    LIFECYCLE,
    Created,
    TaskState,
    created,
    plan,
    polled,
    prompt,
)
from contracts.providers.senseaudio.failures import FAILURES
from contracts.providers.senseaudio.habits import HABITS
from contracts.providers.senseaudio.models import current
from contracts.providers.senseaudio.prices import TARIFF
from contracts.providers.senseaudio.requests import Create, Status
from contracts.providers.senseaudio.sources import SEED, STATUS_PAGE
from contracts.providers.senseaudio.wire import ERRORS

REVISIONS = ("strict",)

CREATE = Operation(
    id="create",
    summary="Create a video task.",
    method="POST",
    path="/v1/video/create",
    body=Create,
    gates=SUBMIT_GATES,
    effect=Opens(plan=plan, reply=created, prompt=prompt),
    answers=(Gives(Created, "accepted", leads={"status": {"id": "$response.body#/task_id"}}),),
    source=SEED,
    example={
        "model": "doubao-seedance-2-0-260128",
        "content": [{"type": "text", "text": "waves at dusk"}],
        "duration": 5,
        "resolution": "720p",
        "ratio": "16:9",
        "provider_specific": {"generate_audio": True},
    },
)
STATUS = Operation(
    id="status",
    summary="Ask how far a task is.",
    method="GET",
    path="/v1/video/status",
    body=Status,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Finds(ids=lambda body: (body.id,), reply=polled),
    answers=(Gives(TaskState, "the state of the task"),),
    refuses=(Cause.NO_TASK,),
    source=STATUS_PAGE.at(
        "",
        "`model` echoes the request; the page's sample shows a display name. Without `id` the live"
        " service was seen to answer the key's latest task; the page requires it, and so do we.",
    ),
)

PROVIDER = Provider(
    id="senseaudio",
    title="SenseAudio",
    revision="current",
    about="The current generation of the documentation; 1080p as its schema has it.",
    models=current,
    base_url="https://api.senseaudio.cn/v1",
    auth=Bearer(),
    operations=(CREATE, STATUS),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    habits=HABITS,
    failures=FAILURES,
    tariff=TARIFF,
    names=lambda random, _: Names(
        uuid4(random), alphanumeric(random, 32), {"record": uuid4(random)}
    ),
    body_limit=64 * MEBIBYTE,
    source=SEED,
)
