"""What happened, in a ring: bounded, whatever is sent; `redaction` leaves out what is secret."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

LARGE = 4096
"""Bodies of more bytes than this are remembered by digest, size and type alone."""
COMMON = 1024 * 1024
"""Of no larger bodies digests are remembered, as the bodies are, with them."""
TELLING = 16
"""A key of at least so many characters shows its first four in its label."""
OURS = "screentest-"
"""Keys that begin so are no secret."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is left of a large body."""

    sha256: str
    size: int
    content_type: str = ""


class Entry(NamedTuple):
    """One request and how it was answered."""

    number: int
    """Counted from 1, over all there ever were."""
    at: float
    """When it was received, on the clock of its tenant."""
    took: float
    """Seconds until it was answered, on the same clock."""
    tenant: str
    """Its name if a client chose one, the label of its key otherwise."""
    key: str
    """The label of the key."""
    provider: str
    operation: str
    method: str
    path: str
    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    """As they were sent: tell of them, and of query and bodies, through `redaction`."""
    body: bytes | Digest
    status: int
    """0 where no answer was sent."""
    rule: str
    """The rule that refused it, empty when it was accepted."""
    fault: str
    """The scenario that meddled with it, if any."""
    tasks: tuple[str, ...]
    """The tasks it opened or looked at."""
    sent: Sequence[tuple[bytes, bytes]]
    """The headers of the answer."""
    answer: bytes | Digest
    scheme: str = "https"
    """`http` or `https`."""
    is_served: bool = False
    """Whether it came over a socket of ours, which only speaks `http` unless a proxy is asked."""
    policy: str = ""
    """What made time pass when it came."""

    @property
    def task(self) -> str:
        """The task it opened or looked at, if it was one."""
        return self.tasks[0] if len(self.tasks) == 1 else ""


@lru_cache(maxsize=1024)
def label(key: str) -> str:
    """Give a name for a key that does not tell the key."""
    if not key or key.startswith(OURS):
        return key
    beginning = key[:4] if len(key) >= TELLING else ""
    return f"{beginning}…{sha256(key.encode()).hexdigest()[:8]}"


def remembered(body: bytes | None, headers: Iterable[tuple[bytes, bytes]]) -> Digest:
    """Give what is kept of a large body; of one that was never read, nothing but its type."""
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    body = body or b""
    digest = (common_digest if len(body) <= COMMON else digest_of)(body)
    return Digest(digest, len(body), kind.decode("latin-1"))


def digest_of(body: bytes) -> str:
    """Give the digest of a body; there is none of what was never read."""
    return sha256(body).hexdigest() if body else ""


common_digest = lru_cache(maxsize=8)(digest_of)
"""Gives the same from memory: a film is often sent several times, and is rarely large."""


Listener = Callable[[Entry], None]


class Journal(deque[Entry]):
    """The latest entries, oldest first, and a count of all there ever were."""

    def __init__(self, size: int) -> None:
        super().__init__(maxlen=size)
        self.total = 0
        self.listeners: set[Listener] = set()
        self._lock = Lock()

    def append(self, entry: Entry, /) -> None:
        """Add an entry; the oldest one leaves when the ring is full."""
        with self._lock:
            self.total += 1
            deque.append(self, entry)
        if self.listeners:
            for listen in tuple(self.listeners):
                listen(entry)

    def forget(self, tenant: str) -> None:
        """Drop the entries of a tenant, by whichever of its names."""
        names = {tenant, label(tenant)}
        with self._lock:
            kept = [entry for entry in self if entry.tenant not in names]
            self.clear()
            self.extend(kept)
