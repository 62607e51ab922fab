"""What tells the time in the place of `time`, `monotonic` and `perf_counter`.

The date is ahead as long as a journey goes on. The clocks that must never go back stay ahead for
good. `datetime` cannot be replaced, and tells real time.
"""

import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from mockserver.clock import real_now
from mockserver.testing.travel.lead import LEAD, MEASURE_AS_EVER, home_of

NANO = 1e9


def lead_of_the_date() -> float:
    """Give how far the date is ahead for this thread."""
    journey = LEAD.journey()
    return journey.ahead() if journey else 0.0


def ahead(real: Callable[[], float], lead: Callable[[], float]) -> Callable[[], float]:
    """Make a clock that is ahead, for those who travel."""

    @wraps(real)
    def tell() -> float:
        now = real()
        asks = home_of(sys._getframe(1))  # noqa: SLF001
        return now if asks in MEASURE_AS_EVER else now + lead()

    return tell


def ahead_ns(real: Callable[[], int], lead: Callable[[], float]) -> Callable[[], int]:
    """Make a clock that is ahead, and counts nanoseconds."""

    @wraps(real)
    def tell() -> int:
        now = real()
        asks = home_of(sys._getframe(1))  # noqa: SLF001
        return now if asks in MEASURE_AS_EVER else now + round(lead() * NANO)

    return tell


DATES: dict[Callable[..., Any], Callable[..., Any]] = {
    real_now: ahead(real_now, lead_of_the_date),
    time.time_ns: ahead_ns(time.time_ns, lead_of_the_date),
}
STEADY: dict[Callable[..., Any], Callable[..., Any]] = {
    time.monotonic: ahead(time.monotonic, LEAD.here),
    time.monotonic_ns: ahead_ns(time.monotonic_ns, LEAD.here),
    time.perf_counter: ahead(time.perf_counter, LEAD.here),
    time.perf_counter_ns: ahead_ns(time.perf_counter_ns, LEAD.here),
}
