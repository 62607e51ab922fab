"""The page of findings: what `screentest run` may say of a client, and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from contracts.kernel.habits import Habit
from contracts.kernel.manners import CATALOGUE
from contracts.kernel.provider import Provider
from pages.provider import NOTICE
from pages.writing import cited, prose, table

HEAD = ("id", "severity", "what clients should do", "why", "how to mend it", "source")
IGNORED = (
    "`screentest/ignored-field`",
    "warning",
    "Requests have no fields that the provider drops.",
    "The field does nothing, and no error says so.",
    "Leave it out, or send it where the provider reads it.",
    "the contract of the operation",
)


def findings(providers: Mapping[str, Sequence[Provider]]) -> str:
    """Write every rule about behaviour, the general ones first."""
    return "\n".join([NOTICE, *_lines(providers)])


def _lines(providers: Mapping[str, Sequence[Provider]]) -> Iterator[str]:
    yield from ("# Findings", "")
    yield from prose(
        "What `screentest run` may find of a client, beside what its provider refuses.",
        "Each rule of a contract that is broken is an error, by the id that it has on the page of"
        " its provider.",
        "A scenario's doing is never held against a client, only how it reacts.",
        "The pace of a client is judged where time passes by itself, or by travel: not under the"
        " clock `poll`, where each look moves time.",
    )
    yield from ("## Of every provider", "")
    yield from table(HEAD, [IGNORED, *(_row(f"screentest/{one.id}", one) for one in CATALOGUE)])
    for revisions in providers.values():
        habits = dict.fromkeys(chain.from_iterable(one.habits for one in revisions))
        yield from (f"## {revisions[0].title}", "")
        yield from prose(*_pace(revisions[0]))
        yield from table(HEAD, (_row(one.id, one) for one in habits))


def _pace(provider: Provider) -> Iterator[str]:
    """Say which pause between looks its documents advise."""
    life = provider.lifecycle
    if life.poll_source:
        yield f"A pause of {life.poll_seconds:g} s between two looks is advised:"
        yield f"{cited(life.poll_source)}"
    else:
        yield "No document gives a figure for the pause between two looks."


def _row(id_: str, habit: Habit) -> tuple[str, ...]:
    said = habit.sentence, habit.why, habit.mend
    return f"`{id_}`", habit.severity.value, *said, cited(habit.source)
