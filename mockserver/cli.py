"""The command line."""

import sys
from collections.abc import Sequence

import click

from mockserver import __version__
from mockserver.commands.audition import audition
from mockserver.commands.callback import callback
from mockserver.commands.check import check
from mockserver.commands.contract import contract
from mockserver.commands.env import env
from mockserver.commands.openapi import openapi
from mockserver.commands.proxy import proxy
from mockserver.commands.replay import replay
from mockserver.commands.rules import rules
from mockserver.commands.run import run
from mockserver.commands.scenarios import scenarios
from mockserver.commands.serve import serve

MISUSE = 2
"""Exit status for options that make no sense, files that cannot be read, addresses taken."""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[
        run,
        audition,
        serve,
        proxy,
        env,
        check,
        replay,
        rules,
        contract,
        openapi,
        scenarios,
        callback,
    ],
)
@click.version_option(__version__, prog_name="screentest")
def screentest() -> None:
    """Stand in for paid video-generation APIs, offline."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every misuse is one line on standard error and exit status 2."""
    try:
        screentest.main(arguments, prog_name="screentest", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(MISUSE)
    except click.ClickException as error:
        click.echo(f"screentest: {error.format_message()}", err=True)
        sys.exit(MISUSE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
