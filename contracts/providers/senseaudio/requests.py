"""What a client may send: body classes, their rules, and the documents they come from."""

from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, Field

from contracts.kernel.body import Body, Whole
from contracts.kernel.media import AudioLink, ImageLink, WebLink
from contracts.kernel.rules import AtMost, Contains, Excludes, Needs, Rule
from contracts.kernel.source import Confidence, Source

SEED = Source("docs.senseaudio.cn/api-reference/endpoint/video/create", "2026-06")
STATUS_PAGE = Source("docs.senseaudio.cn/api-reference/endpoint/video/status", "2026-06")
LIVE = Source(
    "bodies recorded by the senseaudio-video plugin", "2026-09-16", "", Confidence.OBSERVED
)
ERROR_TABLE = Source(
    "error table of the create page, as copied by jushenzhidao/video-adapter", "2026-09-17"
)
ASSUMED = Source("no document", "2026-11", "", Confidence.ASSUMED)


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
        WebLink, SEED.at("content", "Data URLs are named for images and hinted at for audio only.")
    ]


Item = Annotated[TextItem | ImageItem | AudioItem | VideoItem, Field(discriminator="type")]

TEXTS = Contains("content", {"type": "text"})
IMAGES = Contains("content", {"type": "image"})
AUDIOS = Contains("content", {"type": "audio"})
VIDEOS = Contains("content", {"type": "video"})
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

    model: Annotated[
        Literal["doubao-seedance-2-0-260128"],
        SEED.at("model", "The error table has 500 for an invalid model; an enum suggests 400."),
    ]
    content: Annotated[
        list[Item],
        Field(fail_fast=True),
        SEED.at("content", "The page's own sample is an empty list, so an empty list passes."),
    ]
    duration: Annotated[int, Field(ge=4, le=15), Whole]
    resolution: Annotated[
        Literal["480p", "720p", "1080p"],
        SEED.at("resolution", "The schema lists 1080p; the model section names 480p and 720p."),
    ]
    ratio: Literal["16:9", "9:16", "4:3", "3:4", "1:1"]
    timeout: Annotated[int, Field(ge=3600, le=172_800), Whole] | MISSING = MISSING
    watermark: bool = True
    provider_specific: ProviderSpecific | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        AtMost(id="one-text", source=MODES, items=TEXTS, most=1),
        AtMost(id="nine-images", source=MODES, items=IMAGES, most=9),
        AtMost(id="three-audios", source=MODES, items=AUDIOS, most=3),
        AtMost(id="three-videos", source=MODES, items=VIDEOS, most=3),
        AtMost(id="one-first-frame", source=MODES, items=FIRST, most=1),
        AtMost(id="one-last-frame", source=MODES, items=LAST, most=1),
        Excludes(
            id="first-frame-excludes-references",
            sentence="A `first_frame` cannot be combined with reference images, audio or video.",
            source=MODES,
            when=FIRST,
            none_of=(REFERENCE_IMAGES, AUDIOS, VIDEOS),
            message=MIXED,
        ),
        Excludes(
            id="last-frame-excludes-references",
            sentence="A `last_frame` cannot be combined with reference images, audio or video.",
            source=MODES,
            when=LAST,
            none_of=(REFERENCE_IMAGES, AUDIOS, VIDEOS),
            message=MIXED,
        ),
        Needs(
            id="last-frame-needs-first",
            sentence="A `last_frame` needs a `first_frame`.",
            source=MODES,
            when=LAST,
            any_of=(FIRST,),
        ),
        Needs(
            id="audio-needs-visual",
            sentence="Audio needs at least one image or video beside it.",
            source=MODES,
            when=AUDIOS,
            any_of=(IMAGES, VIDEOS),
        ),
    )


class Status(SenseBody):
    """`GET /v1/video/status`: how far a task is. `id` is the task id that create returned."""

    source: ClassVar[Source] = STATUS_PAGE

    id: str
