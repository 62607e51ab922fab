"""Ace Data Cloud, by the page the project was created from: five models, an open top level."""

from contracts.kernel.auth import Bearer
from contracts.kernel.ids import alphanumeric, dated, uuid4
from contracts.kernel.operation import (
    LOOK_GATES,
    Finds,
    Gate,
    Gives,
    Opens,
    Operation,
)
from contracts.kernel.provider import MEBIBYTE, Provider
from contracts.kernel.quotas import Rate
from contracts.kernel.task import Names
from contracts.providers.acedata.answers import (
    LIFECYCLE,
    Accepted,
    Batch,
    Failed,
    Finished,
    NoRecord,
    Record,
    accepted,
    ids,
    looked_up,
    plan,
    prompt,
)
from contracts.providers.acedata.failures import FAILURES
from contracts.providers.acedata.habits import HABITS
from contracts.providers.acedata.models import seed
from contracts.providers.acedata.prices import TARIFF
from contracts.providers.acedata.quirks import is_blocking
from contracts.providers.acedata.requests import Tasks, Videos
from contracts.providers.acedata.sources import DOCS_SPEC, FAQ, SEED
from contracts.providers.acedata.wire import ERRORS, WEBHOOK

REVISIONS = ("newest",)

VIDEOS = Operation(
    id="videos",
    summary="Ask for a video; blocks until it is done unless `async` or `callback_url` is given.",
    method="POST",
    path="/seedance/videos",
    body=Videos,
    gates=(Gate.KEY, Gate.BALANCE, Gate.SIZE, Gate.TYPE, Gate.CONTRACT),  # 403 precedes 413 and 400
    effect=Opens(plan=plan, reply=accepted, waits=is_blocking, prompt=prompt),
    answers=(
        Gives(Accepted, "asynchronous", leads={"tasks": {"id": "$response.body#/task_id"}}),
        Gives(Finished, "blocking: succeeded"),
        Gives(Failed, "blocking: failed"),
    ),
    source=SEED.at(
        "",
        "`data` is a list of ModelArk tasks here; newer documents and live answers show an object."
        " The order of the checks is that of the documented statuses; no document states it."
        " A `last_frame` without a `first_frame` is accepted, as the vendor's studio mends it.",
    ),
    example={
        "model": "doubao-seedance-1-0-pro-250528",
        "content": [{"type": "text", "text": "a kitten yawning --rs 720p --rt 16:9 --dur 5"}],
        "async": True,
    },
)
TASKS = Operation(
    id="tasks",
    summary="Look up one task, or several.",
    method="POST",
    path="/seedance/tasks",
    body=Tasks,
    gates=LOOK_GATES,
    effect=Finds(ids=ids, reply=looked_up),
    answers=(
        Gives(Record, "one task"),
        Gives(Batch, "several"),
        Gives(NoRecord, "an unknown task"),
    ),
    source=DOCS_SPEC.at("", "An unknown task is {} here; the guide's table has 404 not_found."),
)

TASKS_PER_SECOND = Rate(
    id="tasks-per-second",
    operations=(TASKS.id,),
    requests=60,
    seconds=1,
    source=FAQ.at(
        "concurrency",
        "It holds for every synchronous API, by token. Advice elsewhere is to stay under one"
        " request a second.",
    ),
)

PROVIDER = Provider(
    id="acedata",
    title="Ace Data Cloud",
    revision="seed",
    about="The page the project was created from: five models, an open top level.",
    models=seed,
    base_url="https://api.acedata.cloud",
    # where the vendor's own SDK turns unless it is told otherwise; paying per call is not imitated
    other_hosts=("x402.acedata.cloud",),
    # the table in the README of seedance-cli 2026.10.19.0
    environment={"ACEDATACLOUD_API_BASE_URL": "https://api.acedata.cloud"},
    auth=Bearer(),
    operations=(VIDEOS, TASKS),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    habits=HABITS,
    failures=FAILURES,
    tariff=TARIFF,
    quotas=(TASKS_PER_SECOND,),
    names=lambda random, now: Names(
        uuid4(random),
        alphanumeric(random, 32),
        {
            "trace": uuid4(random),
            "inner": dated(random, now, "cgt"),
            "seed": str(random.getrandbits(31)),
        },
    ),
    body_limit=64 * MEBIBYTE,  # upstream's figure; the vendor gives none
    webhook=WEBHOOK,
    source=SEED,
)
