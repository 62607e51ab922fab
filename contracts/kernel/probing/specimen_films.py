"""Small films of any size, length and speed: all headers, no pictures worth decoding."""

from struct import pack

_TICKS = 1_000
"""Ticks of the clock to a frame, so that a film ends within a thousandth of a frame."""

_UNITY_MATRIX = pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def film(form: str, width: int, height: int, seconds: float, fps: float) -> bytes:
    """Make a film: mp4, mov or webm; an avi is no more than its first header.

    Its last frame is as long as it takes to end on time.
    """
    if form == "avi":
        return pack("<4sI4s", b"RIFF", 4, b"AVI ")
    if form == "webm":
        return _webm(width, height, seconds, fps)
    brand = {"mp4": b"isom", "mov": b"qt  "}[form]
    timescale = round(fps * _TICKS)
    duration = max(1, round(seconds * timescale))
    frames = max(1, round(duration / _TICKS))
    file_type = _box(b"ftyp", brand, bytes(4), brand)

    def moov(offset: int) -> bytes:
        table = _sample_table(width, height, frames, duration, offset)
        return _movie(width, height, timescale, duration, table)

    offset = len(file_type) + len(moov(0)) + 8
    return file_type + moov(offset) + _box(b"mdat", bytes(frames))


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return pack(">I4s", 8 + len(content), name) + content


def _full_box(name: bytes, content: bytes, flags: int = 0) -> bytes:
    return _box(name, pack(">I", flags), content)


def _movie(width: int, height: int, timescale: int, duration: int, table: bytes) -> bytes:
    volume_and_matrix = pack(">IH10x", 1 << 16, 0) + _UNITY_MATRIX
    movie = pack(">8xII", timescale, duration) + volume_and_matrix + bytes(24) + pack(">I", 2)
    track = pack(">8xI4xI16x", 1, duration) + _UNITY_MATRIX + pack(">II", width << 16, height << 16)
    own = _box(b"dinf", _full_box(b"dref", pack(">I", 1) + _full_box(b"url ", b"", 1)))
    media = (
        _full_box(b"mdhd", pack(">8xIIHH", timescale, duration, 0x55C4, 0)),
        _full_box(b"hdlr", pack(">4x4s12xx", b"vide")),
        _box(b"minf", _full_box(b"vmhd", bytes(8), 1), own, table),
    )
    trak = _box(b"trak", _full_box(b"tkhd", track, 3), _box(b"mdia", *media))
    return _box(b"moov", _full_box(b"mvhd", movie), trak)


def _sample_table(width: int, height: int, frames: int, duration: int, offset: int) -> bytes:
    """Declare frames of one byte each, in one chunk."""
    last = duration - (frames - 1) * _TICKS
    entry = _box(b"avc1", pack(">6xH16xHHIIIH32xHh", 1, width, height, *_72_DPI, 0, 1, 24, -1))
    runs = [(frames - 1, _TICKS)] * (frames > 1) + [(1, last)]
    return _box(
        b"stbl",
        _full_box(b"stsd", pack(">I", 1) + entry),
        _full_box(b"stts", pack(">I", len(runs)) + b"".join(pack(">II", *run) for run in runs)),
        _full_box(b"stsc", pack(">IIII", 1, 1, frames, 1)),
        _full_box(b"stsz", pack(">II", 1, frames)),
        _full_box(b"stco", pack(">II", 1, offset)),
    )


_72_DPI = (72 << 16, 72 << 16)


def _webm(width: int, height: int, seconds: float, fps: float) -> bytes:
    """Write one cluster with one block; the duration says how long it is shown."""
    header = _element(0x1A45DFA3, _element(0x4282, b"webm"), _element(0x4287, b"\2"))
    info = _element(
        0x1549A966,
        _element(0x2AD7B1, pack(">I", 1_000_000)),
        _element(0x4489, pack(">d", seconds * 1_000)),
    )
    sides = _element(0xB0, pack(">I", width)), _element(0xBA, pack(">I", height))
    track = _element(
        0xAE,
        *(_element(id_, b"\1") for id_ in (0xD7, 0x73C5, 0x83)),  # number, UID, video
        _element(0x86, b"V_VP8"),
        _element(0x23E383, pack(">I", round(1e9 / fps))),
        _element(0xE0, *sides),
    )
    cluster = _element(0x1F43B675, _element(0xE7, b"\0"), _element(0xA3, b"\x81\0\0\x80\0"))
    return header + _element(0x18538067, info, _element(0x1654AE6B, track), cluster)


def _element(id_: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return id_.to_bytes((id_.bit_length() + 7) // 8) + pack(">I", len(content) | 1 << 28) + content
