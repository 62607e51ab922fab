"""H.264 levels: how large and how fast a stream may be (ITU-T H.264 Annex A.3)."""

from typing import NamedTuple

MAX_FRAME_RATE = 172
"""Frames a second that every level allows (clause A.3.1, the variable fR)."""


class Level(NamedTuple):
    """A row of Table A-1: the `level_idc`, macroblocks a second, macroblocks a frame."""

    idc: int
    rate: int
    size: int

    def allows(self, columns: int, rows: int, fps: int) -> bool:
        """Tell whether frames of so many macroblocks fit at this rate (clause A.3.1).

        Beside the area, no side may be longer than the square root of eight frame sizes.
        """
        blocks = columns * rows
        return (
            blocks <= self.size
            and blocks * fps <= self.rate
            and max(columns, rows) ** 2 <= 8 * self.size
        )


# Levels 1b, 2 and 4.1 are left out: they only raise the bit rate, which flat blocks never need.
LEVELS = (
    Level(10, 1_485, 99),
    Level(11, 3_000, 396),
    Level(12, 6_000, 396),
    Level(13, 11_880, 396),
    Level(21, 19_800, 792),
    Level(22, 20_250, 1_620),
    Level(30, 40_500, 1_620),
    Level(31, 108_000, 3_600),
    Level(32, 216_000, 5_120),
    Level(40, 245_760, 8_192),
    Level(42, 522_240, 8_704),
    Level(50, 589_824, 22_080),
    Level(51, 983_040, 36_864),
    Level(52, 2_073_600, 36_864),
    Level(60, 4_177_920, 139_264),
    Level(61, 8_355_840, 139_264),
    Level(62, 16_711_680, 139_264),
)


def lowest_level(columns: int, rows: int, fps: int) -> Level | None:
    """Find the least demanding level for such frames; none when even 6.2 is too small."""
    return next((level for level in LEVELS if level.allows(columns, rows, fps)), None)
