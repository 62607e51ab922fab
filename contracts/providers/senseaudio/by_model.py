"""What depends on the model."""

from contracts.kernel.conditions import Between, Contains, Fewer
from contracts.kernel.rules import ByModel, KnownModel, Rule, Table
from contracts.providers.senseaudio.models import SenseModel
from contracts.providers.senseaudio.sources import SEED

IMAGES = Contains("content", {"type": "image"})
AUDIOS = Contains("content", {"type": "audio"})
VIDEOS = Contains("content", {"type": "video"})
SOURCE = SEED.at("model section")


def known(table: Table[SenseModel]) -> KnownModel:
    """Demand a model of the current generation."""
    return KnownModel(
        id="known-model",
        sentence="`model` is one of the current generation.",
        source=SEED.at("model", "The error table has 500 for an invalid model; an enum means 400."),
        table=table,
    )


def by_model(table: Table[SenseModel]) -> tuple[Rule, ...]:
    """Demand lengths and numbers that the model takes."""
    return (
        ByModel(
            id="model-duration",
            sentence="`duration` lies in the range of the model.",
            source=SOURCE,
            table=table,
            asks=lambda row: Between("duration", *row.seconds),
        ),
        ByModel(
            id="model-images",
            sentence="There are no more images than the model takes.",
            source=SOURCE,
            table=table,
            asks=lambda row: Fewer(IMAGES, row.images),
        ),
        ByModel(
            id="model-audios",
            sentence="There are no more sounds than the model takes.",
            source=SOURCE,
            table=table,
            asks=lambda row: Fewer(AUDIOS, row.audios),
        ),
        ByModel(
            id="model-videos",
            sentence="There are no more videos than the model takes.",
            source=SOURCE,
            table=table,
            asks=lambda row: Fewer(VIDEOS, row.videos),
        ),
    )
