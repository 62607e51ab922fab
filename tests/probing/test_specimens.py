"""Specimens say what they were asked to say, to our readers and to FFmpeg."""

import io
from fractions import Fraction

import av
import av.logging
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.kernel.probing import MOST_PIXELS, Bytes, Facts, Unreadable, probe, view_of
from contracts.kernel.probing.specimens import as_data_url, film, image, sound

IMAGES = ["png", "jpeg", "gif", "webp", "bmp", "tiff", "heic"]
FILMS = ["mp4", "mov", "webm"]
SOUNDS = ["wav", "mp3"]
LENGTHS = [0.05, 1.99, 2.0, 15.0, 15.01, 30.5]
SIDES = st.integers(1, 6001)


@pytest.fixture(autouse=True)
def _quiet():
    """Let FFmpeg not complain of films whose pictures cannot be decoded."""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.PANIC)
    yield
    av.logging.set_level(before)


@pytest.mark.parametrize("form", IMAGES)
@given(width=SIDES, height=SIDES)
def test_an_image_is_as_large_as_asked(form, width, height):
    content = image(form, width, height)

    facts = probe(Bytes(content))

    assert facts == Facts("image", form, len(content), width, height)
    assert (facts.ratio, facts.pixels) == (width / height, width * height)


@pytest.mark.parametrize("form", sorted({*IMAGES} - {"heic"}))  # it has no pixels
def test_ffmpeg_decodes_an_image(form):
    with av.open(io.BytesIO(image(form, 321, 123))) as container:
        frame = next(container.decode(video=0))

    assert (frame.width, frame.height) == (321, 123)


@pytest.mark.parametrize("form", IMAGES)
def test_large_images_are_small_files(form):
    assert len(image(form, 6001, 6001)) < 150_000


@pytest.mark.parametrize("form", ["png", "tiff", "bmp", "heic", "gif"])
def test_a_decompression_bomb_is_unreadable(form):
    bomb = image(form, 65_535, 65_535)

    with pytest.raises(Unreadable, match=r"65535x65535 are more than the 178,956,970 pixels"):
        probe(Bytes(bomb))


@pytest.mark.parametrize("form", ["png", "heic"])
def test_one_pixel_less_is_no_bomb(form):
    assert probe(Bytes(image(form, MOST_PIXELS // 10, 10))).pixels == MOST_PIXELS


@pytest.mark.parametrize("form", sorted({*IMAGES} - {"webp"}))  # which cannot say zero
@pytest.mark.parametrize("size", [(0, 100), (100, 0)])
def test_an_image_without_area_is_unreadable(form, size):
    with pytest.raises(Unreadable, match="its width or height is zero"):
        probe(Bytes(image(form, *size)))


@pytest.mark.parametrize("form", FILMS)
@pytest.mark.parametrize("seconds", [1.99, 2.0, 15.0, 15.01, 30.5])
@pytest.mark.parametrize("fps", [1, 24, 23.976, 60])
def test_a_film_is_as_long_and_fast_as_asked(form, seconds, fps):
    content = film(form, 1280, 720, seconds, fps)

    # ticks are a thousandth of a frame
    assert probe(Bytes(content)) == Facts(
        "video",
        form,
        len(content),
        1280,
        720,
        pytest.approx(seconds, abs=0.001 / fps),
        pytest.approx(fps, abs=0.001),
    )


def test_a_film_of_one_frame_is_as_fast_as_that_frame():
    facts = probe(Bytes(film("mp4", 64, 64, 0.05, 24)))

    assert (facts.seconds, facts.fps) == (0.05, pytest.approx(20))


@pytest.mark.parametrize("form", FILMS)
@pytest.mark.parametrize("seconds", [1.99, 2.0, 5.0, 15.0, 15.01])
def test_lengths_that_limits_ask_for_are_exact(form, seconds):
    assert probe(Bytes(film(form, 64, 64, seconds, 25))).seconds == seconds


@pytest.mark.parametrize("form", FILMS)
@pytest.mark.parametrize("seconds", [1.99, 2.0, 15.01])
def test_ffmpeg_agrees_about_a_film(form, seconds):
    with av.open(io.BytesIO(film(form, 1280, 720, seconds, 24))) as container:
        video = container.streams.video[0]

        assert (video.width, video.height) == (1280, 720)
        assert Fraction(container.duration, av.time_base) == pytest.approx(seconds, abs=1e-5)
        assert video.average_rate == pytest.approx(24, abs=0.5)


@pytest.mark.parametrize("form", SOUNDS)
@pytest.mark.parametrize("seconds", LENGTHS)
def test_a_sound_is_as_long_as_asked(form, seconds):
    content = sound(form, seconds)

    assert probe(Bytes(content)) == Facts("audio", form, len(content), seconds=seconds)


@pytest.mark.parametrize("form", SOUNDS)
@pytest.mark.parametrize("seconds", LENGTHS)
def test_ffmpeg_agrees_about_a_sound(form, seconds):
    with av.open(io.BytesIO(sound(form, seconds))) as container:
        silence = {bytes(frame.planes[0])[:1] for frame in container.decode(audio=0)}
        duration = Fraction(container.duration, av.time_base)

    assert duration == pytest.approx(seconds, abs=1e-4)
    assert silence <= {b"\x80", b"\x00"}


@pytest.mark.parametrize(
    ("kind", "form", "media_type"),
    [
        ("image", "png", "image/png"),
        ("image", "heic", "image/heic"),
        ("video", "mp4", "video/mp4"),
        ("video", "mov", "video/quicktime"),
        ("video", "mkv", "video/x-matroska"),
        ("audio", "mp3", "audio/mpeg"),
        ("audio", "wav", "audio/wav"),
        ("audio", "m4a", "audio/mp4"),
    ],
)
def test_a_data_url_declares_the_registered_type(kind, form, media_type):
    declared, view = view_of(as_data_url(kind, form, b"content"))

    assert declared == media_type
    assert view.read(0, 100) == b"content"
