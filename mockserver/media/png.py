"""PNG files from rows of RGB pixels (W3C PNG, third edition)."""

import zlib
from collections.abc import Iterable, Iterator
from struct import pack

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB_8_BIT = bytes((8, 2, 0, 0, 0))  # bit depth, colour type, then the only methods there are
_RAW, _LIKE_ABOVE = b"\x00", b"\x02"  # filter types None and Up (9.2)
_FASTEST = 1


def png(width: int, height: int, rows: Iterable[bytes]) -> bytes:
    """Encode rows of three bytes a pixel as a PNG."""
    deflate = zlib.compressobj(_FASTEST)
    data = [deflate.compress(line) for line in _filtered(rows)]
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", pack(">II", width, height) + _RGB_8_BIT),
            _chunk(b"IDAT", b"".join(data) + deflate.flush()),
            _chunk(b"IEND", b""),
        )
    )


def _filtered(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Turn a row that repeats the one above into zeros, which compress to almost nothing."""
    above = b""
    for row in rows:
        yield _LIKE_ABOVE + bytes(len(row)) if row == above else _RAW + row
        above = row


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
