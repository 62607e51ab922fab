"""Modes, and what depends on the model: rules that every revision makes over its own table."""

from collections.abc import Mapping

from contracts.kernel.conditions import (
    AllOf,
    Between,
    Condition,
    Contains,
    Fewer,
    Lacks,
    Not,
    Within,
)
from contracts.kernel.rules import ByModel, KnownModel, Must, Rule, Table, at_most, excludes
from contracts.providers.acedata.models import AceModel
from contracts.providers.acedata.sources import CLIENTS, DOCS_SPEC, SDK_SPEC, SKILL

SOURCE = SDK_SPEC.at("content", "Three modes: first frame, first and last frame, references.")
IMAGES = Contains("content", {"type": "image_url"})
FIRST = Contains("content", {"role": "first_frame"})
LAST = Contains("content", {"role": "last_frame"})
REFERENCES = Contains("content", {"role": "reference_image"})
FEWEST_FRAMES = 29
AUTOMATIC = -1
"""The duration that leaves the length to the model."""

MODES: Mapping[str, Condition] = {
    "text": Not(IMAGES),
    "first-frame": AllOf((FIRST, Not(LAST))),
    "first-and-last-frame": AllOf((FIRST, LAST)),
    "references": REFERENCES,
}
MODE_RULES: tuple[Rule, ...] = (
    at_most(id="one-first-frame", source=SOURCE, items=FIRST, most=1),
    at_most(id="one-last-frame", source=SOURCE, items=LAST, most=1),
    excludes(
        id="references-exclude-first-frame",
        sentence="A `reference_image` cannot be combined with a `first_frame`.",
        source=SOURCE,
        when=REFERENCES,
        none_of=(FIRST,),
    ),
    excludes(
        id="references-exclude-last-frame",
        sentence="A `reference_image` cannot be combined with a `last_frame`.",
        source=SOURCE,
        when=REFERENCES,
        none_of=(LAST,),
    ),
)


def frame_steps(most: int) -> Must:
    """Demand a number of frames that the models can make."""
    return Must(
        id="frames-steps",
        sentence="`frames` is 25 + 4n.",
        source=SDK_SPEC.at("frames"),
        that=Within("frames", tuple(range(FEWEST_FRAMES, most + 1, 4))),
    )


def known(table: Table[AceModel]) -> KnownModel:
    """Demand a model of the table."""
    return KnownModel(
        id="known-model",
        sentence="`model` is one of the models that this revision lists.",
        source=DOCS_SPEC.at("model", "The seed lists five; newer documents eight, then nine."),
        table=table,
    )


def by_model(table: Table[AceModel]) -> tuple[Rule, ...]:
    """Demand what a model can do: lengths, sizes, and the images it starts from."""
    return (
        ByModel(
            id="model-duration",
            sentence="`duration` lies in the range of the model, or is -1 where it takes that.",
            source=DOCS_SPEC.at("duration", "The gateway leaves part of it to upstream (Skills)."),
            table=table,
            asks=_seconds,
        ),
        ByModel(
            id="model-resolution",
            sentence="`resolution` is one that the model makes.",
            source=DOCS_SPEC.at("resolution"),
            table=table,
            asks=lambda row: Within("resolution", row.resolutions),
        ),
        ByModel(
            id="model-frames",
            sentence="`frames` is for models of the 1.0 series.",
            source=CLIENTS.at("MCP and upstream"),
            table=table,
            asks=lambda row: None if row.frames else Lacks(("frames",)),
        ),
        ByModel(
            id="model-images",
            sentence="A text-to-video model takes no images, an image-to-video model needs one.",
            source=SDK_SPEC.at("model"),
            table=table,
            asks=_images,
        ),
        ByModel(
            id="model-reference-images",
            sentence="There are no more reference images than the model takes.",
            source=SKILL,
            table=table,
            asks=lambda row: Fewer(REFERENCES, row.reference_images),
        ),
    )


def _seconds(row: AceModel) -> Condition:
    low, high = row.seconds
    return Between("duration", low, high, (AUTOMATIC,) if row.automatic_seconds else ())


def _images(row: AceModel) -> Condition | None:
    if not row.text_only:
        return IMAGES
    return None if row.first_frame else Not(IMAGES)
