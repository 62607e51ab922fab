"""`screentest callback`: the request that tells a receiver of the end of a task."""

from typing import BinaryIO

import click

from mockserver.commands.options import FOUND, misuse


@click.command(short_help="Print a callback as it is posted, or post it.")
@click.argument("name")
@click.option(
    "--state",
    default="succeeded",
    show_default=True,
    help="How the task ended: succeeded, failed, or the name of a failure.",
)
@click.option(
    "--body",
    type=click.File("rb"),
    help="The request that the task was opened with; - reads standard input.",
)
@click.option("--url", default="", help="Where the callback goes.  [default: as the body says]")
@click.option("--seed", type=int, default=0, show_default=True, help="Makes other ids.")
@click.option(
    "--repeat",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How often it comes.",
)
@click.option("--send", metavar="URL", help="Post it to this loopback URL, and print the answers.")
@click.pass_context
def callback(  # noqa: PLR0913, PLR0917 - one for each option
    context: click.Context,
    name: str,
    state: str,
    body: BinaryIO | None,
    url: str,
    seed: int,
    repeat: int,
    send: str | None,
) -> None:
    """Print the callback of a contract: of a revision, or of a provider's default."""
    from mockserver.callbacks import callback_request  # noqa: PLC0415 - keeps --help quick

    with misuse():
        text = body.read() if body else None
        request = callback_request(name, text, state=state, url=send or url, seed=seed)
    if send is None:
        click.echo(request * repeat, nl=False)
    else:
        statuses = [sent(send, request) for _ in range(repeat)]
        context.exit(FOUND if any(one // 100 != 2 for one in statuses) else 0)  # noqa: PLR2004 - success


def sent(url: str, request: bytes) -> int:
    """Post a callback to a receiver here; print the status of its answer, and give it."""
    import asyncio  # noqa: PLC0415 - keeps --help quick
    from urllib.parse import urlsplit  # noqa: PLC0415

    from mockserver.destinations import Forbidden, addresses, objection  # noqa: PLC0415
    from mockserver.outbox import PATIENCE  # noqa: PLC0415
    from mockserver.posting import post  # noqa: PLC0415

    async def send() -> int:
        async with asyncio.timeout(PATIENCE):
            parts = urlsplit(url)
            return await post(
                parts, request.partition(b"\r\n\r\n")[2], await addresses(parts, set())
            )

    if objection(url, set()):
        raise click.ClickException(f"--send takes a URL of this machine, not {url}")
    try:
        status = asyncio.run(send())
    except TimeoutError:
        raise click.ClickException(f"no answer within {PATIENCE:g} s") from None
    except (Forbidden, OSError, ValueError) as error:
        raise click.ClickException(f"not delivered: {error}") from None
    click.echo(f"HTTP {status}")
    return status
