"""The model table of Ace Data Cloud."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from contracts.kernel.models import ModelRow, read_models

SEED_FAMILIES = ("1.0", "1.0-lite", "1.5")


class AceModel(ModelRow):
    """What one model makes of which input."""

    family: str
    seconds: tuple[int, int]
    automatic_seconds: bool
    """Whether -1 leaves the length to the model."""
    resolutions: tuple[str, ...]
    default_resolution: str
    text_only: bool
    first_frame: bool
    last_frame: bool
    reference_images: int
    reference_videos: int
    reference_audios: int
    references: int
    """How many references there may be in all."""
    audio_alone: bool
    generate_audio: bool
    """Whether it makes sound; the others ignore the wish."""
    return_last_frame: bool
    """Whether it gives its last frame; the others ignore the wish."""
    frames: bool
    task_types: tuple[str, ...]
    output_formats: tuple[str, ...]
    web_search: bool
    priority: bool = False
    price_per_second: tuple[float, Literal["usd", "credits"]]
    """What a second costs at 720p, as the vendor's list has it."""
    sound_price_factor: float = 1
    """How many times the price it costs with sound."""


@cache
def models() -> Mapping[str, AceModel]:
    """Give the whole table, read once."""
    return read_models(__package__, AceModel)


@cache
def seed() -> Mapping[str, AceModel]:
    """Give the five models of the seed's page."""
    return {id_: row for id_, row in models().items() if row.family in SEED_FAMILIES}
