"""What a client may send since October: differences from June."""

from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, ConfigDict, Field

from contracts.kernel.conditions import Each, Given, OneOf
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import AudioLink, ImageLink, VideoLink
from contracts.kernel.rules import Must, Rule, needs
from contracts.kernel.source import Source
from contracts.providers.venice import requests as june
from contracts.providers.venice.by_model import (
    TYPED_REFERENCES,
    caps,
    known,
    lengths,
    offered,
    quoting,
    strict,
    wanted_media,
)
from contracts.providers.venice.media import OCTOBER
from contracts.providers.venice.models import october
from contracts.providers.venice.quirks import CameraPath, UniqueFrames
from contracts.providers.venice.requests import GENERAL, ClosedBody, UpscaleFactor, VeniceBody
from contracts.providers.venice.sources import SEEDANCE, SKILLS, SPEC_AUGUST

AspectRatio = Literal[
    "1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "9:21", "21:9", "adaptive",
    "auto",
]  # fmt: skip
Resolution = Literal[
    "256p", "360p", "480p", "540p", "580p", "720p", "1080p", "1440p", "2160p", "2k", "2K", "4k",
    "2x", "4x", "true_1080p", "480P", "768P", "1080P",
]  # fmt: skip
Duration = Annotated[
    str,
    Field(
        pattern="^([1-9]s|[12][0-9]s|30s|-1|1 gen|auto|Auto|[0-9]{1,3}([.][0-9]+)?)$",
        json_schema_extra={
            "x-words": "1s to 30s, -1, 1 gen, auto, Auto, or seconds as text",
            "examples": [*(f"{n}s" for n in range(1, 31)), "-1", "1 gen", "auto", "Auto", "12.5"],
        },
    ),
    SPEC_AUGUST.at("duration", "Seconds as text are for models that follow a video (SKILLS)."),
]
NOT_BLANK = "[^\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
"""What ECMAScript means by `\\S`, spelled out, for regular expressions differ in it."""
LIVE = SKILLS.at("venice-video", "Not in the OpenAPI file of 2026-08-21.")
EXAMPLE_LINK = "https://example.com/brief.pdf"
EDITS = ("edit", "editing", "extend", "extension")


class Keyframe(VeniceBody):
    """An image at a moment of the video, counted in frames of 1/24 second."""

    source: ClassVar[Source] = SPEC_AUGUST

    image_url: ImageLink
    frame_index: Annotated[float, Field(ge=0)]


class CameraPosition(ClosedBody):
    """Where the camera is at a moment between 0 and 1."""

    source: ClassVar[Source] = LIVE

    time: Annotated[float, Field(ge=0, le=1)]
    azimuth: float
    elevation: Annotated[float, Field(ge=-90, le=90)]
    distance: Annotated[float, Field(gt=0)]


class ImageReference(VeniceBody):
    """A typed reference, cited in the prompt as `@ref_name`."""

    source: ClassVar[Source] = LIVE

    image_url: ImageLink
    type: Literal["subject", "background"] | MISSING = MISSING
    ref_name: str | MISSING = MISSING


class VideoReference(VeniceBody):
    """A reference video with a sound of its own."""

    source: ClassVar[Source] = LIVE

    video_url: VideoLink
    ref_name: str | MISSING = MISSING
    audio_url: AudioLink | MISSING = MISSING


class Queue(june.Queue):
    """`POST /video/queue`: unknown fields are refused, and so are those a model does not take."""

    model_config = ConfigDict(extra="forbid")
    source: ClassVar[Source] = SPEC_AUGUST

    prompt: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=20_000,
                pattern=NOT_BLANK,
                json_schema_extra={
                    "x-words": "a text of 1 to 20000 characters that is not blank",
                    "examples": ["a cat on a gondola", "<Video 1> at dusk"],
                },
            ),
        ]
        | MISSING
    ) = MISSING  # type: ignore[assignment]  # some models need none
    duration: Duration | MISSING = MISSING  # type: ignore[assignment]  # likewise
    negative_prompt: Annotated[str, Field(max_length=20_000)] | MISSING = MISSING
    aspect_ratio: AspectRatio | MISSING = MISSING  # type: ignore[assignment]  # wider than June
    resolution: Resolution | MISSING = MISSING  # type: ignore[assignment]  # likewise
    reference_image_urls: Annotated[list[ImageLink], Field(max_length=30)] | MISSING = MISSING
    reference_video_urls: Annotated[list[VideoLink], Field(max_length=10)] | MISSING = MISSING
    reference_audio_urls: Annotated[list[AudioLink], Field(max_length=10)] | MISSING = MISSING
    reference_document_urls: (
        Annotated[
            list[Annotated[str, Field(json_schema_extra={"examples": [EXAMPLE_LINK]})]],
            Field(max_length=1),
        ]
        | MISSING
    ) = MISSING
    keyframes: Annotated[list[Keyframe], Field(max_length=10)] | MISSING = MISSING
    camera_trajectory: (
        Annotated[list[CameraPosition], Field(min_length=2, max_length=12), LIVE] | MISSING
    ) = MISSING
    omni_reference_task_type: (
        Annotated[
            Literal["auto", "reference", "edit", "extend", "editing", "extension"],
            SEEDANCE.at("omni_reference_task_type"),
        ]
        | MISSING
    ) = MISSING
    bitrate_mode: Annotated[Literal["standard", "high"], SEEDANCE.at("bitrate_mode")] | MISSING = (
        MISSING
    )
    image_references: Annotated[list[ImageReference], LIVE] | MISSING = MISSING
    video_references: Annotated[list[VideoReference], LIVE] | MISSING = MISSING
    voice_id: Annotated[str, Field(min_length=1), LIVE] | MISSING = MISSING
    anon_user_id: (
        Annotated[
            str,
            Field(
                max_length=128,
                pattern=r"^(\|?[ -{}~])*\|?$",
                json_schema_extra={
                    "x-words": "printable ASCII of at most 128 characters without ||",
                    "examples": ["user-1", "a|b"],
                },
            ),
            LIVE,
        ]
        | MISSING
    ) = MISSING

    media: ClassVar[tuple[MediaRule, ...]] = OCTOBER
    rules: ClassVar[tuple[Rule, ...]] = (
        known(october),
        *GENERAL,
        *offered(october, "duration", "aspect_ratio", "resolution"),
        *lengths(october),
        *wanted_media(october, *TYPED_REFERENCES),
        *caps(october, "image", "video", "audio"),
        *strict(october),
        needs(
            id="edits-need-video",
            sentence="The task types `edit` and `extend` need `reference_video_urls`.",
            source=SEEDANCE.at("omni_reference_task_type"),
            when=OneOf("omni_reference_task_type", EDITS),
            any_of=(Given("reference_video_urls"),),
        ),
        Must(
            id="elements-have-visual",
            sentence="Each of `elements` has a `frontal_image_url` or a `video_url`.",
            source=SKILLS.at("venice-video"),
            that=Each("elements", ("frontal_image_url", "video_url")),
        ),
        Must(
            id="keyframes-in-time",
            sentence="`keyframes` have indices of their own, none past 24 times the duration.",
            source=SPEC_AUGUST.at("keyframes"),
            that=UniqueFrames(),
        ),
        Must(
            id="camera-path",
            sentence="`camera_trajectory` rises in time and turns at most 32 times.",
            source=LIVE,
            that=CameraPath(),
            message="Camera azimuth travel must not exceed 32 full turns, and time must rise",
        ),
    )


class Retrieve(june.Retrieve):
    """`POST /video/retrieve`, where an unknown model is refused as on submit."""

    source: ClassVar[Source] = SKILLS.at("venice-video")

    rules: ClassVar[tuple[Rule, ...]] = (known(october),)


class Quote(june.Quote):
    """`POST /video/quote`: a length only where the model has lengths to choose from."""

    source: ClassVar[Source] = SPEC_AUGUST

    duration: Duration | MISSING = MISSING  # type: ignore[assignment]  # optional for some
    aspect_ratio: AspectRatio | MISSING = MISSING  # type: ignore[assignment]  # wider than June
    resolution: Resolution | MISSING = MISSING  # type: ignore[assignment]  # likewise
    upscale_factor: UpscaleFactor | MISSING = MISSING
    reference_video_total_duration: Annotated[float, Field(ge=0, le=150)] | MISSING = MISSING
    reference_image_count: Annotated[float, Field(ge=0), LIVE] | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        known(october),
        *offered(october, "duration", "aspect_ratio", "resolution"),
        *(rule for rule in strict(october) if rule.id == "model-wants-duration"),
        *quoting(october),
    )


class Transcribe(VeniceBody):
    """`POST /video/transcriptions`: retired, so nothing of it is read."""

    source: ClassVar[Source] = SKILLS.at("venice-video")
