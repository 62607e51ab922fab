"""Everything that a revision states, each with the document it comes from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pkgutil import get_data

from pydantic_core import from_json

from contracts.kernel.models import ModelRow
from contracts.kernel.operation import Opens
from contracts.kernel.provider import Provider
from contracts.kernel.source import Confidence, Source
from contracts.kernel.violations import Contract


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is stated, and how it is known."""

    name: str
    """Its id, or what it is where it has none; as Markdown."""
    document: str
    confidence: Confidence
    note: str


def statements(provider: Provider) -> Iterator[Statement]:
    """Give all statements of a revision; some have the same name in several operations."""
    for name, source in _sourced(provider):
        where = f", {source.section}" if source.section else ""
        document = f"{source.document}{where}, {source.read}"
        yield Statement(name, document, source.confidence, source.note)
    rows = list(provider.models().values())
    known = documents(rows)
    for row in rows:
        document = known.get(row.source, row.source)
        yield Statement(f"`{row.id}`", document, row.confidence, row.note)


def _sourced(provider: Provider) -> Iterator[tuple[str, Source]]:
    yield "the revision", provider.source
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        yield f"operation {one.id}", one.source
        yield from ((f"`{limit.id}`", limit.source) for limit in contract.limits)
        yield from ((f"`{id_}`", rule.source) for id_, rule in contract.rules.items())
        yield from ((f"`{id_}`", rule.source) for id_, rule in contract.media.items())
        if isinstance(one.effect, Opens) and one.effect.consent:
            yield f"consent in {one.id}", one.effect.consent.source
    yield "life of a task", provider.lifecycle.source
    if provider.webhook:
        yield "callbacks", provider.webhook.source
    yield from _of_world(provider)
    for cause, case in provider.errors.items():
        yield f"`{provider.id}/{cause}`", case.source


def _of_world(provider: Provider) -> Iterator[tuple[str, Source]]:
    """Give what is stated of failures, money, limits on use and lifetimes."""
    life = provider.lifecycle
    lasting = {"lifetime of results": life.media_source, "lifetime of tasks": life.task_source}
    failures = {f"failure `{name}`": one.source for name, one in provider.failures.items()}
    for name, source in (lasting | failures).items():
        if source:
            yield name, source
    if provider.tariff:
        yield "money", provider.tariff.source
    yield from ((f"limit `{one.id}`", one.source) for one in provider.quotas)


def documents(rows: Sequence[ModelRow]) -> dict[str, str]:
    """Give the documents that a table of models is from, by the keys that its rows use."""
    if not rows:
        return {}
    package = type(rows[0]).__module__.rpartition(".")[0]
    found: dict[str, str] = from_json(get_data(package, "models.json") or b"{}").get("sources", {})
    return found
