"""Habits of fetching results: in time, and not again and again."""

from collections.abc import Iterator
from math import isfinite

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import OK, Asked, History, Opened, is_film, is_ok
from contracts.kernel.manners.charging import CLIENTS
from contracts.kernel.manners.words import money, span
from contracts.kernel.task import Phase

MOST = 3
"""So often may a result be fetched in whole: broken transfers are tried again."""


def whole(history: History, task: str) -> list[Asked]:
    """Give the requests that were answered with the result of a task, in whole."""
    films = [one for one in history.looks(task) if is_film(one)]
    return [one for one in [*films, *history.fetches(task)] if one.status == OK and not one.fault]


def never_fetched(history: History) -> Iterator[Evidence]:
    """Find videos that are done, and that no one fetched."""
    for task in history.tasks:
        if task.state is not Phase.SUCCEEDED or _is_fetched(history, task):
            continue
        told = [one for one in history.about(task.id) if _tells(history, one, task)][:1]
        if told or (_is_called_back(task) and history.opening(task.id)):
            yield Evidence(
                what=f"The video of task {task.id} was done, and {_outcome(history, task)}"
                f"{money(history, [task])}",
                requests=[*told, *history.fetches(task.id)],
                tasks=(task.id,),
            )


def _is_fetched(history: History, task: Opened) -> bool:
    """Tell whether any part of a result was sent, or a scenario stood between."""
    tried = [*history.fetches(task.id), *history.looks(task.id)]
    opened = history.opening(task.id)
    if any(one.fault for one in tried) or (opened and opened.fault):
        return True
    return any(map(is_ok, history.fetches(task.id))) or any(map(is_film, tried))


def _tells(history: History, request: Asked, task: Opened) -> bool:
    return history.tells_end(request, task) and is_ok(request)


def _is_called_back(task: Opened) -> bool:
    return any(one.status // 100 == OK // 100 for one in task.callbacks)


def _outcome(history: History, task: Opened) -> str:
    """Say how it came that a video was not fetched."""
    lifetime = history.provider.lifecycle.media_seconds
    ages = [one.at - task.finishes for one in history.fetches(task.id)]
    if late := [age for age in ages if age >= lifetime]:
        return f"asked for after {span(late[0])}, when its link of {span(lifetime)} was gone"
    end = f"; its link is gone {span(lifetime)} after the end" if isfinite(lifetime) else ""
    return f"never fetched{end}"


def fetched_often(history: History) -> Iterator[Evidence]:
    """Find results that were fetched in whole again and again."""
    for task in history.tasks:
        sent = whole(history, task.id)
        for path in dict.fromkeys(one.path for one in sent):
            same = [one for one in sent if one.path == path]
            if len(same) > MOST:
                yield Evidence(
                    what=f"The result of task {task.id} was fetched {len(same)} times in whole",
                    requests=same,
                    excerpt=f"{same[0].method} {same[0].path}",
                    tasks=(task.id,),
                )


FETCHING = (
    Habit(
        id="fetch-in-time",
        sentence="A finished video is fetched before its link expires.",
        why="The video is paid for, and cannot be fetched any more once its link is gone.",
        mend="Download the result as soon as the task has succeeded, and keep the file.",
        severity=Severity.WARNING,
        source=CLIENTS.at("links that expired"),
        find=never_fetched,
    ),
    Habit(
        id="fetch-once",
        sentence="A result is fetched once, and kept.",
        why="Links are for one download and some tries; providers block those that are used more.",
        mend="Keep the file, and serve your own users from the copy.",
        severity=Severity.WARNING,
        source=CLIENTS.at("links that are used again"),
        find=fetched_often,
    ),
)
