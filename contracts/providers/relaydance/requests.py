"""What a client may send: body classes, their rules, and the documents they come from."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, Field

from contracts.kernel.body import Body
from contracts.kernel.conditions import AllOf, AnyOf, Condition, Contains, Given, Not
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import AudioLink, ImageLink, VideoLink
from contracts.kernel.rules import Rule, at_most, excludes
from contracts.kernel.source import Source
from contracts.providers.relaydance.by_model import by_model, known
from contracts.providers.relaydance.models import models
from contracts.providers.relaydance.sources import ASSUMED, GET_PAGE, SEED, UPLOAD_PAGE

MOST_SECONDS = 30
"""No model is known to make longer clips (GATEWAY); the FAQ says 15."""
SECONDS = [str(seconds) for seconds in range(1, MOST_SECONDS + 1)]


class RelayBody(Body):
    """A RelayDance request; unknown fields are ignored without a word (GATEWAY).

    That holds for a `callback_url` at the top level, too: no webhook ever comes of it.
    """

    namespace: ClassVar[str] = "relaydance"
    source: ClassVar[Source] = SEED


class ImageUrl(RelayBody):
    """The link of an image."""

    url: ImageLink


class VideoUrl(RelayBody):
    """The link of a video."""

    url: VideoLink


class AudioUrl(RelayBody):
    """The link of a sound."""

    url: AudioLink


class ImageItem(RelayBody):
    """An image: a reference, or the first or last frame."""

    type: Literal["image_url"]
    image_url: ImageUrl
    role: Annotated[
        Literal["reference_image", "first_frame", "last_frame"],
        SEED.at("metadata.content[]", "The page names frame mode, yet shows no role for it."),
    ]


class VideoItem(RelayBody):
    """A reference video."""

    type: Literal["video_url"]
    video_url: VideoUrl
    role: Literal["reference_video"]


class AudioItem(RelayBody):
    """A reference sound."""

    type: Literal["audio_url"]
    audio_url: AudioUrl
    role: Literal["reference_audio"]


Item = Annotated[ImageItem | VideoItem | AudioItem, Field(discriminator="type")]

REFERENCES = (
    Contains("metadata.content", {"role": "reference_image"}),
    Contains("metadata.content", {"role": "reference_video"}),
    Contains("metadata.content", {"role": "reference_audio"}),
)
FIRST = Contains("metadata.content", {"role": "first_frame"})
LAST = Contains("metadata.content", {"role": "last_frame"})
PER_KIND = SEED.at("metadata.content[]")
MODE_RULES: tuple[Rule, ...] = (
    at_most(id="nine-images", source=PER_KIND, items=REFERENCES[0], most=9),
    at_most(id="three-videos", source=PER_KIND, items=REFERENCES[1], most=3),
    at_most(id="three-audios", source=PER_KIND, items=REFERENCES[2], most=3),
    excludes(
        id="references-exclude-first-frame",
        sentence="Reference media cannot be combined with a `first_frame`.",
        source=PER_KIND,
        when=FIRST,
        none_of=REFERENCES,
    ),
    excludes(
        id="references-exclude-last-frame",
        sentence="Reference media cannot be combined with a `last_frame`.",
        source=PER_KIND,
        when=LAST,
        none_of=REFERENCES,
    ),
)


class Metadata(RelayBody):
    """Vendor parameters."""

    ratio: (
        Annotated[
            Literal["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive"],
            SEED.at("metadata", "The page gives three examples, clients send the others, too."),
        ]
        | MISSING
    ) = MISSING
    resolution: Literal["480p", "720p", "1080p"] | MISSING = MISSING
    generate_audio: bool | MISSING = MISSING
    callback_url: str | MISSING = MISSING
    content: Annotated[list[Item], Field(fail_fast=True)] | MISSING = MISSING


class Generate(RelayBody):
    """`POST /v1/video/generations`: one request for one video.

    Reference images are cited in the prompt as `@image1`, `@image2`..., counted in the order of
    `metadata.content`.
    """

    model: Annotated[str, Field(min_length=1)]
    prompt: Annotated[str, Field(min_length=1)]
    seconds: (
        Annotated[
            str,
            Field(
                pattern=f"^({'|'.join(SECONDS)})$",
                json_schema_extra={
                    "x-words": f"whole seconds, 1 to {MOST_SECONDS}, as a string",
                    "examples": [*SECONDS],
                },
            ),
            SEED.at("seconds", "A number is refused, though one client reports that it works."),
        ]
        | MISSING
    ) = MISSING
    metadata: Metadata | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (known(models), *MODE_RULES, *by_model(models))
    media: ClassVar[tuple[MediaRule, ...]] = (
        MediaRule(
            id="media-readable",
            sentence="A medium can be read, and is of the kind its item is for.",
            source=ASSUMED,
        ),
    )
    modes: ClassVar[Mapping[str, Condition]] = {
        "text": Not(Given("metadata.content")),
        "first-frame": AllOf((FIRST, Not(LAST))),
        "first-and-last-frame": AllOf((FIRST, LAST)),
        "references": AnyOf(REFERENCES),
    }


class Poll(RelayBody):
    """`GET /v1/video/generations/{task_id}`: how far a task is."""

    source: ClassVar[Source] = GET_PAGE

    task_id: str


class FileForm(RelayBody):
    """`POST /v1/files`: a multipart form with one file."""

    source: ClassVar[Source] = UPLOAD_PAGE

    file: str


class ListModels(RelayBody):
    """`GET /v1/models`: no parameters."""
