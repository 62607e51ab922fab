"""What a client may send: body classes, their rules, and the documents they come from."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, Field

from contracts.kernel.body import Body, Whole
from contracts.kernel.conditions import AllOf, AnyOf, Condition, Contains, Not
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import AudioLink, ImageLink, VideoWebLink
from contracts.kernel.rules import Rule, at_most, excludes, needs
from contracts.kernel.source import Source
from contracts.providers.senseaudio.by_model import AUDIOS, IMAGES, VIDEOS, by_model, known
from contracts.providers.senseaudio.media import MEDIA
from contracts.providers.senseaudio.models import current
from contracts.providers.senseaudio.sources import SEED, STATUS_PAGE


class SenseBody(Body):
    """A SenseAudio request: unknown fields are ignored, as documented, at every level."""

    namespace: ClassVar[str] = "senseaudio"
    source: ClassVar[Source] = SEED


class TextItem(SenseBody):
    """The prompt."""

    type: Literal["text"]
    text: str


class ImageItem(SenseBody):
    """An image in its flat form: `url`, not `image_url`."""

    type: Literal["image"]
    url: ImageLink
    role: (
        Annotated[
            Literal["first_frame", "last_frame", "reference"],
            SEED.at("content", "What an image without a role is, no document says."),
        ]
        | MISSING
    ) = MISSING


class AudioItem(SenseBody):
    """A reference sound."""

    type: Literal["audio"]
    audio_url: AudioLink


class VideoItem(SenseBody):
    """A reference video."""

    type: Literal["video"]
    video_url: Annotated[
        VideoWebLink,
        SEED.at("content", "Data URLs are named for images and hinted at for audio only."),
    ]


Item = Annotated[TextItem | ImageItem | AudioItem | VideoItem, Field(discriminator="type")]

TEXTS = Contains("content", {"type": "text"})
FIRST = Contains("content", {"type": "image", "role": "first_frame"})
LAST = Contains("content", {"type": "image", "role": "last_frame"})
REFERENCE_IMAGES = Contains("content", {"type": "image", "role": "reference"})

MODES = SEED.at("content combinations")
MIXED = "首尾帧和参考素材不能混用"
"""The live service's words for both mixing rules (LIVE)."""


class ProviderSpecific(SenseBody):
    """Vendor parameters; everything but `generate_audio` is ignored, `camera_fixed` included."""

    generate_audio: bool | MISSING = MISSING


class Create(SenseBody):
    """`POST /v1/video/create`: one request for one video."""

    model: str
    content: Annotated[
        list[Item],
        Field(fail_fast=True),
        SEED.at("content", "The page's own sample is an empty list, so an empty list passes."),
    ]
    duration: Annotated[int, Whole]
    resolution: Annotated[
        Literal["480p", "720p", "1080p"],
        SEED.at("resolution", "The schema lists 1080p; the model section names 480p and 720p."),
    ]
    ratio: Literal["16:9", "9:16", "4:3", "3:4", "1:1"]
    timeout: Annotated[int, Field(ge=3600, le=172_800), Whole] | MISSING = MISSING
    watermark: bool = True
    provider_specific: ProviderSpecific | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        known(current),
        *by_model(current),
        at_most(id="one-text", source=MODES, items=TEXTS, most=1),
        at_most(id="one-first-frame", source=MODES, items=FIRST, most=1),
        at_most(id="one-last-frame", source=MODES, items=LAST, most=1),
        excludes(
            id="frames-exclude-references",
            sentence="First and last frames do not go with reference images, audio or video.",
            source=MODES,
            when=AnyOf((FIRST, LAST)),
            none_of=(REFERENCE_IMAGES, AUDIOS, VIDEOS),
            message=MIXED,
        ),
        needs(
            id="last-frame-needs-first",
            sentence="A `last_frame` needs a `first_frame`.",
            source=MODES,
            when=LAST,
            any_of=(FIRST,),
        ),
        needs(
            id="audio-needs-visual",
            sentence="Audio needs at least one image or video beside it.",
            source=MODES,
            when=AUDIOS,
            any_of=(IMAGES, VIDEOS),
        ),
    )
    media: ClassVar[tuple[MediaRule, ...]] = MEDIA
    modes: ClassVar[Mapping[str, Condition]] = {
        "text": Not(AnyOf((IMAGES, AUDIOS, VIDEOS))),
        "first-frame": AllOf((FIRST, Not(LAST))),
        "first-and-last-frame": AllOf((FIRST, LAST)),
        "references": AnyOf((REFERENCE_IMAGES, VIDEOS)),
    }


class Status(SenseBody):
    """`GET /v1/video/status`: how far a task is. `id` is the task id that create returned."""

    source: ClassVar[Source] = STATUS_PAGE

    id: str
