"""Words that findings share: amounts, lengths of time, and what was asked."""

from collections.abc import Iterable

from contracts.kernel.history import Asked, History, Opened

UNITS = (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0))


def money(history: History, tasks: Iterable[Opened]) -> str:
    """Give what tasks cost together, as the end of a sentence; nothing where that is nothing."""
    cost = sum(one.cost for one in tasks)
    return f", at {cost:.2f} {history.currency}" if cost else ""


def span(seconds: float) -> str:
    """Give a length of time in the largest unit that is not too large for it."""
    for name, unit in UNITS:
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"


def answered(request: Asked) -> str:
    """Say how a request was answered."""
    return f"HTTP {request.status}" if request.status else "no answer"


def named(request: Asked) -> str:
    """Give the line of a request."""
    return f"{request.method} {request.path}"


def times(count: int) -> str:
    """Say how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
