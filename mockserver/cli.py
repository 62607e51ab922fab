"""The command line."""

import sys
from collections.abc import Sequence

import click

from mockserver import __version__
from mockserver.settings import DEFAULT_SPEED, Settings, fresh_seed

MISUSE = 2
"""Exit status for options that make no sense and addresses that are taken."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="screentest")
def screentest() -> None:
    """Stand in for paid video-generation APIs, offline."""


@screentest.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8600,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--speed",
    default=DEFAULT_SPEED,
    show_default=True,
    type=float,
    help="How many times faster than the provider tasks finish; 1 is realistic.",
)
@click.option("--seed", type=int, help="Makes ids reproducible.  [default: a fresh one, printed]")
@click.option(
    "--allow-callbacks",
    "callback_hosts",
    metavar="HOST",
    multiple=True,
    help="Also send callbacks to this host (or host:port); loopback is always allowed.",
)
def serve(
    host: str, port: int, speed: float, seed: int | None, callback_hosts: Sequence[str]
) -> None:
    """Serve every provider on one address until interrupted."""
    from mockserver.app import create_app  # noqa: PLC0415 - keeps --help and --version quick
    from mockserver.logs import log_to_stderr  # noqa: PLC0415
    from mockserver.serving import address, bind  # noqa: PLC0415
    from mockserver.serving import serve as serve_app  # noqa: PLC0415
    from mockserver.welcome import welcome  # noqa: PLC0415

    try:
        settings = Settings(
            speed=speed,
            seed=fresh_seed() if seed is None else seed,
            callback_hosts=frozenset(callback_hosts),
        )
        listener = bind(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror or error}"
        ) from None
    app = create_app(settings)
    log_to_stderr()

    def announce() -> None:
        origin = address(listener)
        click.echo(f"Screentest {__version__} on {origin} (speed {speed:g}, seed {settings.seed})")
        click.echo(welcome(app.state.providers, origin))

    serve_app(app, listener, announce)


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
