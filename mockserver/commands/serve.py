"""`screentest serve`: the mock itself, until it is interrupted."""

from collections.abc import Sequence

import click

from mockserver import __version__
from mockserver.commands.options import contract_option, models_option
from mockserver.settings import DEFAULT_SPEED, Models, Settings, fresh_seed


@click.command()
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
@contract_option
@models_option
@click.option(
    "--allow-callbacks",
    "callback_hosts",
    metavar="HOST",
    multiple=True,
    help="Also send callbacks to this host (or host:port); loopback is always allowed.",
)
def serve(  # noqa: PLR0913, PLR0917 - one for each option
    host: str,
    port: int,
    speed: float,
    seed: int | None,
    contracts: Sequence[str],
    models: Models,
    callback_hosts: Sequence[str],
) -> None:
    """Serve every provider on one address until interrupted."""
    from mockserver.app import create_app  # noqa: PLC0415 - keeps --help and --version quick
    from mockserver.logs import log_to_stderr  # noqa: PLC0415
    from mockserver.revisions import meant  # noqa: PLC0415
    from mockserver.serving import address, bind  # noqa: PLC0415
    from mockserver.serving import serve as serve_app  # noqa: PLC0415
    from mockserver.welcome import welcome  # noqa: PLC0415

    try:
        settings = Settings(
            speed=speed,
            seed=fresh_seed() if seed is None else seed,
            callback_hosts=frozenset(callback_hosts),
            contracts=tuple(contracts),
            models=models,
        )
        providers = meant(settings.contracts, settings.models)
        listener = bind(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror or error}"
        ) from None
    app = create_app(settings, providers=providers)
    log_to_stderr()

    def announce() -> None:
        origin = address(listener)
        chosen = f"speed {speed:g}, seed {settings.seed}, {models} about models"
        click.echo(f"Screentest {__version__} on {origin} ({chosen})")
        click.echo(welcome(providers, origin))

    serve_app(app, listener, announce)
