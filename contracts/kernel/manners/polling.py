"""Habits of looking at tasks: how often, how long, and what after a no."""

from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from itertools import pairwise

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import Asked, History, Opened, is_film, is_ok
from contracts.kernel.manners.charging import CLIENTS, HTTP, signature
from contracts.kernel.manners.words import answered, named, span
from contracts.kernel.source import Confidence, Source

TOLERANCE = 0.9
"""Timers are not exact: a wait of so much of what is asked for will do."""
FEW = 2
"""So many looks that come too soon may have any reason."""
TIGHT = 0.5
"""Seconds: looks that follow each other faster than this do so without a pause to speak of."""
MANY = 10
"""So many looks in a row without a pause are a loop."""
GROWS = 1.5
"""A pause that has grown by this backs off."""
SPARED = 1
"""So many looks after the end are forgiven."""
TOO_MANY, UNAVAILABLE = 429, 503
ADVICE = Source("polling pages of providers", "2026-10", "", Confidence.INFERRED)


def gap(first: Asked, second: Asked) -> float:
    """Give the seconds a client waited between two requests; 0 where that is not known."""
    return max(0.0, second.at - first.at) if first.is_timed and second.is_timed else 0.0


def open_looks(history: History, task: Opened) -> list[Asked]:
    """Give the looks at a task up to the one that tells its end."""
    found: list[Asked] = []
    for one in history.looks(task.id):
        found.append(one)
        if history.tells_end(one, task):
            break
    return found


def too_fast(history: History) -> Iterator[Evidence]:
    """Find looks that came sooner than the provider advises."""
    pace = history.provider.lifecycle.poll_seconds
    hasty: dict[str, list[tuple[Asked, Asked]]] = {}
    for task in history.tasks:
        pairs = _hasty(open_looks(history, task), pace)
        # after a look that failed, a client backs off by pauses of its own
        pairs = [pair for pair in pairs if is_ok(pair[0]) and not pair[0].fault]
        if len(pairs) >= FEW:
            hasty[task.id] = pairs
    if hasty:
        gaps = [gap(*pair) for looks in hasty.values() for pair in looks]
        where = f"task {next(iter(hasty))}" if len(hasty) == 1 else f"{len(hasty)} tasks"
        yield Evidence(
            what=f"{len(gaps)} looks at {where} came {_between(gaps)} after the one before;"
            f" the provider advises {span(pace)}",
            requests=_once(one for looks in hasty.values() for pair in looks for one in pair),
            excerpt=f"pauses in seconds: {', '.join(f'{one:.3g}' for one in gaps[:10])}",
            tasks=tuple(hasty),
            source=history.provider.lifecycle.poll_source,
        )


def _hasty(looks: Sequence[Asked], pace: float) -> list[tuple[Asked, Asked]]:
    return [pair for pair in pairwise(looks) if 0 < gap(*pair) < pace * TOLERANCE]


def _between(gaps: Sequence[float]) -> str:
    low, high = span(min(gaps)), span(max(gaps))
    return low if low == high else f"{low} to {high}"


def _once(requests: Iterator[Asked]) -> list[Asked]:
    """Give requests once each, oldest first."""
    return sorted({one.number: one for one in requests}.values(), key=lambda one: one.number)


def without_pause(history: History) -> Iterator[Evidence]:
    """Find looks that follow each other without a pause that grows."""
    for task in history.tasks:
        pairs = _hasty(open_looks(history, task), TIGHT)
        gaps = [gap(*pair) for pair in pairs]
        if len(pairs) >= MANY and gaps[-1] < GROWS * gaps[0]:
            yield Evidence(
                what=f"Task {task.id} was looked at {len(pairs) + 1} times with pauses of"
                f" {_between(gaps)}, and they do not grow",
                requests=_once(one for pair in pairs for one in pair),
                tasks=(task.id,),
            )


def after_the_end(history: History) -> Iterator[Evidence]:
    """Find looks at tasks whose end had been told before."""
    for task in history.tasks:
        looks = history.looks(task.id)
        if any(one.fault or is_film(one) for one in looks):
            continue  # a scenario may hide the end, and a look may be the way to the film
        told = next((one for one in looks if history.tells_end(one, task)), None)
        late = [one for one in looks if told and one.number > told.number and _is_alone(one)]
        if told and len(late) > SPARED:
            yield Evidence(
                what=f"Task {task.id} was looked at {len(late)} times more after #{told.number} had"
                f" told that it has {task.state}",
                requests=[told, *late],
                tasks=(task.id,),
            )


def _is_alone(request: Asked) -> bool:
    """Tell whether a look is about one task: of several, others may still go on."""
    return len(request.tasks) == 1


def too_soon(history: History) -> Iterator[Evidence]:
    """Find requests that were repeated before the provider wanted to hear of them again."""
    for number, first in enumerate(history.requests):
        wait = asked_to_wait(first)
        later = history.requests[number + 1 :] if wait else ()
        again = next((one for one in later if signature(one) == signature(first)), None)
        if again and 0 < gap(first, again) - first.took < wait * TOLERANCE:
            yield Evidence(
                what=f"`{named(first)}` was answered {answered(first)} with a wish to wait"
                f" {span(wait)}, and repeated after {span(gap(first, again) - first.took)}",
                requests=(first, again),
                excerpt=f"Retry-After: {first.answer_headers['retry-after']}",
                tasks=tuple(first.tasks),
            )


def asked_to_wait(request: Asked) -> float:
    """Give the seconds that an answer asks its client to wait; 0 where it does not."""
    if request.status not in {TOO_MANY, UNAVAILABLE}:
        return 0.0
    given = request.answer_headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        return parsedate_to_datetime(given).timestamp() - (request.at + request.took)
    except ValueError:
        return 0.0


POLLING = (
    Habit(
        id="heed-retry-after",
        sentence="A request that is refused with `Retry-After` is repeated no sooner than that.",
        why="It is refused again, and some providers block a key that does not wait.",
        mend="Wait as many seconds as `Retry-After` says before the same request goes out again.",
        severity=Severity.WARNING,
        source=HTTP.at("10.2.3"),
        find=too_soon,
    ),
    Habit(
        id="poll-pace",
        sentence="Looks at a task keep the pause that its provider advises.",
        why="Looks that come too fast are refused one day, and bring the video no sooner.",
        mend="Set the pause between two looks to what the provider advises.",
        severity=Severity.WARNING,
        source=ADVICE,
        find=too_fast,
    ),
    Habit(
        id="poll-backoff",
        sentence="Looks at a task do not follow each other at once, again and again.",
        why="A loop without a pause uses up the limits of its key, and the key of others with it.",
        mend="Wait some seconds between two looks, and longer the longer a task takes.",
        severity=Severity.NOTE,
        source=ADVICE,
        find=without_pause,
    ),
    Habit(
        id="poll-no-more",
        sentence="A task that is over is not looked at any more.",
        why="Nothing changes after the end; a loop that does not see it may never stop.",
        mend="Stop at every word that means an end, and at every refusal that is about the task.",
        severity=Severity.WARNING,
        source=CLIENTS.at("clients that miss the end"),
        find=after_the_end,
    ),
)
