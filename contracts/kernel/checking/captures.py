"""Messages in files: one JSON body, one body a line, or a recording of requests (HAR)."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pydantic_core import from_json

from contracts.kernel.published.flattening import mapping

LINES = (".jsonl", ".ndjson")
HAR = ".har"
MOST_SHOWN = 100
"""How much of a URL is repeated, in characters."""
_BOM = b"\xef\xbb\xbf"
_NOT_UTF_8 = (b"\xff\xfe", b"\xfe\xff")


class Place(NamedTuple):
    """Where a message stands."""

    file: str
    line: int | None = None
    entry: int | None = None
    """The number of a HAR entry, counted from 0 as programs that read those do."""
    request: str = ""
    """Method and URL of a HAR entry, without the query."""

    def __str__(self) -> str:
        """Give it as editors understand it, where they do."""
        if self.entry is not None:
            return f"{self.file}: entry {self.entry} ({self.request})"
        return self.file if self.line is None else f"{self.file}:{self.line}"


class Call(NamedTuple):
    """The request around a body."""

    method: str
    url: str
    content_type: str


class Message(NamedTuple):
    """One body, and the request around it where that is known."""

    place: Place
    body: bytes
    call: Call | None = None


def messages(stream: Iterable[bytes], file: str) -> Iterator[Message]:
    """Read a file line by line; `ValueError` where it holds no messages."""
    lines = iter(stream)
    head: list[bytes] = []
    for line in lines:
        head.append(line if head else line.removeprefix(_BOM))
        if sum(map(_says_something, head)) > 1:
            break
    said = [line.strip() for line in head if _says_something(line)]
    if not said:
        raise ValueError(f"{file} is empty")
    if head[0].startswith(_NOT_UTF_8):
        raise ValueError(f"{file} is not UTF-8")
    if file.lower().endswith(LINES) or (len(said) > 1 and all(map(_is_whole, said))):
        return _by_line(chain(head, lines), file)
    return _whole(b"".join(chain(head, lines)), file)


def _says_something(line: bytes) -> bool:
    return not line.isspace() and line != b""


def _is_whole(line: bytes) -> bool:
    """Tell whether a line looks like a body, rather than a part of one."""
    return line.startswith(b"{") and line.endswith(b"}")


def _by_line(lines: Iterable[bytes], file: str) -> Iterator[Message]:
    for number, line in enumerate(lines, 1):
        if _says_something(line):
            yield Message(Place(file, line=number), line.rstrip())


def _whole(data: bytes, file: str) -> Iterator[Message]:
    is_har = file.lower().endswith(HAR)
    try:
        may_be = is_har or (b'"log"' in data and b'"entries"' in data)
        entries = mapping(mapping(from_json(data) if may_be else None).get("log")).get("entries")
    except ValueError as error:
        if is_har:
            raise ValueError(f"{file} is no HAR file: {error}") from None
        entries = None
    if isinstance(entries, list):
        return (_recorded(one, number, file) for number, one in enumerate(entries))
    if is_har:
        raise ValueError(f"{file} is no HAR file: it has no log.entries")
    return iter([Message(Place(file), data)])


def _recorded(entry: object, number: int, file: str) -> Message:
    """Read one HAR entry; what is missing in it is empty."""
    request = mapping(mapping(entry).get("request"))
    posted = mapping(request.get("postData"))
    call = Call(
        str(request.get("method", "")).upper(),
        str(request.get("url", "")),
        str(posted.get("mimeType", "")),
    )
    where = f"{call.method} {call.url.partition('?')[0][:MOST_SHOWN]}"
    body = str(posted.get("text", "")).encode()
    return Message(Place(file, entry=number, request=where), body, call)
