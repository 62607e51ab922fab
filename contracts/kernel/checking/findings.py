"""What is wrong with one message, in words and with its source."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from json import dumps
from typing import Any, Literal, NamedTuple

from pydantic import MISSING

from contracts.kernel.inspecting import MediaRule
from contracts.kernel.limits import Limit, Place
from contracts.kernel.rules import MODEL, ByModel, KnownModel, Rule
from contracts.kernel.source import Source
from contracts.kernel.violations import Contract, Violation

LONGEST_VALUE = 100
"""How much of a value a finding repeats, in characters."""
Outcome = Literal["refused", "fails-later", "ignored"]
"""What the provider does: it says no, says yes and fails, or drops a field."""
Statement = Rule | Limit | MediaRule


class Finding(NamedTuple):
    """One thing that is wrong with a message."""

    outcome: Outcome
    field: str
    """As a path; empty for the whole body."""
    rule: str
    wrong: str
    """What is wrong, as a sentence without its full stop."""
    got: str
    """The value as JSON, cut where it is long; empty where there is none to show."""
    sentence: str
    source: Source


@dataclass(frozen=True)
class Findings:
    """The findings that a contract leads to."""

    contract: Contract

    def of(self, violation: Violation) -> Finding:
        """Find a broken rule or limit."""
        rule = self._statements[violation.rule]
        wrong = _wrong(
            violation, says_itself=isinstance(rule, ByModel) or bool(getattr(rule, "message", ""))
        )
        return Finding(
            outcome="fails-later" if violation.context.get("late") else "refused",
            field=violation.field,
            rule=violation.rule,
            wrong=wrong + self._suggestion(rule, violation),
            got=_shown(violation),
            sentence=rule.sentence,
            source=rule.source,
        )

    def ignored(self, value: object) -> Iterator[Finding]:
        """Find fields that are accepted and dropped; a closed body refuses them already."""
        for path, around in _unknown(self.contract.limits, value, ""):
            name = path.rpartition(".")[2]
            near = hint(name, around.fields)
            wrong = f"`{path[:LONGEST_VALUE]}` is no known field, and is ignored{near}"
            limit = around.limit
            yield Finding("ignored", path, limit.id, wrong, "", limit.sentence, limit.source)

    def _suggestion(self, rule: Statement, violation: Violation) -> str:
        """Give the nearest name for a model or a field that does not exist."""
        if isinstance(rule, KnownModel):
            return hint(str(violation.value.get(MODEL)), rule.table())
        if violation.kind == "extra_forbidden":
            names = {one.path.rpartition(".")[2] for one in self.contract.limits}
            return hint(str(violation.path[-1]), sorted(names))
        return ""

    @cached_property
    def _statements(self) -> dict[str, Statement]:
        """Everything that a message may break, by id."""
        contract = self.contract
        limits: dict[str, Statement] = {one.id: one for one in contract.limits}
        return {**limits, **contract.rules, **contract.media}


def hint(name: str, known: Iterable[str]) -> str:
    """Give the nearest name there is, where one is near."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _wrong(violation: Violation, *, says_itself: bool) -> str:
    """Say what is wrong: rules say it whole, in a provider's words or as what they demand."""
    words = violation.message.removesuffix(".")
    is_whole = violation.kind == violation.rule
    if "late" in violation.context:
        is_whole = violation.message != violation.context["says"]
    if is_whole:
        return words if says_itself else f"must hold: {words}"
    return f"`{violation.field}` {words}" if violation.field else f"The body {words}"


def _shown(violation: Violation) -> str:
    """Give the value that is wrong as JSON, where there is one."""
    value = violation.value
    if violation.kind == violation.rule and "late" not in violation.context:
        for step in violation.context["field"].split("."):
            value = value.get(step, MISSING) if isinstance(value, Mapping) else MISSING
    if violation.kind == "missing" or value is MISSING:
        return ""
    text = dumps(value[:LONGEST_VALUE] if isinstance(value, str) else value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


def _unknown(here: Place, value: object, path: str) -> Iterator[tuple[str, Place]]:
    """Give the fields that no declaration knows, each with the place around it."""
    if isinstance(value, list) and here.item:
        for place, one in enumerate(value):
            yield from _unknown(here.item, one, f"{path}[{place}]")
    if not isinstance(value, Mapping):
        return
    if here.variants:
        here = next(one for tag, one in here.variants.items() if _is_tagged(value, tag, one))
    for name, inner in value.items() if here.fields else ():
        below = f"{path}.{name}" if path else name
        if name not in here.fields:
            yield below, here
        else:
            yield from _unknown(here.fields[name], inner, below)


def _is_tagged(value: Mapping[str, Any], tag: str, shape: Place) -> bool:
    """Tell whether an object has this shape of a union: a field that must be the tag is."""
    words = f"exactly `{tag}`"
    return any(
        value.get(name) == tag for name, one in shape.fields.items() if one.limit.words == words
    )
