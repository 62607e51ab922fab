"""Where to doubt: what other sources say, and what none of them says."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from contracts.kernel.provider import Provider
from contracts.kernel.source import Confidence
from pages.statements import Statement, statements
from pages.writing import bullet

WEAK = (Confidence.INFERRED, Confidence.ASSUMED)
Key = TypeVar("Key", bound=Hashable)


def disagreements(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write every note, with the ids it belongs to."""
    yield from ("## Where sources disagree", "")
    yield "Every note on a source: what other documents say, and what they leave open."
    yield ""
    found = _grouped(revisions, lambda one: (one.note, one.document) if one.note else None)
    for (note, document), names, where in found:
        ended = note if note.rstrip('"').endswith((".", "!", "?")) else f"{note}."
        yield from bullet(ended, f"This is about {names}{where}.", f"The source is {document}.")
    yield ""


def weak(revisions: Sequence[Provider]) -> Iterator[str]:
    """Write what no document says outright."""
    yield from ("## What is inferred or assumed", "")
    yield "Inferred is what clients or upstream documents imply; assumed is our own choice."
    yield "How much of a task's time passes before work begins is always assumed."
    yield ""
    for confidence in WEAK:
        yield from _of(confidence, revisions)
    yield ""


def _of(confidence: Confidence, revisions: Sequence[Provider]) -> Iterator[str]:
    found = _grouped(revisions, lambda one: one.document if one.confidence is confidence else None)
    for document, names, where in found:
        yield f"- {confidence.value}, {document}: {names}{where}."


def _grouped(
    revisions: Sequence[Provider], key: Callable[[Statement], Key | None]
) -> Iterator[tuple[Key, str, str]]:
    """Give the names that share a key, and the revisions in which they do unless it is in all."""
    seen: dict[tuple[Key, str], dict[str, None]] = defaultdict(dict)
    for revision in revisions:
        for one in statements(revision):
            found = key(one)
            if found is not None:
                seen[found, one.name][revision.revision] = None
    groups: dict[tuple[Key, tuple[str, ...]], list[str]] = defaultdict(list)
    for (found, name), where in seen.items():
        groups[found, tuple(where)].append(name)
    for (found, where_), names in groups.items():
        some = ", ".join(f"`{one}`" for one in where_) if len(where_) < len(revisions) else ""
        yield found, ", ".join(names), f" (in {some})" if some else ""
