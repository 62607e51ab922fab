"""Answers, for people who property-test what reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from contracts.kernel.errors import Refusal, Refused
from contracts.kernel.ids import alphanumeric, uuid4
from contracts.kernel.money import Move
from contracts.kernel.operation import (
    Banks,
    Computes,
    Finds,
    Follows,
    Opens,
    Operation,
    Teller,
    Upload,
)
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Reply, Video, encode
from contracts.kernel.task import Failure, Plan, Task
from contracts.strategies.bodies import found, valid_bodies
from contracts.strategies.values import FILE

EPOCH = 1_780_000_000.0
"""When the tasks of all answers were created."""
UNKNOWN_FAILURES = (Failure("failed", "upstream timeout"), Failure("failed", ""))
"""Failures beside those that a provider is known to have."""


class State(StrEnum):
    """How a task may stand when it is asked for."""

    WAITING = "waiting"
    WORKING = "working"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """There is no such task."""


SHARES = {State.WAITING: (0.0, 0.09), State.WORKING: (0.11, 0.99)}
"""Between which parts of its time a task is in a state; what is over has all of it behind."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as a client would get it."""

    status: int
    content_type: str
    """Empty where there is no body."""
    headers: Mapping[str, str]
    body: Any
    """JSON; the bytes of a film where that is the answer; None where there is no body."""


def answers(operation: str, state: str = State.SUCCEEDED) -> SearchStrategy[Answer]:
    """Give answers of an operation while a task stands so, refusals among them where they belong.

    Args:
        operation: as `venice/retrieve`.
        state: `waiting`, `working`, `succeeded`, `failed` or `unknown`. An operation that opens
            tasks, lists models or keeps files answers alike in all of them.

    Raises `ValueError` for an operation or a state that does not exist.

    """
    provider, one = found(operation)
    if state not in list(State):
        raise ValueError(f"no state {state!r}; there are {', '.join(State)}")
    return _answers(provider, one, State(state))


@st.composite
def _answers(draw: DrawFn, provider: Provider, operation: Operation, state: State) -> Answer:
    body = draw(valid_bodies(operation))
    request = TypeAdapter(operation.body).validate_python(body)
    random = Random(draw(st.integers(0, 2**32)))  # noqa: S311 - reproducible on purpose
    share = draw(st.floats(*SHARES.get(state, (1.0, 1.0))))
    now = EPOCH + provider.lifecycle.seconds * share
    effect = operation.effect
    try:
        match effect:
            case Opens():
                reply = effect.reply(_task(draw, provider, state, random, body), EPOCH)
            case Finds() | Follows():
                tasks: Sequence[Task[Any]] = ()
                if state is not State.UNKNOWN:
                    submitted = draw(valid_bodies(provider.submit))
                    tasks = (_task(draw, provider, state, random, submitted),)
                reply = effect.reply(request, tasks, now)
            case Computes():
                reply = effect.reply(request)
            case Banks():
                reply = effect.reply(request, _teller(random, effect.owner(request)))
            case _:
                reply = effect.reply(_upload(random))
    except Refused as refused:
        return _refusal(provider, refused, random)
    return _answer(provider, reply)


def _task(
    draw: DrawFn,
    provider: Provider,
    state: State,
    random: Random,
    body: Any,  # noqa: ANN401 - JSON
) -> Task[Any]:
    """Make the task that a request for a video opened."""
    effect = provider.submit.effect
    assert isinstance(effect, Opens)  # noqa: S101 - what `submit` is
    parse = TypeAdapter(provider.submit.body).validate_json
    text = to_json(body)
    request = parse(text)
    plan: Plan = effect.plan(request)._replace(failure=None)
    if state is State.FAILED:
        failure = draw(st.sampled_from([*provider.failures.values(), *UNKNOWN_FAILURES]))
        plan = plan._replace(failure=failure)
    span = provider.lifecycle.seconds
    return Task(
        names=provider.names(random, EPOCH),
        provider=provider.id,
        key="",
        tenant="",
        text=text,
        parse=parse,
        plan=plan,
        origin="http://127.0.0.1:8600",
        created=EPOCH,
        started=EPOCH + span * provider.lifecycle.waiting_share,
        finishes=EPOCH + span,
        cost=provider.tariff.price(request, plan) if provider.tariff else 0,
    )


class Untouched:
    """Money that was never touched, and never runs out."""

    balance = None
    moves = staticmethod(tuple[Move, ...])
    top_up = staticmethod(lambda amount, _payment: amount)


def _teller(random: Random, key: str) -> Teller:
    return Teller(
        key=key,
        headers={},
        now=EPOCH,
        url="http://127.0.0.1:8600/",
        purse=lambda _: Untouched(),
        new_id=lambda: uuid4(random),
    )


def _upload(random: Random) -> Upload:
    id_ = alphanumeric(random, 24)
    url = f"http://127.0.0.1:8600/_screentest/media/{id_}.png"
    return Upload(id=id_, url=url, name="cat.png", content_type="image/png", size=1)


def _refusal(provider: Provider, refused: Refused, random: Random) -> Answer:
    case = provider.errors[refused.cause]
    refusal = Refusal(refused.cause, None, (), refused.details, lambda: uuid4(random), str)
    headers = dict(provider.headers) | dict(case.headers(refusal) if case.headers else {})
    return Answer(case.status, "application/json", headers, from_json(to_json(case.body(refusal))))


def _answer(provider: Provider, reply: Reply) -> Answer:
    headers = {**provider.headers, **reply.headers}
    if isinstance(reply.body, Video):
        return Answer(reply.status, "video/mp4", headers, FILE["video"][1])
    if reply.body is None:
        return Answer(reply.status, "", headers, None)
    body = from_json(encode(reply.body))
    return Answer(reply.status, "application/json", headers, body)
