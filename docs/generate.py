"""Write the reference pages from the contracts; with --check, say whether they are up to date."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from contracts.kernel.operation import Operation  # noqa: E402
from contracts.kernel.provider import Provider  # noqa: E402
from contracts.kernel.registry import providers  # noqa: E402
from contracts.kernel.source import Source  # noqa: E402
from contracts.kernel.violations import Contract  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
NOTICE = "<!-- Written by `make docs` from the contracts. Do not edit. -->"


def page(provider: Provider) -> str:
    """Write the page of one provider."""
    return "\n".join(
        [
            NOTICE,
            f"# {provider.title}",
            "",
            f"Revision `{provider.revision}`, after {provider.source}.",
            f"The real base URL is `{provider.base_url}`.",
            f"A request body may have {provider.body_limit:,} bytes.",
            "",
            *lifecycle(provider),
            *chain.from_iterable(operation(one) for one in provider.operations),
            *errors(provider),
        ]
    )


def lifecycle(provider: Provider) -> Iterator[str]:
    """Write the status words, and where they are from."""
    life = provider.lifecycle
    words = ", ".join(f"{phase.value} `{word}`" for phase, word in life.words.items())
    yield "## Life of a task"
    yield ""
    yield f"Status words: {words}."
    yield f"A typical task takes {life.seconds:g} s, {life.waiting_share:.0%} of it waiting."
    yield f"Source: {cited(life.source)}"
    yield ""
    if provider.webhook:
        pauses = ", ".join(f"{pause:g} s" for pause in provider.webhook.retry_after)
        yield "A task with a callback URL ends with one POST to it; if that fails, it is tried"
        yield f"again after {pauses}. Source: {cited(provider.webhook.source)}"
        yield ""


def operation(one: Operation) -> Iterator[str]:
    """Write one operation: what it is for, its fields, and its rules."""
    contract = Contract(one.body, one.id)
    gates = ", ".join(gate.value for gate in one.gates)
    yield f"## {one.id}: `{one.method} {one.path}`"
    yield ""
    yield f"{one.summary} Checked in this order: {gates}."
    yield f"Source: {cited(one.source)}"
    yield ""
    rows = [
        (f"`{limit.path or '(body)'}`", limit.sentence, f"`{limit.id}`", cited(limit.source))
        for limit in contract.limits
    ]
    yield from table(("field", "what it is", "id", "source"), rows)
    rules = [
        (rule.sentence, f"`{id_}`", cited(rule.source)) for id_, rule in contract.rules.items()
    ]
    if rules:
        yield "Rules across fields:"
        yield ""
        yield from table(("rule", "id", "source"), rules)


def errors(provider: Provider) -> Iterator[str]:
    """Write the error catalogue."""
    yield "## Errors"
    yield ""
    rows = [
        (str(case.status), case.when, f"`{provider.id}/{cause}`", cited(case.source))
        for cause, case in provider.errors.items()
    ]
    yield from table(("status", "when", "id", "source"), rows)


def cited(source: Source) -> str:
    """Write a source, and what other sources say."""
    return f"{source}. {source.note}".strip()


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Write a table."""
    head = tuple(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""


def main() -> int:
    """Write every page, or compare every page."""
    pages = {FOLDER / f"{one.id}.md": page(one) for one in providers().values()}
    if "--check" in sys.argv[1:]:
        existing = set(FOLDER.glob("*.md"))
        stale = [path for path, text in pages.items() if read(path) != text]
        stale += sorted(existing - set(pages))
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale; run make docs")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


def read(path: Path) -> str:
    """Give the text of a page, empty when there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
