"""Pictures of any flat colours through an H.264 decoder, without a film around them."""

import av
import pytest

from mockserver.media import h264
from mockserver.media.colours import Colour
from mockserver.media.levels import LEVELS

START_CODE = b"\x00\x00\x00\x01"
COLOURS = tuple(Colour(level, 255 - level, level) for level in range(1, 255))
DARKEST, BRIGHTEST = 0, len(COLOURS) - 1
GREY = bytes([127]) * (2 * len(COLOURS))
EVERY_STEP = bytes(colour for step in range(len(COLOURS)) for colour in (DARKEST, DARKEST + step))
EVERY_STEP_DOWN = bytes(BRIGHTEST - colour for colour in EVERY_STEP)


@pytest.fixture(autouse=True)
def _all_greys(monkeypatch):
    monkeypatch.setattr(h264, "PALETTE", COLOURS)


def decode(*units):
    decoder = av.CodecContext.create("h264", "r")
    stream = b"".join(START_CODE + unit for unit in units)
    packets = [*decoder.parse(stream), *decoder.parse(b"")]
    return [frame for packet in [*packets, None] for frame in decoder.decode(packet)]


def parameter_sets(picture):
    width, height = 16 * len(picture[0]), 16 * len(picture)
    sps = h264.sequence_parameter_set(width, height, LEVELS[-1])
    return sps, h264.picture_parameter_set()


def blocks(frame):
    """Return the colours of each row of blocks, having made sure that each block is flat."""
    found = []
    for plane, side in zip(frame.planes, (16, 8, 8), strict=True):
        pixels = [
            bytes(plane)[line * plane.line_size :][: plane.width] for line in range(plane.height)
        ]
        rows = [row[::side] for row in pixels[::side]]
        assert pixels == [
            b"".join(bytes([level]) * side for level in row) for row in rows for _ in range(side)
        ]
        found.append(rows)
    return [list(zip(*row, strict=True)) for row in zip(*found, strict=True)]


def colours(picture):
    return [[COLOURS[colour] for colour in row] for row in picture]


@pytest.mark.parametrize(
    "picture",
    [
        (EVERY_STEP,),
        (EVERY_STEP_DOWN,),
        (bytes(len(EVERY_STEP)), EVERY_STEP),
        (EVERY_STEP, EVERY_STEP_DOWN, EVERY_STEP_DOWN, EVERY_STEP),
    ],
)
def test_every_step_between_two_colours_is_decoded_without_error(picture):
    (frame,) = decode(*parameter_sets(picture), h264.key_frame(picture))

    assert blocks(frame) == colours(picture)


@pytest.mark.parametrize(
    "after",
    [
        (EVERY_STEP, GREY, GREY),
        (GREY, EVERY_STEP_DOWN, GREY),
        (GREY, GREY, GREY[:-1] + EVERY_STEP[-1:]),
        (EVERY_STEP, EVERY_STEP_DOWN, EVERY_STEP),
        (GREY, GREY, GREY),
    ],
)
def test_every_change_is_decoded_without_error(after):
    before = (GREY, GREY, GREY)

    first, second = decode(
        *parameter_sets(before), h264.key_frame(before), h264.change_frame(1, before, after)
    )

    assert blocks(first) == colours(before)
    assert blocks(second) == colours(after)


def test_a_frame_without_change_is_eight_bytes_at_most():
    picture = (GREY,) * 100

    assert len(h264.change_frame(7, picture, picture)) <= 8
