"""What happened, in a ring: bounded, whatever is sent."""

from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

LARGE = 4096
"""Bodies of more bytes than this are remembered by digest and size alone."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is left of a large body."""

    sha256: str
    size: int


class Entry(NamedTuple):
    """One request and how it was answered."""

    at: float
    key: str
    provider: str
    operation: str
    method: str
    path: str
    status: int
    rule: str
    """The rule that refused it, empty when it was accepted."""
    body: bytes | Digest
    task: str
    """The task it opened, if any."""


def remembered(body: bytes) -> bytes | Digest:
    """Give a body in the form the journal keeps."""
    return body if len(body) <= LARGE else Digest(sha256(body).hexdigest(), len(body))


class Journal(deque[Entry]):
    """The latest entries, oldest first, and a count of all there ever were."""

    def __init__(self, size: int) -> None:
        super().__init__(maxlen=size)
        self.total = 0

    def append(self, entry: Entry, /) -> None:
        """Add an entry; the oldest one leaves when the ring is full."""
        self.total += 1
        deque.append(self, entry)
