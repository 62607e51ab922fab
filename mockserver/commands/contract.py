"""`screentest contract`: which revisions there are, how they differ, and what providers changed."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.commands.options import FOUND, counted, json_option, misuse, print_json

if TYPE_CHECKING:
    from contracts.kernel.comparing.difference import Difference
    from contracts.kernel.provider import Provider
    from contracts.kernel.published.changes import Change

ADDED = "operation-added"


@click.group()
def contract() -> None:
    """Show the revisions of the contracts, and compare them."""


@contract.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print every revision of every provider."""
    from contracts.kernel.registry import every_revision, newest, providers  # noqa: PLC0415

    rows = []
    for one in every_revision():
        checks = {
            "default": providers()[one.id] is one,
            "newest": newest(one.id) is one,
            "dialect": one.dialect,
        }
        rows.append((one, [mark for mark, is_so in checks.items() if is_so]))
    if as_json:
        print_json(
            [
                {
                    "name": one.name,
                    "marks": marks,
                    "about": one.about,
                    "operations": [each.id for each in one.operations],
                    "source": asdict(one.source),
                }
                for one, marks in rows
            ]
        )
    else:
        for one, marks in rows:
            click.echo(f"{one.name:<24}{', '.join(marks):<18}{one.about} [{one.source}]")


@contract.command()
@click.argument("old")
@click.argument("new")
@json_option
def diff(old: str, new: str, *, as_json: bool) -> None:
    """Print what a client must change to go from the revision OLD to NEW."""
    from contracts.kernel.comparing.differences import differences  # noqa: PLC0415 - keeps --help quick
    from contracts.kernel.registry import revision  # noqa: PLC0415

    with misuse():
        before, after = revision(old), revision(new)
        found = differences(before, after)
    if as_json:
        rows = [{**asdict(one), "group": one.group.value} for one in found]
        print_json({"old": before.name, "new": after.name, "differences": rows})
    else:
        click.echo("\n".join(told(before, after, found)))


def told(old: "Provider", new: "Provider", found: "Iterable[Difference]") -> Iterator[str]:
    """Tell the differences, by what they ask of a client and by operation."""
    yield click.style(f"From {old.name} to {new.name}", bold=True)
    is_same = True
    for (group, operation), each in groupby(found, lambda one: (one.group, one.operation)):
        yield ""
        yield click.style(f"{group}: {operation or 'all operations'}", bold=True)
        for one in each:
            is_same = False
            lead = f"{one.id}: " if one.id else ""
            yield f"  {lead}{one.sentence} [{one.source}]"
    if is_same:
        yield "no differences"


@contract.command(short_help="Compare a published OpenAPI file with a contract.")
@click.argument("name")
@click.option(
    "--openapi",
    "file",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="What the provider publishes: JSON or YAML.",
)
@click.option("--strict", is_flag=True, help="Count operations that we never had as drift, too.")
@json_option
def drift(name: str, file: Path, *, strict: bool, as_json: bool) -> None:
    """Compare what a provider publishes with the contract NAME; exit status 1 where they differ."""
    from contracts.kernel.openapi import openapi  # noqa: PLC0415
    from contracts.kernel.published.documents import read_document  # noqa: PLC0415 - keeps --help quick
    from contracts.kernel.published.drift import drift as changes_of  # noqa: PLC0415
    from contracts.kernel.registry import revision  # noqa: PLC0415

    with misuse():
        ours = revision(name)
        document = file.read_bytes()
        try:
            changes = changes_of(read_document(document), openapi(ours))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
    counts = [one for one in changes if strict or one.kind != ADDED]
    if as_json:
        rows = [{**one._asdict(), "sentence": one.sentence} for one in changes]
        print_json({"contract": ours.name, "drift": bool(counts), "changes": rows})
    else:
        click.echo("\n".join(drifted(ours, changes, strict=strict)))
    if counts:
        sys.exit(FOUND)


def drifted(ours: "Provider", changes: "list[Change]", *, strict: bool) -> Iterator[str]:
    """Tell each change under its operation, and at the end the operations that are new."""
    added = [one for one in changes if one.kind == ADDED]
    others = [one for one in changes if one.kind != ADDED]
    for operation, each in groupby(others, lambda one: one.operation):
        yield click.style(operation, bold=True)
        yield from (f"  {one.sentence}" for one in each)
        yield ""
    if added:
        note = "" if strict else ", which are no drift"
        yield f"{counted(len(added), 'operation')} that {ours.name} does not have{note}:"
        yield from (f"  {one.operation}" for one in added)
        yield ""
    count = len(changes) if strict else len(others)
    yield counted(count, "change") if count else "no drift"
