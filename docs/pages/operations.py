"""One operation: what it is for, what it takes, what it answers, what it refuses."""

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any

from pydantic import TypeAdapter

from contracts.kernel.inspecting import MediaRule
from contracts.kernel.limits import Limit
from contracts.kernel.openapi_answers import BARE
from contracts.kernel.openapi_refusals import causes
from contracts.kernel.operation import Carried, Gives, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.published.facts import Facts, bare
from contracts.kernel.published.flattening import flatten, written
from contracts.kernel.rules import Rule
from contracts.kernel.violations import Contract
from pages.writing import cited, code, prose, table

WHERE = {
    Carried.JSON: "in a JSON body",
    Carried.URL: "in path and query, as text",
    Carried.FORM: "in a multipart form",
}


def operation(provider: Provider, one: Operation, level: str = "##") -> Iterator[str]:
    """Write all there is to know of an operation."""
    contract = Contract(one.body, one.id)
    yield from (f"{level} {one.id}: `{one.method} {one.path}`", "")
    yield from prose(
        one.summary,
        f"Its fields stand {WHERE[one.carried]}.",
        f"Checked in this order: {', '.join(gate.value for gate in one.gates)}.",
        f"Source: {cited(one.source)}",
    )
    yield from _example(one)
    yield from fields(contract.limits)
    yield from _rules(contract)
    yield from _media(contract)
    yield from modes(one)
    yield from answers(one)
    yield from _refusals(provider, one)


def _example(one: Operation) -> Iterator[str]:
    if one.example:
        yield from ("A request that is accepted:", "", "```json")
        yield dumps(one.example, indent=2, ensure_ascii=False)
        yield from ("```", "")


def fields(limits: Iterable[Limit]) -> Iterator[str]:
    """Write a row for each field."""
    rows = (
        (f"`{one.path or '(body)'}`", one.sentence, f"`{one.id}`", cited(one.source))
        for one in limits
    )
    yield from table(("field", "what it is", "id", "source"), rows)


def _rules(contract: Contract) -> Iterator[str]:
    """Write the rules across fields, with the refusal where it is known or not the usual one."""
    if contract.rules:
        yield from ("Rules across fields:", "")
    namespace = contract.body.namespace
    rows = (
        (one.sentence, _refusal(one, namespace), f"`{id_}`", cited(one.source))
        for id_, one in contract.rules.items()
    )
    yield from table(("rule", "refused with", "id", "source"), rows)


def _refusal(rule: Rule | MediaRule, namespace: str) -> str:
    parts = [f'"{rule.message}"' if rule.message else "", _row(rule.cause, namespace)]
    return ", ".join(filter(None, parts))


def _row(cause: str, namespace: str) -> str:
    return f"`{namespace}/{cause}`" if cause else ""


def _media(contract: Contract) -> Iterator[str]:
    """Write the rules for what a file says of itself, and when the provider finds out."""
    if contract.media:
        yield from prose(
            "Rules for media, which take a look into the file.",
            "The mock looks into data URLs, and into what it serves itself.",
        )
    rows = (
        (one.sentence, _outcome(one, contract.body.namespace), f"`{id_}`", cited(one.source))
        for id_, one in contract.media.items()
    )
    yield from table(("rule", "what happens otherwise", "id", "source"), rows)


def _outcome(rule: MediaRule, namespace: str) -> str:
    if rule.late:
        return f"accepted, then the task fails with `{rule.late}`"
    return ", ".join(filter(None, ["refused", _refusal(rule, namespace)]))


def modes(one: Operation) -> Iterator[str]:
    """Write the ways to use an operation."""
    if one.body.modes:
        yield from ("Ways to use it:", "")
    rows = ((f"`{name}`", condition.words()) for name, condition in one.body.modes.items())
    yield from table(("mode", "a request in which"), rows)


def answers(one: Operation) -> Iterator[str]:
    """Write every form that the answer may have."""
    for gives in one.answers:
        bare_form = gives.form in BARE
        form = _bare(gives) if bare_form else f"`{gives.form.__name__}`"
        yield from prose(f"Answer {gives.status}, {gives.when}: {form}.", _leads(gives))
        if not bare_form:
            yield from table(("field", "what it is", "when"), _form(gives.form))


def _bare(gives: Gives) -> str:
    media, _ = BARE[gives.form]
    return f"raw bytes, `{media}`" if media else "no body"


def _leads(gives: Gives) -> str:
    """Tell what can be asked next, and which fields of the answer it takes."""
    return " ".join(
        f"It leads to {name}: {', '.join(f'`{field}` is `{at}`' for field, at in leads.items())}."
        for name, leads in gives.leads.items()
    )


def _form(form: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - a typed dictionary
    schema = TypeAdapter(form).json_schema(mode="serialization")
    for path, facts in flatten(schema, schema).items():
        if path:
            when = "always" if facts.get("required") else "where it applies"
            yield f"`{written(path)}`", _said(facts), "" if path[-1].startswith("[") else when


def _said(facts: Facts) -> str:
    if "enum" in facts:
        return " or ".join(f"`{bare(one)}`" for one in facts["enum"])
    return " or ".join(sorted(facts.get("type", ["anything"])))


def _refusals(provider: Provider, one: Operation) -> Iterator[str]:
    found = ", ".join(
        f"`{provider.id}/{cause}` ({provider.errors[cause].status})"
        for cause in causes(provider, one)
    )
    yield from prose(f"It may be refused with: {found}.", _consent(provider, one))


def _consent(provider: Provider, one: Operation) -> str:
    consent = one.effect.consent if isinstance(one.effect, Opens) else None
    if not consent:
        return ""
    row = code([f"{provider.id}/{consent.cause}"])
    return f"Media that shows people needs consent, or it is {row}. Source: {cited(consent.source)}"
