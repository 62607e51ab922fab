"""What a scenario has in store for one task, decided when the task is opened."""

from dataclasses import dataclass, field
from typing import Literal

from contracts.kernel.task import Failure

VideoFault = Literal["truncated", "empty"]
CallbackFault = Literal["lost", "late", "twice", "early", "out-of-order", "wrong-payload"]
Video = Literal[""] | VideoFault
CallbackTrouble = Literal[""] | CallbackFault


DIRECTIVE = "[screentest:"
"""How a directive in a prompt begins; upper case and spaces make no difference."""
CONNECTION = "screentest.connection"
"""Where the state of a scope has the connection, if it can be ended by hand."""


class NoScenario(ValueError):  # noqa: N818 - its text is the answer
    """A prompt or a key asks for a scenario that does not exist."""


@dataclass(slots=True, kw_only=True)
class Trouble:
    """What will go wrong with a task; most tasks have none."""

    scenario: str
    """Who ordered it, for the journal."""
    stuck: bool = False
    """It never ends by itself, unless it has a time-out."""
    failure: Failure | None = None
    """It fails so."""
    flaps: int = 0
    """How many looks are still answered as of the moment of its acceptance."""
    expired: bool = False
    """Its result cannot be fetched any more as soon as it is there."""
    video: Video = ""
    """What is wrong with its film."""
    callback: CallbackTrouble = ""
    """What becomes of its callback."""
    delay: float = 0.0
    """Seconds by which the callback is late, as the provider counts: divided by the speed."""
    names: tuple[str, ...] = ()
    """The scenarios that its prompt asked for, which later looks at it meet, too."""
    met: dict[str, tuple[int, int]] = field(default_factory=dict)
    """For scenarios that count by task: how many looks each selected, and how often it acted."""


def cut(film: bytes, fault: Video | None) -> bytes:
    """Give what is delivered of a film."""
    return film[: len(film) // 2] if fault == "truncated" else b"" if fault else film
