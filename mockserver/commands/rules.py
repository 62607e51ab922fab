"""`screentest rules`: all that the contracts demand, each with its source."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from mockserver.commands.options import json_option, misuse, print_json

if TYPE_CHECKING:
    from contracts.kernel.operation import Operation
    from contracts.kernel.provider import Provider
    from contracts.kernel.violations import Contract

KINDS = ("rules across fields", "rules for media", "limits of fields")


@click.command(short_help="Print every rule of the contracts, with its source.")
@click.argument("name", required=False)
@json_option
def rules(name: str | None, *, as_json: bool) -> None:
    """Print every rule: of a revision, of a provider's default, or of all defaults."""
    from contracts.kernel.registry import providers, revision  # noqa: PLC0415 - keeps --help quick

    with misuse():
        meant = [revision(name)] if name else list(providers().values())
    found = [(one, each) for one in meant for each in one.operations]
    if as_json:
        print_json([as_plain(*one) for one in found])
    else:
        click.echo("\n\n".join("\n".join(told(*one)) for one in found))


def statements(contract: "Contract") -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Give what an operation demands, by kind: ids with what has a sentence and a source."""
    limits = [(one.id, one) for one in contract.limits]
    yield from zip(
        KINDS, (list(contract.rules.items()), list(contract.media.items()), limits), strict=True
    )


def told(provider: "Provider", operation: "Operation") -> Iterator[str]:
    """Tell the rules of one operation, a line for each, so that they can be searched."""
    from contracts.kernel.violations import Contract  # noqa: PLC0415 - keeps --help quick

    head = f"{provider.name}/{operation.id}: {operation.method} {operation.path}"
    yield click.style(head, bold=True)
    for kind, found in statements(Contract(operation.body, operation.id)):
        if found:
            yield f"  {kind}"
        for id_, one in found:
            yield f"    {id_}: {one.sentence} [{one.source}]"


def as_plain(provider: "Provider", operation: "Operation") -> dict[str, Any]:
    """Give the same as plain values."""
    from contracts.kernel.violations import Contract  # noqa: PLC0415 - keeps --help quick

    return {
        "contract": provider.name,
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
        "rules": [
            {"id": id_, "kind": kind, "sentence": one.sentence, "source": asdict(one.source)}
            for kind, found in statements(Contract(operation.body, operation.id))
            for id_, one in found
        ],
    }
