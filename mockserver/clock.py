"""Time. Nothing else in this package reads the clock or sleeps."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the world needs of time: to read it, to wait for it, and how fast work goes."""

    @property
    def speed(self) -> float:
        """How many times faster than at the real provider a task is worked on."""
        ...

    def now(self) -> float:
        """Give the seconds since the epoch."""
        ...

    async def sleep_until(self, moment: float) -> None:
        """Return once the moment has come."""
        ...


class WallClock:
    """Real time. Only the work on tasks is sped up: dates and lifetimes stay those of the wall."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    now = staticmethod(time.time)

    async def sleep_until(self, moment: float) -> None:
        """Return once the moment has come."""
        while (left := moment - self.now()) > 0:  # noqa: ASYNC110 - a sleep may end early
            await asyncio.sleep(left)
