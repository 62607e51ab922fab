"""`screentest serve`: the mock itself, until it is interrupted."""

from typing import Any

import click

from mockserver import __version__
from mockserver.clock import DEFAULT_SPEED, POLICIES
from mockserver.commands.options import contract_option, models_option
from mockserver.settings import CHOICES, Settings, fresh_seed


def alone(_context: click.Context, _option: click.Parameter, workers: int) -> int:
    """Refuse several processes: each would know nothing of the tasks of the others."""
    if workers > 1:
        raise click.BadParameter(
            f"{workers} processes would not know of each other's tasks, as state is kept in memory;"
            " one process is what there is"
        )
    return workers


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
    "--clock",
    type=click.Choice(POLICIES),
    default="wall",
    show_default=True,
    help="What makes time pass: the wall, whoever advances it, or each look at a task.",
)
@click.option(
    "--speed",
    type=float,
    help="How many times faster than the provider tasks finish; 1 is realistic."
    f"  [default: {DEFAULT_SPEED:g} by the wall, else 1]",
)
@click.option("--seed", type=int, help="Makes ids reproducible.  [default: a fresh one, printed]")
@contract_option
@models_option
@click.option(
    "--balance",
    type=float,
    help="What each new key has, in the provider's currency.  [default: money never runs out]",
)
@click.option(
    "--limits",
    type=click.Choice(CHOICES["limits"]),
    default="off",
    show_default=True,
    help="Whether the documented limits on rates, concurrency and errors hold.",
)
@click.option(
    "--faces",
    type=click.Choice(CHOICES["faces"]),
    default="marker",
    show_default=True,
    help="What shows a face: media that says so, all, none, or what a detector finds.",
)
@click.option(
    "--control-token",
    envvar="SCREENTEST_CONTROL_TOKEN",
    show_envvar=True,
    default="",
    metavar="TOKEN",
    help="Ask for this token at /_screentest/, and then let other machines use it, too.",
)
@click.option(
    "--allow-callbacks",
    "callback_hosts",
    metavar="HOST",
    multiple=True,
    help="Also send callbacks to this host (or host:port); loopback is always allowed.",
)
@click.option(
    "--scenario",
    "scenarios",
    metavar="FILE_OR_NAME",
    multiple=True,
    help="Faults on demand, from a TOML file or built in (see screentest scenarios); repeatable.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    callback=alone,
    expose_value=False,
    help="How many processes answer; one, as state is kept in memory.",
)
def serve(host: str, port: int, **chosen: Any) -> None:  # noqa: ANN401 - one for each option
    """Serve every provider on one address until interrupted."""
    from mockserver.app import create_app  # noqa: PLC0415 - keeps --help and --version quick
    from mockserver.logs import log_to_stderr  # noqa: PLC0415
    from mockserver.revisions import meant  # noqa: PLC0415
    from mockserver.serving import address, bind  # noqa: PLC0415
    from mockserver.serving import serve as serve_app  # noqa: PLC0415
    from mockserver.welcome import welcome  # noqa: PLC0415

    try:
        settings = settings_of(chosen)
        providers = meant(settings.contracts, settings.models)
        app = create_app(settings, providers=providers)
        listener = bind(host, port)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror or error}"
        ) from None
    log_to_stderr()

    def announce() -> None:
        origin = address(listener)
        click.echo(f"Screentest {__version__} on {origin} ({summary(settings)})")
        click.echo(welcome(providers, origin))

    serve_app(app, listener, announce)


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
