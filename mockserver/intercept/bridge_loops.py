"""Where calls happen whose client waits in a thread of its own: there, as far as that will do."""

import asyncio
import atexit
from threading import Thread

from mockserver.intercept.bridge_call import Call
from mockserver.intercept.home import NAME, forked, inherit
from mockserver.loops import finish, is_in_a_loop

Task = asyncio.Task[None]


class Spare:
    """One loop for a whole process that clients take turns with, each in its own thread.

    Nothing is waited for there: one turn answers most calls, in less time than the way to another
    thread and back would take. A call that goes on takes the loop with it, into another thread, and
    there is a new one for the next client.
    """

    def __init__(self) -> None:
        self._free: list[asyncio.AbstractEventLoop | None] = [None]
        """Empty while a client has the loop; `None` where it is still to be made."""
        forked.add(self)
        atexit.register(self.close)

    def start(self, call: Call) -> bool:
        """Hand a request to its application; false where that cannot be.

        It cannot be where another client has the loop, or this thread runs one already.
        """
        if is_in_a_loop():
            return False
        try:
            kept = self._free.pop()
        except IndexError:
            return False
        loop = kept or asyncio.new_event_loop()
        task = call.start(loop)
        try:
            turn(loop)
        except BaseException:  # who interrupts a turn leaves the end of it behind
            self._part_with(loop, task)
            raise
        if task.done():
            self._free.append(loop)
        else:
            self._part_with(loop, task)
        return True

    def _part_with(self, loop: asyncio.AbstractEventLoop, task: Task) -> None:
        self._free.append(None)
        Thread(target=see_off, args=(loop, task), name=NAME, daemon=True).start()

    def close(self) -> None:
        """Let end what the last calls left behind; there is no loop to be had from here on."""
        while self._free:
            if loop := self._free.pop():
                finish(loop)

    def begin_anew(self) -> None:
        """Let go of the loop of another process."""
        inherit(next(iter(self._free), None))
        self._free[:] = [None]


def turn(loop: asyncio.AbstractEventLoop) -> None:
    """Let everything that is ready in a loop run once, which is enough for most requests."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def see_off(loop: asyncio.AbstractEventLoop, task: Task) -> None:
    """Run a loop until a task of it has ended."""
    turn(loop)
    loop.run_until_complete(asyncio.wait([task]))
    finish(loop)


SPARE = Spare()
