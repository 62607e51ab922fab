"""Links to media in requests: their form, and the marker that stands for a face."""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

FACE_MARKER = "screentest-face"
"""A link shows a face when its file name holds this, or the bytes of its data URL do.

A test needs no photograph and no model to say what an image shows.
"""


WEB = (
    "[Hh][Tt][Tt][Pp][Ss]?://"
    "([^\\x00-\\x20/?#\\[\\]]+|([^\\x00-\\x20/?#\\[\\]]+@)?\\[[0-9A-Fa-f:.]+\\](:[0-9]*)?)"
    "([/?#]|$)"
)
"""The beginning of an http(s) URL: scheme and host, the latter perhaps an IPv6 address.

Neither `\\s` nor `.` stands in a pattern: JSON Schema and pydantic read them differently.
"""


@dataclass(frozen=True, slots=True)
class Linked:
    """Marks a string as a link to media of one kind."""

    kind: str
    """`image`, `video` or `audio`."""
    data: bool
    """Whether it may be a data URL, too."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say in words what it may be, and for examples of which kind."""
        words = f"an http(s) URL or a data URL (`data:{self.kind}/...`)"
        said = {"x-words": words if self.data else "an http(s) URL"}
        return handler(core_schema) | said | {"x-media": self.kind, "x-data": self.data}


def _pattern(kind: str) -> object:
    return Field(pattern=f"^({WEB}|data:{kind}/[^,]+,[^\\r\\n])")


_WEB_ONLY = Field(pattern=f"^{WEB}")

ImageLink = Annotated[str, _pattern("image"), Linked("image", data=True)]
VideoLink = Annotated[str, _pattern("video"), Linked("video", data=True)]
AudioLink = Annotated[str, _pattern("audio"), Linked("audio", data=True)]
AudioWebLink = Annotated[str, _WEB_ONLY, Linked("audio", data=False)]
VideoWebLink = Annotated[str, _WEB_ONLY, Linked("video", data=False)]

_BITS = 6
_MARKERS = tuple(
    b64encode(b"\0" * shift + FACE_MARKER.encode())[
        -(-8 * shift // _BITS) : 8 * (shift + len(FACE_MARKER)) // _BITS
    ].decode()
    for shift in range(3)
)
"""The marker as it looks in base64, as far as its neighbours do not matter: a few bits less."""


def shows_face(url: str) -> bool:
    """Tell whether the marker of a face is in the link's file name or in its data."""
    if not url.startswith("data:"):
        path = re.split("[?#]", url, maxsplit=1)[0]
        return FACE_MARKER in unquote(path.rpartition("/")[2])
    head, _, payload = url.partition(",")
    if head.endswith(";base64"):
        return any(marker in payload for marker in _MARKERS)
    return FACE_MARKER in unquote(payload)
