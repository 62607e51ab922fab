"""Measures of films in boxes: MP4 and MOV, and MP4 with sound alone.

Clauses are those of ISO/IEC 14496-12.
"""

from itertools import islice
from struct import iter_unpack, unpack_from
from typing import NamedTuple

from contracts.kernel.probing.boxes import Box, child, children, top_level
from contracts.kernel.probing.facts import Facts, finite
from contracts.kernel.probing.views import Unreadable, View

_MOST_TRACKS = 16
_MOST_RUNS = 1_024
"""Runs of equally long frames; the first so many of a film say enough about its speed."""

_QUICKTIME = b"qt  "
_CLOCK = {0: ">12xII", 1: ">20xIQ"}  # by version of `mvhd` and `mdhd` (8.2.2, 8.4.2)
_UNDETERMINED = (2**32 - 1, 2**64 - 1)
_MATRIX = {0: 40, 1: 52}  # where `tkhd` has it (8.3.2)
_SAMPLE_ENTRY_SIZE = 40  # `stsd`'s own 8 bytes, then 32 of the first entry (12.1.3)
_RUN = 8


class _Track(NamedTuple):
    """What one track tells."""

    handler: bytes
    seconds: float | None
    width: int | None = None
    height: int | None = None
    fps: float | None = None


def boxed(view: View) -> Facts:
    """Measure an MP4 or MOV file; one with sound alone is an M4A."""
    found = {box.kind: box for box in reversed(top_level(view))}
    if "moov" not in found:
        raise Unreadable("no `moov` box says what the film is")
    if "mdat" not in found:
        raise Unreadable("no `mdat` box holds the film")
    moov = found["moov"].at_hand()
    tracks = {track.handler: track for track in reversed(_tracks(moov))}
    seconds = _duration(*children(moov, "mvhd"))
    if video := tracks.get(b"vide"):
        name = "mp4" if "ftyp" in found and found["ftyp"].read(4) != _QUICKTIME else "mov"
        seconds = seconds or video.seconds
        return Facts("video", name, view.size, video.width, video.height, seconds, video.fps)
    if sound := tracks.get(b"soun"):
        return Facts("audio", "m4a", view.size, seconds=seconds or sound.seconds)
    raise Unreadable("no track is of video or audio")


def _tracks(moov: Box) -> list[_Track]:
    boxes = (box for box in moov.inside() if box.kind == "trak")
    return [_track(box) for box in islice(boxes, _MOST_TRACKS)]


def _track(trak: Box) -> _Track:
    header, media = children(trak, "tkhd", "mdia")
    clock, handler, information = children(media, "mdhd", "hdlr", "minf")
    kind = handler.read(12)[8:] if handler else b""
    seconds = _duration(clock)
    if kind != b"vide":
        return _Track(kind, seconds)
    sample_table = child(information, "stbl")
    entries, runs = children(sample_table, "stsd", "stts")
    if not (header and clock and entries):
        raise Unreadable("the video track lacks its headers")
    width, height = unpack_from(">HH", entries.read(_SAMPLE_ENTRY_SIZE + 4), _SAMPLE_ENTRY_SIZE)
    if _is_on_its_side(header):
        width, height = height, width
    return _Track(kind, seconds, width, height, _rate(clock, runs))


def _clock(box: Box) -> tuple[int, int]:
    """Read the timescale and the duration."""
    content = box.read(32)
    timescale, duration = unpack_from(_CLOCK.get(content[0], _CLOCK[0]), content)
    return timescale, 0 if duration in _UNDETERMINED else duration


def _duration(box: Box | None) -> float | None:
    timescale, duration = _clock(box) if box else (0, 0)
    return finite(duration / timescale) if timescale else None


def _is_on_its_side(tkhd: Box) -> bool:
    """Tell whether the display matrix turns by 90 degrees, one way or the other."""
    content = tkhd.read(96)
    a, b, c, d = unpack_from(">ii4xii", content, _MATRIX.get(content[0], _MATRIX[0]))
    return bool(a == d == 0 and b and c)


def _rate(mdhd: Box, stts: Box | None) -> float | None:
    """Average the frames per second, but for the last frame, which often fills up the time."""
    content = stts.read(_RUN + _RUN * _MOST_RUNS) if stts else b""
    whole = content[_RUN : len(content) // _RUN * _RUN]
    runs = list(iter_unpack(">II", whole))
    frames = sum(count for count, _ in runs)
    ticks = sum(count * ticks for count, ticks in runs)
    if frames > 1:
        frames, ticks = frames - 1, ticks - runs[-1][1]
    return finite(frames * _clock(mdhd)[0] / ticks) if ticks > 0 else None
