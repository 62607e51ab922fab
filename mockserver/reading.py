"""Reading request bodies, never more of them than a provider allows."""

from collections.abc import AsyncGenerator, Mapping

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from mockserver.world import File

DRAINED = 8
"""A body is read to this multiple of its limit, so that its sender gets to read the refusal."""


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """Read a body; None when it is larger than the limit. The rest of it is thrown away."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body, size = await _read_on(receive, body, limit)
    else:
        size = len(body)
    return body if size <= limit else None


async def _read_on(receive: Receive, first: bytes, limit: int) -> tuple[bytes, int]:
    parts, size = [first], len(first)
    while size <= limit * DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if not message.get("more_body"):
            break
    return b"".join(parts), size


async def read_form(
    headers: Mapping[bytes, bytes], body: bytes, field: str
) -> tuple[Mapping[str, str], File | None]:
    """Read a multipart form: its fields, and the file in one of them. Broken forms are empty."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(Headers(raw=list(headers.items())), stream()).parse()
    except (MultiPartException, KeyError):
        return {}, None
    try:
        return _names(form), await _file(form, field)
    finally:
        await form.close()


def _names(form: FormData) -> dict[str, str]:
    """Give the files of a form by field, each as its name; plain fields are no files."""
    return {
        name: value.filename or "file"
        for name, value in form.multi_items()
        if isinstance(value, UploadFile)
    }


async def _file(form: FormData, field: str) -> File | None:
    upload = form.get(field)
    if not isinstance(upload, UploadFile):
        return None
    return File(await upload.read(), upload.content_type or "application/octet-stream")
