"""Habits that cost money: asking twice for what is paid once, and asking in vain."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby, pairwise
from json import dumps

from contracts.kernel.errors import Cause
from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import Asked, History, Opened, is_ok
from contracts.kernel.manners.words import answered, money, named, times
from contracts.kernel.operation import Computes, Keeps, Opens
from contracts.kernel.source import Confidence, Source

CLIENTS = Source("issues of providers and of published clients", "2026-10", "", Confidence.INFERRED)
HTTP = Source("RFC 9110", "2022-06")
SERVER_ERROR = 500
FINAL = {
    Cause.NO_KEY,
    Cause.BAD_KEY,
    Cause.TOO_LARGE,
    Cause.WRONG_CONTENT_TYPE,
    Cause.BAD_JSON,
    Cause.INVALID,
    Cause.NO_ROUTE,
    Cause.NO_METHOD,
}
"""The refusals that no repetition mends."""
INCIDENTAL = {
    "callback_url",
    "webhook_url",
    "user",
    "user_id",
    "nonce",
    "timestamp",
    "idempotency_key",
    "request_id",
    "client_request_id",
    "trace_id",
}
"""The fields that differ from try to try, while what is wanted stays the same.

Another `seed` is another wish: whoever wants several variants asks so.
"""


def charged_twice(history: History) -> Iterator[Evidence]:
    """Find paid requests that were sent again although a task had been opened."""
    groups: dict[str, list[Asked]] = {}
    for one in history.submits():
        groups.setdefault(wish(one), []).append(one)
    for same in groups.values():
        chain = [*_chain(history, same)]
        if chain:
            yield _double(history, chain)


def wish(request: Asked) -> str:
    """Give what is the same of requests that want the same, however they are written down."""
    fields = request.fields
    if not isinstance(fields, Mapping):
        return request.digest
    try:
        plain = dumps(_essential(fields), sort_keys=True)
    except RecursionError:  # nested so deeply that no provider takes it
        return request.digest
    return sha256(plain.encode()).hexdigest()


def _essential(given: object) -> object:
    """Give what was asked for without what is incidental in it, at any depth."""
    if isinstance(given, Mapping):
        kept = {name: one for name, one in given.items() if name.lower() not in INCIDENTAL}
        return {name: _essential(one) for name, one in kept.items()}
    return [_essential(one) for one in given] if isinstance(given, list) else given


def _chain(history: History, same: Sequence[Asked]) -> Iterator[Asked]:
    """Give the requests whose answer was lost, each with the one that was sent in its place."""
    again = False
    for first, second in pairwise(same):
        lost = is_lost(history, first, second) and second.at >= first.at + first.took
        if lost or again:
            yield first
        again = lost
    if again:
        yield same[-1]


def is_lost(history: History, first: Asked, second: Asked) -> bool:
    """Tell whether a request opened a task that its client never heard of.

    Of an answer that a scenario delayed or broke, its client tells by what it goes on with.
    """
    if not first.tasks:
        return False
    if not first.status or first.status >= SERVER_ERROR:
        return True
    is_left = bool(first.fault) and not _goes_on(history, first)
    return is_left and _goes_on(history, second)


def _goes_on(history: History, request: Asked) -> bool:
    """Tell whether a client went on with what a request opened."""
    return any(one is not request for id_ in request.tasks for one in history.about(id_))


def _double(history: History, chain: Sequence[Asked]) -> Evidence:
    ids = [id_ for one in chain for id_ in one.tasks]
    tasks = [one for one in history.tasks if one.id in ids]
    numbers = ", ".join(f"#{one.number}" for one in chain)
    is_same = len({one.digest for one in chain}) == 1
    subject = "The same request" if is_same else "A request for the same"
    return Evidence(
        what=f"{subject} was sent {times(len(chain))} ({numbers}), though the first was"
        f" accepted and its answer was lost ({answered(chain[0])}): {_opened(ids)}"
        f"{money(history, tasks)}",
        requests=chain,
        excerpt="\n".join(f"#{one.number} {named(one)}: {answered(one)}" for one in chain),
        tasks=ids,
    )


def _opened(ids: Sequence[str]) -> str:
    return f"{len(ids)} tasks were opened" if len(ids) > 1 else "one task was opened"


def refused_again(history: History) -> Iterator[Evidence]:
    """Find requests that were sent again, unchanged, after they had been refused for good."""
    for _, group in groupby(history.requests, signature):
        same = [one for one in group if is_final(history, one)]
        if len(same) > 1:
            first = same[0]
            yield Evidence(
                what=f"`{named(first)}` was sent {times(len(same))} without a change, though it was"
                f" refused with HTTP {first.status} ({first.rule})",
                requests=same,
                excerpt=f"{named(first)}: HTTP {first.status}, {first.rule}",
            )


def signature(request: Asked) -> object:
    """Give what is the same of requests that are the same."""
    return request.method, request.path, tuple(request.query.items()), request.digest


def is_final(history: History, request: Asked) -> bool:
    """Tell whether a request was refused for what it is."""
    owner, _, cause = request.rule.partition("/")
    operation = history.operation(request)
    if operation is None or not isinstance(operation.effect, Opens | Keeps | Computes):
        return False
    if owner != history.provider.id or request.fault:
        return False
    return cause in FINAL or cause not in history.provider.errors


def forgotten(history: History) -> Iterator[Evidence]:
    """Find tasks that no one asked about."""
    lost = [one for one in history.tasks if is_forgotten(history, one)]
    if lost:
        ids = [one.id for one in lost]
        opened = [one for one in map(history.opening, ids) if one]
        what = f"{_which(ids)} submitted and never looked at again{money(history, lost)}"
        yield Evidence(what, opened, ", ".join(ids), ids)


def _which(ids: Sequence[str]) -> str:
    return f"Task {ids[0]} was" if len(ids) == 1 else f"{len(ids)} tasks were"


def is_forgotten(history: History, task: Opened) -> bool:
    """Tell whether a client knew of a task, and let it be."""
    opening = history.opening(task.id)
    if opening is None or not is_ok(opening) or opening.fault or task.callback_url:
        return False
    if history.tells_end(opening, task):
        return False
    return history.about(task.id) == [opening]


def abandoned(history: History) -> Iterator[Evidence]:
    """Find tasks that someone asked about, and not until their end."""
    left = [one for one in history.tasks if is_abandoned(history, one)]
    if left:
        ids = [one.id for one in left]
        last = [history.about(id_)[-1] for id_ in ids]
        once = {one.number: one for one in last}
        what = f"{_which(ids)} looked at, and given up before the end{money(history, left)}"
        yield Evidence(what, [once[number] for number in sorted(once)], ", ".join(ids), ids)


def is_abandoned(history: History, task: Opened) -> bool:
    """Tell whether the last that a client did about a task was a look that came before its end.

    Where a scenario meddled, with the task or with that look, no one could go on from it.
    """
    opening = history.opening(task.id)
    if opening is None or opening.fault or task.callback_url:
        return False
    last = history.about(task.id)[-1]
    return history.is_look(last) and not last.fault and last.at + last.took < task.finishes


CHARGING = (
    Habit(
        id="submit-once",
        sentence="A paid request whose answer was lost is not sent again.",
        why="The provider accepted the first one and charges both; no provider here knows a key"
        " that makes a repetition harmless.",
        mend="Let submits go out once. After a time-out or a broken connection, tell whoever asked"
        " that the outcome is unknown, instead of asking again.",
        severity=Severity.ERROR,
        source=CLIENTS.at("double charges after a lost answer"),
        find=charged_twice,
    ),
    Habit(
        id="look-again",
        sentence="Whoever submits a task looks at it, or has a callback tell of its end.",
        why="The task runs and is charged, and no one ever sees the video.",
        mend="Poll the task until it is over, or give a `callback_url`.",
        severity=Severity.WARNING,
        source=CLIENTS.at("orphaned tasks"),
        find=forgotten,
    ),
    Habit(
        id="see-it-through",
        sentence="Whoever looks at a task goes on until it is over, or has a callback tell of it.",
        why="The task goes on and is charged, and no one ever sees the video.",
        mend="Give the loop as long as tasks may take; keep the id of a task that is given up, and"
        " look at it later.",
        severity=Severity.WARNING,
        source=CLIENTS.at("orphaned tasks"),
        find=abandoned,
    ),
    Habit(
        id="retry-nothing-final",
        sentence="A request that was refused for what it is is not sent again unchanged.",
        why="The answer will be the same, and each try counts against limits on use and errors.",
        mend="Retry after 429, and after 5xx where nothing is charged; report every other 4xx.",
        severity=Severity.WARNING,
        source=HTTP.at("15.5"),
        find=refused_again,
    ),
)
