"""One request as a test sees it, and several of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json import loads
from typing import Any, overload
from urllib.parse import parse_qsl, quote

from starlette.datastructures import Headers

from mockserver import redaction
from mockserver.journal import Digest, Entry, digest_of
from mockserver.routing import host_name
from mockserver.testing.errors import Unmet, Unreadable, hidden
from mockserver.testing.wording import columns, cut
from mockserver.world import World

__tracebackhide__ = hidden

MOST_SHOWN = 10
"""How many requests of several a message lists."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Request:
    """What a client asked, and how it was answered. Nothing is left out of it but large bodies."""

    entry: Entry
    """The row of the journal."""
    number: int
    """Counted from 1 in its test."""
    tenant: str
    world: World

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and self.entry is other.entry

    def __hash__(self) -> int:
        return hash((self.tenant, self.number))

    @property
    def at(self) -> float:
        """When it was received, on the clock of the test."""
        return self.entry.at

    @property
    def took(self) -> float:
        """Seconds until it was answered, on the same clock."""
        return self.entry.took

    @property
    def provider(self) -> str:
        """Whose API it went to; empty where that is not known."""
        return self.entry.provider

    @property
    def operation(self) -> str:
        """What it asked for, `media` for the download of a result; empty for unknown paths."""
        return self.entry.operation

    @property
    def method(self) -> str:
        """Its method."""
        return self.entry.method

    @property
    def path(self) -> str:
        """The path of its URL, decoded."""
        return self.entry.path

    @property
    def url(self) -> str:
        """Its URL, as far as its host is known."""
        query = self.entry.query.decode("latin-1")
        return f"{self._place}?{query}" if query else self._place

    @property
    def _place(self) -> str:
        """The URL without its query."""
        host, path = self.headers.get("host", ""), quote(self.path, safe="/:@,;=+$&!*'()~")
        if not host:
            return path
        return f"{self.scheme}://{host}{path}"

    @property
    def _is_real(self) -> bool:
        """Whether it names a host of a provider as where it wants to go."""
        host = host_name(self.headers.get("host", "").encode("latin-1")).decode("latin-1")
        return any(host in one.hosts for one in self.world.providers.values())

    @property
    def scheme(self) -> str:
        """The scheme of its URL: `http` or `https`.

        Whoever asks a server of ours for a host of a provider means `https`.
        """
        return "https" if self.entry.is_served and self._is_real else self.entry.scheme

    @property
    def query(self) -> dict[str, str]:
        """The parameters of its query; of one that comes again, the last value."""
        return dict(parse_qsl(self.entry.query.decode("latin-1"), keep_blank_values=True))

    @property
    def headers(self) -> Headers:
        """Its headers, whatever the case of a name, with all that is secret in them."""
        return Headers(raw=[*self.entry.headers])

    @property
    def body(self) -> bytes:
        """Its body. Large ones are known where they opened a task; else this is `Unreadable`."""
        body = self.entry.body
        return body if isinstance(body, bytes) else self._large_body(body)

    def _large_body(self, digest: Digest) -> bytes:
        for id_ in self.entry.tasks:
            task = self.world.store.tasks.get(self.tenant, (self.provider, id_))
            if task and digest_of(task.text) == digest.sha256:
                return task.text
        raise Unreadable(f"the body of request {self} is {large(digest)}")

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Its body, read as JSON."""
        return self._read(lambda: self.body, "body")

    @property
    def fields(self) -> Any:  # noqa: ANN401 - JSON
        """Its body as JSON; None where it has none, or it was not kept."""
        try:
            return self.json
        except Unreadable:
            return None

    @property
    def digest(self) -> str:
        """Equal for equal bodies; empty where there is none."""
        body = self.entry.body
        return body.sha256 if isinstance(body, Digest) else digest_of(body)

    @property
    def key(self) -> str:
        """The label of its API key; for the download of a result, of the key of its task."""
        return self.entry.key

    @property
    def is_timed(self) -> bool:
        """Whether the time before it is what its client waited: not where looks move it."""
        return self.entry.policy != "poll"

    @property
    def status(self) -> int:
        """The status of its answer; 0 where none was sent."""
        return self.entry.status

    @property
    def rule(self) -> str:
        """The rule that refused it; empty where it was accepted."""
        return self.entry.rule

    @property
    def fault(self) -> str:
        """The scenario that meddled with it, if one did."""
        return self.entry.fault

    @property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that it opened or looked at."""
        return self.entry.tasks

    @property
    def task(self) -> str:
        """The id of the task that it opened or looked at, if it was one."""
        return self.entry.task

    @property
    def answer(self) -> bytes:
        """The body of its answer; `Unreadable` where it is large."""
        answer = self.entry.answer
        if isinstance(answer, bytes):
            return answer
        raise Unreadable(f"the answer to request {self} is {large(answer)}")

    @property
    def answer_headers(self) -> Headers:
        """The headers of its answer."""
        return Headers(raw=[*self.entry.sent])

    @property
    def answer_json(self) -> Any:  # noqa: ANN401 - JSON
        """The body of its answer, read as JSON."""
        return self._read(lambda: self.answer, "answer")

    def _read(self, given: Callable[[], bytes], what: str) -> Any:  # noqa: ANN401 - JSON
        content = given()
        try:
            return loads(content)
        except (ValueError, RecursionError) as error:
            text = cut(redaction.text(content.decode(errors="replace")))
            raise Unreadable(f"the {what} of request {self} is no JSON: {text!r}") from error

    @property
    def row(self) -> tuple[str, ...]:
        """What a line of a list says of it."""
        what = f"{self.provider} {self.operation}".strip() or "nobody"
        told = ", ".join(filter(None, (self.rule, *self.tasks, self.fault and f"({self.fault})")))
        return f"#{self.number}", self.method, self.place, str(self.status), what, told

    @property
    def place(self) -> str:
        """Its URL without what is secret in it."""
        query = redaction.query(self.entry.query.decode("latin-1"))
        return cut(f"{self._place}?{query}" if query else self._place)

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.place}"

    def __repr__(self) -> str:
        return f"<Request {' '.join(filter(None, self.row))}>"


def large(digest: Digest) -> str:
    """Say what is known of a body that was not kept."""
    if not digest.sha256:
        return "more than the provider allows, and was never read"
    kind = f" of {digest.content_type}" if digest.content_type else ""
    return f"{digest.size:,} bytes{kind}, of which only the digest is kept"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Requests(Sequence[Request]):
    """Several requests, oldest first."""

    all: tuple[Request, ...]
    about: str = ""
    """Which ones they are, for messages."""

    @overload
    def __getitem__(self, index: int) -> Request: ...

    @overload
    def __getitem__(self, index: slice) -> "Requests": ...

    def __getitem__(self, index: int | slice) -> "Request | Requests":
        if isinstance(index, slice):
            return Requests(self.all[index], self.about)
        try:
            return self.all[index]
        except IndexError:
            raise IndexError(f"there is no request {index} of {self!r}") from None

    def __len__(self) -> int:
        return len(self.all)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Requests | list | tuple):
            return NotImplemented
        return self.all == tuple(other)

    def __hash__(self) -> int:
        return hash(self.all)

    @property
    def first(self) -> Request:
        """The oldest one; there must be one."""
        return self._some()[0]

    @property
    def last(self) -> Request:
        """The latest one; there must be one."""
        return self._some()[-1]

    @property
    def only(self) -> Request:
        """The one there is; there must be no other."""
        if len(self._some()) > 1:
            raise Unmet(f"expected one request{self.about}, not several. There are {self!r}")
        return self.all[0]

    def _some(self) -> tuple[Request, ...]:
        if not self.all:
            raise Unmet(f"no request{self.about} was made")
        return self.all

    def __repr__(self) -> str:
        count = "1 request" if len(self) == 1 else f"{len(self)} requests"
        return "\n".join([f"{count}{self.about}", *listed(self.all)])


def listed(requests: Sequence[Request], most: int = MOST_SHOWN) -> list[str]:
    """Give a line for each request, and for those that there is no room for."""
    lines = columns(one.row for one in requests[:most])
    return [*lines, f"  ... and {len(requests) - most} more"] if len(requests) > most else lines
