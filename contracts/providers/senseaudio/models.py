"""The model table of SenseAudio."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from contracts.kernel.models import ModelRow, read_models


class SenseModel(ModelRow):
    """What one model makes of which input."""

    generation: Literal["current", "previous"]
    ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    """As the schema of the request has them, where there are none."""
    seconds: tuple[int, int]
    frames: bool
    """Whether it takes first and last frames."""
    images: int
    audios: int
    videos: int
    generate_audio: bool
    cny_per_second: Mapping[str, float] = {}
    """The list price of a second, by resolution."""


@cache
def models() -> Mapping[str, SenseModel]:
    """Give the whole table, read once."""
    return read_models(__package__, SenseModel)


@cache
def current() -> Mapping[str, SenseModel]:
    """Give the models of the current generation; the others are not accepted any more."""
    return {id_: row for id_, row in models().items() if row.generation == "current"}
