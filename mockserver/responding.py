"""Sending answers: ready bytes in two messages, with byte ranges for media."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import NamedTuple

from starlette.types import Send

RawHeaders = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
STOP = "screentest.stop"
"""Where an answer that goes on for ever leaves in its scope how to end it."""
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


class Response(NamedTuple):
    """A whole response."""

    status: int
    headers: RawHeaders
    body: bytes

    async def send(self, send: Send) -> None:
        """Put it on the wire."""
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def raw(headers: Mapping[str, str]) -> RawHeaders:
    """Give headers as they go over the wire."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def json_response(status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Response:
    """Answer JSON."""
    length = (b"content-length", b"%d" % len(body))
    return Response(status, [JSON, length, *headers], body)


def media_response(
    content: bytes,
    content_type: str,
    requested: bytes | None,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> Response:
    """Answer media: all of it, or the one range of bytes that a player asks for.

    Anything but a single range of bytes is answered with the whole, as HTTP allows.
    """
    size = len(content)
    given = [(b"content-type", content_type.encode()), (b"accept-ranges", b"bytes"), *headers]
    match = _RANGE.fullmatch(requested) if requested else None
    if not match or match.groups() == (b"", b""):
        return Response(200, [*given, (b"content-length", b"%d" % size)], content)
    start, end = _bounds(match[1], match[2], size)
    if start >= size or start > end:
        return Response(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            [*given, (b"content-range", b"bytes */%d" % size), (b"content-length", b"0")],
            b"",
        )
    part = content[start : end + 1]
    where = (b"content-range", b"bytes %d-%d/%d" % (start, end, size))
    length = (b"content-length", b"%d" % len(part))
    return Response(HTTPStatus.PARTIAL_CONTENT, [*given, where, length], part)


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    """Give the first and the last byte of a range; `-500` means the last 500 bytes."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1
