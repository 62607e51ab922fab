"""Operations: one route each, what it reads, which gates it passes, and what it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.kernel.auth import Headers
from contracts.kernel.body import Body
from contracts.kernel.consent import Consent
from contracts.kernel.money import Purse
from contracts.kernel.reply import Reply
from contracts.kernel.source import Source
from contracts.kernel.task import Plan, Task


class Carried(StrEnum):
    """Where a request carries its fields."""

    JSON = "json"
    URL = "url"
    """Query parameters and path parameters together; every value is a string."""
    FORM = "form"
    """A multipart form with one file."""


class Gate(StrEnum):
    """The checks a request passes. Which one wins is a fact about the provider."""

    SIZE = "size"
    KEY = "key"
    BALANCE = "balance"
    TYPE = "type"
    CONTRACT = "contract"
    CONSENT = "consent"


SUBMIT_GATES = (Gate.KEY, Gate.SIZE, Gate.TYPE, Gate.CONTRACT, Gate.CONSENT, Gate.BALANCE)
"""For a paid request, where no document states another order. Assumed."""
LOOK_GATES = (Gate.KEY, Gate.SIZE, Gate.TYPE, Gate.CONTRACT)
"""For a request with a body that costs nothing, likewise."""
URL_GATES = (Gate.KEY, Gate.CONTRACT)
"""For a request without a body, likewise."""
OPEN_GATES = (Gate.CONTRACT,)
"""For what works without a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    """Accept a request as a new task."""

    plan: Callable[[Any], Plan]
    reply: Callable[[Task[Any], float], Reply]
    waits: Callable[[Any], bool] = lambda _: False
    """Whether this request is answered only once its task is over."""
    consent: Consent | None = None
    prompt: Callable[[Any], str] = lambda body: str(body.prompt)
    """The text that was asked for, for scenarios that select by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finds:
    """Look up tasks of the same key; what is not found is not in the list."""

    ids: Callable[[Any], Sequence[str]]
    reply: Callable[[Any, Sequence[Task[Any]], float], Reply]
    asks: bool = True
    """Whether it asks how far they are, rather than to end or delete something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """Follow a link that was handed out: the task is known by it, whoever asks."""

    link: Callable[[Any], str]
    reply: Callable[[Any, Sequence[Task[Any]], float], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Computes:
    """Answer from the request alone."""

    reply: Callable[[Any], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a client handed over."""

    id: str
    url: str
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeps:
    """Keep an uploaded file, and serve it under a URL of its own."""

    field: str
    """The form field that holds the file."""
    reply: Callable[[Upload], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What an operation about money is given beside its request."""

    key: str
    """Whose request it is; empty where the operation asks for no key."""
    headers: Headers
    now: float
    url: str
    purse: Callable[[str], Purse]
    """Gives the money of a key."""
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Banks:
    """Show or change the money of a key."""

    reply: Callable[[Any, Teller], Reply]
    owner: Callable[[Any], str] = lambda _: ""
    """Gives the key whose money a request is about, where it says so: no other may ask."""


Effect = Opens | Finds | Follows | Computes | Keeps | Banks


@dataclass(frozen=True, slots=True)
class Gives:
    """One form that the answer of an operation may have."""

    form: type[Any]
    """A typed dictionary; `Video` for the raw film, `NoneType` for an answer without a body."""
    when: str
    status: int = 200
    leads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What may be asked next: by operation, its fields as OpenAPI runtime expressions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One route of a provider."""

    id: str
    summary: str
    method: str
    path: str
    """The real path; the last segment may be a parameter: `/v1/video/generations/{task_id}`."""
    body: type[Body]
    effect: Effect
    gates: tuple[Gate, ...]
    source: Source
    answers: tuple[Gives, ...]
    refuses: tuple[str, ...] = ()
    """Rows of the error catalogue that only carrying it out can lead to."""
    carried: Carried = Carried.JSON
    example: Mapping[str, Any] | None = None
    """A small request that is accepted, for people to try."""

    def __post_init__(self) -> None:
        needed = {Gate.CONTRACT}
        if self.carried is not Carried.URL:
            needed |= {Gate.SIZE, Gate.TYPE}
        if isinstance(self.effect, Opens | Finds | Keeps):
            needed.add(Gate.KEY)
        if isinstance(self.effect, Opens) and self.carried is not Carried.JSON:
            raise ValueError(f"operation {self.id} opens tasks, so it must carry JSON")
        missing = sorted(needed - set(self.gates))
        if missing:
            raise ValueError(f"operation {self.id} needs these gates, too: {', '.join(missing)}")
