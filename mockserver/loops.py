"""Event loops of asyncio, whoever runs them and in whatever thread."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import suppress
from types import coroutine


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Give the event loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def is_in_a_loop() -> bool:
    """Tell whether an event loop runs in this thread."""
    return running_loop() is not None


def nudge(loop: asyncio.AbstractEventLoop, run: Callable[[], object]) -> None:
    """Have a loop run something soon, from any thread, unless it was closed meanwhile."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(run)


@coroutine
def turn() -> Generator[None, None, None]:
    """Let everything that is ready in this event loop run once.

    `asyncio.sleep(0)` would do the same, unless someone replaced it so that time flies.
    """
    yield


async def cancel_others() -> None:
    """End every task of this loop but this one, and wait until they have."""
    await turn()  # what was never begun could not say that it ended
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def finish(loop: asyncio.AbstractEventLoop) -> None:
    """End all that goes on in a loop that does not run, and close it."""
    loop.run_until_complete(cancel_others())
    loop.close()
