"""What several commands share: options, the output as JSON, and one line for every misuse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import dumps
from typing import Any, TypeVar

import click

from mockserver.clock import DEFAULT_SPEED, POLICIES
from mockserver.settings import CHOICES

FOUND = 1
"""Exit status where something is wrong with what was asked about."""

T = TypeVar("T", bound=Callable[..., Any])


def json_option(command: T) -> T:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def contract_option(command: T) -> T:
    """Add `--contract`."""
    return click.option(
        "--contract",
        "contracts",
        metavar="NAME",
        multiple=True,
        help="A revision to go by, such as acme@2026-10, or latest, or seeds; may be repeated.",
    )(command)


def models_option(command: T) -> T:
    """Add `--models`."""
    return click.option(
        "--models",
        type=click.Choice(["strict", "lenient"]),
        default="strict",
        show_default=True,
        help="Whether ids of models that are not in the table are refused.",
    )(command)


def alone(_context: click.Context, _option: click.Parameter, workers: int) -> int:
    """Refuse several processes: each would know nothing of the tasks of the others."""
    if workers > 1:
        raise click.BadParameter(
            f"{workers} processes would not know of each other's tasks, as state is kept in memory;"
            " one process is what there is"
        )
    return workers


WORLD: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--clock",
        type=click.Choice(POLICIES),
        default="wall",
        show_default=True,
        help="What makes time pass: the wall, whoever advances it, or each look at a task.",
    ),
    click.option(
        "--speed",
        type=float,
        help="How many times faster than the provider tasks finish; 1 is realistic."
        f"  [default: {DEFAULT_SPEED:g} by the wall, else 1]",
    ),
    click.option(
        "--seed", type=int, help="Makes ids reproducible.  [default: a fresh one, printed]"
    ),
    contract_option,
    models_option,
    click.option(
        "--balance",
        type=float,
        help="What each new key has, in the provider's currency.  [default: money never runs out]",
    ),
    click.option(
        "--limits",
        type=click.Choice(CHOICES["limits"]),
        default="off",
        show_default=True,
        help="Whether the documented limits on rates, concurrency and errors hold.",
    ),
    click.option(
        "--faces",
        type=click.Choice(CHOICES["faces"]),
        default="marker",
        show_default=True,
        help="What shows a face: media that says so, all, none, or what a detector finds.",
    ),
    click.option(
        "--control-token",
        envvar="SCREENTEST_CONTROL_TOKEN",
        show_envvar=True,
        default="",
        metavar="TOKEN",
        help="Ask for this token at /_screentest/, and then let other machines use it, too.",
    ),
    click.option(
        "--allow-callbacks",
        "callback_hosts",
        metavar="HOST",
        multiple=True,
        help="Also send callbacks to this host (or host:port); loopback is always allowed.",
    ),
    click.option(
        "--scenario",
        "scenarios",
        metavar="FILE_OR_NAME",
        multiple=True,
        help="Faults on demand, from a TOML file or built in (see screentest scenarios);"
        " repeatable.",
    ),
    click.option(
        "--workers",
        default=1,
        show_default=True,
        type=click.IntRange(1),
        callback=alone,
        expose_value=False,
        help="How many processes answer; one, as state is kept in memory.",
    ),
)
"""What a world is made by; see `settings_of` in `serve`."""


def world_options(command: T) -> T:
    """Add all that a user may choose about the world."""
    for option in reversed(WORLD):
        command = option(command)
    return command


@contextmanager
def misuse() -> Iterator[None]:
    """Turn what cannot be done into one line, and exit status 2."""
    try:
        yield
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None


def print_json(value: object) -> None:
    """Print a value as JSON that every terminal and pipe can carry."""
    click.echo(dumps(value, indent=2))


def counted(count: int, noun: str) -> str:
    """Give a number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
