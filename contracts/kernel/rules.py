"""Rules: documented constraints that take more than one field, or a table, to state.

A rule is one object with an id, a sentence, a source, and a condition that must hold. From the
condition follow the check, the JSON Schema, the field to blame, and bodies that break the rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from contracts.kernel.conditions import (
    AnyOf,
    Condition,
    Contains,
    Draft,
    Fewer,
    Implies,
    Not,
    Schema,
    Unmakeable,
    at,
)
from contracts.kernel.models import ModelRow
from contracts.kernel.source import Source

MODEL = "model"
"""The field that names the model, in every request that has one."""


class Rule(Protocol):
    """A documented constraint that no single field can state."""

    @property
    def id(self) -> str:
        """Kebab-case, stable, unique within its provider."""
        ...

    @property
    def sentence(self) -> str:
        """The constraint in one plain sentence."""
        ...

    @property
    def source(self) -> Source:
        """Where it is stated."""
        ...

    @property
    def message(self) -> str:
        """The provider's own words for the refusal, empty where none are known."""
        ...

    @property
    def cause(self) -> str:
        """The row of the error catalogue that refuses, where it is a row of its own."""
        ...

    @property
    def subject(self) -> Condition | None:
        """What names the field to blame, where it is not the condition that must hold."""
        ...

    def demand(self, model: object) -> Condition | None:
        """Give what must hold of a body with this model; nothing where nothing must."""
        ...

    def tells_apart(self, model: object) -> bool:
        """Tell whether this model is demanded anything else than an unknown one."""
        ...

    def complaint(self, broken: Condition) -> str:
        """Say what is wrong with a body for which a demand of this rule does not hold."""
        ...

    def schema(self) -> Schema:
        """Say the rule in JSON Schema, to stand under `allOf`."""
        ...

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make a body in the making obey the rule, or break it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Must:
    """One condition that every body must fulfil."""

    id: str
    sentence: str
    source: Source
    that: Condition
    message: str = ""
    cause: str = ""
    subject: Condition | None = None

    def demand(self, _model: object) -> Condition:
        """Give the condition, which is the same for every model."""
        return self.that

    def tells_apart(self, _model: object) -> bool:
        """Say no: all models are alike to it."""
        return False

    def complaint(self, _broken: Condition) -> str:
        """Give the provider's words, or the rule."""
        return self.message or self.sentence

    def schema(self) -> Schema:
        """Say the rule in JSON Schema."""
        return self.that.schema()

    def make(self, draft: Draft, *, true: bool) -> None:
        """Make a body in the making obey the rule, or break it."""
        self.that.make(draft, true=true)


def needs(  # noqa: PLR0913 - what a rule is made of
    *,
    id: str,  # noqa: A002 - the word for it
    sentence: str,
    source: Source,
    when: Condition,
    any_of: tuple[Condition, ...],
    message: str = "",
) -> Must:
    """Demand at least one of some things where another is true."""
    that = Implies(when, AnyOf(any_of))
    return Must(id=id, sentence=sentence, source=source, that=that, message=message, subject=when)


def excludes(  # noqa: PLR0913 - as above
    *,
    id: str,  # noqa: A002 - as above
    sentence: str,
    source: Source,
    when: Condition,
    none_of: tuple[Condition, ...],
    message: str = "",
) -> Must:
    """Forbid some things where another is true."""
    that = Implies(when, Not(AnyOf(none_of)))
    return Must(id=id, sentence=sentence, source=source, that=that, message=message, subject=when)


def at_most(*, id: str, source: Source, items: Contains, most: int, message: str = "") -> Must:  # noqa: A002 - as above
    """Limit how many items of one kind a list has."""
    that = Fewer(items, most)
    return Must(id=id, sentence=f"{that.words()}.", source=source, that=that, message=message)


RowT = TypeVar("RowT", bound=ModelRow)
Table = Callable[[], Mapping[str, RowT]]
"""Gives the models by id; read when it is first asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """The model is one of the table."""

    id: str
    sentence: str
    source: Source
    table: Table[Any]
    message: str = ""
    cause: str = ""
    subject: Condition | None = None

    def demand(self, model: object) -> Condition | None:
        """Give a condition that an unknown model does not fulfil; known ones fulfil it already."""
        return None if model in self.table() else Among(self.table)

    def tells_apart(self, model: object) -> bool:
        """Tell whether the model is in the table."""
        return model in self.table()

    def complaint(self, _broken: Condition) -> str:
        """Give the provider's words, or the rule."""
        return self.message or self.sentence

    def schema(self) -> Schema:
        """Say the rule in JSON Schema."""
        return Among(self.table).schema()

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the body a known model, or one that does not exist."""
        if not true or draft.value(MODEL) not in self.table():
            Among(self.table).make(draft, true=true)


@dataclass(frozen=True, slots=True)
class Among:
    """The model is one of a table; a condition for bodies whose model is not."""

    table: Table[Any]

    def holds(self, body: BaseModel) -> bool:
        """Tell whether it is true of this body."""
        return at(body, MODEL) in self.table()

    def schema(self) -> Schema:
        """Say the same in JSON Schema."""
        return {"properties": {MODEL: {"enum": list(self.table())}}}

    def words(self) -> str:
        """Say the same in words."""
        return f"`{MODEL}` is one of those in the table of models"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return MODEL

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give the body a known model, or one that does not exist."""
        draft.put(MODEL, draft.choose(list(self.table())) if true else "no-such-model")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByModel:
    """A condition that depends on the model: each row of the table asks for its own.

    A model that is not in the table is asked for nothing.
    """

    id: str
    sentence: str
    source: Source
    table: Table[Any]
    asks: Callable[[Any], Condition | None]
    """What a row asks for, if anything."""
    message: str = ""
    cause: str = ""
    subject: Condition | None = None

    def demand(self, model: object) -> Condition | None:
        """Give what the row of this model asks for."""
        row = self.table().get(model)  # type: ignore[call-overload]
        return self.asks(row) if row else None

    def tells_apart(self, model: object) -> bool:
        """Tell whether the model is in the table."""
        return model in self.table()

    def complaint(self, broken: Condition) -> str:
        """Give the provider's words, or what this model asks for."""
        return self.message or f"this model asks that {broken.words()}"

    def groups(self) -> list[tuple[Condition, list[str]]]:
        """Give what is asked for, each time with the models it is asked of.

        Told apart by how they are written: named tuples of two classes may be equal.
        """
        groups: dict[str, tuple[Condition, list[str]]] = {}
        for model, row in self.table().items():
            condition = self.asks(row)
            if condition:
                groups.setdefault(repr(condition), (condition, []))[1].append(model)
        return list(groups.values())

    def schema(self) -> Schema:
        """Say the rule in JSON Schema: one case for each group of models."""
        return {
            "allOf": [
                {
                    "if": {"required": [MODEL], "properties": {MODEL: {"enum": models}}},
                    "then": condition.schema(),
                }
                for condition, models in self.groups()
            ]
        }

    def make(self, draft: Draft, *, true: bool) -> None:
        """Do what the row of the model asks for, or take a model that is content; or break it."""
        if not true:
            self._break(draft)
            return
        condition = self.demand(draft.value(MODEL))
        if condition:
            obey = partial(condition.make, draft, true=True)
            draft.attempt([obey, partial(self._change_model, draft)])

    def _change_model(self, draft: Draft) -> None:
        asked = {model: one for one, models in self.groups() for model in models}
        content = [
            model for model in self.table() if model not in asked or draft.satisfies(asked[model])
        ]
        if not content:
            raise Unmakeable
        draft.put(MODEL, draft.choose(draft.fitting(content) or content))

    def _break(self, draft: Draft) -> None:
        groups = self.groups()
        here = self.demand(draft.value(MODEL))
        ways = [partial(_break_for, draft, models, one) for one, models in groups]
        draft.attempt([partial(here.make, draft, true=False), *ways] if here else ways)


def _break_for(draft: Draft, models: list[str], condition: Condition) -> None:
    if draft.value(MODEL) not in models:
        draft.put(MODEL, draft.choose(models))
    condition.make(draft, true=False)
