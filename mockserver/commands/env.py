"""`screentest env`: the variables that lead the clients of a shell through a running proxy."""

import os
from contextlib import closing
from http import HTTPStatus
from json import loads
from pathlib import Path
from typing import Any

import click

from mockserver.commands.options import misuse
from mockserver.proxy.environment import (
    JAVA,
    NAMES,
    TRUST,
    bare_java,
    java_options,
    shimmed,
    unshimmed,
)
from mockserver.proxy.shells import FORMATS, Changes

PATIENCE = 5.0
"""Seconds in which a proxy on this machine has answered."""


@click.command(short_help="Print the variables that lead clients through the proxy.")
@click.option(
    "--proxy",
    envvar="SCREENTEST_PROXY",
    show_envvar=True,
    default="http://127.0.0.1:8601",
    show_default=True,
    metavar="URL",
    help="Where screentest proxy listens.",
)
@click.option(
    "--tenant",
    default="",
    metavar="NAME",
    help="Whose world all requests are part of.  [default: that of the API key]",
)
@click.option(
    "--format",
    "language",
    type=click.Choice([*FORMATS]),
    default="sh",
    show_default=True,
    help="Who reads it.",
)
@click.option(
    "--shims/--no-shims",
    default=True,
    show_default=True,
    help="Also for aiohttp, and for Node before 22.21.",
)
@click.option("--java", is_flag=True, help="Also for Java.")
@click.option(
    "--ca",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the certificate here; for another machine than the proxy's.",
)
@click.option("--unset", is_flag=True, help="Take the variables away again.")
def env(  # noqa: PLR0913 - one for each option
    *,
    proxy: str,
    tenant: str,
    language: str,
    shims: bool,
    java: bool,
    ca: Path | None,
    unset: bool,
) -> None:
    """Print the variables that lead the clients of a shell to the mock, at the real addresses.

    To be used as: eval "$(screentest env)"
    """
    with misuse():
        if unset:
            changes = taken_away()
        else:
            told = ask(proxy, tenant)
            changes = told["variables"] | trust(proxy, told, ca, with_java=java)
            changes |= shimmed(os.environ) if shims else {}
        click.echo(FORMATS[language](changes), nl=False)


def ask(proxy: str, tenant: str) -> dict[str, Any]:
    """Ask a proxy what its clients need to know."""
    from urllib.parse import urlencode  # noqa: PLC0415 - keeps --help quick

    text = fetch(proxy, f"/environment?{urlencode({'tenant': tenant})}")
    try:
        told: dict[str, Any] = loads(text)
        return {name: told[name] for name in ("variables", "java")}
    except (ValueError, KeyError, TypeError):
        raise nobody(proxy) from None


def trust(proxy: str, told: dict[str, Any], ca: Path | None, *, with_java: bool) -> dict[str, str]:
    """Give the variables about the certificate, which has to be a file of this machine."""
    store = Path(told["java"]["store"])
    if ca:
        ca.write_bytes(fetch(proxy, "/ca.pem"))
        store = ca.absolute().with_suffix(".p12")
        store.write_bytes(fetch(proxy, "/ca.p12"))
    elif not Path(told["variables"][TRUST[0]]).exists():
        raise ValueError("the proxy runs on another machine; say where to write its --ca")
    given = dict.fromkeys(TRUST, str(ca.absolute())) if ca else {}
    if with_java:
        given |= java_options(os.environ, proxy, str(store), told["java"]["password"])
    return given


def fetch(proxy: str, path: str) -> bytes:
    """Get something from the proxy itself."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - keeps --help quick
    from urllib.parse import urlsplit  # noqa: PLC0415

    url = urlsplit(proxy)
    try:
        connection = HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read()
    except (OSError, HTTPException):
        raise nobody(proxy) from None
    if answer.status == HTTPStatus.BAD_REQUEST:
        raise ValueError(text.decode().strip().removeprefix("screentest: "))
    return text


def nobody(proxy: str) -> click.ClickException:
    """Say that no proxy is there."""
    return click.ClickException(f"no proxy answers at {proxy}; start one: screentest proxy")


def taken_away() -> Changes:
    """Give what takes away all that was set, and leaves what was there beside it."""
    left = unshimmed(os.environ) | {JAVA: bare_java(os.environ)}
    touched = {name: value or None for name, value in left.items() if os.environ.get(name)}
    return dict.fromkeys(NAMES) | touched
