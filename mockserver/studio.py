"""Results on demand: rendered when first fetched, kept while there is room."""

from collections import OrderedDict
from collections.abc import Callable

from contracts.kernel.clip import Clip

ROOM = 64 * 1024 * 1024
"""Bytes of rendered media that are kept."""


class Studio:
    """Renders clips and stills, and remembers the ones asked for last."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._made: OrderedDict[tuple[Callable[[Clip], bytes], Clip], bytes] = OrderedDict()
        self._size = 0

    def video(self, clip: Clip) -> bytes:
        """Give the MP4 file of a clip."""
        from mockserver.media import render  # noqa: PLC0415 - no one waits for it at start

        return self._make(render, clip)

    def still(self, clip: Clip) -> bytes:
        """Give the last frame of a clip as a PNG file."""
        from mockserver.media import last_frame  # noqa: PLC0415 - as above

        return self._make(last_frame, clip)

    def _make(self, recipe: Callable[[Clip], bytes], clip: Clip) -> bytes:
        made = self._made.get((recipe, clip))
        if made is None:
            made = self._made[recipe, clip] = recipe(clip)
            self._size += len(made)
            while self._size > self._room and len(self._made) > 1:
                self._size -= len(self._made.popitem(last=False)[1])
        self._made.move_to_end((recipe, clip))
        return made
