"""What depends on the model: rules that every revision makes over its own table."""

from typing import Any

from contracts.kernel.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Given,
    Implies,
    Lacks,
    Longest,
    Matches,
    Not,
    OneOf,
    Shorter,
    Within,
)
from contracts.kernel.rules import ByModel, KnownModel, Rule, Table
from contracts.providers.venice.models import NO_LIMITS, VeniceModel
from contracts.providers.venice.sources import CATALOGUE, SEED, SEEDANCE_JUNE, SKILLS

NO_MODEL = "no-model"
"""The row of the error catalogue for a model that is not there."""
SPECIAL = (
    "aspect_ratio", "resolution", "upscale_factor", "audio", "image_url", "end_image_url",
    "audio_url", "video_url", "reference_image_urls", "reference_video_urls",
    "reference_audio_urls", "reference_document_urls", "elements", "scene_image_urls", "keyframes",
    "camera_trajectory", "omni_reference_task_type", "bitrate_mode", "image_references",
    "video_references", "voice_id",
)  # fmt: skip
"""Fields that not every model takes."""
REFERENCES = ("reference_image_urls", "reference_video_urls")
"""What counts as a reference (SEEDANCE_JUNE)."""
ELEMENTS = ("elements", "scene_image_urls")
"""What counts for models that take elements, too (SKILLS)."""
TYPED_REFERENCES = ("image_references", "video_references")
"""What does, too, since about September (SKILLS)."""
SOURCE_LENGTH = "-1"
"""The duration of an edit, which one model takes, and its row says so (SEEDANCE)."""
SECONDS = Matches(
    name="duration",
    pattern=r"^([0-9]{1,2}|[12][0-9]{2}|300)([.][0-9]+)?$",
    form='left out, or seconds as text such as "12.5", at most 300',
    good=("12.5", "7"),
    bad=("Auto", "5s"),
)


def known(table: Table[VeniceModel]) -> KnownModel:
    """Demand a model that answers."""
    return KnownModel(
        id="known-model",
        sentence="`model` is an id of the catalogue; ids are case-sensitive.",
        source=CATALOGUE.at("", "An unknown id is HTTP 404 (SKILLS)."),
        table=table,
        message="Specified model not found",
        cause=NO_MODEL,
    )


def offered(table: Table[VeniceModel], *fields: str) -> tuple[Rule, ...]:
    """Demand choices that the catalogue offers for the model."""
    return tuple(_offer(table, field) for field in fields)


def _offer(table: Table[VeniceModel], field: str) -> ByModel:
    column = f"{field}s"

    def asks(row: VeniceModel) -> Condition | None:
        values = row.offered(column)
        if field == "duration":
            values = () if row.follows_source else values + row.source_matched
        if field == "aspect_ratio":
            values += row.source_matched_ratios
        return Within(field, values) if values else _refused(row, field)

    return ByModel(
        id=f"model-{field.replace('_', '-')}",
        sentence=f"`{field}` is one of the {column} that the catalogue lists for the model.",
        source=CATALOGUE.at(f"constraints.{column}"),
        table=table,
        asks=asks,
    )


def _refused(row: VeniceModel, field: str) -> Condition | None:
    """Refuse what a model is known not to take, though what it takes is not."""
    if field == "aspect_ratio" and row.refuses_ratios:
        return Not(OneOf(field, row.refuses_ratios))
    if field == "duration" and not row.is_measured:
        return Not(OneOf(field, (SOURCE_LENGTH,)))
    return None


def lengths(table: Table[VeniceModel]) -> tuple[Rule, ...]:
    """Demand texts that are no longer than the model reads."""
    return tuple(
        ByModel(
            id=f"model-{field.replace('_', '-')}",
            sentence=f"`{field}` is no longer than the model's `prompt_character_limit`, or 2500.",
            source=SEED.at(field),
            table=table,
            asks=lambda row, field=field: Longest(field, row.prompt_limit),  # type: ignore[misc]
        )
        for field in ("prompt", "negative_prompt")
    )


def wanted_media(table: Table[VeniceModel], *more: str) -> tuple[Rule, ...]:
    """Demand the media that the model works on; `more` fields count as references, too."""
    reference = AnyOf(tuple(map(Given, (*REFERENCES, *more))))
    with_elements = AnyOf((*reference.parts, *map(Given, ELEMENTS)))

    def needs_reference(row: VeniceModel) -> Condition | None:
        if not row.needs_reference:
            return None
        return with_elements if "elements" in (row.takes or ()) else reference

    return (
        ByModel(
            id="model-needs-media",
            sentence="The image or video that the model works on is given.",
            source=SKILLS.at("venice-video", "For image-to-video models, the seed's page says."),
            table=table,
            asks=lambda row: AllOf(tuple(map(Given, row.needs))) if row.needs else None,
        ),
        ByModel(
            id="model-needs-reference",
            sentence="A reference-to-video model needs at least one image or video reference.",
            source=SEEDANCE_JUNE,
            table=table,
            asks=needs_reference,
            message="At least one reference is required for this model",
        ),
        ByModel(
            id="audio-url-is-a-reference",
            sentence="Where both are taken, `audio_url` counts as one of the reference audios.",
            source=SKILLS.at("venice-video"),
            table=table,
            asks=_counted,
        ),
    )


def caps(table: Table[VeniceModel], *kinds: str) -> tuple[Rule, ...]:
    """Limit how many references a model takes, of `image`, `video`, `audio`."""
    return tuple(_cap(table, kind) for kind in kinds)


def _cap(table: Table[VeniceModel], kind: str) -> ByModel:
    field = f"reference_{kind}_urls"
    return ByModel(
        id=f"model-reference-{kind}s",
        sentence=f"`{field}` has no more items than the model takes.",
        source=SKILLS.at("venice-video", "Caps as of 2026-09-30; four images where none is said."),
        table=table,
        asks=lambda row: Shorter(field, row.most[field]) if field in row.most else None,
    )


def _counted(row: VeniceModel) -> Condition | None:
    most = row.most.get("reference_audio_urls")
    if most is None or "audio_url" not in (row.takes or ()):
        return None
    return Implies(Given("audio_url"), Shorter("reference_audio_urls", most - 1))


def strict(table: Table[VeniceModel]) -> tuple[Rule, ...]:
    """Demand that nothing is sent that the model does not take, or left out that it wants."""
    rows: tuple[tuple[str, str, Any, str], ...] = (
        ("model-takes", "Only fields that the model takes are sent.", _takes, ""),
        (
            "model-wants-aspect-ratio",
            "`aspect_ratio` is required where the model lists ratios.",
            lambda row: Given("aspect_ratio") if row.offered("aspect_ratios") else None,
            "",
        ),
        (
            "model-wants-prompt",
            "`prompt` is required but for models that only work on a video or a camera path.",
            lambda row: None if row.prompt_optional else Given("prompt"),
            "",
        ),
        (
            "model-wants-duration",
            "`duration` is required where the model has lengths to choose from.",
            lambda row: None if row.follows_source or not row.is_measured else Given("duration"),
            "",
        ),
        (
            "model-follows-source",
            "A model whose only duration is `Auto` takes none, or seconds as text.",
            lambda row: SECONDS if row.follows_source else None,
            "",
        ),
        (
            "source-matched-needs-video",
            "A duration or ratio that follows the source needs `reference_video_urls`.",
            _source_matched,
            "",
        ),
        (
            "frames-exclude-references",
            "`image_url` and `end_image_url` do not go with reference media.",
            lambda row: _frames() if row.frames_exclude_references else None,
            "image_url and end_image_url cannot be combined with reference media for this model.",
        ),
    )
    source = SKILLS.at("venice-video")
    return tuple(
        ByModel(id=id_, sentence=sentence, source=source, table=table, asks=asks, message=message)
        for id_, sentence, asks, message in rows
    )


def _takes(row: VeniceModel) -> Condition | None:
    """Refuse what is neither in the row's list nor follows from its constraints."""
    if row.takes is None:
        return None
    taken = set(row.takes)
    if row.offered("aspect_ratios"):
        taken.add("aspect_ratio")
    if row.offered("resolutions"):  # the upscaler, which lists factors, has a rule of its own
        taken.add("resolution")
    if row.constraints.get("audio_configurable"):
        taken.add("audio")
    return Lacks(tuple(name for name in SPECIAL if name not in taken))


def _source_matched(row: VeniceModel, needed: str = "reference_video_urls") -> Condition | None:
    lengths = OneOf("duration", row.source_matched)
    ratios = OneOf("aspect_ratio", row.source_matched_ratios)
    matched = tuple(one for one in (lengths, ratios) if one.values)
    return Implies(AnyOf(matched), Given(needed)) if matched else None


def quoting(table: Table[VeniceModel]) -> tuple[Rule, ...]:
    """Demand what a quote needs to know, and no more references than the model takes."""
    rows: tuple[tuple[str, str, Any], ...] = (
        (
            "model-needs-media",
            "A quote for work on a video needs the `video_url`.",
            lambda row: Given("video_url") if "video_url" in row.needs else None,
        ),
        (
            "model-reference-seconds",
            "`reference_video_total_duration` is no longer than all videos may be together.",
            _reference_seconds,
        ),
        (
            "model-reference-images",
            "`reference_image_count` is no more than the model takes.",
            lambda row: _count("reference_image_count", row.most.get("reference_image_urls")),
        ),
        (
            "source-matched-needs-seconds",
            "A quote for what follows the source needs `reference_video_total_duration`.",
            lambda row: _source_matched(row, "reference_video_total_duration"),
        ),
    )
    source = SKILLS.at("venice-video")
    return tuple(
        ByModel(id=id_, sentence=sentence, source=source, table=table, asks=asks)
        for id_, sentence, asks in rows
    )


def _reference_seconds(row: VeniceModel) -> Condition | None:
    return _count("reference_video_total_duration", row.clips.get("video", NO_LIMITS).total_seconds)


def _count(field: str, most: int | None) -> Condition | None:
    return Between(field, 0, most) if most else None


def _frames() -> Condition:
    frames = AnyOf((Given("image_url"), Given("end_image_url")))
    references = (*REFERENCES, *TYPED_REFERENCES, "reference_audio_urls")
    return Implies(frames, Not(AnyOf(tuple(map(Given, references)))))
