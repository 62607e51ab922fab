"""The page that leads to the others."""

from collections.abc import Iterator, Mapping, Sequence

from contracts.kernel.assumptions import ASSUMPTIONS
from contracts.kernel.provider import Provider
from contracts.kernel.violations import Contract
from pages.provider import NOTICE
from pages.revisions import marks
from pages.writing import table

HEAD = (
    "provider", "revision", "which", "operations", "fields", "rules", "media rules", "models",
    "errors",
)  # fmt: skip


def index(providers: Mapping[str, Sequence[Provider]]) -> str:
    """Write which providers and revisions there are, and how much is known of each."""
    return "\n".join(
        [
            NOTICE,
            "# Reference",
            "",
            "What the mock and the checks know of each provider, with the source of everything.",
            "Serve another revision than the default with `screentest serve --contract NAME`.",
            "A dialect is another reading of the same documents, rather than a later one.",
            "What a test holds in Python is in [python.md](python.md).",
            "",
            *table(HEAD, (row for each in providers.values() for row in _rows(each))),
            "What clients do wrong beside what their requests say is in [findings](findings.md).",
            "",
            "Behind each source stands how the fact is known:",
            "",
            "- documented: the provider's own page or schema says so.",
            "- observed: the live service, or a recording of it, was seen to behave so.",
            "- inferred: clients or upstream documents imply it.",
            "- assumed: every document is silent, and this is our choice.",
            "",
            "Assumed of every provider:",
            "",
            *table(("choice", "reason"), ASSUMPTIONS),
        ]
    )


def _rows(revisions: Sequence[Provider]) -> Iterator[tuple[str, ...]]:
    for one in revisions:
        link = f"[{one.title}]({one.id}.md)"
        yield link, f"`{one.name}`", marks(one, revisions), *map(str, counts(one))


def counts(provider: Provider) -> tuple[int, ...]:
    """Count operations, fields, rules, rules for media, models and errors."""
    contracts = [Contract(one.body, one.id) for one in provider.operations]
    return (
        len(contracts),
        sum(1 for one in contracts for limit in one.limits if limit.path),
        len({id_ for one in contracts for id_ in one.rules}),
        len({id_ for one in contracts for id_ in one.media}),
        len(provider.models()),
        len(provider.errors),
    )
