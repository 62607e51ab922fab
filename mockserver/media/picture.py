"""What a test film shows: colour bars and a counter, drawn on a grid of 16x16 pixel blocks."""

from typing import TypeAlias

from mockserver.media.colours import BARS, INK, PANEL

Picture: TypeAlias = tuple[bytes, ...]
"""Rows of blocks from top to bottom; each byte is a colour's place in the palette.

Rows that look alike are one object, so comparing and repeating them costs next to nothing.
"""

BLOCK = 16
"""Pixels along a block's side: a macroblock of H.264."""

_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ":": "... .#. ... .#. ...",
}
_GLYPH_WIDTH, _GLYPH_HEIGHT = 3, 5
_TEXT_SHARE = 3
"""Digits are at most one third of the picture's height, so that the bars stay visible."""

_TO_PALETTE = bytes.maketrans(b".#", bytes((PANEL, INK)))


def in_blocks(pixels: int) -> int:
    """Count the blocks that cover so many pixels."""
    return -(-pixels // BLOCK)


def draw(columns: int, rows: int, second: int) -> Picture:
    """Draw the picture that is shown during one second of the film.

    Where not even one digit fits, the bars move by one place each second instead.
    """
    minutes, seconds = divmod(second, 60)
    clock = f"{minutes:02d}:{seconds:02d}"
    for text in (clock, clock[-2:], clock[-1:]):
        scale = _scale(text, columns, rows)
        if scale > 0:
            return _overlay((_bars(columns),) * rows, _panel(text, scale))
    return (_bars(columns, shift=second),) * rows


def _bars(columns: int, shift: int = 0) -> bytes:
    count = len(BARS)
    return bytes((column * count // columns + shift) % count for column in range(columns))


def _scale(text: str, columns: int, rows: int) -> int:
    """Choose how many blocks wide a dot of the text is; below 1 it does not fit with a margin."""
    if rows < _GLYPH_HEIGHT + 2:
        return 0
    width = len(text) * (_GLYPH_WIDTH + 1) - 1
    return min((columns - 2) // width, max(1, rows // (_GLYPH_HEIGHT * _TEXT_SHARE)))


def _panel(text: str, scale: int) -> Picture:
    """Write the text on a dark panel that reaches one block further on every side."""
    glyphs = [_GLYPHS[character].split() for character in text]
    written = [_stretched(".".join(line), scale) for line in zip(*glyphs, strict=True)]
    margin = bytes((PANEL,)) * len(written[0])
    return (margin, *(row for row in written for _ in range(scale)), margin)


def _stretched(line: str, scale: int) -> bytes:
    dots = "".join(dot * scale for dot in line)
    return f".{dots}.".encode().translate(_TO_PALETTE)


def _overlay(background: Picture, panel: Picture) -> Picture:
    """Lay the panel over the middle of the background."""
    top = (len(background) - len(panel)) // 2
    bottom = top + len(panel)
    row, width = background[top], len(panel[0])
    left = (len(row) - width) // 2
    covered = tuple(row[:left] + line + row[left + width :] for line in panel)
    return background[:top] + covered + background[bottom:]
