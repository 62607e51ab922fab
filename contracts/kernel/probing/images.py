"""Sizes of images by their headers, and whether their files are whole."""

from collections.abc import Iterator
from struct import unpack_from

from contracts.kernel.probing.facts import Facts
from contracts.kernel.probing.views import Unreadable, View, tail

_MOST_SEGMENTS = 1_000
_IEND = b"IEND\xaeB`\x82"
_END_OF_IMAGE = b"\xff\xd9"
_TRAILER = b"\x3b"
_FRAMES = 0xC
_14_BITS = (1 << 14) - 1
_CORE_HEADER = 12  # bytes of a BMP's header in the days of OS/2
_UNCOMPRESSED = (0, 3)


def png(view: View) -> Facts:
    """Read IHDR, which comes first; IEND must come last (W3C PNG, third edition, 5.6)."""
    name, width, height = unpack_from(">12x4sII", view.read(0, 24))
    if name != b"IHDR":
        raise Unreadable("its first chunk is not `IHDR`")
    if not tail(view).endswith(_IEND):
        raise Unreadable("the file ends before its `IEND` chunk")
    return Facts("image", "png", view.size, width, height)


def jpeg(view: View) -> Facts:
    """Find the first frame header (ITU-T T.81, B.2.2); EOI must come last."""
    for marker, start in _segments(view):
        if _is_frame(marker):
            height, width = unpack_from(">3xHH", view.read(start, 7))
            break
    else:
        raise Unreadable("no frame header comes before its pixels")
    if not tail(view).endswith(_END_OF_IMAGE):
        raise Unreadable("the file ends before its end-of-image marker")
    return Facts("image", "jpeg", view.size, width, height)


def _is_frame(marker: int) -> bool:
    """Tell SOF0 to SOF15 from the three other markers among them (B.1.1.3)."""
    return marker >> 4 == _FRAMES and marker not in {0xC4, 0xC8, 0xCC}


def _segments(view: View) -> Iterator[tuple[int, int]]:
    """Walk the marker segments up to the first scan."""
    start = 2
    for _ in range(_MOST_SEGMENTS):
        begin, marker, length = unpack_from(">BBH", view.read(start, 4))
        if begin != 0xFF:  # noqa: PLR2004 - what every marker begins with
            raise Unreadable("no marker is where one of its segments ends")
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte (B.1.1.2)
            start += 1
            continue
        if marker == 0xDA:  # noqa: PLR2004 - start of scan
            return
        yield marker, start + 2
        start += 2 + length


def gif(view: View) -> Facts:
    """Read the size of the canvas; the trailer must come last (GIF89a, 18 and 27)."""
    width, height = unpack_from("<6xHH", view.read(0, 10))
    if not tail(view).endswith(_TRAILER):
        raise Unreadable("the file ends before its trailer")
    return Facts("image", "gif", view.size, width, height)


def webp(view: View) -> Facts:
    """Read the first chunk: lossy, lossless or extended (RFC 9649, 2.5 to 2.7)."""
    header = view.read(0, 30)
    declared, name = unpack_from("<4xI4x4s", header)
    if declared + 8 > view.size:
        raise Unreadable("the file is shorter than its header says")
    width, height = _webp_size(name, header)
    return Facts("image", "webp", view.size, width, height)


def _webp_size(name: bytes, header: bytes) -> tuple[int, int]:
    if name == b"VP8 ":
        width, height = unpack_from("<26xHH", header)
        return width & _14_BITS, height & _14_BITS
    if name == b"VP8L":
        (bits,) = unpack_from("<21xI", header)
        return (bits & _14_BITS) + 1, (bits >> 14 & _14_BITS) + 1
    if name == b"VP8X":
        sides = unpack_from("<24x3s3s", header)
        width, height = (int.from_bytes(side, "little") + 1 for side in sides)
        return width, height
    raise Unreadable("its first chunk is not a WebP image")


def bmp(view: View) -> Facts:
    """Read the header, of which there are two kinds; the pixels it declares must be there."""
    declared, pixels, header_size = unpack_from("<2xI4xII", view.read(0, 18))
    if header_size == _CORE_HEADER:
        width, height, depth = unpack_from("<HH2xH", view.read(18, 8))
        compression = 0
    else:
        width, height, depth, compression = unpack_from("<ii2xHI", view.read(18, 16))
    height = abs(height)  # below zero where rows run from top to bottom
    if width < 0:
        raise Unreadable("its width is below zero")
    row = (width * depth + 31) // 32 * 4
    needed = row * height if compression in _UNCOMPRESSED else 0
    if max(declared, pixels + needed) > view.size:
        raise Unreadable("the file is shorter than its header says")
    return Facts("image", "bmp", view.size, width, height)
