"""`screentest openapi`: the contract of one revision, for tools that read OpenAPI."""

from json import dumps
from pathlib import Path

import click

from mockserver.commands.options import misuse, models_option
from mockserver.settings import Models


@click.command(short_help="Print the OpenAPI document of a contract.")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file instead of standard output.",
)
@models_option
def openapi(name: str, output: Path | None, models: Models) -> None:
    """Print the OpenAPI document of a contract: of a revision, or of a provider's default."""
    from contracts.kernel.openapi import openapi as document  # noqa: PLC0415 - keeps --help quick
    from mockserver.revisions import named  # noqa: PLC0415

    with misuse():
        text = dumps(document(named(name, models)), indent=2)
        if output:
            output.write_text(f"{text}\n", encoding="utf-8")
    if not output:
        click.echo(text)
