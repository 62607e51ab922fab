"""Which H.264 level a stream claims."""

import io

import av
import pytest

from contracts.kernel.clip import Clip
from mockserver.media import render
from mockserver.media.levels import LEVELS, lowest_level


@pytest.mark.parametrize(
    ("columns", "rows", "fps", "idc"),
    [
        (1, 1, 24, 10),
        (11, 9, 15, 10),  # QCIF
        (11, 9, 30, 11),
        (22, 18, 30, 13),  # CIF
        (54, 30, 24, 30),  # 480p
        (80, 45, 24, 31),  # 720p
        (80, 45, 60, 32),
        (120, 68, 24, 40),  # 1080p
        (120, 68, 60, 42),
        (68, 120, 24, 40),  # the same upright
        (275, 118, 24, 51),  # 4398x1886
        (240, 135, 24, 51),  # 2160p
        (240, 135, 60, 52),
        (480, 270, 24, 60),  # 4320p
        (480, 270, 120, 62),
        (60, 1, 1, 21),  # few blocks, but the side is too long for anything less
    ],
)
def test_the_level_is_the_least_that_allows_size_and_rate(columns, rows, fps, idc):
    assert lowest_level(columns, rows, fps).idc == idc


@pytest.mark.parametrize(
    ("columns", "rows", "fps"), [(374, 373, 1), (1_056, 1, 1), (1, 1_056, 1), (480, 270, 172)]
)
def test_there_is_no_level_for_what_exceeds_the_highest(columns, rows, fps):
    assert lowest_level(columns, rows, fps) is None


def test_the_table_goes_from_the_least_to_the_most_demanding():
    assert list(LEVELS) == sorted(LEVELS)
    assert [level.rate for level in LEVELS] == sorted(level.rate for level in LEVELS)
    assert [level.size for level in LEVELS] == sorted(level.size for level in LEVELS)


def test_a_file_tells_its_level():
    film = render(Clip(width=1920, height=1080, seconds=1))

    with av.open(io.BytesIO(film)) as container:
        avcc = container.streams.video[0].codec_context.extradata

    version, baseline, constrained, level = 1, 66, 0xC0, 40
    assert avcc[:4] == bytes((version, baseline, constrained, level))
