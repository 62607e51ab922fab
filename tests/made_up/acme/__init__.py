"""Acme, a provider that does not exist: proof that one more is one more folder."""

from contracts.providers.acme.answers import LIFECYCLE, accepted, cancelled, plan, polled
from contracts.providers.acme.requests import SOURCE, Cancel, Look, Submit
from contracts.providers.acme.wire import ERRORS

from contracts.kernel.auth import KeyHeader
from contracts.kernel.ids import alphanumeric
from contracts.kernel.operation import (
    LOOK_GATES,
    SUBMIT_GATES,
    URL_GATES,
    Carried,
    Finds,
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
    source=SOURCE,
)
CANCEL = Operation(
    id="cancel",
    summary="Delete the result.",
    method="POST",
    path="/v9/jobs/cancel",
    body=Cancel,
    gates=LOOK_GATES,
    effect=Finds(ids=lambda body: (body.job,), reply=cancelled),
    source=SOURCE,
)

PROVIDER = Provider(
    id="acme",
    title="Acme",
    revision="made up",
    base_url="https://api.acme.example/v9",
    auth=KeyHeader(b"x-acme-key", str),
    operations=(SUBMIT, POLL, CANCEL),
    lifecycle=LIFECYCLE,
    errors=ERRORS,
    names=lambda random, _: Names(f"job-{alphanumeric(random, 8)}", alphanumeric(random, 16)),
    body_limit=10_000,
    source=SOURCE,
)
