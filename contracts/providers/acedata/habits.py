"""What clients of Ace Data Cloud do wrong without being told."""

import re
from collections.abc import Iterator
from typing import Any

from contracts.kernel.habits import Habit, Severity
from contracts.kernel.manners.asking import Fields, fields
from contracts.providers.acedata.by_model import AUTOMATIC
from contracts.providers.acedata.models import AceModel, models
from contracts.providers.acedata.quirks import FLAG, LEGAL, LONG
from contracts.providers.acedata.sources import GUIDE, SDK_SPEC

WISHES = ("generate_audio", "return_last_frame")
"""Fields that the table of models knows, and that other models ignore."""
NUMBER = re.compile(r"-?\d+")
MOST_FRAMES = 361
FIELD = {
    "rs": "resolution",
    "rt": "ratio",
    "dur": "duration",
    "frames": "frames",
    "seed": "seed",
    "wm": "watermark",
    "cf": "camerafixed",
}
"""The field that says the same as a flag."""


def _unheard(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for wishes that the model ignores."""
    row = models().get(given["model"])
    for name in WISHES:
        if row and given.get(name) is True and not getattr(row, name):
            yield name, f"`{given['model']}` ignores `{name}`"


def _flags(given: Fields) -> Iterator[tuple[str, str, str, str]]:
    """Give the flags of all texts: where, as it is written, its short name, its value."""
    for place, item in enumerate(given["content"]):
        for name, value in FLAG.findall(item.get("text", "")):
            short = LONG.get(name, name)
            if short in LEGAL:
                yield f"content[{place}].text", f"--{name} {value}", short, value


def _illegal(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for flags whose value counts for nothing."""
    row = models().get(given["model"])
    for path, flag, short, value in _flags(given):
        if not _is_legal(short, value, row):
            yield path, f"`{flag}` has no legal value, and the default is used instead"


def _is_legal(short: str, value: str, row: AceModel | None) -> bool:
    """Tell whether any document allows the value of a flag.

    The SDK's specification gives lengths by model, and lets frames go on to 361.
    """
    if LEGAL[short].fullmatch(value):
        return True
    if short not in {"dur", "frames"} or not NUMBER.fullmatch(value):
        return False
    low, high = (29, MOST_FRAMES) if short == "frames" or row is None else row.seconds
    automatic = short == "dur" and row is not None and row.automatic_seconds
    return low <= int(value) <= high or (automatic and int(value) == AUTOMATIC)


def _contradicted(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for flags that say something else than a field."""
    for path, flag, short, value in _flags(given):
        field = FIELD.get(short, "")
        if field in given and plain(given[field]) != value:
            yield path, f"`{flag}` contradicts `{field}`, which is {plain(given[field])}"


def plain(value: Any) -> str:  # noqa: ANN401 - JSON
    """Give the value of a field as a flag would have it."""
    return str(value).lower()


HABITS = (
    Habit(
        id="acedata/flag-legal",
        sentence="Flags in a prompt have values that are documented.",
        why="A flag with another value counts for nothing: the video has the default, at its price,"
        " and no error says so.",
        mend="Send the field instead of the flag: fields are checked.",
        severity=Severity.WARNING,
        source=GUIDE.at("flags"),
        find=fields(_illegal),
    ),
    Habit(
        id="acedata/flag-agrees",
        sentence="Flags in a prompt say the same as the fields beside them.",
        why="Only one of the two counts, and no document says which.",
        mend="Send the field, and leave the flag out of the prompt.",
        severity=Severity.WARNING,
        source=GUIDE.at("flags", "Fields are described as the strict path."),
        find=fields(_contradicted),
    ),
    Habit(
        id="acedata/wish-heard",
        sentence="`generate_audio` and `return_last_frame` are sent to models that know them.",
        why="Other models drop the wish without a word: there is no sound, or no last frame.",
        mend="Choose a model that does it, or leave the field out.",
        severity=Severity.WARNING,
        source=SDK_SPEC.at("generate_audio", "The last frame is as in the vendor's studio."),
        find=fields(_unheard),
    ),
)
