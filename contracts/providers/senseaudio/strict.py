"""SenseAudio, with the model section of its page taken at its word: no 1080p."""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from contracts.kernel.source import Source
from contracts.providers.senseaudio import CREATE
from contracts.providers.senseaudio import PROVIDER as CURRENT
from contracts.providers.senseaudio import requests as current
from contracts.providers.senseaudio.sources import SEED

MODEL_SECTION = SEED.at("model section", "The schema of the same page lists 1080p, too.")


class Create(current.Create):
    """`POST /v1/video/create`, without the resolution that the page disputes."""

    source: ClassVar[Source] = SEED

    resolution: Annotated[Literal["480p", "720p"], MODEL_SECTION]


PROVIDER = CURRENT.revised(
    replace(CREATE, body=Create),
    revision="strict",
    about="The current generation, read strictly: the model section lists no 1080p.",
    dialect=True,
)
