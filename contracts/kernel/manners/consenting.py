"""Habits of consent: what was agreed to is what is sent."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import Asked, History
from contracts.kernel.manners.charging import CLIENTS
from contracts.kernel.operation import Opens

CONSENT = "consent"
"""The fields of a request whose name has this are the consent, and not what it is given for."""


def changed(history: History) -> Iterator[Evidence]:
    """Find requests that came back with consent, and with something else."""
    for first, second in pairwise(history.submits()):
        if not asks_consent(history, first):
            continue
        before, after = without_consent(first), without_consent(second)
        if _consents(second) and before is not None and after is not None and before != after:
            names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            yield Evidence(
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
