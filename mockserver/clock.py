"""Time. Nothing else in this package reads the clock or sleeps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal, get_args

from mockserver.agenda import Agenda

Policy = Literal["wall", "manual", "poll"]
"""What makes time pass: the wall, whoever advances it, or looks at unfinished tasks."""

POLICIES: tuple[Policy, ...] = get_args(Policy)
SLOWEST, FASTEST = 1e-3, 1e9
"""Between these, the end of a task can be reached, and told from its beginning by a date."""
DEFAULT_SPEED = 75.0
"""Brings the documented durations of one to three minutes down to about two seconds."""


class Clock:
    """The time of one tenant or several, how fast work goes in it, and what falls due.

    Under `wall` time is real, and only the provider's own doing is sped up: work on tasks,
    time-outs of that work, pauses between callbacks. Dates and lifetimes stay those of the client's
    clock.
    Under `manual` time stands still until it is advanced. Under `poll` it stands still, too; each
    look at an unfinished task brings that task one stage further, and time to that moment.
    """

    def __init__(
        self, policy: Policy = "wall", speed: float | None = None, start: float | None = None
    ) -> None:
        self.policy = policy
        self.speed = speed or (DEFAULT_SPEED if policy == "wall" else 1.0)
        self.agenda = Agenda(self)
        self._ahead = 0.0
        self._moment = time.time() if start is None else start
        self._first = (self.policy, self.speed, self._moment)
        self.now = time.time if policy == "wall" else self._still

    def _still(self) -> float:
        return self._moment

    def _shifted(self) -> float:
        return time.time() + self._ahead

    def move_to(self, moment: float) -> None:
        """Let it be that moment; time never goes back."""
        if self.policy == "wall":
            self._ahead += max(0.0, moment - self.now())
            self.now = self._shifted
        else:
            self._moment = max(self._moment, moment)

    async def advance(self, seconds: float) -> None:
        """Let time pass at once: what falls due happens in its order, and has settled on return."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"time can be advanced by 0 seconds or more, not by {seconds}")
        await self.agenda.run_until(self.now() + seconds)

    def obey(self, policy: Policy, speed: float) -> None:
        """Go on from here by another policy, or at another speed."""
        now, self.policy, self.speed = self.now(), policy, speed
        self._moment, self._ahead = now, now - time.time()
        self.now = self._shifted if policy == "wall" else self._still

    def restart(self) -> None:
        """Be as at first."""
        self.policy, self.speed, self._moment = self._first
        self._ahead = 0.0
        self.now = time.time if self.policy == "wall" else self._still

    def twin(self) -> "Clock":
        """Give another clock that shows the same, for a tenant that gets time of its own."""
        twin = Clock(self.policy, self.speed, self.now())
        if self.policy == "wall" and self._ahead:
            twin._ahead = self._ahead
            twin.now = twin._shifted
        return twin


real_now = time.time
"""Gives the real time, for what people read in a terminal."""


async def pause(seconds: float, _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Wait in real time, as a client experiences it, whatever the clock of its tenant says.

    How to sleep is settled when this is loaded: a test that travels in time replaces it later.
    """
    await _sleep(seconds)
