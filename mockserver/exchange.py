"""What flows through a pipeline: one small value for each request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Scope

from contracts.kernel.reply import Reply
from contracts.kernel.task import Failure, Task
from mockserver.clock import Clock
from mockserver.tenants import SCOPE, named


class Unanswered(Exception):  # noqa: N818 - a request that ends so is no error
    """A request ends here: a scenario has it that nothing is done, and no answer given."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that a client uploaded, served again under a link."""

    content: bytes
    content_type: str


class Exchange:
    """One request on its way. Each step adds to it; none rewrites what an earlier one said."""

    body: bytes | None = b""
    """The raw body; None when it was larger than the provider allows."""
    file: File | None = None
    """The uploaded file of a form, with its name in `form`."""
    form: Mapping[str, str] = MappingProxyType({})
    key: str = ""
    request: Any = None
    """The parsed body, once it obeys the contract."""
    failure: Failure | None = None
    """What the provider will find wrong only after it accepted the request."""
    attested: Sequence[str] = ()
    """The digests of media that consent was given for, to be remembered if a task is opened."""
    trouble: Any = None
    """What a scenario has in store for the task it opens."""
    mischief: Any = None
    """What a scenario does to the answer."""
    opened: Task[Any] | None = None
    """The task this request opened."""
    found: Sequence[Task[Any]] = ()
    """The tasks this request asks for."""
    reply: Reply | None = None
    headers_sent: Mapping[str, str] = MappingProxyType({})
    """What goes out beside the headers of the reply."""

    def __init__(self, scope: Scope, parameters: Mapping[str, str], clock: Clock) -> None:
        self.scope = scope
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self.parameters = parameters
        """The parameters of the path."""
        self.clock = clock
        """That of the world, until it is known whose request it is."""
        self.began = clock.now()
        self.tenant: str = scope.get(SCOPE, "") or named(self.headers)
        """In whose world it happens; the key, unless the client said otherwise."""

    def enter(self, tenant: str, clock: Clock) -> None:
        """Find out in whose world this happens, and what time it is there."""
        self.tenant = tenant
        if clock is not self.clock:
            self.clock = clock
            self.began = clock.now()

    @property
    def origin(self) -> str:
        """Scheme and host the client used."""
        host = self.headers.get(b"host")
        if not host:
            name, port = self.scope["server"]
            host = f"{name}:{port}".encode()
        return origin_of(self.scope["scheme"], host)

    def url(self) -> str:
        """Give the URL that was asked for, without its query."""
        return f"{self.origin}{self.scope['path']}"

    def query(self) -> dict[str, str]:
        """Give query and path parameters together."""
        query: bytes = self.scope["query_string"]
        given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
        return {**given, **self.parameters}


@lru_cache(maxsize=1024)
def origin_of(scheme: str, host: bytes) -> str:
    """Give an origin as text."""
    return f"{scheme}://{host.decode('latin-1')}"
