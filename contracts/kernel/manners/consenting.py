"""Habits of consent: what was agreed to is what is sent."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import Asked, History
from contracts.kernel.manners.charging import CLIENTS
from contracts.kernel.operation import Opens

CONSENT = "consent"
"""The fields of a request whose name has this are the consent, and not what it is given for."""


class Wanted(NamedTuple):
    """A request, and what it asks for beside its consent: read once, as there may be many."""

    request: Asked
    body: Mapping[str, object] | None


def changed(history: History) -> Iterator[Evidence]:
    """Find requests that came back with consent, and with something else."""
    asked: list[Wanted] = []
    unanswered: list[Wanted] = []
    for request in history.submits():
        one = Wanted(request, without_consent(request))
        if _consents(request):
            answered = [each for each in asked if is_answer(one, each)]
            others = [each for each in unanswered if is_related(one, each)]
            if others and not answered:
                answered = [min(reversed(others), key=lambda each: len(differences(each, one)))]
                yield _other(answered[0], one)
            unanswered = [each for each in unanswered if each not in answered]
        if asks_consent(history, request):
            asked.append(one)
            unanswered.append(one)


def is_related(one: Wanted, question: Wanted) -> bool:
    """Tell whether two requests are of the same operation."""
    return question.request.operation == one.request.operation


def is_answer(one: Wanted, question: Wanted) -> bool:
    """Tell whether a request may be the one that was refused; what was not kept may be any."""
    is_known = question.body is not None and one.body is not None
    return is_related(one, question) and not (is_known and differences(question, one))


def differences(first: Wanted, second: Wanted) -> list[str]:
    """Give the fields, beside consent, in which two requests differ."""
    before, after = first.body or {}, second.body or {}
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _other(question: Wanted, one: Wanted) -> Evidence:
    first, second, names = question.request, one.request, differences(question, one)
    return Evidence(
        what=f"Consent was asked for in #{first.number}, and #{second.number} gives it for"
        f" another request: {', '.join(f'`{name}`' for name in names)} changed",
        requests=(first, second),
        excerpt=", ".join(names),
        tasks=tuple(second.tasks),
        field=names[0],
    )


def asks_consent(history: History, request: Asked) -> bool:
    """Tell whether a request was answered with the question for consent."""
    operation = history.operation(request)
    effect = operation.effect if operation else None
    consent = effect.consent if isinstance(effect, Opens) else None
    return consent is not None and request.rule == f"{history.provider.id}/{consent.cause}"


def without_consent(request: Asked) -> Mapping[str, object] | None:
    """Give what a request asks for beside its consent; None where its body was not kept."""
    fields = request.fields
    if not isinstance(fields, Mapping):
        return None
    return {name: value for name, value in fields.items() if CONSENT not in name}


def _consents(request: Asked) -> bool:
    fields = request.fields
    return isinstance(fields, Mapping) and any(CONSENT in name for name in fields)


CONSENTING = (
    Habit(
        id="consent-same-body",
        sentence="A request that comes back with consent is otherwise the one that was refused.",
        why="The consent was given for other media or another prompt than those that are used.",
        mend="Keep the body that was refused, add the consent, and send it again.",
        severity=Severity.ERROR,
        source=CLIENTS.at("consent"),
        find=changed,
    ),
)
