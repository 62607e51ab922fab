"""What two revisions answer otherwise: forms of answers, errors, and the words of a task's life."""

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from contracts.kernel.comparing.difference import Difference, Group, named
from contracts.kernel.openapi_answers import BARE
from contracts.kernel.openapi_refusals import samples
from contracts.kernel.operation import Gives, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.published.changes import differing
from contracts.kernel.published.flattening import Flat, flatten, written
from contracts.kernel.source import Source


def answer_differences(old: Operation, new: Operation) -> Iterator[Difference]:
    """Compare what an operation answers, the order of its checks, and the example."""
    before = {one.when: one for one in old.answers}
    after = {one.when: one for one in new.answers}
    said = [f"no longer: {one.status}, {when}" for when, one in before.items() if when not in after]
    for when, one in after.items():
        if when in before:
            said += _form(before[when], one)
        else:
            said.append(f"new: {one.status}, {when}")
    if old.gates != new.gates:
        said.append(f"checked in the order: {', '.join(new.gates)}")
    if new.example and old.example != new.example:
        said.append(f"an example: {dumps(new.example, ensure_ascii=False)}")
    for sentence in said:
        yield _difference(new.id, "", sentence, new.source)


def _difference(operation: str, id_: str, sentence: str, source: Source) -> Difference:
    return Difference(
        group=Group.ANSWERS, operation=operation, id=id_, sentence=sentence, source=source
    )


def _form(old: Gives, new: Gives) -> Iterator[str]:
    """Compare two forms of one answer, field by field."""
    if old.status != new.status:
        yield f"{new.when}: {new.status}, was {old.status}"
    before, after = _flat(old.form), _flat(new.form)
    parts = {
        "new": [written(path) for path in after if path not in before],
        "gone": [written(path) for path in before if path not in after],
        "other": [
            written(path) or "the whole"
            for path in after
            if path in before and any(differing(before[path], after[path]))
        ],
    }
    said = [f"{what} {named(names)}" for what, names in parts.items() if names]
    if said:
        yield f"{new.when}: fields {', '.join(said)}"


def _flat(form: Any) -> Flat:  # noqa: ANN401 - a typed dictionary, or what stands for bytes
    if form in BARE:
        return {(form.__name__,): {}}
    schema = TypeAdapter(form).json_schema(mode="serialization")
    return {path: facts for path, facts in flatten(schema, schema).items() if path}


def error_differences(old: Provider, new: Provider) -> Iterator[Difference]:
    """Compare the rows of the error catalogues; bodies are made from the same refusal."""
    for cause, case in new.errors.items():
        id_, before = f"{new.id}/{cause}", old.errors.get(cause)
        if before is None:
            yield _difference("", id_, f"new: HTTP {case.status}, {case.when}", case.source)
            continue
        refusal = samples(old, old.submit, cause)[0]
        mine, other = (to_jsonable_python(one.body(refusal)) for one in (case, before))
        body = f" {dumps(mine, ensure_ascii=False)}" if mine != other else ""
        was = f" (was {before.status})" if case.status != before.status else ""
        if body or was:
            sentence = f"{case.when}: HTTP {case.status}{was}{body}"
            yield _difference("", id_, sentence, case.source)
    for cause, case in old.errors.items():
        if cause not in new.errors:
            yield _difference("", f"{old.id}/{cause}", f"gone: {case.when}", case.source)


def life_differences(old: Provider, new: Provider) -> Iterator[Difference]:
    """Compare status words, headers, and callbacks."""
    before, after = old.lifecycle.words, new.lifecycle.words
    source = new.lifecycle.source
    for phase in {**before, **after}:
        if before.get(phase) != after.get(phase):
            now, was = _word(after, phase), _word(before, phase)
            yield _difference("", "", f"the word for a task, {phase}: {now}, was {was}", source)
    changed = [name for name, value in new.headers.items() if old.headers.get(name) != value]
    if changed:
        sentence = ", ".join(f"{name}: {new.headers[name]}" for name in changed)
        yield _difference("", "", f"headers of every answer: {sentence}", new.source)
    yield from _callback(old, new)


def _word(words: Mapping[Any, str], phase: object) -> str:
    return f"`{words[phase]}`" if phase in words else "no word"


def _callback(old: Provider, new: Provider) -> Iterator[Difference]:
    before, after = old.webhook, new.webhook
    if after is None or before is None:
        if before is not after:
            sentence = "callbacks are sent" if after else "no callbacks are sent"
            yield _difference("", "", sentence, after.source if after else new.source)
        return
    if before.payload is not after.payload:
        yield _difference("", "", "callbacks have another payload", after.source)
    if before.retry_after != after.retry_after:
        pauses = ", ".join(f"{one:g} s" for one in after.retry_after) or "never"
        yield _difference("", "", f"callbacks are tried again after: {pauses}", after.source)
