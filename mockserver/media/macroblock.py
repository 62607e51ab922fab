"""One flat 16x16 block of a picture in CAVLC bits, decoded to exactly the colour asked for.

A flat block is its neighbour's colour plus one constant for each of Y, Cb and Cr. So every
block is Intra_16x16 with nothing but DC coefficients. Since AC coefficients never occur, every
neighbour counts as having none (ITU-T H.264 clause 9.2.1, nC = 0) and the code tables shrink
to the few constants below.
"""

from enum import Enum
from functools import cache
from typing import NamedTuple

from mockserver.media.bits import se, u, ue
from mockserver.media.colours import Colour

QP = 24
CHROMA_QP_OFFSET = -6
"""At these a DC level of c adds (40 * c + 32) >> 6 to every pixel, for luma and chroma alike.

Luma: LevelScale is 160, 160 * c scaled at QP 24 gives 40 * c (clause 8.5.10).
Chroma: 160 * c scaled at QP 18 gives 40 * c (clause 8.5.11.2). Both end in (40 * c + 32) >> 6
(clause 8.5.12). A step is less than one, so every colour can be met without error.
"""

_LEVELS_PER_UNIT = 64 / 40


class Prediction(Enum):
    """Which neighbour a block copies: the modes of Tables 8-4 (luma) and 8-5 (chroma)."""

    ABOVE = (0, 2)
    LEFT = (1, 1)
    NONE = (2, 0)


class CodeTable(NamedTuple):
    """`coeff_token` for no coefficient and for one that is not +1 or -1 (Table 9-5)."""

    none: str
    one: str


_LUMA_DC = CodeTable("1", "000101")  # 0 <= nC < 2
_CHROMA_DC = CodeTable("01", "000111")  # nC = -1
_NO_ZEROS_BEFORE = "1"  # total_zeros = 0, in Table 9-7 as in Table 9-9 (a)


class SliceType(Enum):
    """The kinds of slices in use: `slice_type` and where Intra macroblock types start.

    Values 5 and 7 promise that all slices of the picture are alike (Table 7-6). I_16x16 types
    start at 1 (Table 7-11), in P slices five later (clause 7.4.5).
    """

    P = (5, 6)
    I = (7, 1)  # noqa: E741 - the standard's name


@cache
def macroblock(colour: Colour, neighbour: Colour, prediction: Prediction, kind: SliceType) -> str:
    """Write `macroblock_layer()` (clause 7.3.5) for a flat block beside a flat neighbour.

    Remembered, as a film has nine colours and so a few hundred different blocks at most.
    """
    luma_mode, chroma_mode = prediction.value
    luma = _dc(colour.y - neighbour.y, _LUMA_DC)
    chroma = _dc(colour.cb - neighbour.cb, _CHROMA_DC) + _dc(colour.cr - neighbour.cr, _CHROMA_DC)
    has_chroma = (colour.cb, colour.cr) != (neighbour.cb, neighbour.cr)
    _, first_type = kind.value
    return "".join(
        (
            # Table 7-11: luma mode, plus 4 with chroma DC; CodedBlockPatternLuma stays 0
            ue(first_type + luma_mode + 4 * has_chroma),
            ue(chroma_mode),
            se(0),  # mb_qp_delta
            luma,
            chroma if has_chroma else "",
        )
    )


def _dc(difference: int, table: CodeTable) -> str:
    """Write `residual_block_cavlc()` (clause 7.3.5.3.2) that shifts a plane by the difference."""
    if not difference:
        return table.none
    return table.one + _level(round(difference * _LEVELS_PER_UNIT)) + _NO_ZEROS_BEFORE


def _level(level: int) -> str:
    """Write the prefix and suffix of a block's only coefficient (clause 9.2.2.1).

    A level of +1 or -1 would need another `coeff_token`, but the least difference is already
    two levels. That is also why codes start at 2 * |level| - 4: the first two cannot occur.
    """
    code = 2 * abs(level) - 4 + (level < 0)
    if code < 14:  # noqa: PLR2004 - prefixes 0 to 13 carry no suffix
        return "0" * code + "1"
    if code < 30:  # noqa: PLR2004 - prefix 14 carries four bits
        return u(1, 15) + u(code - 14, 4)
    return u(1, 16) + u(code - 30, 12)  # prefix 15 carries twelve
