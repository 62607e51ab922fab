"""Small images of any size, all in one colour, in seven formats."""

from collections.abc import Callable
from struct import pack
from zlib import compress, crc32

_MOST_BYTES = 1 << 25
"""What is beyond the pixels that anyone may decode is left out of a bomb."""


def image(form: str, width: int, height: int) -> bytes:
    """Make an image: png, jpeg, gif, webp, bmp, tiff or heic.

    A HEIC has no pixels, only the headers that would tell of them.
    """
    return _WRITERS[form](width, height)


def _black(width: int, height: int) -> tuple[int, bytes]:
    """Give the length of a row of one bit a pixel, and zeros for all rows."""
    row = (width + 7) // 8
    return row, bytes(min(row * height, _MOST_BYTES))


def _png(width: int, height: int) -> bytes:
    _, pixels = _black(width + 8, height)  # each row starts with the byte of its filter
    chunks = (
        (b"IHDR", pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", compress(pixels)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))
        for name, data in chunks
    )


def _jpeg(width: int, height: int) -> bytes:
    """Write a baseline JPEG of one component, whose blocks take two bits each, both zero."""
    blocks = -(-width // 8) * -(-height // 8)
    segments = (
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xDB, b"\0" + b"\1" * 64),
        (0xC0, pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0)),
        (0xC4, b"\x00\1" + bytes(15) + b"\0"),  # one code, "0": no difference to the left
        (0xC4, b"\x10\1" + bytes(15) + b"\0"),  # one code, "0": end of block
        (0xDA, b"\1\1\0\0\x3f\0"),
    )
    headers = (pack(">BBH", 0xFF, marker, 2 + len(data)) + data for marker, data in segments)
    return b"\xff\xd8" + b"".join(headers) + bytes(-(-blocks // 4)) + b"\xff\xd9"


def _gif(width: int, height: int) -> bytes:
    """Write a canvas with a single pixel on it."""
    canvas = pack("<6sHHBBB", b"GIF89a", width, height, 0x80, 0, 0) + bytes(6)
    return canvas + pack("<BHHHHB", 0x2C, 0, 0, 1, 1, 0) + b"\2\2\x44\1\0" + b"\x3b"


def _webp(width: int, height: int) -> bytes:
    """Write a lossless WebP with five codes of one symbol, which take no bits for a pixel.

    Bits from the lowest: no transform, no cache, no groups, then five times that a code is
    simple, has one symbol, and that the symbol is one bit wide and zero (RFC 9649, 3.7.2.1.1).
    """
    codes = sum(0b0001 << 3 + 4 * code for code in range(5))
    content = pack("<BI", 0x2F, width - 1 | height - 1 << 14) + codes.to_bytes(3, "little")
    return pack("<4sI4s4sI", b"RIFF", 12 + len(content), b"WEBP", b"VP8L", len(content)) + content


def _bmp(width: int, height: int) -> bytes:
    """Write run-length coded pixels that end at once."""
    pixels, start = b"\0\1", 14 + 40 + 8
    return (
        pack("<2sIII", b"BM", start + len(pixels), 0, start)
        + pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 2835, 2835, 2, 0)
        + bytes(8)
        + pixels
    )


def _tiff(width: int, height: int) -> bytes:
    """Write one strip, deflated, before the directory that tells of it."""
    _, pixels = _black(width, height)
    strip = compress(pixels)
    strip += b"\0" * (len(strip) % 2)
    fields = (
        *((256, width), (257, height), (258, 1), (259, 8), (262, 1), (273, 8)),
        *((277, 1), (278, height), (279, len(strip))),
    )
    entries = b"".join(pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    return (
        pack("<2sHI", b"II", 42, 8 + len(strip))
        + strip
        + pack("<H", len(fields))
        + entries
        + bytes(4)
    )


def _heic(width: int, height: int) -> bytes:
    extent = _box(b"ispe", pack(">III", 0, width, height))
    meta = _box(b"meta", bytes(4) + _box(b"iprp", _box(b"ipco", extent)))
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + _box(b"mdat", b"")


def _box(name: bytes, content: bytes) -> bytes:
    return pack(">I4s", 8 + len(content), name) + content


_WRITERS: dict[str, Callable[[int, int], bytes]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
    "heic": _heic,
}
