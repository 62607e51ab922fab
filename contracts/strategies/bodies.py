"""Request bodies: those that obey every rule, and those that break exactly one."""

from functools import cache
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import ValidationError

from contracts.kernel.conditions import Condition, Unmakeable
from contracts.kernel.inspecting import links
from contracts.kernel.limits import Limit
from contracts.kernel.operation import Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import revision
from contracts.kernel.rules import MODEL, Rule
from contracts.strategies.breaking import spoiled, spoilers
from contracts.strategies.drafts import ANY, Drawn, Shape
from contracts.strategies.media import Serve, carry, places

ROUNDS = 20
"""How often a body is mended before it is given up."""
MOST_OPTIONAL = 4
"""How many optional fields a body gets, beside those that a rule asks for."""

AIMS = ("", "goal", "goal", "mode")
"""What a body is drawn to show: nothing in particular, one field or value, or one mode."""

Bodies = SearchStrategy[dict[str, Any]]
shape_of = cache(Shape)


def found(operation: str) -> tuple[Provider, Operation]:
    """Find an operation by its name; `ValueError` says which names there are."""
    name, _, id_ = operation.partition("/")
    provider = revision(name)
    try:
        return provider, provider.operation(id_)
    except KeyError as error:
        raise ValueError(error.args[0]) from None


def named(operation: str | Operation) -> Operation:
    """Give an operation that may be given by its name."""
    return operation if isinstance(operation, Operation) else found(operation)[1]


def valid_bodies(
    operation: str | Operation, *, model: str | None = None, mode: str | None = None
) -> Bodies:
    """Give bodies that the operation accepts; over many draws, every field, value and mode.

    Args:
        operation: as `venice/queue`, or the object itself.
        model: ask for this model only.
        mode: ask for this way of using it only, such as `text` or `references`.

    Raises `ValueError` for an operation, a mode or a model that does not exist.

    """
    one = named(operation)
    modes = one.body.modes
    if mode is not None and mode not in modes:
        raise ValueError(f"{one.id} has no mode {mode!r}; it has {', '.join(modes) or 'none'}")
    shape = shape_of(one)
    if model is not None and not shape.knows(model):
        raise ValueError(f"{one.id} knows no model {model!r}")
    return _valid(shape, model, modes[mode] if mode else None).map(lambda draft: draft.body)


@st.composite
def _valid(draw: DrawFn, shape: Shape, model: str | None, mode: Condition | None) -> Drawn:
    draft = Drawn(draw, shape, draw(_beginnings(shape)))
    if model is not None:
        draft.put(MODEL, model)
        draft.pinned[MODEL] = model
    aim = draw(st.sampled_from(AIMS)) if mode is None else ""
    try:
        if aim == "goal" and shape.goals:
            _pursue(draft, *draw(st.sampled_from(shape.goals)))
        if aim == "mode" and shape.operation.body.modes:
            mode = draw(st.sampled_from(list(shape.operation.body.modes.values())))
        _mend(draft, mode)
    except Unmakeable:
        reject()
    return draft


@st.composite
def _beginnings(draw: DrawFn, shape: Shape) -> dict[str, Any]:
    """Give what is required, and a few things that are not."""
    names = list(shape.schema.get("properties", {}))
    required = [name for name in names if shape.is_required(name)]
    optional = [name for name in names if name not in required]
    more = (
        draw(st.lists(st.sampled_from(optional), unique=True, max_size=MOST_OPTIONAL))
        if optional
        else []
    )
    chosen = {*required, *more}
    return {name: draw(shape.drawn(name)) for name in names if name in chosen}


def _pursue(draft: Drawn, name: str, value: object) -> None:
    """Show a field, a value of it, or an item of a list, and keep it."""
    if isinstance(value, dict):
        draft.add(name.removesuffix("[]"), value)
    elif value is ANY:
        draft.fill(name)
        draft.pinned[name] = ANY
    else:
        draft.put(name, value)
        draft.pinned[name] = value


def _mend(draft: Drawn, wish: Condition | None, but: Rule | None = None) -> None:
    """Change a draft until all rules hold but one, and a wish is true."""
    for _ in range(ROUNDS):
        parsed = draft.shape.parse(draft.body)
        if parsed is None:
            raise Unmakeable
        broken = draft.shape.broken(parsed)
        if wish and not wish.holds(parsed):
            wish.make(draft, true=True)
        elif but and but not in broken:
            but.make(draft, true=False)
        elif others := [rule for rule in broken if rule is not but]:
            others[0].make(draft, true=True)
        else:
            return
    raise Unmakeable


def breakable(operation: str | Operation, *, serve: Serve | None = None) -> tuple[str, ...]:
    """Give the ids of the rules and limits that a body of this operation can break."""
    shape = shape_of(named(operation))
    limits = [one.id for one in shape.contract.limits if spoilers(shape, one)]
    media = [id_ for id_, rule in shape.contract.media.items() if places(shape, rule, serve)]
    return (*shape.contract.rules, *media, *limits)


def bodies_breaking(operation: str | Operation, rule: str, *, serve: Serve | None = None) -> Bodies:
    """Give bodies that break exactly one rule or limit, known by its id.

    Media that break a rule come as data URLs, or as links that `serve` gives for their content.

    Raises `ValueError` for an id that the operation does not have, or that no body can break.
    """
    shape = shape_of(named(operation))
    if rule in shape.contract.rules:
        return _breaking(shape, shape.contract.rules[rule]).map(lambda draft: draft.body)
    if rule in shape.contract.media:
        if not places(shape, shape.contract.media[rule], serve):
            raise ValueError(f"no data URL can break {rule!r}; say how to `serve` a file")
        return _carrying(shape, rule, serve)
    limits = {one.id: one for one in shape.contract.limits}
    if rule not in limits:
        known = ", ".join([*shape.contract.rules, *shape.contract.media, *limits])
        raise ValueError(f"{shape.operation.id} has no rule {rule!r}; it has {known}")
    values = spoilers(shape, limits[rule])
    if not values:
        raise ValueError(f"no body breaks {rule!r} alone: {limits[rule].sentence}")
    return _spoiled(shape, limits[rule], values)


@st.composite
def _breaking(draw: DrawFn, shape: Shape, rule: Rule) -> Drawn:
    draft = Drawn(draw, shape, draw(_valid(shape, None, None)).body)
    try:
        rule.make(draft, true=False)
        _mend(draft, None, but=rule)
    except Unmakeable:
        reject()
    return draft


@st.composite
def _carrying(draw: DrawFn, shape: Shape, rule: str, serve: Serve | None) -> dict[str, Any]:
    draft = Drawn(draw, shape, draw(_beginnings(shape)))
    try:
        urls = carry(draft, shape.contract.media[rule], serve)
        _mend(draft, None)
    except Unmakeable:
        reject()
    parsed = shape.contract.adapter.validate_python(draft.body)
    assume(set(urls) <= {link.url for link in links(parsed)})
    if not serve:
        first = next(shape.contract.objections(parsed), None)
        assume(first is not None and first.rule == rule)
    return draft.body


@st.composite
def _spoiled(draw: DrawFn, shape: Shape, limit: Limit, values: list[object]) -> Any:  # noqa: ANN401 - a broken body need not be an object
    draft = Drawn(draw, shape, draw(_valid(shape, None, None)).body)
    body = spoiled(draft, limit, draft.choose(values))
    assume(_is_exactly(shape, body, limit))
    return body


def _is_exactly(shape: Shape, body: object, limit: Limit) -> bool:
    try:
        shape.contract.adapter.validate_python(body)
    except ValidationError as error:
        return {one.rule for one in shape.contract.violations(error)} == {limit.id}
    return False
