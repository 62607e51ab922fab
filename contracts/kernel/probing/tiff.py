"""Size of a TIFF image by its first directory (TIFF 6.0, section 2)."""

from struct import calcsize, iter_unpack, unpack_from

from contracts.kernel.probing.facts import Facts
from contracts.kernel.probing.views import Unreadable, View

_ORDERS = {b"II": "<", b"MM": ">"}
_MOST_ENTRIES = 512
_ENTRY, _POINTER = 12, 4  # a directory is followed by the place of the next
_WIDTH, _HEIGHT = 256, 257
_PIECES = ((273, 279), (324, 325))  # offsets and sizes of strips, or of tiles
_NUMBERS = {3: "H", 4: "I"}  # SHORT and LONG

_Field = tuple[int, int, bytes]


def tiff(view: View) -> Facts:
    """Read the directory; the last piece of the image must be there."""
    order = _ORDERS[view.read(0, 2)]
    fields = _directory(view, order)
    if _WIDTH not in fields or _HEIGHT not in fields:
        raise Unreadable("its first directory declares no size")
    width, height = (_last(view, order, fields[tag]) for tag in (_WIDTH, _HEIGHT))
    for offsets, sizes in _PIECES:
        if offsets in fields and sizes in fields:
            end = _last(view, order, fields[offsets]) + _last(view, order, fields[sizes])
            if end > view.size:
                raise Unreadable("the file ends before its pixels do")
    return Facts("image", "tiff", view.size, width, height)


def _directory(view: View, order: str) -> dict[int, _Field]:
    """Give each field's type, number of values, and the four bytes that hold or find them."""
    (start,) = unpack_from(f"{order}4xI", view.read(0, 8))
    (count,) = unpack_from(f"{order}H", view.read(start, 2))
    if count > _MOST_ENTRIES:
        raise Unreadable(f"its first directory has more than {_MOST_ENTRIES} entries")
    length = _ENTRY * count
    content = view.read(start + 2, length + _POINTER)
    if len(content) < length + _POINTER:
        raise Unreadable("the file ends inside its first directory")
    entries = iter_unpack(f"{order}HHI4s", content[:length])
    return {tag: (kind, values, value) for tag, kind, values, value in entries}


def _last(view: View, order: str, field: _Field) -> int:
    """Give the last value of a field; of a size there is but one."""
    kind, count, value = field
    if kind not in _NUMBERS or not count:
        raise Unreadable("a field of its first directory is not a number")
    form = order + _NUMBERS[kind]
    width = calcsize(form)
    if width * count > len(value):
        (start,) = unpack_from(f"{order}I", value)
        value = view.read(start + width * (count - 1), width)
        return int(unpack_from(form, value)[0])
    return int(unpack_from(form, value, width * (count - 1))[0])
