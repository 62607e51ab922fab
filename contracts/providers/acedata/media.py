"""What media may be."""

from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import MEGABYTE, Formats, Measure, Span, Total
from contracts.providers.acedata.models import AceModel, models
from contracts.providers.acedata.sources import ASSUMED, GUIDE, SDK_SPEC

LATE = "bad_request"
"""The code of the failure: lengths are found out when media is processed (GUIDE)."""
REFERENCES = GUIDE.at("reference media", "Stated for the 2.0 family.")

IMAGES = (
    MediaRule(
        id="media-readable",
        sentence="A medium can be read, and is of the kind its item is for.",
        source=ASSUMED,
    ),
    MediaRule(
        id="image-short-side",
        sentence="Both sides of an image have at least 300 pixels.",
        source=SDK_SPEC.at("image_url"),
        kind="image",
        measure=Span(of="short_side", low=300),
    ),
)


def _clip(kind: str, name: str, sentence: str, measure: Measure, late: str = "") -> MediaRule:
    def asks(row: AceModel) -> Measure | None:
        return measure if row.family == "2.0" else None

    return MediaRule(
        id=f"{kind}-{name}",
        sentence=sentence,
        source=REFERENCES,
        kind=kind,
        table=models,
        asks=asks,
        late=late,
    )


CLIP = Span(of="seconds", low=2, high=15)
TOGETHER = Total(of="seconds", high=15)
SOUNDS = Formats(("wav", "mp3"), wrong=("flac",))
FILMS = Formats(("mp4", "mov"), wrong=("webm",))
SOUND_SIZE = Span(of="size", high=15 * MEGABYTE)
CLIPS = (
    _clip("audio", "format", "A reference sound is wav or mp3.", SOUNDS),
    _clip("audio", "size", "A reference sound has at most 15 MB.", SOUND_SIZE),
    _clip("audio", "seconds", "A reference sound lasts 2 to 15 s.", CLIP, LATE),
    _clip("audio", "total", "All reference sounds last at most 15 s.", TOGETHER, LATE),
    _clip("video", "format", "A reference video is mp4 or mov.", FILMS),
    _clip("video", "seconds", "A reference video lasts 2 to 15 s.", CLIP, LATE),
    _clip("video", "total", "All reference videos last at most 15 s.", TOGETHER, LATE),
)
