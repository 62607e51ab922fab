"""Links to media in requests: their form, and the marker that stands for a face."""

import re
from binascii import Error, a2b_base64
from typing import Annotated
from urllib.parse import unquote

from pydantic import Field

FACE_MARKER = "screentest-face"
"""A link shows a face when its file name holds this, or the bytes of its data URL do.

A test needs no photograph and no model to say what an image shows.
"""


WEB = (
    "[Hh][Tt][Tt][Pp][Ss]?://"
    "([^\\s/?#\\[\\]]+|([^\\s/?#\\[\\]]+@)?\\[[0-9A-Fa-f:.]+\\](:[0-9]*)?)"
    "([/?#]|$)"
)
"""The beginning of an http(s) URL: scheme and host, the latter perhaps an IPv6 address."""


def link(kind: str, *, data: bool = True) -> object:
    """Annotate a string as a link to media of one kind (`image`, `video`, `audio`).

    Links are http or https; with `data`, also data URLs of the same kind.
    """
    pattern = f"^({WEB}|data:{kind}/[^,]+,.)" if data else f"^{WEB}"
    words = f"an http(s) URL or a data URL (`data:{kind}/...`)" if data else "an http(s) URL"
    return Field(pattern=pattern, json_schema_extra={"x-words": words})


ImageLink = Annotated[str, link("image")]
VideoLink = Annotated[str, link("video")]
AudioLink = Annotated[str, link("audio")]
WebLink = Annotated[str, link("any", data=False)]


def shows_face(url: str) -> bool:
    """Tell whether the marker of a face is in the link's file name or in its data."""
    if url.startswith("data:"):
        return FACE_MARKER.encode() in data_of(url)
    path = re.split("[?#]", url, maxsplit=1)[0]
    return FACE_MARKER in unquote(path.rpartition("/")[2])


def data_of(url: str) -> bytes:
    """Decode a data URL; what is not valid base64 comes back empty."""
    head, _, payload = url.partition(",")
    if not head.endswith(";base64"):
        return unquote(payload).encode()
    try:
        return a2b_base64(payload)
    except Error:
        return b""
