"""What several commands share: options, the output as JSON, and one line for every misuse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import dumps
from typing import Any, TypeVar

import click

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
