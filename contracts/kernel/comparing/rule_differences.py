"""What two revisions demand otherwise: rules across fields, and rules for media."""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from contracts.kernel.comparing.difference import Difference, Group, named
from contracts.kernel.comparing.narrowing import Schema, Verdict, verdict
from contracts.kernel.conditions import Condition
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import Formats, Measure, Span, Total
from contracts.kernel.rules import KnownModel, Rule

LONGEST_WORDS = 150
"""How much is told of a demand, in characters; some list a hundred values."""
Demand = Condition | Measure | None
AnyRule = Rule | MediaRule


@dataclass(frozen=True, slots=True)
class RuleDifferences:
    """The question how the rules of one operation differ."""

    operation: str
    models: Sequence[str]
    """Those that both revisions know."""
    fields: AbstractSet[str]
    """Those that the body had before."""

    def between(
        self, old: Mapping[str, AnyRule], new: Mapping[str, AnyRule]
    ) -> Iterator[Difference]:
        """Give the differences, in the order of the older rules, new ones last."""
        for id_, one in old.items():
            if id_ in new:
                yield from self._changed(id_, one, new[id_])
            else:
                yield self._of(Group.MAY, id_, f"gone: {one.sentence}", one)
        for id_, one in new.items():
            if id_ not in old:
                yield self._added(id_, one)

    def _of(
        self, group: Group, id_: str, sentence: str, rule: AnyRule, models: Sequence[str] = ()
    ) -> Difference:
        return Difference(
            group=group,
            operation=self.operation,
            id=id_,
            sentence=sentence,
            source=rule.source,
            models=tuple(models),
        )

    def _added(self, id_: str, rule: AnyRule) -> Difference:
        late = " It is accepted, and fails later." if getattr(rule, "late", "") else ""
        said = f"new: {rule.sentence}{late}"
        bound = [model for model in self.models if rule.demand(model)]
        if isinstance(rule, KnownModel):
            return self._of(Group.MUST, id_, said, rule)
        if self.models and not bound:
            return self._of(Group.MAY, id_, f"{said} (new models only)", rule)
        if not isinstance(rule, MediaRule) and self._is_about_new_fields(rule, bound):
            return self._of(Group.MAY, id_, f"{said} (new fields only)", rule)
        if len(bound) < len(self.models):
            return self._of(Group.MUST, id_, f"{said} ({_models(bound)})", rule, bound)
        return self._of(Group.MUST, id_, said, rule)

    def _is_about_new_fields(self, rule: Rule, models: Sequence[str]) -> bool:
        """Tell whether a rule binds only those who use a field that was not there before."""
        demand = rule.demand(models[0] if models else None)
        said = demand.schema() if demand else {}
        names = _properties(said.get("if", said)) or set(_NAME.findall(rule.sentence))
        return bool(names) and names.isdisjoint(self.fields)

    def _changed(self, id_: str, old: AnyRule, new: AnyRule) -> Iterator[Difference]:
        """Compare what a rule demands of each model; without a table, of any."""
        was = f" It was: {old.sentence}" if old.sentence != new.sentence else ""
        judged = {} if isinstance(new, KnownModel) else self._judged(old, new)
        for group, kinds in _KINDS.items():
            models = [model for model, one in judged.items() if one in kinds]
            if models:
                told = self._told(old, new, models)
                yield self._of(group, id_, f"{new.sentence}{was} ({told})", new, self._some(models))
        if was and set(judged.values()) <= {Verdict.SAME}:
            yield self._of(Group.ANSWERS, id_, f"in other words: {new.sentence}{was}", new)
        if new.message and old.message != new.message:
            yield self._of(Group.ANSWERS, id_, f"refused with the words: {new.message}", new)

    def _judged(self, old: AnyRule, new: AnyRule) -> dict[str | None, Verdict]:
        models: Sequence[str | None] = self.models or [None]
        return {model: compared(old.demand(model), new.demand(model)) for model in models}

    def _some(self, models: Sequence[str | None]) -> list[str]:
        """Give the models, unless they are all there are."""
        return [one for one in models if one] if len(models) < len(self.models) else []

    def _told(self, old: AnyRule, new: AnyRule, models: Sequence[str | None]) -> str:
        """Tell which models a change is about, and what it is for the first of them."""
        first = models[0]
        what = f"now: {_words(new.demand(first))}, was: {_words(old.demand(first))}"
        changes = {repr((old.demand(model), new.demand(model))) for model in models}
        some = self._some(models)
        if len(changes) == 1:
            return f"{_models(some)}; {what}" if some else what
        lead = _models(some) if some else f"all {len(models)} models"
        return f"{lead}; `{first}` {what}"


_NAME = re.compile("`([a-z_]+)`")
"""A field in a sentence, for what no schema can say."""
_KINDS = {Group.MUST: {Verdict.NARROWER, Verdict.OTHER}, Group.MAY: {Verdict.WIDER}}


def compared(old: Demand, new: Demand) -> Verdict:
    """Compare what two revisions demand of the same model."""
    if repr(old) == repr(new):  # tuples of different classes may be equal, and mean another thing
        return Verdict.SAME
    if old is None or new is None:
        return Verdict.NARROWER if old is None else Verdict.WIDER
    before, after = _schema(old), _schema(new)
    if before == after:  # two that no schema can say are the same if they are of one kind
        return Verdict.SAME if type(old) is type(new) else Verdict.OTHER
    return verdict(before, after)


def _schema(demand: Condition | Measure) -> Schema:
    """Say a demand as JSON Schema; each quantity of a medium is a property of its own."""
    match demand:
        case Span(of=of, low=low, high=high, exclusive=exclusive):
            bounds = {"minimum": low, "maximum": high}
            said: Schema = {name: one for name, one in bounds.items() if one is not None}
            return {"properties": {f"{of}, exclusive" if exclusive else of: said}}
        case Total(of=of, high=high):
            return {"properties": {f"{of} together": {"maximum": high}}}
        case Formats(names=names):
            return {"properties": {"format": {"enum": list(names)}}}
    plain: Any = demand
    return plain.schema()  # type: ignore[no-any-return]  # a condition


def _words(demand: Demand) -> str:
    words = demand.words() if demand else "no limit"
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]}..."


def _properties(schema: Any) -> set[str]:  # noqa: ANN401 - any part of a schema
    """Give the names of all fields that a schema speaks of."""
    if isinstance(schema, list):
        return {name for one in schema for name in _properties(one)}
    if not isinstance(schema, dict):
        return set()
    below = {name for one in schema.values() for name in _properties(one)}
    return below | set(schema.get("properties", ()))


def _models(models: Sequence[str]) -> str:
    count = len(models)
    return f"{count} {'model' if count == 1 else 'models'}: {named(tuple(models))}"
