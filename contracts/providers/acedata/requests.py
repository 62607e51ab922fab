"""What a client may send: body classes, their rules, and the documents they come from."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, ConfigDict, Field

from contracts.kernel.body import Body, Whole
from contracts.kernel.conditions import Condition, Equals, Given
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import ImageLink
from contracts.kernel.rules import Rule, needs
from contracts.kernel.source import Source
from contracts.providers.acedata.by_model import (
    FEWEST_FRAMES,
    MODE_RULES,
    MODES,
    by_model,
    frame_steps,
    known,
)
from contracts.providers.acedata.media import IMAGES
from contracts.providers.acedata.models import seed as seed_models
from contracts.providers.acedata.sources import CLIENTS, DOCS_SPEC, SDK_SPEC, SEED

MOST_FRAMES = 361
NEWER = "Not on the seed's page, whose top level is open; limits as in the newer document."


class AceBody(Body):
    """An Ace Data Cloud request: the top level is open."""

    namespace: ClassVar[str] = "acedata"
    source: ClassVar[Source] = SEED


class ClosedBody(AceBody):
    """An object whose schema says `additionalProperties: false`."""

    model_config = ConfigDict(extra="forbid")
    source: ClassVar[Source] = SDK_SPEC


class TextItem(ClosedBody):
    """The prompt, with flags such as `--rs 720p` at its end."""

    type: Literal["text"]
    text: Annotated[str, Field(max_length=1000)]


class ImageUrl(ClosedBody):
    """The link of an image."""

    url: ImageLink


class ImageItem(ClosedBody):
    """An image; without a role it is the first frame."""

    type: Literal["image_url"]
    image_url: ImageUrl
    role: Literal["first_frame", "last_frame", "reference_image"] | MISSING = MISSING


Item = Annotated[TextItem | ImageItem, Field(discriminator="type")]


class Request(AceBody):
    """`POST /seedance/videos`, as far as all documents agree.

    The fields after `execution_expires_after` are newer than the seed's page. They are accepted
    there, and obeyed here, because the vendor's own SDK always sends them.
    """

    model: str
    content: Annotated[
        list[Item], Field(fail_fast=True), SEED.at("content", "Audio and video came later.")
    ]
    generate_audio: bool = False
    callback_url: Annotated[str, Field(min_length=1)] | MISSING = MISSING
    return_last_frame: bool = False
    execution_expires_after: Annotated[int, Field(ge=3600, le=259_200), Whole] = 172_800
    async_: Annotated[bool, Field(alias="async"), SDK_SPEC.at("async", NEWER)] = False
    resolution: (
        Annotated[Literal["480p", "720p", "1080p"], SDK_SPEC.at("resolution", NEWER)] | MISSING
    ) = MISSING
    ratio: (
        Annotated[
            Literal["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"],
            DOCS_SPEC.at("ratio", NEWER),
        ]
        | MISSING
    ) = MISSING
    duration: (
        Annotated[
            int,
            Field(ge=-1, le=30),
            Whole,
            DOCS_SPEC.at("duration", NEWER + " The maximum is 12, 15 or 30 by document."),
        ]
        | MISSING
    ) = MISSING
    frames: (
        Annotated[
            int,
            Field(ge=FEWEST_FRAMES, le=MOST_FRAMES),
            Whole,
            SDK_SPEC.at("frames", NEWER + " Newer documents end at 289."),
        ]
        | MISSING
    ) = MISSING
    seed: (
        Annotated[int, Field(ge=-1, le=4_294_967_295), Whole, DOCS_SPEC.at("seed", NEWER)] | MISSING
    ) = MISSING
    camerafixed: Annotated[bool, DOCS_SPEC.at("camerafixed", NEWER)] | MISSING = MISSING
    watermark: Annotated[bool, DOCS_SPEC.at("watermark", NEWER)] | MISSING = MISSING
    priority: (
        Annotated[int, Field(ge=0, le=9), Whole, DOCS_SPEC.at("priority", NEWER)] | MISSING
    ) = MISSING


class Videos(Request):
    """`POST /seedance/videos`: one request for one video."""

    service_tier: Annotated[
        Literal["default", "flex"], SEED.at("service_tier", "Removed from newer documents.")
    ] = "default"

    media: ClassVar[tuple[MediaRule, ...]] = IMAGES
    rules: ClassVar[tuple[Rule, ...]] = (
        known(seed_models),
        *MODE_RULES,
        *by_model(seed_models),
        frame_steps(MOST_FRAMES),
    )
    modes: ClassVar[Mapping[str, Condition]] = MODES


class Tasks(AceBody):
    """`POST /seedance/tasks`: look up one task, or several."""

    source: ClassVar[Source] = DOCS_SPEC

    action: Literal["retrieve", "retrieve_batch"] = "retrieve"
    id: str | MISSING = MISSING
    ids: list[str] | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        needs(
            id="batch-needs-ids",
            sentence="The action `retrieve_batch` needs at least one id in `ids`.",
            source=CLIENTS.at("SeedanceDify tools/api_contracts.py"),
            when=Equals("action", "retrieve_batch"),
            any_of=(Given("ids"),),
        ),
    )
