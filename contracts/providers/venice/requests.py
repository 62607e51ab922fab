"""What a client may send: body classes and their rules."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, ConfigDict, Field

from contracts.kernel.body import Body, Boolean, Whole
from contracts.kernel.conditions import AllOf, AnyOf, Condition, Equals, Given, Lacks, Not
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import AudioLink, ImageLink, VideoLink
from contracts.kernel.rules import Rule, excludes, needs
from contracts.kernel.source import Source
from contracts.providers.venice.by_model import caps, known, lengths, offered, wanted_media
from contracts.providers.venice.media import ANY_MODEL, JUNE
from contracts.providers.venice.models import june
from contracts.providers.venice.sources import FACE_GUIDE, SEED, SKILLS, SPEC, SPEC_AUGUST

UPSCALER = "topaz-video-upscale"

Duration = Literal[
    "2s", "3s", "4s", "5s", "6s", "7s", "8s", "9s", "10s", "11s", "12s", "13s", "14s", "15s", "16s",
    "18s", "20s", "25s", "30s", "1 gen", "Auto",
]  # fmt: skip
AspectRatio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9"]
Resolution = Literal[
    "256p", "360p", "480p", "540p", "580p", "720p", "1080p", "1440p", "2160p", "4k", "2x", "4x",
    "true_1080p",
]  # fmt: skip
UpscaleFactor = Annotated[Literal[1, 2, 4], Whole]
Confirmed = Annotated[Literal[True], Boolean]


GENERAL: tuple[Rule, ...] = (
    needs(
        id="audio-needs-visual",
        sentence="`reference_audio_urls` needs at least one reference image or video.",
        source=SEED.at("reference_audio_urls"),
        when=Given("reference_audio_urls"),
        any_of=(Given("reference_image_urls"), Given("reference_video_urls")),
    ),
    excludes(
        id="upscale-has-no-resolution",
        sentence=f"`{UPSCALER}` takes `upscale_factor` instead of `resolution`.",
        source=SEED.at("Video upscaling"),
        when=Equals("model", UPSCALER),
        none_of=(Given("resolution"),),
        message="Use upscale_factor instead of resolution",
    ),
)
"""What holds for every model, and for the upscaler in every revision."""


REFERENCES = AnyOf((Given("reference_image_urls"), Given("reference_video_urls")))
MODES: Mapping[str, Condition] = {
    "text": Lacks(
        (
            "image_url", "end_image_url", "audio_url", "video_url", "reference_image_urls",
            "reference_video_urls", "reference_audio_urls", "elements", "scene_image_urls",
        )
    ),
    "first-frame": AllOf((Given("image_url"), Not(Given("end_image_url")))),
    "first-and-last-frame": AllOf((Given("image_url"), Given("end_image_url"))),
    "references": REFERENCES,
    "video": Given("video_url"),
}  # fmt: skip
"""Text to video, image to video in two ways, reference to video, and work on a video."""


class VeniceBody(Body):
    """A Venice request; unknown keys pass, as the June schema leaves its bodies open.

    Since about August the live validator refuses them on queue (SKILLS).
    """

    namespace: ClassVar[str] = "venice"
    source: ClassVar[Source] = SPEC


class ClosedBody(VeniceBody):
    """A request whose schema says `additionalProperties: false`."""

    model_config = ConfigDict(extra="forbid")


class SeedanceConsent(ClosedBody):
    """Three confirmations, all of them true, and nothing else."""

    source: ClassVar[Source] = FACE_GUIDE

    confirmed_terms_and_privacy: Confirmed
    confirmed_legal_right: Confirmed
    confirmed_screening_acknowledged: Confirmed


class Consents(VeniceBody):
    """Attestations by provider; an empty object is one that attests nothing."""

    source: ClassVar[Source] = FACE_GUIDE

    seedance: SeedanceConsent | MISSING = MISSING


class Element(VeniceBody):
    """A character or an object, cited in the prompt as `@Element1` and so on."""

    frontal_image_url: ImageLink | MISSING = MISSING
    reference_image_urls: Annotated[list[ImageLink], Field(max_length=3)] | MISSING = MISSING
    video_url: VideoLink | MISSING = MISSING


class Queue(VeniceBody):
    """`POST /video/queue`: one request for one video."""

    source: ClassVar[Source] = SEED

    model: str
    prompt: Annotated[
        str,
        Field(min_length=1, max_length=10_000),
        SEED.at("prompt", "The limit varies by model, 2500 by default. Since 2026-08: 20000."),
    ]
    duration: Annotated[
        Duration, SEED.at("duration", "Since 2026-08: 1s to 30s without gaps, -1 and auto.")
    ]
    consents: Consents | MISSING = MISSING
    negative_prompt: Annotated[str, Field(max_length=10_000)] | MISSING = MISSING
    aspect_ratio: AspectRatio | MISSING = MISSING
    resolution: Resolution | MISSING = MISSING
    upscale_factor: UpscaleFactor | MISSING = MISSING
    audio: bool | MISSING = MISSING
    image_url: ImageLink | MISSING = MISSING
    end_image_url: ImageLink | MISSING = MISSING
    audio_url: AudioLink | MISSING = MISSING
    video_url: VideoLink | MISSING = MISSING
    reference_image_urls: (
        Annotated[
            list[ImageLink],
            Field(max_length=9),
            SEED.at("reference_image_urls", "Since 2026-08: 30, by model."),
        ]
        | MISSING
    ) = MISSING
    reference_video_urls: (
        Annotated[
            list[VideoLink],
            Field(max_length=3),
            SEED.at("reference_video_urls", "Since 2026-08: 10, by model."),
        ]
        | MISSING
    ) = MISSING
    reference_audio_urls: (
        Annotated[
            list[AudioLink],
            Field(max_length=3),
            SEED.at("reference_audio_urls", "Since 2026-08: 10, by model."),
        ]
        | MISSING
    ) = MISSING
    elements: Annotated[list[Element], Field(max_length=4)] | MISSING = MISSING
    scene_image_urls: Annotated[list[ImageLink], Field(max_length=4)] | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        known(june),
        *GENERAL,
        *offered(june, "duration", "aspect_ratio", "resolution"),
        *lengths(june),
        *wanted_media(june),
        *caps(june, "image"),
    )
    media: ClassVar[tuple[MediaRule, ...]] = JUNE
    modes: ClassVar[Mapping[str, Condition]] = MODES


class Quote(VeniceBody):
    """`POST /video/quote`: what a video would cost; unknown keys are dropped."""

    model: str
    duration: Duration
    aspect_ratio: AspectRatio | MISSING = MISSING
    resolution: Resolution | MISSING = MISSING
    upscale_factor: UpscaleFactor | MISSING = MISSING
    audio: bool = True
    video_url: VideoLink | MISSING = MISSING
    reference_video_total_duration: (
        Annotated[
            float, Field(ge=0, le=45), SPEC.at("QuoteVideoRequest", "Since 2026-08: at most 150.")
        ]
        | MISSING
    ) = MISSING

    media: ClassVar[tuple[MediaRule, ...]] = ANY_MODEL[:1]
    rules: ClassVar[tuple[Rule, ...]] = (
        known(june),
        *offered(june, "duration", "aspect_ratio", "resolution"),
    )


class Retrieve(ClosedBody):
    """`POST /video/retrieve`: how far a video is, or the video itself."""

    model: str
    queue_id: str
    delete_media_on_completion: bool = False


class Complete(ClosedBody):
    """`POST /video/complete`: delete the stored media after download."""

    model: str
    queue_id: str


class Share(VeniceBody):
    """`GET` or `DELETE` of a `download_url`."""

    token: str


class ListModels(VeniceBody):
    """`GET /models`: without `type` only text models are listed."""

    source: ClassVar[Source] = SKILLS.at("venice-models")

    type: (
        Annotated[
            Literal[
                "asr", "embedding", "image", "music", "text", "tts", "upscale", "inpaint", "video",
                "all", "code",
            ],
            SPEC_AUGUST,
        ]
        | MISSING
    ) = MISSING  # fmt: skip
