"""What a client may send by the newest schema: differences from the seed."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, Field

from contracts.kernel.body import Whole
from contracts.kernel.conditions import AnyOf, Condition, Contains, Fewer, Implies, Lacks, Not
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.media import AudioWebLink, VideoWebLink
from contracts.kernel.rules import ByModel, Rule, excludes
from contracts.kernel.source import Source
from contracts.providers.acedata import requests as seed
from contracts.providers.acedata.by_model import (
    FEWEST_FRAMES,
    FIRST,
    IMAGES,
    LAST,
    MODE_RULES,
    MODES,
    REFERENCES,
    by_model,
    frame_steps,
    known,
)
from contracts.providers.acedata.media import CLIPS
from contracts.providers.acedata.media import IMAGES as IMAGES_READ
from contracts.providers.acedata.models import AceModel, models
from contracts.providers.acedata.requests import ClosedBody, ImageItem, TextItem
from contracts.providers.acedata.sources import DOCS_SPEC, SKILL

MOST_FRAMES = 289
REQUIRED = DOCS_SPEC.at("content", "Older documents leave the role out.")
REFERENCE_VIDEOS = Contains("content", {"role": "reference_video"})
REFERENCE_AUDIOS = Contains("content", {"role": "reference_audio"})
ONLY_2_5 = ("omni_reference_task_type", "tools", "priority", "safety_identifier", "output_format")


SOUND_NEEDS_SIGHT = Implies(REFERENCE_AUDIOS, AnyOf((IMAGES, REFERENCE_VIDEOS)))


def _takes(row: AceModel) -> Condition | None:
    return None if row.task_types else Lacks(ONLY_2_5)


class VideoUrl(ClosedBody):
    """The link of a video; no data URL."""

    url: VideoWebLink


class AudioUrl(ClosedBody):
    """The link of a sound; no data URL."""

    url: AudioWebLink


class VideoItem(ClosedBody):
    """A reference video."""

    source: ClassVar[Source] = DOCS_SPEC

    type: Literal["video_url"]
    video_url: VideoUrl
    role: Annotated[Literal["reference_video"], REQUIRED]


class AudioItem(ClosedBody):
    """A reference sound."""

    source: ClassVar[Source] = DOCS_SPEC

    type: Literal["audio_url"]
    audio_url: AudioUrl
    role: Annotated[Literal["reference_audio"], REQUIRED]


class Tool(ClosedBody):
    """A search of the web before the video is made."""

    source: ClassVar[Source] = DOCS_SPEC

    type: Literal["web_search"]
    limit: Annotated[int, Field(ge=1, le=50), Whole] | MISSING = MISSING
    max_keyword: Annotated[int, Field(ge=1, le=50), Whole] | MISSING = MISSING
    sources: list[Literal["toutiao", "douyin", "moji", "search_engine"]] | MISSING = MISSING


Item = Annotated[TextItem | ImageItem | VideoItem | AudioItem, Field(discriminator="type")]


class Videos(seed.Request):
    """`POST /seedance/videos`: one request for one video."""

    source: ClassVar[Source] = DOCS_SPEC

    content: Annotated[list[Item], Field(fail_fast=True)]  # type: ignore[assignment]  # more kinds
    resolution: Literal["480p", "720p", "1080p", "4k"] | MISSING = MISSING  # type: ignore[assignment]  # 4k is new
    frames: Annotated[int, Field(ge=FEWEST_FRAMES, le=MOST_FRAMES), Whole] | MISSING = MISSING
    omni_reference_task_type: Literal["auto", "reference", "edit", "extend"] | MISSING = MISSING
    output_format: Literal["mp4", "mov"] | MISSING = MISSING
    tools: Annotated[list[Tool], Field(max_length=1)] | MISSING = MISSING
    safety_identifier: Annotated[str, Field(max_length=64)] | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        known(models),
        *MODE_RULES,
        excludes(
            id="frames-exclude-clips",
            sentence="Reference videos and sounds do not go with a first or last frame.",
            source=SKILL,
            when=AnyOf((REFERENCE_VIDEOS, REFERENCE_AUDIOS)),
            none_of=(FIRST, LAST),
        ),
        *by_model(models),
        ByModel(
            id="model-reference-videos",
            sentence="There are no more reference videos than the model takes.",
            source=SKILL,
            table=models,
            asks=lambda row: Fewer(REFERENCE_VIDEOS, row.reference_videos),
        ),
        ByModel(
            id="model-reference-audios",
            sentence="There are no more reference sounds than the model takes.",
            source=SKILL,
            table=models,
            asks=lambda row: Fewer(REFERENCE_AUDIOS, row.reference_audios),
        ),
        ByModel(
            id="audio-needs-visual",
            sentence="But for 2.5, a reference sound needs an image or a video beside it.",
            source=SKILL,
            table=models,
            asks=lambda row: None if row.audio_alone else SOUND_NEEDS_SIGHT,
        ),
        ByModel(
            id="model-takes",
            sentence=f"Only 2.5 takes {', '.join(f'`{one}`' for one in ONLY_2_5)}.",
            source=DOCS_SPEC,
            table=models,
            asks=_takes,
        ),
        frame_steps(MOST_FRAMES),
    )
    media: ClassVar[tuple[MediaRule, ...]] = (*IMAGES_READ, *CLIPS)
    modes: ClassVar[Mapping[str, Condition]] = {
        **MODES,
        "text": Not(AnyOf((IMAGES, REFERENCE_VIDEOS, REFERENCE_AUDIOS))),
        "references": AnyOf((REFERENCES, REFERENCE_VIDEOS, REFERENCE_AUDIOS)),
    }
