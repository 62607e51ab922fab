"""RelayDance, as documented; the gateway it was observed to be is another dialect."""

from contracts.kernel.auth import Bearer
from contracts.kernel.errors import Cause
from contracts.kernel.operation import (
    LOOK_GATES,
    SUBMIT_GATES,
    URL_GATES,
    Carried,
    Computes,
    Finds,
    Gives,
    Keeps,
    Opens,
    Operation,
)
from contracts.kernel.provider import MEBIBYTE, Provider
from contracts.providers.relaydance.answers import (
    LIFECYCLE,
    ModelList,
    StoredFile,
    Submitted,
    TaskState,
    listed,
    names,
    plan,
    polled,
    stored,
    submitted,
)
from contracts.providers.relaydance.failures import FAILURES
from contracts.providers.relaydance.habits import HABITS
from contracts.providers.relaydance.models import models
from contracts.providers.relaydance.prices import TARIFF
from contracts.providers.relaydance.requests import FileForm, Generate, ListModels, Poll
from contracts.providers.relaydance.sources import GATEWAY, GET_PAGE, SEED, UPLOAD_PAGE
from contracts.providers.relaydance.wire import ERRORS, WEBHOOK

REVISIONS = ("new_api",)

GENERATE = Operation(
    id="generate",
    summary="Submit a video task.",
    method="POST",
    path="/v1/video/generations",
    body=Generate,
    gates=SUBMIT_GATES,
    effect=Opens(plan=plan, reply=submitted),
    answers=(Gives(Submitted, "accepted", leads={"poll": {"task_id": "$response.body#/task_id"}}),),
    source=SEED,
    example={
        "model": "doubao-seedance-2-0-1080p",
        "prompt": "storm clouds over a mountain range",
        "seconds": "5",
        "metadata": {"ratio": "16:9", "resolution": "1080p"},
    },
)
POLL = Operation(
    id="poll",
    summary="Ask how far a task is.",
    method="GET",
    path="/v1/video/generations/{task_id}",
    body=Poll,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Finds(ids=lambda body: (body.task_id,), reply=polled),
    answers=(Gives(TaskState, "the state of the task"),),
    refuses=(Cause.NO_TASK,),
    source=GET_PAGE,
)
FILES = Operation(
    id="files",
    summary="Upload a file to refer to in a request.",
    method="POST",
    path="/v1/files",
    body=FileForm,
    carried=Carried.FORM,
    gates=LOOK_GATES,
    effect=Keeps(field="file", reply=stored),
    answers=(Gives(StoredFile, "kept"),),
    source=UPLOAD_PAGE,
)
MODELS = Operation(
    id="models",
    summary="List the models this key may use.",
    method="GET",
    path="/v1/models",
    body=ListModels,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Computes(reply=listed),
    answers=(Gives(ModelList, "the models"),),
    source=GATEWAY,
)

PROVIDER = Provider(
    id="relaydance",
    title="RelayDance",
    revision="documented",
    about="The pages of RelayDance, taken at their word.",
    models=models,
    base_url="https://relaydance.com/v1",
    auth=Bearer(),
    operations=(GENERATE, POLL, FILES, MODELS),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    habits=HABITS,
    failures=FAILURES,
    tariff=TARIFF,
    names=names,
    body_limit=64 * MEBIBYTE,  # upstream's figure; RelayDance gives none
    webhook=WEBHOOK,
    source=SEED,
)
