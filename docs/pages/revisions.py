"""The revisions of a provider: which there are, and how each differs from the default."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from contracts.kernel.comparing.difference import Difference, Group
from contracts.kernel.comparing.differences import differences
from contracts.kernel.operation import Operation
from contracts.kernel.provider import Provider
from contracts.kernel.violations import Contract
from pages.operations import answers, fields, modes, operation
from pages.writing import cited, code, prose, table

T = TypeVar("T")
TITLES = {
    Group.MUST: "What a client must change",
    Group.MAY: "What a client may use",
    Group.ANSWERS: "What comes back otherwise",
}


def overview(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write which revisions there are, and how to serve each."""
    rows = (
        (f"`{one.name}`", marks(one, revisions), one.about, _serving(one), cited(one.source))
        for one in revisions
    )
    yield from table(("revision", "which", "what it is", "how to serve it", "source"), rows)


def marks(one: Provider, revisions: Sequence[Provider]) -> str:
    """Say whether a revision is the default, the newest, or another reading."""
    newest = [each for each in revisions if not each.dialect][-1]
    checks = {"default": one is revisions[0], "newest": one is newest, "dialect": one.dialect}
    return ", ".join(mark for mark, is_so in checks.items() if is_so)


def _serving(one: Provider) -> str:
    return f"`screentest serve --contract {one.name}`"


def revision(default: Provider, one: Provider) -> Iterator[str]:
    """Write how a revision differs from the default."""
    found = differences(default, one)
    yield from (f"## Revision {one.revision}", "")
    yield from prose(
        one.about, f"Serve it with {_serving(one)}.", f"Compared with `{default.name}`:"
    )
    for group, those in groupby(found, lambda difference: difference.group):
        yield from (f"### {one.revision}: {TITLES[group]}", "")
        yield from table(("operation", "what", "id", "source"), map(_row, those))
    known = {difference.id for difference in found} | set(_ids(default))
    older = {each.id: each for each in default.operations}
    for each in one.operations:
        if each.id in older:
            yield from _details(older[each.id], each, known)
        else:
            yield from operation(one, each, "###")


def _row(one: Difference) -> tuple[str, ...]:
    id_ = f"`{one.id}`" if one.id else ""
    return one.operation or "all", one.sentence, id_, cited(one.source)


def _ids(provider: Provider) -> Iterator[str]:
    for one in provider.operations:
        yield from (limit.id for limit in Contract(one.body, one.id).limits)


def _details(old: Operation, new: Operation, known: set[str]) -> Iterator[str]:
    """Write what a line on a difference has no room for."""
    inner = [one for one in Contract(new.body, new.id).limits if one.id not in known]
    if inner:
        yield from (f"### {new.id}: inside the new fields", "", *fields(inner))
    if _modes(old) != _modes(new):
        yield from (f"### {new.id}: modes", "", *modes(new))
    if _forms(old) != _forms(new):
        yield from (f"### {new.id}: answers", "", *answers(new))


def _modes(one: Operation) -> dict[str, str]:
    return {name: condition.words() for name, condition in one.body.modes.items()}


def _forms(one: Operation) -> list[tuple[object, ...]]:
    return [(gives.form, gives.when, gives.status) for gives in one.answers]


def distinct(revisions: Sequence[Provider], get: Callable[[Provider], T]) -> list[tuple[T, str]]:
    """Give each value that revisions have, and in which it is, where there are several."""
    groups: list[tuple[T, list[str]]] = []
    for one in revisions:
        same = [names for value, names in groups if value == get(one)]
        if same:
            same[0].append(one.revision)
        else:
            groups.append((get(one), [one.revision]))
    several = len(groups) > 1
    return [(value, f" in {code(names)}" if several else "") for value, names in groups]
