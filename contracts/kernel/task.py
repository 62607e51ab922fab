"""A task: what was asked, what will become of it, and when; its state follows from the clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic_core import from_json

from contracts.kernel.body import Body
from contracts.kernel.clip import Clip
from contracts.kernel.source import Source

SMALL = 4096
"""A request of more bytes than this is never kept in any form but its text."""
OURS = "_screentest"
"""The first step of every path that is no provider's."""
MEDIA_PATH = f"/{OURS}/media"
"""Where results live on every origin; real delivery hosts are not imitated."""


class Phase(StrEnum):
    """The four phases that every provider's words come down to."""

    WAITING = "waiting"
    WORKING = "working"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Names(NamedTuple):
    """The ids that a provider gives to one task."""

    id: str
    """What a client polls with."""
    link: str
    """The secret part of the links to its media."""
    others: Mapping[str, str] = MappingProxyType({})
    """Whatever else its answers show, by names of the provider's choice."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task ends without a video."""

    code: str
    message: str
    cause: str = ""
    """The row of the catalogue that a look is refused with, where a failure is no answer."""
    refunded: bool = True
    """Whether what was charged at once comes back."""
    source: Source | None = None


class Plan(NamedTuple):
    """What will become of a request, decided when it is accepted."""

    clip: Clip
    callback_url: str = ""
    last_frame: bool = False
    """Whether the result includes an image of its last frame."""
    failure: Failure | None = None
    timeout: float = inf
    """Seconds after which a task that is not done is given up."""


B_co = TypeVar("B_co", bound=Body, covariant=True)


@dataclass(slots=True, kw_only=True, eq=False)
class Task(Generic[B_co]):
    """One accepted request.

    Its state follows from its plan and its moments. Nothing of these changes by itself: only who
    controls the clock may bring its end forward, or fail it.
    """

    names: Names
    provider: str
    """The id of the provider it was asked of."""
    key: str
    """Whose it is: no other key sees it."""
    tenant: str
    """In whose world it lives; the key, unless clients say otherwise."""
    text: bytes
    """The request as it came over the wire."""
    parse: Callable[[bytes], B_co]
    """Reads the text again: a text takes a tenth of the room of what is read from it."""
    plan: Plan
    origin: str
    """Scheme and host the client used, for links that lead back to the same place."""
    created: float
    started: float
    finishes: float
    cost: int = 0
    """Its price, in millionths of the provider's currency."""
    media_gone: bool = False
    """The finished media was deleted at the client's wish."""
    serial: int = 0
    """Tells it from a namesake, where the same world was begun anew."""
    trouble: Any = None
    """What a scenario has in store for it; the server's own affair."""
    known: B_co | None = None
    echo: Any = None
    """What was read from the text, while it is needed: checked, and plain."""

    @property
    def request(self) -> B_co:
        """What was asked for. A small request is remembered from the first look on."""
        known = self.known or self.parse(self.text)
        if len(self.text) <= SMALL:
            self.known = known
        return known

    @property
    def sent(self) -> Any:  # noqa: ANN401 - JSON
        """The request as plain JSON, to the last field, for answers that echo it."""
        echo = self.echo or from_json(self.text)
        if len(self.text) <= SMALL:
            self.echo = echo
        return echo

    @property
    def id(self) -> str:
        """The id a client polls with."""
        return self.names.id

    def phase(self, now: float) -> Phase:
        """Give the phase at a moment, in seconds since the epoch."""
        if now >= self.finishes:
            return Phase.FAILED if self.plan.failure else Phase.SUCCEEDED
        return Phase.WORKING if now >= self.started else Phase.WAITING

    def is_over(self, now: float) -> bool:
        """Tell whether nothing more will happen to it."""
        return now >= self.finishes

    def progress(self, now: float) -> float:
        """Give the share of the work that is done, 0 to 1."""
        if now >= self.finishes:
            return 1.0
        return max(0.0, (now - self.created) / (self.finishes - self.created))

    @property
    def video_url(self) -> str:
        """Where the finished video can be fetched, without a key."""
        return f"{self.origin}{MEDIA_PATH}/{self.names.link}.mp4"

    @property
    def last_frame_url(self) -> str:
        """Where the image of the last frame can be fetched, without a key."""
        return f"{self.origin}{MEDIA_PATH}/{self.names.link}.png"
