"""What clients of Venice do wrong without being told."""

from collections.abc import Iterator

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import History
from contracts.kernel.manners.asking import Fields, Tag, dangling, fields, uncited
from contracts.kernel.manners.words import times
from contracts.providers.venice.models import october
from contracts.providers.venice.sources import CATALOGUE, SKILLS, SPEC

OLD_HEADERS = {
    "x-sign-in-with-x": "SIGN-IN-WITH-X",
    "x-402-payment": "PAYMENT-SIGNATURE",
    "x-payment": "PAYMENT-SIGNATURE",
}
"""Headers that are read for the sake of old clients, and those that took their place."""


def _count(given: Fields, *names: str) -> int:
    """Count what stands in some fields, alone or in a list."""
    values = [given[name] for name in names if name in given]
    return sum(len(one) if isinstance(one, list) else 1 for one in values)


ELEMENTS = Tag(word="Element", count=lambda given: _count(given, "elements"), field="elements")
SCENES = Tag(
    word="Image", count=lambda given: _count(given, "scene_image_urls"), field="scene_image_urls"
)
ANY_IMAGE = Tag(
    word="Image",
    count=lambda given: _count(
        given, "scene_image_urls", "reference_image_urls", "image_url", "end_image_url"
    ),
    field="",
)
"""Which of them a model counts is not documented for each; a number beyond all is in none."""


def _ending(given: Fields) -> Iterator[tuple[str, str]]:
    """Look for models that newer revisions do not have."""
    if given["model"] not in october():
        yield "model", f"`{given['model']}` is not in the newest catalogue"


def _old_headers(history: History) -> Iterator[Evidence]:
    """Find headers that have newer names."""
    for old, new in OLD_HEADERS.items():
        found = [one for one in history.requests if old in one.headers]
        if found:
            what = f"`{old}` was sent {times(len(found))}; it is called `{new}` now"
            yield Evidence(what, found, f"{old}: …", field=old)


HABITS = (
    Habit(
        id="venice/cited-reference",
        sentence="A prompt cites no more images and elements than the request has.",
        why="The model does not know what is meant, and makes something up.",
        mend="Count references in their order: `@Element1`, `@Image1`.",
        severity=Severity.WARNING,
        source=SPEC.at("elements, scene_image_urls"),
        find=fields(dangling((ELEMENTS, ANY_IMAGE))),
    ),
    Habit(
        id="venice/uncited-reference",
        sentence="A prompt that cites elements or scenes cites all of them.",
        why="A reference that the prompt leaves out may have no part in the video.",
        mend="Say in the prompt what each reference is for, or leave it out.",
        severity=Severity.NOTE,
        source=SPEC.at("elements, scene_image_urls"),
        find=fields(uncited((ELEMENTS, SCENES))),
    ),
    Habit(
        id="venice/header-names",
        sentence="Wallets sign in with `SIGN-IN-WITH-X`, and pay with `PAYMENT-SIGNATURE`.",
        why="The older names are read for now, and no document promises for how long.",
        mend="Send the header under its new name.",
        severity=Severity.WARNING,
        source=SPEC.at("security", "The new names are canonical since 2026-06-12."),
        find=_old_headers,
    ),
    Habit(
        id="venice/model-stays",
        sentence="The model that is asked for is still in the newest catalogue.",
        why="Requests for a model that was taken out are refused.",
        mend="Ask for a model of the newest revision; `screentest contract` shows the difference.",
        severity=Severity.WARNING,
        source=CATALOGUE.at("models of June that October lacks", SKILLS.document),
        find=fields(_ending),
    ),
)
