"""What an act orders at the providers that a client uses, in the words of their catalogues."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from contracts.kernel.errors import ErrorCase, Refusal
from contracts.kernel.provider import EXPIRED, Provider
from mockserver.audition.acts import Act
from mockserver.scenarios.files import from_mapping
from mockserver.scenarios.places import armed
from mockserver.scenarios.scenario import Scenario


def server_error(provider: Provider) -> str | None:
    """Give a 500 that is no one's fault, and not the end of a task."""
    ends = {one.cause for one in provider.failures.values()}
    return next(
        (
            cause
            for cause, case in provider.errors.items()
            if case.status == HTTPStatus.INTERNAL_SERVER_ERROR
            and case.on_demand
            and cause not in ends
        ),
        None,
    )


def come_again(provider: Provider) -> str | None:
    """Give a 429 that says when to come again."""
    found = (cause for cause, case in provider.errors.items() if _says_when(cause, case))
    return next(found, None)


def _says_when(cause: str, case: ErrorCase) -> bool:
    if case.status != HTTPStatus.TOO_MANY_REQUESTS or not (case.on_demand and case.headers):
        return False
    sent = case.headers(Refusal(cause, None, (), {}, str, str))
    return "retry-after" in map(str.lower, sent)


def failure(provider: Provider) -> str | None:
    """Give a reason to fail that is told as the state of a task, and costs nothing."""
    return _reason(provider, is_refused=False)


def late_refusal(provider: Provider) -> str | None:
    """Give a reason to fail that looks are refused with."""
    return _reason(provider, is_refused=True)


def _reason(provider: Provider, *, is_refused: bool) -> str | None:
    found = (
        name
        for name, one in provider.failures.items()
        if bool(one.cause) == is_refused and one.refunded and name != EXPIRED
    )
    return next(found, None)


WORDS: Mapping[str, Callable[[Provider], str | None]] = {
    "<server-error>": server_error,
    "<come-again>": come_again,
    "<failure>": failure,
    "<late-refusal>": late_refusal,
}
"""What stands for a row of a catalogue."""


def ordered(act: Act, providers: Sequence[Provider]) -> list[Scenario]:
    """Give what is ordered for an act; nothing where none of the providers can do it."""
    return [one for provider in providers for one in _ordered(act, provider)]


def _ordered(act: Act, provider: Provider) -> Iterator[Scenario]:
    for number, table in enumerate(act.scenario, 1):
        do = {key: _said(value, provider) for key, value in table["do"].items()}
        when = {**table["when"], "provider": provider.id}
        name = f"{act.id} {number} at {provider.id}"
        if None not in do.values():
            scenario = from_mapping({**table, "name": name, "when": when, "do": do})
            if _can_happen(scenario, provider):
                yield scenario


def _said(value: Any, provider: Provider) -> Any:  # noqa: ANN401 - whatever TOML may have
    word = WORDS.get(value) if isinstance(value, str) else None
    return word(provider) if word else value


def _can_happen(scenario: Scenario, provider: Provider) -> bool:
    try:
        armed(scenario, {provider.id: provider}, lenient=True)
    except ValueError:
        return False
    return True
