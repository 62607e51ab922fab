"""SenseAudio, the current generation of its documentation."""

from contracts.kernel.auth import Bearer
from contracts.kernel.ids import alphanumeric, uuid4
from contracts.kernel.operation import (
    SUBMIT_GATES,
    URL_GATES,
    Carried,
    Finds,
    Opens,
    Operation,
)
from contracts.kernel.provider import MEBIBYTE, Provider
from contracts.kernel.task import Names
from contracts.providers.senseaudio.answers import LIFECYCLE, created, plan, polled
from contracts.providers.senseaudio.requests import SEED, STATUS_PAGE, Create, Status
from contracts.providers.senseaudio.wire import ERRORS

CREATE = Operation(
    id="create",
    summary="Create a video task.",
    method="POST",
    path="/v1/video/create",
    body=Create,
    gates=SUBMIT_GATES,
    effect=Opens(plan=plan, reply=created),
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
    base_url="https://api.senseaudio.cn/v1",
    auth=Bearer(),
    operations=(CREATE, STATUS),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    names=lambda random, _: Names(
        uuid4(random), alphanumeric(random, 32), {"record": uuid4(random)}
    ),
    body_limit=64 * MEBIBYTE,
    source=SEED,
)
