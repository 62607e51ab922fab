"""Media that shows people: when consent is asked for, and what no consent helps against."""

import re
from collections.abc import Iterator, Sequence

from pydantic import MISSING

from contracts.kernel.body import value_or
from contracts.kernel.consent import Consent, Portrait
from contracts.kernel.task import Failure
from contracts.providers.venice.causes import CONTENT_VIOLATION, IMAGE_RATIO, NEEDS_CONSENT
from contracts.providers.venice.failures import PEOPLE
from contracts.providers.venice.media import FACE_RATIO
from contracts.providers.venice.models import asks_consent
from contracts.providers.venice.requests import Queue
from contracts.providers.venice.sources import FACE_GUIDE

SUGGESTIVE = re.compile(r"\b(nsfw|suggestive)\b", re.IGNORECASE)
"""What makes a prompt suggestive here: the guide's own two words for it. Assumed, for no document
says how the live service judges; a test needs no more than a word to say what a prompt is.
"""
IMAGES = frozenset({"image", "end_image", "reference_image"})
"""Roles of images, rather than videos."""
MINOR, PUBLIC_FIGURE = "minor", "public-figure"
BASIC = "-basic"
"""What ends the ids of models that never ask, and are refused people by their provider."""


def needs_consent(body: Queue) -> bool:
    """Tell whether a request needs consent if its media shows a face."""
    return asks_consent(body.model)


def attests(body: Queue) -> bool:
    """Tell whether a request carries consent."""
    return body.consents is not MISSING and body.consents.seedance is not MISSING


def consent_media(body: Queue) -> Iterator[tuple[str, str]]:
    """Give the media that is looked at for faces, by role: the spec's five; the guide has four."""
    for role, url in (
        ("image", body.image_url),
        ("end_image", body.end_image_url),
        ("video", body.video_url),
    ):
        if url is not MISSING:
            yield role, url
    for role, urls in (
        ("reference_image", body.reference_image_urls),
        ("reference_video", body.reference_video_urls),
    ):
        for url in value_or(urls, []):
            yield role, url


def objects(body: Queue, portraits: Sequence[Portrait]) -> str:
    """Refuse public figures, minors in suggestive prompts, and faces in very long images."""
    if any(_is_forbidden(one, value_or(body.prompt, "")) for one in portraits):
        return CONTENT_VIOLATION
    if any(one.role in IMAGES and not _fits(one.ratio) for one in portraits):
        return IMAGE_RATIO
    return ""


def _is_forbidden(portrait: Portrait, prompt: str) -> bool:
    if PUBLIC_FIGURE in portrait.people:
        return True
    return MINOR in portrait.people and SUGGESTIVE.search(prompt) is not None


def _fits(ratio: float | None) -> bool:
    """Tell whether an image may show a face; one that cannot be seen may."""
    low, high = FACE_RATIO
    return ratio is None or low < ratio < high


def fails_later(body: Queue) -> Failure | None:
    """Let people through to a `-basic` model, whose provider refuses them after the queue."""
    return PEOPLE if body.model.endswith(BASIC) else None


CONSENT = Consent(
    asks=needs_consent,
    attests=attests,
    media=consent_media,
    cause=NEEDS_CONSENT,
    objects=objects,
    source=FACE_GUIDE,
)
