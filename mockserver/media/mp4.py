"""The boxes of an MP4 file, `moov` first so that it plays while it downloads.

Clauses are those of ISO/IEC 14496-12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

MOVIE_TIMESCALE = 1000

_UNITY_MATRIX = pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_UNDETERMINED = 0x55C4  # the language "und", packed in three times five bits (8.4.2.3)
_ONE = 1 << 16  # 1.0 in 16.16 fixed point


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Samples of equal duration with all that says how to play them.

    `handler` is the kind of media, `media_header` its box (8.4.5), `sample_entry` its codec
    (8.5.2). Sound has no width and height. `keyed` says that only the first sample can be
    decoded alone.
    """

    handler: bytes
    media_header: bytes
    sample_entry: bytes
    timescale: int
    ticks_per_sample: int
    samples: Sequence[bytes]
    width: int = 0
    height: int = 0
    volume: int = 0
    keyed: bool = False

    @property
    def duration(self) -> int:
        """Length in ticks of the track's own timescale."""
        return len(self.samples) * self.ticks_per_sample

    @property
    def movie_duration(self) -> int:
        """Length in ticks of the movie, rounded up lest a player drop the last sample."""
        return -(-self.duration * MOVIE_TIMESCALE // self.timescale)


def video_header() -> bytes:
    """Write the media header of pictures (12.1.2); its flags are 1 by decree."""
    return full_box(b"vmhd", bytes(8), flags=1)


def sound_header() -> bytes:
    """Write the media header of sound (12.2.2)."""
    return full_box(b"smhd", bytes(4))


def box(kind: bytes, *parts: bytes) -> bytes:
    """Write a box (4.2): its size, its type, its content."""
    content = b"".join(parts)
    return pack(">I4s", 8 + len(content), kind) + content


def full_box(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    """Write a box that starts with version 0 and flags (4.2)."""
    return box(kind, pack(">I", flags), *parts)


def mux(*tracks: Track) -> bytes:
    """Write a file whose media data is one chunk for each track, in order."""
    file_type = box(b"ftyp", b"isom", pack(">I", 512), b"isom", b"iso2", b"avc1", b"mp41")
    chunks = [b"".join(track.samples) for track in tracks]
    media = box(b"mdat", *chunks)
    # Chunk offsets count from the start of the file and have a fixed size, so a first draft
    # of `moov` tells how long it is.
    offset = len(file_type) + len(_movie(tracks, [0] * len(tracks))) + len(box(b"mdat"))
    offsets = [offset + sum(map(len, chunks[:index])) for index in range(len(chunks))]
    return file_type + _movie(tracks, offsets) + media


def _movie(tracks: Sequence[Track], offsets: Sequence[int]) -> bytes:
    duration = max(track.movie_duration for track in tracks)
    header = full_box(
        b"mvhd",  # 8.2.2
        pack(">IIII", 0, 0, MOVIE_TIMESCALE, duration),  # created and modified at time zero
        pack(">IH10x", _ONE, 0x100),  # rate 1.0, volume 1.0
        _UNITY_MATRIX,
        bytes(24),
        pack(">I", len(tracks) + 1),  # next_track_ID
    )
    numbered = enumerate(zip(tracks, offsets, strict=True), start=1)
    return box(b"moov", header, *(_track(number, *rest) for number, rest in numbered))


def _track(number: int, track: Track, offset: int) -> bytes:
    header = full_box(
        b"tkhd",  # 8.3.2
        pack(">IIIII8x", 0, 0, number, 0, track.movie_duration),
        pack(">HHHH", 0, 0, track.volume, 0),  # layer, alternate_group, volume, reserved
        _UNITY_MATRIX,
        pack(">II", track.width << 16, track.height << 16),
        flags=0b11,  # enabled, in the movie
    )
    return box(b"trak", header, _media(track, offset))


def _media(track: Track, offset: int) -> bytes:
    times = pack(">IIII", 0, 0, track.timescale, track.duration)
    here = full_box(b"url ", flags=1)  # the media is in this file (8.7.2)
    references = box(b"dinf", full_box(b"dref", pack(">I", 1), here))
    return box(
        b"mdia",
        full_box(b"mdhd", times, pack(">HH", _UNDETERMINED, 0)),  # 8.4.2
        full_box(b"hdlr", bytes(4), track.handler, bytes(12), b"\0"),  # 8.4.3, without a name
        box(b"minf", track.media_header, references, _sample_table(track, offset)),
    )


def _sample_table(track: Track, offset: int) -> bytes:
    """Write `stbl` (8.5.1): what the samples are, how long, how large and where."""
    count = len(track.samples)
    return box(
        b"stbl",
        full_box(b"stsd", pack(">I", 1), track.sample_entry),
        full_box(b"stts", pack(">III", 1, count, track.ticks_per_sample)),
        full_box(b"stss", pack(">II", 1, 1)) if track.keyed else b"",
        full_box(b"stsc", pack(">IIII", 1, 1, count, 1)),  # one chunk holds all samples
        _sizes(track),
        full_box(b"stco", pack(">II", 1, offset)),
    )


def _sizes(track: Track) -> bytes:
    """Write `stsz` (8.7.3.2), in its short form when all samples have one size."""
    sizes = [len(sample) for sample in track.samples]
    if len(set(sizes)) == 1:
        return full_box(b"stsz", pack(">II", sizes[0], len(sizes)))
    return full_box(b"stsz", pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
