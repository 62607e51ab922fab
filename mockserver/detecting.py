"""Finding faces in pixels, with the libraries of the extra `faces`."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

MISSING = "to detect faces, more is needed: pip install '.[faces]' in a clone of the project"
MOST_PIXELS = 6000 * 6000
"""No image of more is decoded: its pixels alone would take over 100 MB."""
LONGEST_SIDE = 1024
"""To so many pixels images are scaled down. The detector finds faces from 80 pixels on.

It takes 110 ms for 1024x1024 pixels, 30 ms for 512x512 (measured with dlib 20.0.1). It runs in the
event loop all the same: each image is looked at once, and only for whoever chose it.
"""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""What is decoded; some other decoders start programs."""
MOST_REMEMBERED = 1000
"""Of how many images it is remembered what was found."""


class Detector:
    """Tells of images whether they show a face; `ValueError` if the libraries are not there."""

    def __init__(self) -> None:
        self._look = load()
        self._found: dict[str, bool] = {}
        """By digest; the one asked for longest ago is the first."""

    def finds(self, digest: str, content: bytes) -> bool:
        """Tell whether an image shows a face. Videos and what cannot be decoded show none."""
        found = self._found.pop(digest, None)
        if found is None:
            found = self._try(content)
        if len(self._found) >= MOST_REMEMBERED:
            del self._found[next(iter(self._found))]
        self._found[digest] = found
        return found

    def _try(self, content: bytes) -> bool:
        try:
            return self._look(content)
        except Exception:  # noqa: BLE001 - decoders raise anything over what is no image, or bent
            return False


def load() -> Callable[[bytes], bool]:
    """Import the libraries, and give what looks for a face in an image."""
    try:
        from dlib import (  # type: ignore[import-untyped]  # noqa: PLC0415 - few runs need it
            get_frontal_face_detector,
        )
        from numpy import asarray  # noqa: PLC0415
        from PIL import Image, ImageOps  # noqa: PLC0415
    except ImportError as error:
        raise ValueError(MISSING) from error
    detect: Any = get_frontal_face_detector()
    most = (LONGEST_SIDE, LONGEST_SIDE)

    def look(content: bytes) -> bool:
        with Image.open(BytesIO(content), formats=FORMATS) as image:  # reads no more than headers
            if image.width * image.height > MOST_PIXELS:
                return False
            image.draft("RGB", most)  # JPEG can be decoded smaller at once
            image.thumbnail(most)
            upright = ImageOps.exif_transpose(image).convert("RGB")
        return len(detect(asarray(upright), 0)) > 0

    return look
