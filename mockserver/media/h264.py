"""An H.264 Constrained Baseline stream: parameter sets, key frames and change frames.

Clauses are those of ITU-T H.264. The stream is one key frame, then frames that skip every
block whose colour stays the same.
"""

from collections.abc import Iterator

from mockserver.media.bits import nal_unit, se, u, ue
from mockserver.media.colours import GREY, PALETTE
from mockserver.media.levels import Level
from mockserver.media.macroblock import (
    CHROMA_QP_OFFSET,
    QP,
    Prediction,
    SliceType,
    macroblock,
)
from mockserver.media.picture import BLOCK, Picture, in_blocks

_SPS, _PPS, _KEY_FRAME, _CHANGE_FRAME = 0x67, 0x68, 0x65, 0x41
"""NAL unit headers: `nal_ref_idc` and `nal_unit_type` (clause 7.3.1)."""

_FRAME_NUM_BITS = 4
FRAME_NUMBERS = 1 << _FRAME_NUM_BITS
"""`frame_num` counts modulo this, the least the standard allows (clause 7.4.3).

So every film of a second has wrapped already and a film of an hour is nothing new; and frames
without a change come in sixteen kinds only, which are made once.
"""

_FLAG, _NO_FLAG = "1", "0"


def sequence_parameter_set(width: int, height: int, level: Level) -> bytes:
    """Describe the stream's profile, size and colours (clause 7.3.2.1.1)."""
    columns, rows = in_blocks(width), in_blocks(height)
    return nal_unit(
        _SPS,
        "".join(
            (
                u(66, 8),  # profile_idc: Baseline
                u(0b11000000, 8),  # constraint_set0 and 1: Constrained Baseline (A.2.1.1)
                u(level.idc, 8),
                ue(0),  # seq_parameter_set_id
                ue(_FRAME_NUM_BITS - 4),
                ue(2),  # pic_order_cnt_type: frames are shown in decoding order
                ue(1),  # max_num_ref_frames
                _NO_FLAG,  # gaps_in_frame_num_value_allowed_flag
                ue(columns - 1),
                ue(rows - 1),
                _FLAG,  # frame_mbs_only_flag
                _FLAG,  # direct_8x8_inference_flag
                _cropping(columns * BLOCK - width, rows * BLOCK - height),
                _FLAG,  # vui_parameters_present_flag
                _usability_information(),
            )
        ),
    )


def _cropping(right: int, bottom: int) -> str:
    """Cut the pixels that only fill up the last blocks, in units of two as chroma is halved."""
    if not (right or bottom):
        return _NO_FLAG
    return _FLAG + ue(0) + ue(right // 2) + ue(0) + ue(bottom // 2)


def _usability_information() -> str:
    """Write `vui_parameters()` (clause E.1.1).

    Without it players guess the colours from the picture's size, and wait for frames to reorder.
    """
    return "".join(
        (
            _FLAG + u(1, 8),  # aspect_ratio_idc: square pixels
            _NO_FLAG,  # overscan_info_present_flag
            _FLAG + u(5, 3) + _NO_FLAG,  # video_format unspecified, limited range
            _FLAG + u(6, 8) * 3,  # primaries, transfer and matrix of BT.601
            _NO_FLAG * 5,  # no chroma location, timing, NAL HRD, VCL HRD, pic_struct
            _FLAG,  # bitstream_restriction_flag
            _FLAG,  # motion_vectors_over_pic_boundaries_flag
            ue(0) + ue(0),  # no bound on bytes a picture and bits a macroblock
            ue(0) + ue(0),  # motion vectors are zero
            ue(0),  # max_num_reorder_frames
            ue(1),  # max_dec_frame_buffering
        )
    )


def picture_parameter_set() -> bytes:
    """Describe how slices are coded (clause 7.3.2.2)."""
    return nal_unit(
        _PPS,
        "".join(
            (
                ue(0) + ue(0),  # ids of this and the sequence parameter set
                _NO_FLAG,  # entropy_coding_mode_flag: CAVLC
                _NO_FLAG,  # bottom_field_pic_order_in_frame_present_flag
                ue(0),  # num_slice_groups_minus1
                ue(0) + ue(0),  # num_ref_idx_default_active_minus1 of both lists
                _NO_FLAG + u(0, 2),  # no weighted prediction
                se(QP - 26) + se(0),  # pic_init_qp_minus26, pic_init_qs_minus26
                se(CHROMA_QP_OFFSET),
                _FLAG,  # deblocking_filter_control_present_flag
                _NO_FLAG,  # constrained_intra_pred_flag: changed blocks look at skipped ones
                _NO_FLAG,  # redundant_pic_cnt_present_flag
            )
        ),
    )


def key_frame(picture: Picture) -> bytes:
    """Code a picture that needs no other one (an IDR picture)."""
    flags = ue(0) + _NO_FLAG * 2  # idr_pic_id, then dec_ref_pic_marking() of an IDR picture
    blocks = "".join(_whole_row(picture, row) for row in range(len(picture)))
    return nal_unit(_KEY_FRAME, _slice_header(SliceType.I, 0, flags) + blocks)


def change_frame(number: int, before: Picture, picture: Picture) -> bytes:
    """Code the picture that comes `number` frames after the key frame as a change to `before`."""
    # num_ref_idx_active_override_flag, ref_pic_list_modification_flag_l0,
    # adaptive_ref_pic_marking_mode_flag
    bits = [_slice_header(SliceType.P, number, _NO_FLAG * 3)]
    columns, coded = len(picture[0]), 0
    for row, column in _changed_blocks(before, picture):
        position = row * columns + column
        bits += ue(position - coded), _block(picture, row, column, SliceType.P)  # mb_skip_run
        coded = position + 1
    rest = columns * len(picture) - coded
    return nal_unit(_CHANGE_FRAME, "".join(bits) + (ue(rest) if rest else ""))


def _slice_header(kind: SliceType, number: int, flags: str) -> str:
    """Write `slice_header()` (clause 7.3.3); the flags are those of the kind of picture."""
    slice_type, _ = kind.value
    return "".join(
        (
            ue(0),  # first_mb_in_slice
            ue(slice_type),
            ue(0),  # pic_parameter_set_id
            u(number % FRAME_NUMBERS, _FRAME_NUM_BITS),
            flags,
            se(0),  # slice_qp_delta
            ue(1),  # disable_deblocking_filter_idc: the filter would smear the flat colours
        )
    )


def _whole_row(picture: Picture, row: int) -> str:
    colours = picture[row]
    if row and colours == picture[row - 1]:
        # A block like the one above is coded alike in any colour.
        return _block(picture, row, 0, SliceType.I) * len(colours)
    return "".join(_block(picture, row, column, SliceType.I) for column in range(len(colours)))


def _changed_blocks(before: Picture, after: Picture) -> Iterator[tuple[int, int]]:
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            yield from ((row, column) for column in range(len(new)) if old[column] != new[column])


def _block(picture: Picture, row: int, column: int, kind: SliceType) -> str:
    """Code a block as its difference from the one above, else from the one to the left."""
    colour = PALETTE[picture[row][column]]
    if row:
        above = PALETTE[picture[row - 1][column]]
        return macroblock(colour, above, Prediction.ABOVE, kind)
    if column:
        left = PALETTE[picture[row][column - 1]]
        return macroblock(colour, left, Prediction.LEFT, kind)
    return macroblock(colour, GREY, Prediction.NONE, kind)
