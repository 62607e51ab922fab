"""Reading request bodies, never more of them than a provider allows."""

import re
from collections.abc import AsyncGenerator, Mapping

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from mockserver.exchange import Exchange, File

_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]+", re.ASCII)

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


async def left(receive: Receive) -> None:
    """Return once the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


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


async def read_form(exchange: Exchange, field: str) -> None:
    """Read the file in one field of a multipart form, and its name. A broken form has neither."""
    from starlette.formparsers import (  # noqa: PLC0415 - most runs see no form
        MultiPartException,
        MultiPartParser,
    )

    async def stream() -> AsyncGenerator[bytes, None]:
        yield exchange.body or b""

    headers = Headers(raw=list(exchange.headers.items()))
    try:
        form = await MultiPartParser(headers, stream()).parse()
    except (MultiPartException, KeyError):
        return
    try:
        exchange.form, exchange.file = await _file(form, field)
    finally:
        await form.close()


async def _file(form: FormData, field: str) -> tuple[Mapping[str, str], File | None]:
    """Give the last file in a field, and its name; plain text is no file."""
    uploads = [one for one in form.getlist(field) if isinstance(one, UploadFile)]
    if not uploads:
        return {}, None
    upload = uploads[-1]
    kind = upload.content_type or ""
    if not _MEDIA_TYPE.fullmatch(kind):
        kind = "application/octet-stream"
    return {field: upload.filename or "file"}, File(await upload.read(), kind)
