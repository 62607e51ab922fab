"""`screentest check`: bodies in a file, or requests that were recorded, against the contracts."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
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
    from contracts.kernel.checking.messages import Checked


@click.command(short_help="Check requests in a file without sending them.")
@click.argument("file")
@click.option(
    "--operation",
    metavar="NAME",
    default="",
    help="What the bodies are for, such as acme/submit; optional for HAR files.",
)
@contract_option
@models_option
@json_option
def check(
    file: str, operation: str, contracts: Sequence[str], models: Models, *, as_json: bool
) -> None:
    """Check requests in a FILE (or -, standard input) without sending them.

    The file is JSON (one body), JSON Lines (one body a line), or HAR (requests that a browser or a
    proxy recorded). Exit status 1 means that a provider would refuse one of them.
    """
    tally: Counter[str] = Counter()
    found = counting(read(file, operation, contracts, models), tally)
    if as_json:
        messages = [as_plain(one) for one in found if one.findings or one.skipped]
        print_json({**totals(tally), "skipped": skips(tally), "messages": messages})
    else:
        for one in found:
            for finding in one.findings:
                click.echo(told(one, finding))
        click.echo(summary(tally))
    if tally["refused"]:
        sys.exit(FOUND)


def read(
    file: str, operation: str, contracts: Sequence[str], models: Models
) -> Iterator["Checked"]:
    """Check the messages of a file one by one."""
    from contracts.kernel.checking.messages import check as checked  # noqa: PLC0415 - keeps --help quick
    from contracts.kernel.checking.messages import targets  # noqa: PLC0415
    from mockserver.revisions import meant  # noqa: PLC0415

    with misuse():
        against = targets(meant(contracts), operation, lenient=models == "lenient")
        with click.open_file(file, "rb") as stream:
            yield from checked(stream, "<stdin>" if file == "-" else file, against)


SKIPPED = "skipped: "
OUTCOMES = ("refused", "fails-later", "ignored")


def counting(found: Iterable["Checked"], tally: Counter[str]) -> Iterator["Checked"]:
    """Count messages on their way, each once for every outcome it has."""
    for one in found:
        tally[SKIPPED + one.skipped if one.skipped else "checked"] += 1
        tally.update({finding.outcome for finding in one.findings})
        yield one


def totals(tally: Counter[str]) -> dict[str, int]:
    """Give how many messages were checked, and what would become of them."""
    return {what: tally[what] for what in ("checked", *OUTCOMES)}


def skips(tally: Counter[str]) -> dict[str, int]:
    """Give how many messages were not looked at, by reason."""
    return {
        what.removeprefix(SKIPPED): count
        for what, count in tally.items()
        if what.startswith(SKIPPED)
    }


def told(one: "Checked", finding: "Finding") -> str:
    """Tell of one finding: where and what, then rule, value, sentence and source."""
    lead = {"refused": "", "fails-later": "accepted, then fails: ", "ignored": "warning: "}
    lines = [
        click.style(f"{one.place}: {lead[finding.outcome]}{finding.wrong}", bold=True),
        f"  rule      {finding.rule} ({one.operation})",
        f"  field     {finding.field}" if finding.field else "",
        f"  got       {finding.got}" if finding.got else "",
        f"  says      {finding.sentence}",
        f"  source    {finding.source}",
    ]
    return "".join(f"{line}\n" for line in lines if line)


def summary(tally: Counter[str]) -> str:
    """Tell in one line what there was."""
    words = {
        "refused": "refused",
        "fails-later": "accepted and failed later",
        "ignored": "with fields that are ignored",
    }
    told = [f"{tally[what]} {words[what]}" for what in OUTCOMES if tally[what]]
    verdict = ", ".join(told) or ("nothing wrong" if tally["checked"] else "no operation found")
    line = f"{counted(tally['checked'], 'message')} checked: {verdict}"
    skipped = skips(tally)
    if skipped:
        reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
        line += f"; {sum(skipped.values())} skipped ({reasons})"
    return line


def as_plain(one: "Checked") -> dict[str, Any]:
    """Give what became of a message as plain values."""
    place = {name: value for name, value in one.place._asdict().items() if value not in {None, ""}}
    findings = [{**each._asdict(), "source": asdict(each.source)} for each in one.findings]
    said = {"operation": one.operation, "skipped": one.skipped, "findings": findings}
    return {**place, **{name: value for name, value in said.items() if value}}
