"""Watching a film the way a client would: through a real decoder."""

import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fractions import Fraction

import av
import av.logging
import pytest

Planes = tuple[bytes, ...]


@dataclass(kw_only=True)
class Watched:
    """What a decoder found in a file."""

    size: tuple[int, int]
    codec: str
    profile: str
    pixel_format: str
    fps: Fraction
    duration: Fraction
    sound: list[tuple[str, int, int, Fraction]]
    frames: int = 0
    kept: dict[int, Planes] = field(default_factory=dict)
    last: av.VideoFrame | None = None
    messages: list[object] = field(default_factory=list)


def _plane(plane: av.video.plane.VideoPlane) -> bytes:
    pixels, line = bytes(plane), plane.line_size
    starts = range(0, plane.height * line, line)
    return b"".join(pixels[start : start + plane.width] for start in starts)


def _watch(film: bytes, keep: Collection[int] = ()) -> Watched:
    with av.logging.Capture(local=False) as messages, av.open(io.BytesIO(film)) as container:
        video = container.streams.video[0]
        watched = Watched(
            size=(video.width, video.height),
            codec=video.codec_context.name,
            profile=video.profile,
            pixel_format=video.pix_fmt,
            fps=video.average_rate,
            duration=video.duration * video.time_base,
            sound=[
                (
                    track.codec_context.name,
                    track.rate,
                    track.channels,
                    track.duration * track.time_base,
                )
                for track in container.streams.audio
            ],
        )
        for frame in container.decode(video):
            if watched.frames in keep:
                watched.kept[watched.frames] = tuple(map(_plane, frame.planes))
            watched.last = frame
            watched.frames += 1
    watched.messages = list(messages)
    return watched


@pytest.fixture(scope="session")
def watch() -> Callable[..., Watched]:
    """Decode all frames of an MP4; those named in `keep` as planes of Y, Cb and Cr."""
    av.logging.set_level(av.logging.WARNING)
    return _watch
