"""Files of other writers: the fixtures, and what FFmpeg makes."""

from pathlib import Path

import pytest

from contracts.kernel.probing import Bytes, Facts, probe

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("image.png", ("image", "png", 2451, 320, 320, None, None)),
        ("image.jpg", ("image", "jpeg", 3004, 320, 320, None, None)),
        ("clip.mp4", ("video", "mp4", 4342, 640, 640, 2.0, 24.0)),
        ("sound.mp3", ("audio", "mp3", 2421, None, None, 2.0, None)),
        ("sound.wav", ("audio", "wav", 16044, None, None, 2.0, None)),
    ],
)
def test_the_fixtures_are_what_they_were_made_to_be(name, facts):
    assert probe(Bytes((MEDIA / name).read_bytes())) == Facts(*facts)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("moov-last.mp4", "mpeg4", {}),
        ("moov-first.mp4", "mpeg4", {"movflags": "faststart"}),
        ("film.mov", "mpeg4", {}),
        ("film.mov", "libx264", {}),
        ("film.webm", "libvpx", {}),
        ("film.mkv", "mpeg4", {}),
    ],
)
def test_films_of_ffmpeg_are_measured(filmed, name, codec, options):
    content = filmed(name, codec, options)

    _, ending = name.split(".")
    assert probe(Bytes(content)) == Facts("video", ending, len(content), 160, 90, 2.0, 25.0)


def test_a_fragmented_film_does_not_say_how_long_it_is(filmed):
    content = filmed("live.mp4", "mpeg4", {"movflags": "frag_keyframe+empty_moov"})

    assert probe(Bytes(content)) == Facts("video", "mp4", len(content), 160, 90, None, None)


def test_a_film_that_was_streamed_has_a_segment_without_end(filmed):
    content = filmed("live.webm", "libvpx", {"live": "1"})

    assert probe(Bytes(content)) == Facts("video", "webm", len(content), 160, 90, None, 25.0)


@pytest.mark.parametrize(
    ("name", "codec", "seconds"),
    [
        ("sound.wav", "pcm_s16le", 2.0),
        ("sound.flac", "flac", 2.0),
        ("sound.mp3", "libmp3lame", 2.0),
        ("sound.m4a", "aac", pytest.approx(2.0, abs=0.03)),  # whole frames, and one to prime
        ("sound.ogg", "libopus", pytest.approx(2.0, abs=0.03)),
    ],
)
def test_sounds_of_ffmpeg_are_measured(recorded, name, codec, seconds):
    content = recorded(name, codec)

    _, ending = name.split(".")
    assert probe(Bytes(content)) == Facts("audio", ending, len(content), seconds=seconds)


@pytest.mark.parametrize(
    ("codec", "form", "name"),
    [
        ("png", "rgb24", "png"),
        ("mjpeg", "yuvj420p", "jpeg"),
        ("bmp", "bgr24", "bmp"),
        ("tiff", "rgb24", "tiff"),
        ("libwebp", "yuv420p", "webp"),
        ("libwebp", "bgra", "webp"),
    ],
)
def test_images_of_ffmpeg_are_measured(pictured, codec, form, name):
    content = pictured(codec, form)

    assert probe(Bytes(content)) == Facts("image", name, len(content), 160, 90)


def test_an_animation_of_ffmpeg_is_an_image(filmed):
    content = filmed("image.gif", "gif", form="rgb8")

    assert probe(Bytes(content)) == Facts("image", "gif", len(content), 160, 90)
