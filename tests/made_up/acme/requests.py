"""What a client of Acme may send."""

from typing import Annotated, ClassVar

from pydantic import MISSING, Field

from contracts.kernel.body import Body, Whole
from contracts.kernel.conditions import Given
from contracts.kernel.media import AudioLink, ImageLink
from contracts.kernel.rules import Rule, needs
from contracts.kernel.source import Source

SOURCE = Source("docs.acme.example/video", "2026-11-20")


class AcmeBody(Body):
    namespace: ClassVar[str] = "acme"
    source: ClassVar[Source] = SOURCE


class Submit(AcmeBody):
    prompt: Annotated[str, Field(min_length=1, max_length=100)]
    seconds: Annotated[int, Field(ge=1, le=10), Whole] = 5
    image_url: ImageLink | MISSING = MISSING
    audio_url: AudioLink | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        needs(
            id="audio-needs-image",
            sentence="`audio_url` needs an `image_url`.",
            source=SOURCE,
            when=Given("audio_url"),
            any_of=(Given("image_url"),),
        ),
    )


class Look(AcmeBody):
    job: str


class Cancel(AcmeBody):
    job: str
