"""What a client must change to go from one revision to another, and what it may use then."""

from collections.abc import Iterator
from typing import Any

from contracts.kernel.body import Body
from contracts.kernel.comparing.answer_differences import (
    answer_differences,
    error_differences,
    life_differences,
)
from contracts.kernel.comparing.difference import Difference, Group, named
from contracts.kernel.comparing.narrowing import Verdict, resolved, verdict
from contracts.kernel.comparing.rule_differences import RuleDifferences
from contracts.kernel.limits import Limit
from contracts.kernel.operation import Operation
from contracts.kernel.provider import Provider
from contracts.kernel.published.facts import bare, stated
from contracts.kernel.rules import KnownModel
from contracts.kernel.violations import Contract

Schema = dict[str, Any]

NOT_OWN = ("properties", "required", "discriminator", "allOf", "$defs")
"""What a schema says of the fields below it, which have limits of their own, and the rules."""


def differences(old: Provider, new: Provider) -> list[Difference]:
    """Give each difference: what must change, what may be used, what comes back.

    Two providers are not compared; that is a `ValueError`.
    """
    if old.id != new.id:
        raise ValueError(f"{old.name} and {new.name} are of two providers")
    found = [
        *_of_service(old, new),
        *_of_models(old, new),
        *_of_operations(old, new),
        *error_differences(old, new),
        *life_differences(old, new),
    ]
    order = list(Group)
    return sorted(found, key=lambda one: order.index(one.group))


def _of_service(old: Provider, new: Provider) -> Iterator[Difference]:
    """Compare where the provider is, which keys it takes, and how much."""

    def shared(group: Group, sentence: str) -> Difference:
        return Difference(group=group, operation="", id="", sentence=sentence, source=new.source)

    if old.base_url != new.base_url:
        yield shared(Group.MUST, f"the base URL is {new.base_url}, was {old.base_url}")
    before, after = old.auth.schemes(), new.auth.schemes()
    if gone := [one for one in before if one not in after]:
        yield shared(Group.MUST, f"keys are no longer taken by {named(gone)}")
    if more := [one for one in after if one not in before]:
        yield shared(Group.MAY, f"keys are taken by {named(more)}, too")
    if old.body_limit != new.body_limit:
        group = Group.MUST if new.body_limit < old.body_limit else Group.MAY
        yield shared(group, f"a body may have {new.body_limit:,} bytes, was {old.body_limit:,}")


def _of_models(old: Provider, new: Provider) -> Iterator[Difference]:
    """Compare the tables of models, where a revision refuses what is not in its own."""
    rule = next((one for one in new.submit.body.rules if isinstance(one, KnownModel)), None)
    before, after = old.models(), new.models()
    changes = {
        Group.MUST: ("gone", [one for one in before if one not in after] if rule else []),
        Group.MAY: ("new", [one for one in after if one not in before]),
    }
    for group, (what, models) in changes.items():
        if models:
            noun = "model" if len(models) == 1 else "models"
            yield Difference(
                group=group,
                operation="",
                id=f"{new.id}/{rule.id}" if rule else "",
                sentence=f"{len(models)} {noun} {what}: {named(models)}",
                source=rule.source if rule else new.source,
                models=tuple(models),
            )


def _of_operations(old: Provider, new: Provider) -> Iterator[Difference]:
    newer = {one.id: one for one in new.operations}
    older = {one.id: one for one in old.operations}
    shared = [one for one in old.models() if one in new.models()]
    for id_, one in older.items():
        if id_ in newer:
            yield from _of_operation(one, newer[id_], shared)
        else:
            yield _routed(Group.MUST, one, f"gone: {one.method} {one.path}")
    for id_, one in newer.items():
        if id_ not in older:
            yield _routed(Group.MAY, one, f"new: {one.method} {one.path}. {one.summary}")


def _routed(group: Group, one: Operation, sentence: str) -> Difference:
    return Difference(group=group, operation=one.id, id="", sentence=sentence, source=one.source)


def _of_operation(old: Operation, new: Operation, models: list[str]) -> Iterator[Difference]:
    route, was = (f"{one.method} {one.path} ({one.carried})" for one in (new, old))
    if route != was:
        yield _routed(Group.MUST, new, f"{route}, was {was}")
    before, after = Contract(old.body, old.id), Contract(new.body, new.id)
    rules = RuleDifferences(new.id, models, before.limits.fields.keys())
    yield from _Fields(before, after).differences()
    yield from rules.between(before.rules, after.rules)
    yield from rules.between(before.media, after.media)
    yield from answer_differences(old, new)


class _Fields:
    """The fields of two bodies, by path: what each must be, and its limit in words."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.operation = new.name
        self.before, self.after = dict(_schemas(old.body)), dict(_schemas(new.body))
        self.was = {one.path: one for one in old.limits}
        self.now = {one.path: one for one in new.limits}

    def differences(self) -> Iterator[Difference]:
        """Give the differences; below a field that is new or gone there is no more to say."""
        for path, limit in self.was.items():
            if path not in self.now:
                if _around(path).removesuffix("[]") in self.now:
                    yield self._gone(path, limit)
            else:
                yield from self._changed(path, limit, self.now[path])
        for path, limit in self.now.items():
            if path not in self.was and _around(path).removesuffix("[]") in self.was:
                group = Group.MUST if limit.required and not path.endswith("]") else Group.MAY
                yield self._of(group, limit, f"new: {limit.sentence}")

    def _of(self, group: Group, limit: Limit, sentence: str) -> Difference:
        return Difference(
            group=group,
            operation=self.operation,
            id=limit.id,
            sentence=sentence,
            source=limit.source,
        )

    def _gone(self, path: str, limit: Limit) -> Difference:
        closed = self.after.get(_around(path), {}).get("additionalProperties") is False
        what = "refused" if closed or path.endswith("]") else "ignored"
        return self._of(Group.MUST, limit, f"gone: `{path}` is {what}")

    def _changed(self, path: str, was: Limit, now: Limit) -> Iterator[Difference]:
        name = f"`{path}`" if path else "The body"
        if was.required != now.required:
            group = Group.MUST if now.required else Group.MAY
            change = "required, was optional" if now.required else "optional, was required"
            yield self._of(group, now, f"{name} is {change}")
        judged = verdict(self.before[path], self.after[path])
        if judged is not Verdict.SAME:
            group = Group.MAY if judged is Verdict.WIDER else Group.MUST
            yield self._of(group, now, f"{name} {self._words(path, was, now)}")

    def _words(self, path: str, was: Limit, now: Limit) -> str:
        """Say what a field must be, and was; of two lists of values, how they differ."""
        values = [stated(one[path]).get("enum", ()) for one in (self.before, self.after)]
        if not all(values):
            same = ", by another pattern than before" if was.words == now.words else ""
            return f"is {now.words}{same or f', was {was.words}'}"
        before, after = ([bare(one) for one in listed] for listed in values)
        more = [one for one in after if one not in before]
        gone = [one for one in before if one not in after]
        said = [f"may no longer be {_spelled(gone)}"] if gone else []
        return " and ".join([*said, *([f"may be {_spelled(more)}, too"] if more else [])])


def _spelled(values: list[str]) -> str:
    return ", ".join(f"`{one}`" for one in values)


def _around(path: str) -> str:
    """Give the path of what a field stands in: of `parts[].name`, and of `parts[x]`, `parts`."""
    return path[: path.rindex("[")] if path.endswith("]") else path.rpartition(".")[0]


def _schemas(body: type[Body]) -> Iterator[tuple[str, Schema]]:
    """Give what a body says of each of its fields, by the paths that limits have."""
    schema = body.model_json_schema()
    yield from _walk(resolved(schema, schema.get("$defs", {})), "")


def _walk(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    yield path, _own(schema)
    for name, below in schema.get("properties", {}).items():
        yield from _walk(below, f"{path}.{name}" if path else name)
    if "discriminator" in schema:
        tag = schema["discriminator"]["propertyName"]
        for one in schema["oneOf"]:
            name = one["properties"][tag]["const"]
            yield from _walk(one, f"{path.removesuffix('[]')}[{name}]")
    if "items" in schema:
        yield from _walk(schema["items"], f"{path}[]")


def _own(schema: Schema) -> Schema:
    """Leave out what a schema says of other fields, and the rules."""
    own = {name: one for name, one in schema.items() if name not in NOT_OWN}
    if "discriminator" in schema:
        del own["oneOf"]
    return own | ({"items": _own(own["items"])} if "items" in own else {})
