"""What media files say of themselves in their headers, without decoding them."""

from collections.abc import Callable
from struct import error as StructError  # noqa: N812 - it is a class

from contracts.kernel.probing import images, sounds
from contracts.kernel.probing.elements import matroska
from contracts.kernel.probing.facts import Facts
from contracts.kernel.probing.films import boxed
from contracts.kernel.probing.heif import BRANDS, heic
from contracts.kernel.probing.tiff import tiff
from contracts.kernel.probing.views import Base64, Bytes, Unreadable, View, view_of

__all__ = ["MOST_PIXELS", "Base64", "Bytes", "Facts", "Unreadable", "View", "probe", "view_of"]

MOST_PIXELS = 178_956_970
"""Where Pillow takes an image for a decompression bomb: twice its `Image.MAX_IMAGE_PIXELS`.

https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.open
"""

_Reader = Callable[[View], Facts]

_STARTS: tuple[tuple[bytes, _Reader], ...] = (
    (b"\xff\xd8\xff", images.jpeg),
    (b"\x89PNG\r\n\x1a\n", images.png),
    (b"GIF87a", images.gif),
    (b"GIF89a", images.gif),
    (b"II*\0", tiff),
    (b"MM\0*", tiff),
    (b"\x1aE\xdf\xa3", matroska),
    (b"ID3", sounds.tagged),
    (b"fLaC", sounds.flac),
    (b"OggS", sounds.ogg),
    (b"BM", images.bmp),
)
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})


def _avi(view: View) -> Facts:
    """Recognise an AVI file, and no more."""
    return Facts("video", "avi", view.size)


_RIFFS: dict[bytes, _Reader] = {b"WEBP": images.webp, b"WAVE": sounds.wav, b"AVI ": _avi}


def probe(view: View) -> Facts:
    """Tell what a file is and how large, long and fast; raise `Unreadable` if it is nothing."""
    reader = _reader(view.read(0, 16))
    try:
        facts = reader(view)
    except (StructError, IndexError) as error:  # fewer bytes were there than a header has
        raise Unreadable("the file ends inside its headers") from error
    if 0 in {facts.width, facts.height}:
        raise Unreadable("its width or height is zero")
    if facts.kind == "image" and (facts.pixels or 0) > MOST_PIXELS:
        size = f"{facts.width}x{facts.height}"
        raise Unreadable(f"{size} are more than the {MOST_PIXELS:,} pixels an image may have")
    return facts


def _reader(start: bytes) -> _Reader:
    """Choose by the bytes that a format begins with."""
    for magic, reader in _STARTS:
        if start.startswith(magic):
            return reader
    if start[4:8] in _FIRST_BOXES:
        return heic if start[8:12] in BRANDS else boxed
    if start[:4] == b"RIFF" and start[8:12] in _RIFFS:
        return _RIFFS[start[8:12]]
    if _is_mpeg_layer_3(start):
        return sounds.mp3
    raise Unreadable("no known image, video or audio format")


def _is_mpeg_layer_3(start: bytes) -> bool:
    """Tell a frame header (ISO/IEC 11172-3, 2.4.1.3) from what also begins with eleven ones."""
    header = int.from_bytes(start[:4])
    reserved_version, reserved_rate, no_rate = 1, 3, {0, 15}
    return (
        header >> 21 == (1 << 11) - 1
        and header >> 19 & 3 != reserved_version
        and header >> 17 & 3 == 1
        and header >> 12 & 15 not in no_rate
        and header >> 10 & 3 != reserved_rate
    )
