"""`screentest replay`: recorded requests, held to other revisions of their contracts."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.commands.options import (
    FOUND,
    contract_option,
    counted,
    json_option,
    misuse,
    models_option,
    print_json,
)
from mockserver.settings import Models

if TYPE_CHECKING:
    from contracts.kernel.checking.findings import Finding
    from mockserver.verdict.replaying import Replayed

HEADS = {
    "operation-gone": "its operation is gone",
    "newly-refused": "was accepted, and is refused",
    "newly-accepted": "was refused, and is accepted",
}
"""What is told of a request, by its outcome; nothing where that is the same as before."""
WARNINGS = {"fails-later": "is accepted, and fails now", "ignored": "has a field ignored now"}


@click.command(short_help="Hold recorded requests to other revisions of their contracts.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@contract_option
@models_option
@click.option(
    "--fail-on-new",
    is_flag=True,
    help="Also fail for other changes: newly accepted, failing later, or with ignored fields.",
)
@json_option
def replay(
    directory: Path,
    contracts: Sequence[str],
    models: Models,
    *,
    fail_on_new: bool,
    as_json: bool,
) -> None:
    """Hold the requests recorded in DIR to other revisions of their contracts.

    DIR is what `screentest run --record DIR` wrote; nothing is sent. Exit status 1 means that a
    request would be refused that was accepted. What other tools recorded (HAR) is for
    `screentest check`.
    """
    found = read(directory, contracts, models)
    tally = Counter(one.outcome.value for one in found)
    if as_json:
        print_json({"totals": totals(tally), "requests": [as_plain(one) for one in found]})
    else:
        for one in found:
            for line in told(one):
                click.echo(line)
        click.echo(summary(tally, found))
    if any(one.is_loss or (fail_on_new and one.is_new) for one in found):
        sys.exit(FOUND)


def read(directory: Path, contracts: Sequence[str], models: Models) -> list["Replayed"]:
    """Read what was recorded, and hold it to the revisions that are meant."""
    from mockserver.revisions import meant  # noqa: PLC0415 - keeps --help quick
    from mockserver.verdict.recorded import read as recorded  # noqa: PLC0415
    from mockserver.verdict.replaying import replay as replayed  # noqa: PLC0415

    try:
        with misuse():
            return list(replayed(recorded(directory), meant(contracts, models)))
    except RecursionError:
        raise click.ClickException(
            f"{directory} holds a request that is nested too deeply"
        ) from None


def totals(tally: Counter[str]) -> dict[str, int]:
    """Give how many requests there were, and what became of them."""
    from mockserver.verdict.replaying import Outcome  # noqa: PLC0415 - keeps --help quick

    return {"replayed": tally.total(), **{one.value: tally[one] for one in Outcome}}


def told(one: "Replayed") -> Iterator[str]:
    """Tell of one request what is different, and why."""
    where = f"{one.recorded.file}:"
    head = HEADS.get(one.outcome)
    if head:
        yield click.style(f"{where} {head} by {one.contract}", bold=True)
        was = one.recorded.breaks
        yield f"  operation {one.recorded.provider}/{one.recorded.operation}"
        if was:
            yield f"  broke     {was}"
        yield from details(one.refusals)
    for finding in one.warnings:
        yield click.style(f"{where} {WARNINGS[finding.outcome]} by {one.contract}", bold=True)
        yield from details([finding])


def details(findings: "Iterable[Finding]") -> Iterator[str]:
    """Tell what is wrong, with rule, value, sentence and source."""
    for one in findings:
        yield f"  wrong     {one.wrong}"
        yield f"  rule      {one.rule}"
        if one.got:
            yield f"  got       {one.got}"
        yield f"  says      {one.sentence}"
        yield f"  source    {one.source}"
    yield ""


def summary(tally: Counter[str], found: "Sequence[Replayed]") -> str:
    """Tell in one line what there was."""
    words = {
        "operation-gone": "without their operation",
        "newly-refused": "newly refused",
        "newly-accepted": "newly accepted",
        "still-refused": "refused as before",
        "still-valid": "valid as before",
    }
    against = ", ".join(dict.fromkeys(one.contract for one in found))
    parts = [f"{tally[what]} {said}" for what, said in words.items() if tally[what]]
    warned = sum(bool(one.warnings) for one in found)
    if warned:
        parts.append(f"{warned} of these accepted with something newly wrong")
    return f"{counted(len(found), 'request')} replayed against {against}: {', '.join(parts)}"


def as_plain(one: "Replayed") -> dict[str, Any]:
    """Give what became of a request as plain values."""
    recorded = one.recorded
    return {
        "file": recorded.file,
        "operation": f"{recorded.provider}/{recorded.operation}",
        "recorded": recorded.contract,
        "broke": recorded.breaks,
        "contract": one.contract,
        "outcome": one.outcome.value,
        "refusals": [plainly(each) for each in one.refusals],
        "warnings": [plainly(each) for each in one.warnings],
    }


def plainly(finding: "Finding") -> dict[str, Any]:
    """Give a finding as plain values."""
    return {**finding._asdict(), "source": asdict(finding.source)}
