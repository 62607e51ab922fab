"""Expecting callbacks, and saying why there are none."""

from collections.abc import Iterator, Sequence

from mockserver.sinks import Arrival, Sink
from mockserver.testing.breaking import neglected
from mockserver.testing.errors import Unmet, hidden
from mockserver.testing.task import SeenTask

__tracebackhide__ = hidden


def arrivals(sink: Sink, tasks: Sequence[SeenTask], times: int | None) -> list[Arrival]:
    """Give what arrived at a sink: something, or so many callbacks; else `Unmet` says why not."""
    found = list(sink.arrivals)
    if times == len(found) or (times is None and found):
        return found
    wanted = "a callback" if times is None else f"{times} callbacks"
    raise Unmet("\n".join(explained(f"expected {wanted} at {sink!r}", tasks)))


def explained(expected: str, tasks: Sequence[SeenTask]) -> Iterator[str]:
    """Say of every task what became of its callback."""
    yield expected
    if not tasks:
        yield "  no task was opened"
    for task in tasks:
        yield f"  {task.provider} task {task.id} {fate(task)}"


def fate(task: SeenTask) -> str:
    """Say what became of the callback of a task."""
    if not task.callback_url:
        dropped = [one.finding.field for one in neglected(task.requests)]
        named = ", ".join(f"`{field}`" for field in dropped if "callback" in field)
        return "names no URL for a callback" + (f"; {named} is ignored there" if named else "")
    if not task.is_over:
        return f"is {task.state} yet: let time pass, or finish it"
    tried = [f"{one.status or one.problem}" for one in task.callbacks]
    return f"posted to {task.callback_url}: {', '.join(tried) or 'not tried yet'}"
