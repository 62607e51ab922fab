"""What a finished video looks like, whoever made it."""

from typing import NamedTuple

FRAMES_PER_SECOND = 24
"""Every documented Seedance relay delivers 24 frames a second (upstream ModelArk page 1520757)."""


class Clip(NamedTuple):
    """The measurable properties of a result: pixels, seconds, frames a second, sound."""

    width: int
    height: int
    seconds: float
    audio: bool = False
    fps: int = FRAMES_PER_SECOND
