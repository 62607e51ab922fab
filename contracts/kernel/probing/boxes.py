"""The boxes of ISO/IEC 14496-12, of which MP4, MOV and HEIC files are made."""

from collections.abc import Iterator
from struct import unpack_from
from typing import NamedTuple

from contracts.kernel.probing.views import Bytes, Unreadable, View

_MOST, _MOST_INSIDE = 4_000, 64
"""Boxes side by side, in a file and in a box; only a fragmented film has more than ten."""

_HEADER, _LONG_HEADER = 8, 16
_TO_THE_END, _LONG = 0, 1  # sizes that are none (4.2.2)
_AT_ONCE = 1 << 15


class Box(NamedTuple):
    """A box's type and where its content lies."""

    kind: str
    view: View
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The type as it can be shown to a reader."""
        return "".join(
            letter if letter.isalnum() or letter in " -_" else "?" for letter in self.kind
        )

    def read(self, length: int) -> bytes:
        """Give the first bytes of the content."""
        return self.view.read(self.start, min(length, self.stop - self.start))

    def inside(self, skip: int = 0) -> Iterator["Box"]:
        """Give the boxes in this box, after a few bytes that are none."""
        within = f"the `{self.name}` box"
        return _boxes(self.view, self.start + skip, self.stop, within, _MOST_INSIDE)

    def at_hand(self) -> "Box":
        """Decode the content now if it is small, as reading many small parts of it is dear."""
        length = self.stop - self.start
        if length > _AT_ONCE:
            return self
        return Box(self.kind, Bytes(self.read(length)), 0, length)


def top_level(view: View) -> list[Box]:
    """Give the boxes of a file, all of which must be there to their end."""
    found = list(_boxes(view, 0, view.size, "the file", _MOST))
    after = found[-1].stop if found else 0
    if view.read(after, _HEADER).strip(b"\0\r\n"):
        raise Unreadable("the file ends inside the header of a box")
    return found


def children(box: Box | None, *kinds: str, skip: int = 0) -> list[Box | None]:
    """Give the first box of each kind in this box, `None` where it has none."""
    first: dict[str, Box] = {}
    for child in box.inside(skip) if box else ():
        first.setdefault(child.kind, child)
    return [first.get(kind) for kind in kinds]


def child(box: Box | None, *path: str) -> Box | None:
    """Follow a path of first boxes down."""
    for kind in path:
        (box,) = children(box, kind)
    return box


def _boxes(view: View, start: int, stop: int, within: str, most: int) -> Iterator[Box]:
    """Walk from box to box as long as a header fits."""
    for _ in range(most):
        if start + _HEADER > stop:
            return
        box, length = _box(view, start, stop)
        if box.stop > stop:
            raise Unreadable(f"{within} ends inside the `{box.name}` box")
        if box.stop < start + length:
            raise Unreadable(f"the `{box.name}` box is shorter than its header")
        yield box
        start = box.stop
    raise Unreadable(f"{within} has more than {most:,} boxes in a row")


def _box(view: View, start: int, stop: int) -> tuple[Box, int]:
    """Read a header, and tell how long it is."""
    header = view.read(start, _LONG_HEADER)
    size, name = unpack_from(">I4s", header)
    length = _HEADER
    if size == _LONG:
        (size,) = unpack_from(">Q", header, _HEADER)
        length = _LONG_HEADER
    end = stop if size == _TO_THE_END else start + size
    return Box(name.decode("latin-1"), view, start + length, end), length
