"""Where a scenario can act: the operations it selects, checked against what is served."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic_core import to_json

from contracts.kernel.errors import Refusal
from contracts.kernel.operation import Finds, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Video
from mockserver.delivery import MEDIA
from mockserver.naming import unknown
from mockserver.scenarios.files import load
from mockserver.scenarios.scenario import (
    OF_TASKS,
    ROLES,
    Do,
    Scenario,
    When,
    matches,
    together,
)

WILD = frozenset("*?[")
LISTED = "screentest scenarios --provider "
"""The command that lists what a provider has."""


class Place(NamedTuple):
    """One operation of one provider; without an operation, the route of its results."""

    provider: Provider
    operation: Operation | None

    @property
    def id(self) -> tuple[str, str]:
        """What it is known by."""
        return self.provider.id, self.operation.id if self.operation else MEDIA

    @property
    def opens(self) -> bool:
        """Whether it opens tasks."""
        return self.operation is not None and isinstance(self.operation.effect, Opens)

    @property
    def looks(self) -> bool:
        """Whether it is asked for tasks by their ids."""
        return self.operation is not None and isinstance(self.operation.effect, Finds)

    @property
    def hands_out(self) -> bool:
        """Whether it may answer with a film."""
        return self.operation is None or any(one.form is Video for one in self.operation.answers)

    @property
    def roles(self) -> Iterator[str]:
        """What it is for."""
        yield "any"
        if self.opens:
            yield "submit"
        if self.looks:
            yield "look"
        if self.hands_out:
            yield "download"

    def suits(self, do: Do) -> bool:
        """Tell whether all that is to be done can be done here."""
        given = do.given()
        if do.error is not None and (
            self.operation is None or do.error not in self.provider.errors
        ):
            return False
        if do.video is not None and not (self.opens or self.hands_out):
            return False
        if not self.opens:
            return not {"lose", "task", "callback"} & given.keys()
        if do.callback is not None and not self.provider.webhook:
            return False
        failures = self.provider.failures
        return do.task != "fail" or (do.reason in failures if do.reason else bool(failures))


class Armed(NamedTuple):
    """A scenario, and where it can act."""

    scenario: Scenario
    places: frozenset[tuple[str, str]]
    mark: str = ""
    """What its counts go by: no two that were ordered share one, whatever their names."""

    def excludes(self, later: "Armed") -> bool:
        """Tell whether a later scenario never gets to act where this one always does."""
        ours, theirs = self.scenario, later.scenario
        is_always = ours.times is None and not self.places.isdisjoint(later.places)
        return is_always and not together(ours.do.given(), theirs.do.given())


def armed_file(
    path: str | Path, providers: Mapping[str, Provider], *, lenient: bool
) -> list[Armed]:
    """Read a file, and find where each of its scenarios can act; `ValueError` names the file."""
    found = load(path)
    try:
        return [armed(one, providers, lenient=lenient) for one in found]
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def armed(scenario: Scenario, providers: Mapping[str, Provider], *, lenient: bool) -> Armed:
    """Find where a scenario can act; `ValueError` says why it cannot act anywhere."""
    when, do = scenario.when, scenario.do
    if when.provider and when.provider not in providers:
        problem = unknown("provider", when.provider, providers)
        raise ValueError(_of(scenario, f"when.provider: {problem}"))
    meant = [providers[when.provider]] if when.provider else list(providers.values())
    if problem := _misnamed(when, do, meant, lenient=lenient):
        raise ValueError(_of(scenario, problem))
    chosen = [place for one in meant for place in places(one) if selects(when, place)]
    if scenario.per == "task":
        chosen = [place for place in chosen if place.looks or place.hands_out]
    suited = frozenset(place.id for place in chosen if place.suits(do))
    if not suited:
        raise ValueError(_of(scenario, f"selects nothing: {_obstacle(do, chosen)}"))
    met = {place.provider.id: place.provider for place in chosen if place.id in suited}
    if problem := next(filter(None, (_unsayable(do, one) for one in met.values())), ""):
        raise ValueError(_of(scenario, problem))
    return Armed(scenario, suited)


def _of(scenario: Scenario, problem: str) -> str:
    return f"scenario {scenario.name!r}: {problem}"


def places(provider: Provider) -> Iterator[Place]:
    """Give every place of a provider."""
    for one in provider.operations:
        yield Place(provider, one)
    yield Place(provider, None)


def selects(when: When, place: Place) -> bool:
    """Tell whether an operation is one of those that are meant."""
    return when.operation == place.id[1] or when.operation in place.roles


def _misnamed(when: When, do: Do, meant: Collection[Provider], *, lenient: bool) -> str:
    """Say which name does not exist at the providers that are meant."""
    operations = [one.id for provider in meant for one in provider.operations]
    errors = [cause for provider in meant for cause in provider.errors]
    failures = [name for provider in meant for name in provider.failures]
    for key, what, name, known in (
        ("when.operation", "operation or role", when.operation, (*ROLES, *operations, MEDIA)),
        ("do.error", "error", do.error, errors),
        ("do.reason", "reason to fail", do.reason, failures),
    ):
        if name is not None and name not in known:
            return f"{key}: {unknown(what, name, known, _listed(meant))}"
    return "" if lenient else _no_model(when.model, meant)


def _listed(meant: Collection[Provider]) -> str:
    """Say where all that a provider has is to be seen."""
    return LISTED + (next(iter(meant)).id if len(meant) == 1 else "<name>")


def _unsayable(do: Do, provider: Provider) -> str:
    """Say why a refusal cannot be made, by making it: its form takes details on trust."""
    if do.error is None:
        return ""
    case, why = provider.errors[do.error], ""
    refusal = Refusal(do.error, None, (), do.details or {}, str, str)
    try:
        to_json(case.body(refusal))
        sent = case.headers(refusal) if case.headers else {}
        if not all(one.isascii() and one.isprintable() for one in sent.values()):
            why = "a header is one line of ASCII"
    except Exception as error:  # noqa: BLE001 - a form may fail in any way
        why = f"{type(error).__name__}: {error}"
    return (
        f"do.details: details that {do.error!r} of {provider.id} cannot show: {why}" if why else ""
    )


def _no_model(model: str, meant: Collection[Provider]) -> str:
    """Say that no table has such a model; a provider without a table may have any."""
    catalogues = [provider.models() for provider in meant]
    known = [id_ for rows in catalogues for id_ in rows]
    if not model or not all(catalogues) or any(matches(model, one) for one in known):
        return ""
    if WILD & set(model):
        listed = f"see {_listed(meant)}"
        return f"when.model: selects nothing: no model is called anything like {model!r}; {listed}"
    return f"when.model: {unknown('model', model, known, _listed(meant))}"


def _obstacle(do: Do, chosen: Collection[Place]) -> str:
    """Say why nothing of it can be done at the operations that are selected."""
    where = ", ".join(f"{one}/{operation}" for one, operation in (place.id for place in chosen))
    if not chosen:
        return "when.operation: there is no such operation, or none that looks at a task"
    of_task = [name for name in ("lose", *OF_TASKS) if getattr(do, name) is not None]
    if of_task and not any(place.opens for place in chosen):
        return (
            f"do.{of_task[0]} is about a task that is opened, or a film, and there is none: {where}"
        )
    if do.callback is not None:
        return f"do.callback: no callback is ever sent for {where}"
    if do.task == "fail":
        return f"do.reason: no reason to fail is known for {where}"
    return f"do: nothing of it can happen at {where}"
