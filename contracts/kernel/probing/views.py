"""Media as bytes that can be read here and there without decoding or copying the rest."""

from binascii import a2b_base64
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PLAIN_TEXT = "text/plain"  # what RFC 2397 says of a data URL that does not say
_PADDINGS = ("=", "==")
_TAIL = 64


class Unreadable(Exception):  # noqa: N818 - it tells of a file, not of a mistake here
    """A file that no reader understands; the message is a clause that names what is wrong."""


class View(Protocol):
    """Bytes of known number, any few of which are cheap to have."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, offset: int, length: int, /) -> bytes:
        """Give the bytes from here on, fewer where the end is nearer."""
        ...


class Bytes:
    """A view of bytes that are at hand."""

    __slots__ = ("_content", "size")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, offset: int, length: int, /) -> bytes:
        """Give a slice."""
        return self._content[offset : offset + length]


class Base64:
    """A view of what a text says in base64 from `start` on, decoded only where it is read."""

    __slots__ = ("_start", "_stop", "_text", "size")

    def __init__(self, text: str, start: int = 0) -> None:
        padding = sum(text.endswith(end, start) for end in _PADDINGS)
        self._text, self._start, self._stop = text, start, len(text) - padding
        self.size, lone = divmod((self._stop - start) * 3, 4)
        if lone == 3:  # noqa: PLR2004 - a character of six bits, from which no byte can be made
            raise Unreadable("not base64")

    def read(self, offset: int, length: int, /) -> bytes:
        """Decode the groups of four characters that hold these bytes."""
        group, skip = divmod(offset, 3)
        start = self._start + 4 * group
        stop = min(start + (skip + length + 2) // 3 * 4, self._stop)
        text = self._text[start:stop]
        try:
            content = a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
        except ValueError as error:
            raise Unreadable("not base64") from error
        return content[skip : skip + length]


class Stream(RawIOBase):
    """A view as a file, for a reader that wants one and is stopped after so many reads."""

    def __init__(self, view: View, reads: int) -> None:
        self._view, self._left, self._at = view, reads, 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Move, also beyond the end, but not before the beginning."""
        origin = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._view.size}[whence]
        if origin + offset < 0:
            raise OSError("a place before the beginning of the file")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill the buffer as far as the file goes."""
        if not self._left:
            raise Unreadable("too much of the file tells nothing of what it holds")
        self._left -= 1
        memory = memoryview(buffer)
        content = self._view.read(self._at, len(memory))
        memory[: len(content)] = content
        self._at += len(content)
        return len(content)


def view_of(data_url: str) -> tuple[str, View]:
    """Give the media type that a data URL declares, and a view of its content."""
    comma = data_url.find(",")
    if comma < 0 or data_url[:5].lower() != "data:":
        raise Unreadable("not a data URL")
    media_type, *parameters = data_url[5:comma].lower().split(";")
    media_type = media_type.strip() or _PLAIN_TEXT
    if parameters and parameters[-1].strip() == "base64":
        return media_type, Base64(data_url, comma + 1)
    try:
        return media_type, Bytes(unquote_to_bytes(data_url[comma + 1 :]))
    except UnicodeEncodeError as error:
        raise Unreadable("not the text of a URL") from error


def tail(view: View) -> bytes:
    """Give the end of a file without the zeros and line ends that some writers leave there."""
    return view.read(max(0, view.size - _TAIL), _TAIL).rstrip(b"\0\r\n")
