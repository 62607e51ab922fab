"""The scenarios of a world, and which of them a request meets."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import combinations, count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.kernel.provider import Provider
from contracts.kernel.task import Task
from mockserver.naming import unknown
from mockserver.scenarios.files import from_mapping
from mockserver.scenarios.magic import called, of_key
from mockserver.scenarios.places import Armed, armed, armed_file
from mockserver.scenarios.scenario import Do, Scenario, matches, together
from mockserver.store import Tally
from mockserver.trouble import NoScenario, Trouble

if TYPE_CHECKING:  # a world has scenarios
    from mockserver.world import World

FILE = ".toml"
MOST_CALLED = 256
"""How many directives are kept ready; clients may make up any number of them."""


@dataclass(frozen=True)
class Case:
    """One request, as far as scenarios select by it; what few of them ask for is found then."""

    provider: Provider
    operation: str
    tenant: str
    key: str
    request: Any = None
    """Its body, where it is about no task."""
    prompt_of: Callable[[Any], str] | None = None
    """Gives the prompt of a body, where it may have one."""
    tasks: tuple[Task[Any], ...] = ()
    """Those it is about."""
    asked: tuple[str, ...] = ()
    """What a prompt asks for by directives."""
    is_over: bool = False
    """Whether all that it is about is done."""

    @cached_property
    def _bodies(self) -> tuple[Any, ...]:
        return tuple(task.request for task in self.tasks) or (self.request,)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """That of the request, or of the tasks it is about."""
        return tuple(str(getattr(body, "model", "")) for body in self._bodies)

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """Likewise."""
        return tuple(map(self.prompt_of, self._bodies)) if self.prompt_of else ()


class Met(NamedTuple):
    """What a request meets."""

    names: tuple[str, ...]
    do: Do


class Scenarios:
    """The scenarios of a world; state is in its store."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._called: dict[tuple[str, str], Armed] = {}
        self._ordered: list[Armed] = []
        """Those of the settings."""
        self._serials = count(1)

    def add(self, scenario: Scenario | Mapping[str, Any] | str, tenant: str = "") -> Scenario:
        """Let a scenario hold, of the whole world or of one tenant; its name replaces an equal one.

        It may be given as plain values, or by the name of a built-in one with its argument.
        `ValueError` says what is wrong with it.
        """
        if isinstance(scenario, str):
            scenario = called(scenario)
        elif not isinstance(scenario, Scenario):
            scenario = from_mapping(scenario)
        self._put(self._arm([scenario]), tenant)
        return scenario

    def read(self, text: str, tenant: str = "") -> list[Scenario]:
        """Let the scenarios of a file hold, or a built-in one, in the words of the command line."""
        found = self._read(text)
        self._put(found, tenant)
        return [one.scenario for one in found]

    def order(self, texts: Iterable[str]) -> None:
        """Let the scenarios of the settings hold, now and after every reset."""
        self._ordered = [one for text in texts for one in self._read(text)]
        self.restore()

    def restore(self) -> None:
        """Let the scenarios of the settings hold again, whatever became of their files."""
        self._put(self._ordered, "")

    def clear(self, tenant: str = "") -> None:
        """Forget the scenarios of a tenant, or those of the whole world, and their counts."""
        gone = [*self._world.store.scenarios.of(tenant)]
        self._world.store.scenarios.clear(tenant)
        self._forget_counts(gone)

    def remove(self, name: str, tenant: str = "") -> Scenario:
        """Forget one scenario of a tenant, or of the whole world, and its counts.

        `ValueError` says which there are.
        """
        rows = self._world.store.scenarios
        gone = rows.get(tenant, name)
        if gone is None:
            raise ValueError(unknown("scenario", name, [one.name for one in self.list(tenant)]))
        rows.drop(tenant, name)
        self._forget_counts([gone])
        return gone.scenario

    def _read(self, text: str) -> list[Armed]:
        if text.endswith(FILE) or Path(text).is_file():
            served, lenient = self._providers(), self._is_lenient
            return self._marked(armed_file(text, served, lenient=lenient))
        return self._arm([called(text)])

    def _arm(self, found: Iterable[Scenario]) -> list[Armed]:
        """Check scenarios against what is served, and give each a mark of its own."""
        served, lenient = self._providers(), self._is_lenient
        return self._marked([armed(one, served, lenient=lenient) for one in found])

    def _marked(self, ready: Iterable[Armed]) -> list[Armed]:
        return [one._replace(mark=f"{next(self._serials)}") for one in ready]

    def _put(self, found: Iterable[Armed], tenant: str) -> None:
        """Let scenarios hold; one that is replaced takes its counts along."""
        rows = self._world.store.scenarios
        if tenant:
            self._world.tenant(tenant).pinned = True
        for one in found:
            if replaced := rows.get(tenant, one.scenario.name):
                self._forget_counts([replaced])
            rows.put(tenant, one.scenario.name, one)
            self._world.is_meddled = True

    def _forget_counts(self, gone: Iterable[Armed]) -> None:
        """Drop what scenarios counted; what tasks remember of them is not asked for any more."""
        marks, tallies = {one.mark for one in gone}, self._world.store.tallies
        for tenant in tuple(tallies.tenants()):
            for id_ in tuple(tallies.ids(tenant)):
                if isinstance(id_, tuple) and id_[0] in marks:
                    tallies.drop(tenant, id_)

    def list(self, tenant: str = "") -> list[Scenario]:
        """Give the scenarios of a tenant, or those of the whole world, in their order."""
        return [one.scenario for one in self._world.store.scenarios.of(tenant)]

    @property
    def _is_lenient(self) -> bool:
        return self._world.settings.models == "lenient"

    def _providers(self) -> Mapping[str, Provider]:
        """Give what is served; before there is an application, what the settings choose."""
        if self._world.providers:
            return self._world.providers
        from mockserver.revisions import meant  # noqa: PLC0415 - loads every provider

        settings = self._world.settings
        return meant(settings.contracts, settings.models)

    def called(self, text: str, provider: Provider) -> Armed:
        """Give a built-in scenario for one provider; `NoScenario` where it has no such thing."""
        id_ = (provider.id, text)
        if id_ not in self._called:
            if len(self._called) >= MOST_CALLED:
                self._called.clear()
            try:
                self._called[id_] = armed(called(text), {provider.id: provider}, lenient=True)
            except ValueError as error:
                raise NoScenario(str(error)) from None
        return self._called[id_]

    def check(self, asked: tuple[str, ...], provider: Provider, *, called_back: bool) -> None:
        """Raise `NoScenario` where what a prompt asks for could never happen."""
        found = [self.called(text, provider) for text in asked]
        for one in found:
            if one.scenario.do.callback and not called_back:
                raise NoScenario(f"{one.scenario.name}: the request names no URL for a callback")
        for first, second in combinations(found, 2):
            if first.excludes(second):
                names = f"{first.scenario.name!r} and {second.scenario.name!r}"
                raise NoScenario(f"{names} cannot both happen to one request; ask for one of them")

    def meet(self, case: Case) -> Met | None:
        """Give what a request meets: of all that select it, what can happen together, in order."""
        place, names, given = (case.provider.id, case.operation), [], dict[str, Any]()
        for one in self._in_order(case):
            if place not in one.places or not holds(one.scenario, case):
                continue
            more = one.scenario.do.given()
            is_free = together(given, more)
            if self._acts(one, case, is_free=is_free or not given):
                names.append(one.scenario.name)
                given |= more
        return Met(tuple(names), Do.model_validate(given)) if names else None

    def _in_order(self, case: Case) -> Iterator[Armed]:
        """Give what may select a request: its prompt's, its key's, its tenant's, the world's."""
        for text in case.asked:
            yield self.called(text, case.provider)._replace(mark=f"prompt {text}")
        if text := of_key(case.key):
            yield self.called(text, case.provider)._replace(mark=f"key {text}")
        if case.tenant:
            yield from tuple(self._world.store.scenarios.of(case.tenant))
        yield from tuple(self._world.store.scenarios.of(""))

    def _acts(self, one: Armed, case: Case, *, is_free: bool) -> bool:
        """Count a request that is selected, and tell whether the scenario acts on it."""
        scenario, counted = one.scenario, Count(self._world, one, case)
        seen, done = counted.read()
        seen += 1
        is_due = scenario.when.comes(seen) and (scenario.times is None or done < scenario.times)
        acts = is_due and is_free and self._has_luck(scenario, case.tenant, seen)
        counted.write(seen, done + acts)
        return acts

    def _has_luck(self, scenario: Scenario, tenant: str, seen: int) -> bool:
        """Draw; equal seeds, names, tenants and counts give equal luck."""
        seed = f"{self._world.settings.seed}/{scenario.name}/{tenant}/{seen}"
        luck = Random(seed)  # noqa: S311 - reproducible on purpose
        return scenario.probability == 1 or luck.random() < scenario.probability


def holds(scenario: Scenario, case: Case) -> bool:
    """Tell whether a request is one of those that are meant, at an operation that is."""
    when = scenario.when
    if when.operation == "download" and case.tasks and not case.is_over:
        return False  # a look that would be answered with the film, were it done
    if scenario.per == "task" and not case.tasks:
        return False
    return (
        (not when.key or fnmatchcase(case.key, when.key))
        and (not when.model or any(matches(when.model, one) for one in case.models))
        and (not when.prompt or any(when.is_said(one) for one in case.prompts))
    )


class Count(NamedTuple):
    """How many requests a scenario selected, and how often it acted."""

    world: "World"
    armed: Armed
    case: Case

    @property
    def _id(self) -> tuple[str, ...]:
        return (self.armed.mark, self.case.key if self.armed.scenario.per == "key" else "")

    @property
    def _by_task(self) -> bool:
        return self.armed.scenario.per == "task"

    def read(self) -> tuple[int, int]:
        """Give both."""
        if self._by_task:
            trouble: Trouble | None = self.case.tasks[0].trouble
            return trouble.met.get(self.armed.mark, (0, 0)) if trouble else (0, 0)
        return self.world.store.tallies.get(self.case.tenant, self._id) or (0, 0)

    def write(self, seen: int, done: int) -> None:
        """Remember both."""
        if self._by_task:
            task = self.case.tasks[0]
            task.trouble = task.trouble or Trouble(scenario="")
            task.trouble.met[self.armed.mark] = (seen, done)
            self.world.store.tasks.put(task.tenant, (task.provider, task.id), task)
        else:
            self.world.store.tallies.put(self.case.tenant, self._id, Tally(seen, done))
