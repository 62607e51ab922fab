"""Acme, a provider that does not exist: proof that one more is one more folder."""

from types import NoneType

from contracts.providers.acme.answers import LIFECYCLE, Job, Seen, accepted, cancelled, plan, polled
from contracts.providers.acme.requests import SOURCE, Cancel, Look, Submit
from contracts.providers.acme.wire import CENSORED, ERRORS
from contracts.providers.acme.world import FAILURES, QUOTAS, TARIFF

from contracts.kernel.auth import KeyHeader
from contracts.kernel.errors import Cause
from contracts.kernel.ids import alphanumeric
from contracts.kernel.operation import (
    LOOK_GATES,
    SUBMIT_GATES,
    URL_GATES,
    Carried,
    Finds,
    Gives,
    Opens,
    Operation,
)
from contracts.kernel.provider import Provider
from contracts.kernel.task import Names

SUBMIT = Operation(
    id="submit",
    summary="Ask for a video.",
    method="POST",
    path="/v9/jobs",
    body=Submit,
    gates=SUBMIT_GATES,
    effect=Opens(plan=plan, reply=accepted),
    answers=(Gives(Job, "accepted", status=202, leads={"poll": {"job": "$response.body#/job"}}),),
    source=SOURCE,
    example={"prompt": "an anvil", "seconds": 3},
)
POLL = Operation(
    id="poll",
    summary="Ask how far it is.",
    method="GET",
    path="/v9/jobs/{job}",
    body=Look,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Finds(ids=lambda body: (body.job,), reply=polled),
    answers=(Gives(Seen, "its state"),),
    refuses=(Cause.NO_TASK, CENSORED),
    source=SOURCE,
)
CANCEL = Operation(
    id="cancel",
    summary="Delete the result.",
    method="POST",
    path="/v9/jobs/cancel",
    body=Cancel,
    gates=LOOK_GATES,
    effect=Finds(ids=lambda body: (body.job,), reply=cancelled, asks=False),
    answers=(Gives(NoneType, "gone", status=204),),
    refuses=(Cause.NO_TASK,),
    source=SOURCE,
)

PROVIDER = Provider(
    id="acme",
    title="Acme",
    revision="made-up",
    about="A provider that does not exist.",
    base_url="https://api.acme.example/v9",
    auth=KeyHeader(b"x-acme-key", str),
    operations=(SUBMIT, POLL, CANCEL),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    failures=FAILURES,
    tariff=TARIFF,
    quotas=QUOTAS,
    names=lambda random, _: Names(f"job-{alphanumeric(random, 8)}", alphanumeric(random, 16)),
    body_limit=10_000,
    source=SOURCE,
)
