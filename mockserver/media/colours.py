"""The few colours a test film is made of, and what they look like on a screen."""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour in ITU-R BT.601 limited range: luma 16 to 235, chroma 16 to 240 around 128."""

    y: int
    cb: int
    cr: int

    @property
    def rgb(self) -> bytes:
        """The same colour as three bytes of full-range RGB.

        BT.601 with its factors times 256, in integers so that every machine rounds alike.
        """
        luma = 298 * (self.y - 16) + 128
        blue, red = self.cb - 128, self.cr - 128
        channels = (luma + 409 * red, luma - 100 * blue - 208 * red, luma + 516 * blue)
        return bytes(min(max(channel >> 8, 0), 255) for channel in channels)


GREY = Colour(128, 128, 128)
"""What a decoder predicts where a block has no neighbour (H.264 clauses 8.3.3.3 and 8.3.4)."""

BARS = (
    Colour(180, 128, 128),  # white
    Colour(162, 44, 142),  # yellow
    Colour(131, 156, 44),  # cyan
    Colour(112, 72, 58),  # green
    Colour(84, 184, 198),  # magenta
    Colour(65, 100, 212),  # red
    Colour(35, 212, 114),  # blue
)
"""The 75 % colour bars, brightest first."""

PALETTE = (*BARS, Colour(24, 128, 128), Colour(225, 128, 128))
"""Every colour in use; a picture names them by their place here."""

PANEL = len(BARS)
"""The near-black behind the counter."""

INK = PANEL + 1
"""The near-white of the counter's digits."""
