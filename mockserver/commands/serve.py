"""`screentest serve`: the mock itself, until it is interrupted."""

from typing import TYPE_CHECKING, Any

import click

from mockserver import __version__
from mockserver.commands.options import world_options
from mockserver.settings import Settings, fresh_seed

if TYPE_CHECKING:
    from socket import socket

    from starlette.applications import Starlette


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8600,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@world_options
def serve(host: str, port: int, **chosen: Any) -> None:  # noqa: ANN401 - one for each option
    """Serve every provider on one address until interrupted."""
    from mockserver.logs import log_to_stderr  # noqa: PLC0415 - keeps --help and --version quick
    from mockserver.serving import address  # noqa: PLC0415
    from mockserver.serving import serve as serve_app  # noqa: PLC0415
    from mockserver.welcome import welcome  # noqa: PLC0415

    app, settings = app_of(chosen)
    listener = listening(host, port)
    log_to_stderr()

    def announce() -> None:
        origin = address(listener)
        click.echo(f"Screentest {__version__} on {origin} ({summary(settings)})")
        click.echo(welcome(app.state.providers, origin))

    serve_app(app, listener, announce)


def app_of(chosen: dict[str, Any]) -> "tuple[Starlette, Settings]":
    """Make the application that options ask for."""
    from mockserver.app import create_app  # noqa: PLC0415 - as above

    try:
        settings = settings_of(chosen)
        return create_app(settings), settings
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def listening(host: str, port: int) -> "socket":
    """Take an address, or say why that cannot be."""
    from mockserver.serving import bind  # noqa: PLC0415 - as above

    try:
        return bind(host, port)
    except OSError as error:
        reason = error.strerror or error
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None


def settings_of(chosen: dict[str, Any]) -> Settings:
    """Give the settings that options come to; `ValueError` says which of them makes no sense."""
    given = dict(chosen)
    given["seed"] = fresh_seed() if given["seed"] is None else given["seed"]
    given["callback_hosts"] = frozenset(given["callback_hosts"])
    given["contracts"] = tuple(given["contracts"])
    given["scenarios"] = tuple(given["scenarios"])
    return Settings(**given)


def summary(settings: Settings) -> str:
    """Say what a user would want to know to understand, and to repeat, a run."""
    speed = settings.make_clock().speed
    words = [f"speed {speed:g}", f"seed {settings.seed}", f"{settings.models} about models"]
    if settings.clock != "wall":
        words.insert(0, f"{settings.clock} clock")
    if settings.limits != "off":
        words.append(f"{settings.limits} limits")
    if settings.scenarios:
        words.append(f"scenarios {', '.join(settings.scenarios)}")
    return ", ".join(words)
