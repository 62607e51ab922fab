"""Measures of WebM and Matroska films by their EBML elements (RFC 8794, RFC 9559)."""

from collections.abc import Iterator
from struct import unpack
from typing import NamedTuple

from contracts.kernel.probing.facts import Facts, finite
from contracts.kernel.probing.views import Unreadable, View

_WHERE_HEADERS_ARE = 1 << 16
_MOST = 64
_LONGEST_HEADER = 12

_HEADER, _DOCUMENT_TYPE = 0x1A45DFA3, 0x4282
_SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_TIMESTAMP_SCALE, _DURATION = 0x2AD7B1, 0x4489
_TRACK, _TRACK_TYPE, _DEFAULT_DURATION = 0xAE, 0x83, 0x23E383
_VIDEO, _PIXEL_WIDTH, _PIXEL_HEIGHT = 0xE0, 0xB0, 0xBA

_FLOATS = {4: ">f", 8: ">d"}
_A_MILLISECOND = b"\x0f\x42\x40"  # in nanoseconds, the default scale
_A_SECOND = 1e9
_IS_VIDEO, _IS_AUDIO = b"\x01", b"\x02"


class _Element(NamedTuple):
    """An element's id and where its content lies."""

    id: int
    view: View
    start: int
    stop: int

    @property
    def content(self) -> bytes:
        """The content of an element that is a number or a word."""
        return self.view.read(self.start, min(8, self.stop - self.start))


def matroska(view: View) -> Facts:
    """Measure a WebM or Matroska file as far as its first 64 kB tell."""
    top = _children(_Element(0, view, 0, view.size))
    if _SEGMENT not in top:
        raise Unreadable("no segment holds the film")
    segment = top[_SEGMENT][0]
    if segment.stop > view.size:
        raise Unreadable("the file ends inside its segment")
    document = _children(top[_HEADER][0]) if _HEADER in top else {}
    name = "webm" if _first(document, _DOCUMENT_TYPE).startswith(b"webm") else "mkv"
    parts = _children(segment)
    seconds = _seconds(_children(parts[_INFO][0])) if _INFO in parts else None
    tracks = _children(parts[_TRACKS][0]).get(_TRACK, []) if _TRACKS in parts else []
    return _facts(name, view.size, seconds, [_children(track) for track in tracks])


def _facts(
    name: str, size: int, seconds: float | None, tracks: list[dict[int, list[_Element]]]
) -> Facts:
    """Take the measures of the first track of video, if there is one."""
    by_type = {_first(track, _TRACK_TYPE): track for track in reversed(tracks)}
    if _IS_VIDEO not in by_type:
        return Facts("audio" if _IS_AUDIO in by_type else "video", name, size, seconds=seconds)
    track = by_type[_IS_VIDEO]
    video = _children(track[_VIDEO][0]) if _VIDEO in track else {}
    width, height = (
        int.from_bytes(_first(video, side)) if side in video else None
        for side in (_PIXEL_WIDTH, _PIXEL_HEIGHT)
    )
    frame = int.from_bytes(_first(track, _DEFAULT_DURATION))
    # the duration of a frame is whole nanoseconds, so the digits after these mean nothing
    fps = round(_A_SECOND / frame, 3) if frame else None
    return Facts("video", name, size, width, height, seconds, fps)


def _seconds(info: dict[int, list[_Element]]) -> float | None:
    duration = _first(info, _DURATION)
    if len(duration) not in _FLOATS:
        return None
    (ticks,) = unpack(_FLOATS[len(duration)], duration)
    scale = int.from_bytes(_first(info, _TIMESTAMP_SCALE) or _A_MILLISECOND)
    return finite(ticks * scale / _A_SECOND)


def _first(elements: dict[int, list[_Element]], id: int) -> bytes:  # noqa: A002 - the word for it
    return elements[id][0].content if id in elements else b""


def _children(parent: _Element) -> dict[int, list[_Element]]:
    found: dict[int, list[_Element]] = {}
    for element in _walk(parent):
        found.setdefault(element.id, []).append(element)
    return found


def _walk(parent: _Element) -> Iterator[_Element]:
    """Give the elements up to the pictures, the end of the headers, or too many of them."""
    start, stop = parent.start, min(parent.stop, _WHERE_HEADERS_ARE)
    for _ in range(_MOST):
        if start >= stop:
            return
        element = _element(parent, start)
        if element.id == _CLUSTER:
            return
        yield element
        start = element.stop


def _element(parent: _Element, start: int) -> _Element:
    header = parent.view.read(start, _LONGEST_HEADER)
    width = _width(header[0])
    length = _width(header[width])
    size = int.from_bytes(header[width : width + length]) - (1 << 7 * length)
    begin = start + width + length
    is_unknown = size == (1 << 7 * length) - 1
    stop = parent.stop if is_unknown else begin + size
    return _Element(int.from_bytes(header[:width]), parent.view, begin, stop)


def _width(first: int) -> int:
    """Count the bytes of a number by the zeros before its first bit."""
    if not first:
        raise Unreadable("a number of an element is longer than eight bytes")
    return 9 - first.bit_length()
