"""Links to media in requests: their form, and the marker that stands for a face."""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from contracts.kernel.probing import Unreadable, view_of

FACE_MARKER = "screentest-face"
"""A link shows a face when its file name holds this, or the bytes of its data URL do.

A test needs no photograph and no model to say what an image shows. In a file, it stands where a
file may hold text: in a comment, not behind its end. Words after the marker say who that is, in any
order, and not as the beginning of a longer word:

    marker = "screentest-face" *( "-" word )
    word   = "minor" / "public-figure"

So `screentest-face-minor.png` shows a minor, `screentest-face-1.png` someone, and
`screentest-face-public-figure-minor.png` a minor who is a public figure. Where several markers
stand, several people are shown.
"""
PEOPLE = ("minor", "public-figure")
"""What may be told of who is shown."""


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


_WORDS = "|".join(PEOPLE)
_SHOWN = re.compile(rf"{FACE_MARKER}((?:-(?:{_WORDS})(?![A-Za-z]))*)".encode())


def people_in(content: bytes) -> frozenset[str] | None:
    """Give what markers tell of the people who are shown; None where there is no marker."""
    if FACE_MARKER.encode() not in content:
        return None
    told = b"".join(_SHOWN.findall(content)).decode()
    return frozenset(word for word in PEOPLE if f"-{word}" in told)


def people_shown(url: str) -> frozenset[str] | None:
    """Give what a link's file name, or the bytes of its data, tell of the people it shows.

    It is None where no face is shown, and where the data cannot be read.
    """
    if not url.startswith("data:"):
        path = re.split("[?#]", url, maxsplit=1)[0]
        return people_in(unquote_to_bytes(path.rpartition("/")[2]))
    head = url[: url.find(",")]
    if head.endswith(";base64") and not any(marker in url for marker in _MARKERS):
        return None
    try:
        _, view = view_of(url)
        return people_in(view.read(0, view.size))
    except Unreadable:
        return None
