"""The MP4 of a clip, as a decoder sees it."""

import hashlib
import io
from fractions import Fraction
from struct import unpack_from

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.kernel.clip import Clip
from mockserver.media import render
from mockserver.media.aac import SAMPLE_RATE
from mockserver.media.colours import PALETTE
from mockserver.media.film import MAX_SECONDS, TICKS_PER_FRAME
from mockserver.media.levels import MAX_FRAME_RATE
from mockserver.media.picture import BLOCK, draw, in_blocks

SIZES = [
    (864, 496),
    (854, 480),  # not divisible by 16
    (496, 864),  # portrait
    (960, 960),
    (1680, 720),  # 21:9
    (946, 2206),  # units of two, not four
    (1920, 1080),
    (3840, 2160),
    (4398, 1886),
    (32, 32),
    (2, 2),
]
SMALL = {"width": 352, "height": 128}

EVEN = st.integers(1, 250).map(lambda half: 2 * half)
CLIPS = st.builds(
    Clip,
    width=EVEN,
    height=EVEN,
    seconds=st.floats(0.01, 2.5),
    audio=st.booleans(),
    fps=st.integers(1, 60),
)


def planes(clip, second):
    """Return the Y, Cb and Cr planes that show the picture of this second."""
    picture = draw(in_blocks(clip.width), in_blocks(clip.height), second)
    return tuple(
        plane(picture, channel, BLOCK // halves, clip.width // halves, clip.height // halves)
        for channel, halves in enumerate((1, 2, 2))
    )


def plane(picture, channel, side, width, height):
    rows = [
        b"".join(bytes([PALETTE[colour][channel]]) * side for colour in row)[:width]
        for row in picture
    ]
    return b"".join(rows[line // side] for line in range(height))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_film_has_the_size_and_format_of_its_clip(watch, width, height):
    film = watch(render(Clip(width=width, height=height, seconds=0.1)))

    assert film.messages == []
    assert film.size == (width, height)
    assert (film.last.width, film.last.height) == (width, height)
    assert (film.codec, film.profile) == ("h264", "Constrained Baseline")
    assert film.pixel_format == "yuv420p"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_pixel_is_what_was_drawn(watch, width, height):
    clip = Clip(width=width, height=height, seconds=2.25, fps=4)

    film = watch(render(clip), keep={0, 3, 4, 8})

    zero, one, two = (planes(clip, second) for second in range(3))
    assert film.messages == []
    assert film.kept == {0: zero, 3: zero, 4: one, 8: two}


@pytest.mark.parametrize(("width", "height"), [(864, 496), (496, 864), (160, 160), (32, 32)])
def test_the_counter_changes_with_each_second_and_only_then(watch, width, height):
    film = watch(render(Clip(width=width, height=height, seconds=3)), keep={0, 23, 24, 47, 48})

    assert film.kept[0] == film.kept[23]
    assert film.kept[23] != film.kept[24]
    assert film.kept[24] == film.kept[47]
    assert film.kept[47] != film.kept[48]


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"),
    [
        (12.5, 24, 300),
        (5.04, 25, 126),
        (1, 30, 30),
        (0.75, 60, 45),
        (1 / 24, 24, 1),
        (0.001, 24, 1),
        (3, 1, 3),
        (1, 172, 172),
    ],
)
def test_a_film_has_the_nearest_number_of_frames(watch, seconds, fps, frames):
    film = watch(render(Clip(**SMALL, seconds=seconds, fps=fps)))

    assert (film.frames, film.fps, film.duration) == (frames, fps, Fraction(frames, fps))


@pytest.mark.parametrize("seconds", [61, 3_605, 6_001])
def test_the_counter_goes_beyond_minutes_and_hours(watch, seconds):
    clip = Clip(**SMALL, seconds=seconds, fps=1)

    film = watch(render(clip), keep={0, seconds - 1})

    assert film.kept == {0: planes(clip, 0), seconds - 1: planes(clip, seconds - 1)}


def test_more_frames_than_any_frame_number_can_count_still_play(watch):
    clip = Clip(width=32, height=32, seconds=65_540 / 172, fps=172)

    film = watch(render(clip), keep={65_539})

    assert film.messages == []
    assert film.frames == 65_540
    assert film.kept == {65_539: planes(clip, 65_539 // 172)}


def test_a_clip_without_audio_has_no_sound_track(watch):
    assert watch(render(Clip(**SMALL, seconds=1))).sound == []


def test_a_clip_with_audio_has_one_stereo_track_at_48_khz(watch):
    film = watch(render(Clip(**SMALL, seconds=12.5, audio=True)))

    # whole frames of 1,024 samples: the last that still end within the picture
    assert film.sound == [("aac", 48_000, 2, Fraction(585 * 1_024, 48_000))]
    assert film.messages == []


def test_the_sound_is_aac_low_complexity_silence():
    film = render(Clip(**SMALL, seconds=1, audio=True))

    with av.open(io.BytesIO(film)) as container:
        track = container.streams.audio[0]
        frames = list(container.decode(track))

    assert track.profile == "LC"
    assert {frame.samples for frame in frames} == {1_024}
    assert {byte for frame in frames for plane in frame.planes for byte in bytes(plane)} == {0}


def test_sound_is_not_longer_than_a_picture_shorter_than_a_frame_of_sound(watch):
    film = watch(render(Clip(**SMALL, seconds=1 / 60, fps=60, audio=True)))

    assert film.sound == [("aac", 48_000, 2, Fraction(1, 60))]


@settings(max_examples=25, deadline=None)
@given(clip=CLIPS)
def test_any_clip_plays_as_asked(watch, clip):
    frames = max(1, round(clip.seconds * clip.fps))
    last = frames - 1

    film = watch(render(clip), keep={last})

    assert film.messages == []
    assert film.size == (clip.width, clip.height)
    assert (film.frames, film.duration) == (frames, Fraction(frames, clip.fps))
    assert film.kept == {last: planes(clip, last // clip.fps)}
    assert len(film.sound) == clip.audio
    assert all(0 < duration <= film.duration for *_, duration in film.sound)


def test_a_decoder_is_told_the_colours(watch):
    frame = watch(render(Clip(**SMALL, seconds=1))).last

    smpte_170m, limited = 6, 1
    assert frame.colorspace == frame.color_primaries == frame.color_trc == smpte_170m
    assert frame.color_range == limited


def test_the_index_precedes_the_media():
    film = render(Clip(**SMALL, seconds=1, audio=True))

    names, position = [], 0
    while position < len(film):
        size, name = unpack_from(">I4s", film, position)
        names.append(name)
        position += size

    assert names == [b"ftyp", b"moov", b"mdat"]
    assert position == len(film)


def test_a_clip_always_gives_the_same_bytes():
    clip = Clip(width=854, height=480, seconds=5, audio=True)

    assert render(clip) == render(clip)


def test_bytes_stay_the_same_from_release_to_release():
    film = render(Clip(width=1280, height=720, seconds=10, audio=True))

    assert hashlib.sha256(film).hexdigest() == (
        "835eee1a65d55870d4cd0242316f202862751e7b1b5a74955aee2f65d95ea408"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 495}, "width must be even.*495"),
        ({"height": 271}, "height must be even.*271"),
        ({"width": 0}, "width must be positive.*0"),
        ({"height": -2}, "height must be positive.*-2"),
        ({"seconds": 0}, "seconds must be above 0.*0"),
        ({"seconds": -1.5}, "seconds must be above 0.*-1.5"),
        ({"seconds": float("nan")}, "seconds must be above 0.*nan"),
        ({"seconds": float("inf")}, "at most 43200.*inf"),
        ({"fps": 0}, "fps must be above 0.*0"),
        ({"fps": 173}, "at most 172.*173"),
        ({"width": 8192, "height": 8192}, "no level of H.264 allows 8192x8192"),
        ({"width": 16_896}, "no level of H.264 allows 16896x128"),
    ],
)
def test_what_cannot_be_filmed_is_refused(change, message):
    clip = Clip(**({**SMALL, "seconds": 1} | change))

    with pytest.raises(ValueError, match=message):
        render(clip)


@pytest.mark.parametrize("ticks_a_second", [MAX_FRAME_RATE * TICKS_PER_FRAME, SAMPLE_RATE])
def test_the_longest_film_fits_the_32_bit_durations_of_mp4(ticks_a_second):
    assert MAX_SECONDS * ticks_a_second < 2**32
