"""Recorded requests held to other revisions: what would become of them there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from json import dumps

from contracts.kernel.checking.captures import Message, Place
from contracts.kernel.checking.findings import Finding
from contracts.kernel.operation import Carried
from contracts.kernel.provider import Provider
from contracts.kernel.registry import revision
from mockserver.naming import unknown
from mockserver.verdict.points import targets_of
from mockserver.verdict.recorded import Recorded


class Outcome(StrEnum):
    """What becomes of a request under another revision."""

    GONE = "operation-gone"
    NEWLY_REFUSED = "newly-refused"
    NEWLY_ACCEPTED = "newly-accepted"
    STILL_REFUSED = "still-refused"
    STILL_VALID = "still-valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One request, and what became of it."""

    recorded: Recorded
    contract: str
    """The revision that it was held to."""
    outcome: Outcome
    refusals: tuple[Finding, ...] = ()
    """Why it is refused now."""
    warnings: tuple[Finding, ...] = ()
    """What is wrong with it now and was not before, though it is accepted."""

    @property
    def is_loss(self) -> bool:
        """Whether it was accepted, and is no more."""
        lost = self.outcome in {Outcome.GONE, Outcome.NEWLY_REFUSED}
        return lost and not self.recorded.breaks

    @property
    def is_new(self) -> bool:
        """Whether anything about it is different."""
        still = self.outcome in {Outcome.STILL_VALID, Outcome.STILL_REFUSED}
        return not still or bool(self.warnings)


def replay(recorded: Iterable[Recorded], providers: Mapping[str, Provider]) -> Iterator[Replayed]:
    """Hold requests to one revision of each provider; `ValueError` for a provider unknown."""
    for one in recorded:
        provider = providers.get(one.provider)
        if provider is None:
            raise ValueError(f"{one.file}: {unknown('provider', one.provider, providers)}")
        yield _held(one, provider)


def _held(recorded: Recorded, provider: Provider) -> Replayed:
    name = provider.name
    if recorded.operation not in targets_of(provider):
        return Replayed(recorded=recorded, contract=name, outcome=Outcome.GONE)
    now = _findings(recorded, provider)
    refusals = tuple(one for one in now if one.outcome == "refused")
    if refusals:
        outcome = Outcome.STILL_REFUSED if recorded.breaks else Outcome.NEWLY_REFUSED
        return Replayed(recorded=recorded, contract=name, outcome=outcome, refusals=refusals)
    before = _before(recorded)
    if recorded.breaks:
        return Replayed(recorded=recorded, contract=name, outcome=_accepted(before))
    same = now if before is None else before
    known = {(one.outcome, one.rule, one.field) for one in same}
    warnings = tuple(one for one in now if (one.outcome, one.rule, one.field) not in known)
    return Replayed(
        recorded=recorded, contract=name, outcome=Outcome.STILL_VALID, warnings=warnings
    )


def _accepted(before: list[Finding] | None) -> Outcome:
    """Tell whether a request is accepted now that was refused.

    What it was refused for may not stand in the file, such as media behind a link: then its own
    revision would accept it, too, and nothing can be told.
    """
    told = before is not None and any(one.outcome == "refused" for one in before)
    return Outcome.NEWLY_ACCEPTED if told else Outcome.STILL_REFUSED


def _before(recorded: Recorded) -> list[Finding] | None:
    """Give what was wrong with a request when it was recorded; None where that is not known."""
    provider = _revision(recorded.contract)
    if provider is None or recorded.operation not in targets_of(provider):
        return None
    return _findings(recorded, provider)


@cache
def _revision(name: str) -> Provider | None:
    try:
        return revision(name)
    except ValueError:
        return None


def _findings(recorded: Recorded, provider: Provider) -> list[Finding]:
    target = targets_of(provider)[recorded.operation]
    if target.operation.carried is Carried.URL:
        return list(target.check_fields({name: str(one) for name, one in recorded.message.items()}))
    body = dumps(recorded.message).encode()
    return list(target.check(Message(Place(recorded.file), body)))
