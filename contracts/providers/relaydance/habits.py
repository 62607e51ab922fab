"""What clients of RelayDance do wrong without being told."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.kernel.habits import Habit, Severity
from contracts.kernel.manners.asking import Fields, Tag, dangling, fields, uncited
from contracts.providers.relaydance.models import models
from contracts.providers.relaydance.sources import GATEWAY, SEED


def _metadata(given: Fields) -> Mapping[str, Any]:
    found = given.get("metadata")
    return found if isinstance(found, Mapping) else {}


def _images(given: Fields) -> int:
    items = _metadata(given).get("content", ())
    return sum(1 for one in items if one.get("type") == "image_url")


TAGS = (Tag(word="image", count=_images, field="metadata.content"),)


def _sound(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for a wish about sound that the model does not hear."""
    row, wish = models().get(given["model"]), _metadata(given).get("generate_audio")
    says = row.generate_audio if row else "unknown"
    if (says, wish) in {("never", True), ("always", False)}:
        path = "metadata.generate_audio"
        yield path, f"`{given['model']}` {says} makes sound, whatever `{path}` says"


HABITS = (
    Habit(
        id="relaydance/cited-image",
        sentence="A prompt cites no more images than `metadata.content` has.",
        why="The model does not know what is meant, and makes something up.",
        mend="Count the images of `metadata.content` in their order, from `@image1`.",
        severity=Severity.WARNING,
        source=SEED.at("prompt"),
        find=fields(dangling(TAGS)),
    ),
    Habit(
        id="relaydance/uncited-image",
        sentence="A prompt that cites images cites all of them.",
        why="An image that the prompt leaves out may have no part in the video.",
        mend="Say in the prompt what each image is for, or leave it out.",
        severity=Severity.NOTE,
        source=SEED.at("prompt"),
        find=fields(uncited(TAGS)),
    ),
    Habit(
        id="relaydance/sound-by-model",
        sentence="`metadata.generate_audio` is sent to models that leave the choice.",
        why="The wish is dropped: the video comes with sound, or without, as the model has it.",
        mend="Choose the model that does what is wanted, and leave the field out.",
        severity=Severity.WARNING,
        source=GATEWAY.at("models", "Some of these ids may refuse the field instead."),
        find=fields(_sound),
    ),
)
