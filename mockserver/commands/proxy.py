"""`screentest proxy`: the mock, and a proxy that leads clients to it from the real hosts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from mockserver import __version__
from mockserver.commands.options import world_options
from mockserver.commands.serve import app_of, listening, summary

if TYPE_CHECKING:
    from socket import socket

    from starlette.applications import Starlette

    from mockserver.proxy.door import ProxyDoor

PORT = 8601
"""Where `screentest env` looks for the proxy."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of the proxy; 0 takes a free one.",
)
@click.option(
    "--mock-port",
    default=8600,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of the mock itself, where its control plane is; 0 takes a free one.",
)
@world_options
def proxy(host: str, port: int, mock_port: int, **chosen: Any) -> None:  # noqa: ANN401 - one for each option
    """Serve every provider at its real address, to clients that use a proxy.

    `screentest env` prints the variables that lead them there.
    """
    from mockserver.logs import log_to_stderr  # noqa: PLC0415 - keeps --help and --version quick
    from mockserver.serving import address  # noqa: PLC0415
    from mockserver.serving import serve as serve_app  # noqa: PLC0415
    from mockserver.welcome import welcome  # noqa: PLC0415

    app, settings = app_of(chosen)
    listener = listening(host, mock_port)
    try:
        door = door_of(app, listening(host, port))
    except click.ClickException:
        listener.close()
        raise
    beside(app, door)
    log_to_stderr()

    def announce() -> None:
        origin = address(listener)
        click.echo(f"Screentest {__version__} on {origin} ({summary(settings)})")
        click.echo(told(door))
        click.echo(welcome(app.state.providers, origin))

    serve_app(app, listener, announce)


def door_of(app: "Starlette", listener: "socket") -> "ProxyDoor":
    """Make the proxy of an application."""
    from mockserver.proxy import certificates  # noqa: PLC0415 - as above
    from mockserver.proxy.door import ProxyDoor  # noqa: PLC0415

    try:
        certificates.authority()
    except ValueError as error:
        listener.close()
        raise click.ClickException(str(error)) from None
    hosts = {host for one in app.state.providers.values() for host in one.hosts}
    return ProxyDoor(app, hosts, listener=listener)


def beside(app: "Starlette", door: "ProxyDoor") -> None:
    """Have the proxy start and stop with the application, whatever stops it."""
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def both(app: "Starlette") -> AsyncGenerator[None, None]:
        async with lifespan(app):
            await door.start()
            try:
                yield
            finally:
                await door.close()

    app.router.lifespan_context = both


def told(door: "ProxyDoor") -> str:
    """Say where the proxy is, and how a shell is led there."""
    hosts = ", ".join(sorted(door.hosts))
    where = "" if door.port == PORT else f" --proxy {door.origin}"
    return (
        f"Proxy on {door.origin} for {hosts}\n"
        f"  certificate to trust: {door.ca_file}\n"
        f'  eval "$(screentest env{where})"'
    )
