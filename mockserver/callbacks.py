"""The raw callback of a provider on demand, for tests of receivers: no server, no socket."""

from collections.abc import Mapping
from json import dumps
from random import Random
from typing import Any

from pydantic import ValidationError

from contracts.kernel.operation import Opens
from contracts.kernel.provider import Provider
from contracts.kernel.registry import revision
from contracts.kernel.reply import encode
from contracts.kernel.task import Failure, Plan, Task
from contracts.kernel.violations import Contract
from mockserver.destinations import parsed
from mockserver.posting import request_bytes

MOMENT = 1_780_000_000.0
"""When the request was accepted, in seconds since the epoch: the same for every run."""
ORIGIN = "http://127.0.0.1:8600"
"""Where the links in a payload lead."""
RECEIVER = "http://127.0.0.1:8000/callback"
"""Where a callback goes if neither its request nor anyone else says so."""
SUCCEEDED, FAILED = "succeeded", "failed"
FAILURE = Failure("failed", "the task failed")
"""How a task fails at a provider that names no failure."""


def callback_request(
    provider: Provider | str,
    body: Mapping[str, Any] | bytes | None = None,
    *,
    state: str = SUCCEEDED,
    url: str = "",
    seed: int = 0,
) -> bytes:
    """Give the request that tells of the end of a task, byte by byte, as the mock posts it.

    `body` is the request that the task was opened with, the provider's example if there is none;
    `state` is `succeeded`, `failed`, or the name of one of the provider's failures. It goes to
    `url`, else to where the body wants it. What cannot be is a `ValueError`.
    """
    who = revision(provider) if isinstance(provider, str) else provider
    if who.webhook is None:
        raise ValueError(f"{who.title} documents no callbacks, so none is ever sent")
    task = _ended(who, _text(who, body), state, seed)
    where = url or task.plan.callback_url or RECEIVER
    return request_bytes(parsed(where), encode(who.webhook.payload(task, task.finishes)))


def _text(provider: Provider, body: Mapping[str, Any] | bytes | None) -> bytes:
    given = provider.submit.example if body is None else body
    return given if isinstance(given, bytes) else dumps(given).encode()


def _ended(provider: Provider, text: bytes, state: str, seed: int) -> Task[Any]:
    """Give a task that a request comes to, once it is over."""
    operation, life = provider.submit, provider.lifecycle
    contract = Contract(operation.body, operation.id)
    try:
        request = contract.adapter.validate_json(text)
    except ValidationError as error:
        first = contract.violations(error)[0]
        raise ValueError(f"{provider.name} refuses this body: {first.rule}: {first.why}") from None
    assert isinstance(operation.effect, Opens)  # noqa: S101 - so `submit` is found
    return Task(
        names=provider.names(Random(seed), MOMENT),  # noqa: S311 - reproducible on purpose
        provider=provider.id,
        key="",
        tenant="",
        text=text,
        parse=contract.adapter.validate_json,
        plan=_plan(provider, operation.effect.plan(request), state),
        origin=ORIGIN,
        created=MOMENT,
        started=MOMENT + life.seconds * life.waiting_share,
        finishes=MOMENT + life.seconds,
    )


def _plan(provider: Provider, plan: Plan, state: str) -> Plan:
    """Give a plan the end that is asked for."""
    if state == SUCCEEDED:
        return plan._replace(failure=None)
    failures = provider.failures
    if state == FAILED:
        return plan._replace(failure=next(iter(failures.values()), FAILURE))
    if state in failures:
        return plan._replace(failure=failures[state])
    known = ", ".join((SUCCEEDED, FAILED, *failures))
    raise ValueError(f"{provider.name} has no state {state!r} of a callback; it has {known}")
