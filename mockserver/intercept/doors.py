"""All doors at once: whatever library a client is written with, the mock answers it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

from mockserver.intercept.aiohttp_door import aiohttp_door
from mockserver.intercept.behind import behind
from mockserver.intercept.http_client_door import http_client_door
from mockserver.intercept.target import Target

NEEDED = (
    "to answer httpx in this process, respx is needed: pip install respx, or screentest with"
    " its extra `pytest`"
)


@contextmanager
def open_doors(target: Target) -> Iterator[None]:
    """Answer in place of the providers until the block ends; refuse what goes anywhere else.

    The doors are those of the whole process: a thread that outlives its test comes through those of
    the next one, and into its tenant. While none is open, it reaches no provider either.
    `RuntimeError` where httpx is installed, and what is needed to answer it is not.
    """
    with ExitStack() as doors:
        doors.enter_context(behind(target))
        doors.enter_context(http_client_door(target))
        doors.enter_context(aiohttp_door(target))
        if find_spec("httpx"):
            if not find_spec("respx"):
                raise RuntimeError(NEEDED)
            from mockserver.intercept.router import httpx_door  # noqa: PLC0415 - respx takes 0.2 s

            doors.enter_context(httpx_door(target))
        yield
