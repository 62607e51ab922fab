"""Size of a HEIC image by its item properties (ISO/IEC 23008-12, 6.5)."""

from struct import unpack_from

from contracts.kernel.probing.boxes import child, children, top_level
from contracts.kernel.probing.facts import Facts
from contracts.kernel.probing.views import Unreadable, View

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_VERSION_AND_FLAGS = 4


def heic(view: View) -> Facts:
    """Take the largest of the declared extents; the others are of tiles and thumbnails."""
    found = {box.kind: box for box in top_level(view)}
    if "meta" not in found:
        raise Unreadable("no `meta` box says what the image is")
    if "mdat" not in found:
        raise Unreadable("no `mdat` box holds the image")
    (properties,) = children(found["meta"].at_hand(), "iprp", skip=_VERSION_AND_FLAGS)
    container = child(properties, "ipco")
    boxes = list(container.inside()) if container else []
    extents = [unpack_from(">4xII", box.read(12)) for box in boxes if box.kind == "ispe"]
    if not extents:
        raise Unreadable("no `ispe` box declares its size")
    width, height = max(extents, key=lambda extent: int(extent[0] * extent[1]))
    if any(box.kind == "irot" and box.read(1)[0] % 2 for box in boxes):
        width, height = height, width
    return Facts("image", "heic", view.size, width, height)
