"""Looking at the media of a request: data URLs, and links to what is served here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import MISSING, BaseModel

from contracts.kernel.conditions import Condition
from contracts.kernel.measures import Measure
from contracts.kernel.media import Linked
from contracts.kernel.rules import MODEL, Table
from contracts.kernel.source import Source

if TYPE_CHECKING:
    from contracts.kernel.probing import Facts, View

Served = Callable[[str], "View | None"]
"""Gives what is behind a link, where that is ours to know."""


class Link(NamedTuple):
    """One link to media in a body."""

    path: tuple[str | int, ...]
    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRule:
    """A documented limit on media that no schema can state, for it takes a look into the file.

    `measure` is the same for all models; `asks` gives one for each row of a table instead. Without
    either, the rule is that a file can be read, and is of the kind that its field is for.
    """

    id: str
    sentence: str
    source: Source
    kind: str = ""
    """`image`, `video` or `audio`; empty for all of them."""
    fields: tuple[str, ...] = ()
    """The fields of the body that it is about, where not all of the kind are."""
    measure: Measure | None = None
    table: Table[Any] | None = None
    asks: Callable[[Any], Measure | None] | None = None
    when: Condition | None = None
    """What else must be true of the body for the rule to bind."""
    late: str = ""
    """The code of the failure, where the provider finds out only after it accepted the request."""
    message: str = ""
    cause: str = ""

    def covers(self, link: Link) -> bool:
        """Tell whether a link is what the rule is about."""
        return (not self.kind or link.kind == self.kind) and (
            not self.fields or link.path[0] in self.fields
        )

    def demand(self, model: object) -> Measure | None:
        """Give what media must measure for a model."""
        if not self.asks or not self.table:
            return self.measure
        row = self.table().get(model)  # type: ignore[call-overload]
        return self.asks(row) if row else None


class Objection(NamedTuple):
    """A medium that breaks a rule."""

    rule: MediaRule
    link: Link
    words: str
    """What is wrong with it, to be read after the field."""


@cache
def linking_fields(body: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """Give the fields of a body class that lead to links; with the kind, where they hold them."""
    found = []
    for name, field in body.model_fields.items():
        kind = _kind_in((field.annotation, *field.metadata))
        if kind or any(map(linking_fields, _bodies_in(field.annotation))):
            found.append((name, kind))
    return tuple(found)


def _kind_in(parts: Sequence[object]) -> str:
    for part in parts:
        kind = part.kind if isinstance(part, Linked) else _kind_in(_inside(part))
        if kind:
            return kind
    return ""


def _inside(annotation: Any) -> tuple[object, ...]:  # noqa: ANN401 - annotations have no type
    return (*get_args(annotation), *getattr(annotation, "__metadata__", ()))


def _bodies_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - as above
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _bodies_in(inner)


def links(body: BaseModel) -> list[Link]:
    """Give every link to media in a body, in the order of its fields."""
    found: list[Link] = []
    _collect(body, (), found)
    return found


def _collect(body: BaseModel, path: tuple[str | int, ...], found: list[Link]) -> None:
    """Walk a body. No generators, no look-ups by attribute: this runs for every request."""
    values = body.__dict__
    for name, kind in linking_fields(type(body)):
        value = values[name]
        if value is MISSING:
            continue
        if isinstance(value, list):
            for place, one in enumerate(value):
                if kind:
                    found.append(Link((*path, name, place), kind, one))
                else:
                    _collect(one, (*path, name, place), found)
        elif kind:
            found.append(Link((*path, name), kind, value))
        else:
            _collect(value, (*path, name), found)


def objections(
    body: BaseModel, rules: Sequence[MediaRule], served: Served | None = None
) -> Iterator[Objection]:
    """Look at all media of a body that can be looked at, and give what rules say against it."""
    known: list[tuple[Link, Facts]] = []
    for link in links(body):
        if link.url.startswith("data:") or (served and served(link.url)):
            facts, fault = _look(link, served)
            if not facts:
                yield from _unreadable(rules, link, fault)
                return
            known.append((link, facts))
    if known:
        bound = [rule for rule in rules if not rule.when or rule.when.holds(body)]
        yield from _judged(known, bound, getattr(body, MODEL, None))


def _look(link: Link, served: Served | None) -> "tuple[Facts | None, str]":
    """Give what a file says of itself; or nothing, and why it is not what it should be."""
    from contracts.kernel.probing import Unreadable, probe, view_of  # noqa: PLC0415 - most see none

    try:
        view = served(link.url) if served and not link.url.startswith("data:") else None
        facts = probe(view or view_of(link.url)[1])
    except Unreadable as error:
        return None, f"cannot be read: {error}"
    if link.kind != facts.kind:
        return None, f"is of the kind {facts.kind}, not {link.kind}"
    return facts, ""


def _unreadable(rules: Sequence[MediaRule], link: Link, words: str) -> Iterator[Objection]:
    """Object on behalf of the rule that files can be read, if a provider has one."""
    for rule in rules:
        if not rule.measure and not rule.asks:
            yield Objection(rule, link, words)


def _judged(
    known: Sequence[tuple[Link, "Facts"]], rules: Sequence[MediaRule], model: object
) -> Iterator[Objection]:
    for rule in rules:
        measure = rule.demand(model)
        chosen = [(link, facts) for link, facts in known if rule.covers(link)]
        broken = measure.judge([facts for _, facts in chosen]) if measure and chosen else None
        if broken:
            place, words = broken
            yield Objection(rule, chosen[place][0], words)
