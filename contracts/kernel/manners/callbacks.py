"""Habits of those who receive callbacks: quickly, surely, and twice without harm."""

from collections.abc import Collection, Iterator
from math import inf

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import OK, History, Opened, Tried
from contracts.kernel.manners.charging import CLIENTS
from contracts.kernel.manners.words import times
from contracts.kernel.source import Confidence, Source

PATIENCE = 5.0
"""Seconds in which upstream wants its callbacks answered; no provider here gives a figure."""
UPSTREAM = Source(
    "docs.byteplus.com ModelArk create page 1520757", "2026-09", "", Confidence.INFERRED
)


def went_well(tried: Tried) -> bool:
    """Tell whether a receiver took a callback."""
    return tried.status // 100 == OK // 100


def slow(history: History) -> Iterator[Evidence]:
    """Find receivers that took long to answer."""
    found = {one.id: _slowest(one) for one in history.tasks}
    late = {id_: seconds for id_, seconds in found.items() if seconds > PATIENCE}
    if late:
        yield _about(
            history,
            late,
            f"The receiver took up to {max(late.values()):.1f} s to answer a callback",
        )


def _slowest(task: Opened) -> float:
    return max((one.seconds for one in task.callbacks if one.status), default=-inf)


def failing(history: History) -> Iterator[Evidence]:
    """Find callbacks that were never taken."""
    lost = {
        one.id: one.callbacks[-1].status
        for one in history.tasks
        if one.callbacks and not any(map(went_well, one.callbacks))
    }
    if lost:
        status = next(iter(lost.values()))
        said = f"answered HTTP {status}" if status else "did not answer"
        yield _about(history, lost, f"The receiver {said} to {_callbacks(len(lost))}, on every try")


def _callbacks(count: int) -> str:
    return "a callback" if count == 1 else f"{count} callbacks"


def harmed_by_copies(history: History) -> Iterator[Evidence]:
    """Find receivers that take a callback, and then fail on its copy."""
    found = [one.id for one in history.tasks if _fails_on_copy(one)]
    if found:
        what = f"The receiver took a callback and failed on its copy {times(len(found))}"
        yield _about(history, found, what)


def _fails_on_copy(task: Opened) -> bool:
    taken = [one.copy for one in task.callbacks if went_well(one)]
    copies = {one.copy for one in task.callbacks}
    return bool(taken) and any(one > min(taken) and one not in taken for one in copies)


def _about(history: History, tasks: Collection[str], what: str) -> Evidence:
    opened = [one for one in map(history.opening, tasks) if one]
    return Evidence(what=what, requests=opened, tasks=tuple(tasks))


CALLBACKS = (
    Habit(
        id="callback-fails",
        sentence="Whoever gives a `callback_url` answers what arrives there with 2xx.",
        why="The provider gives up after some tries, and the end of the task is never heard of.",
        mend="Answer 2xx as soon as the callback is kept, and do the work afterwards.",
        severity=Severity.ERROR,
        source=CLIENTS.at("lost callbacks"),
        find=failing,
    ),
    Habit(
        id="callback-slow",
        sentence="A callback is answered within 5 seconds.",
        why="The provider takes a slow answer for none, and delivers the callback again.",
        mend="Keep the callback and answer at once; do the work afterwards.",
        severity=Severity.WARNING,
        source=UPSTREAM.at("callback_url"),
        find=slow,
    ),
    Habit(
        id="callback-twice-harmless",
        sentence="A callback that arrives twice is taken twice.",
        why="Providers deliver a callback again when an answer was lost on the way.",
        mend="Remember the ids of tasks that were dealt with, and answer 2xx to a second copy.",
        severity=Severity.WARNING,
        source=CLIENTS.at("callbacks that arrive twice"),
        find=harmed_by_copies,
    ),
)
