"""What media may be, as the page's section on it says."""

from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import MEGABYTE, Formats, Measure, Span, Total
from contracts.providers.senseaudio.sources import LIVE, SEED

SECTION = SEED.at("media formats")
FORMATS = ("jpeg", "png", "webp", "bmp", "tiff", "gif")


def _rule(kind: str, name: str, sentence: str, measure: Measure) -> MediaRule:
    return MediaRule(
        id=f"{kind}-{name}", sentence=sentence, source=SECTION, kind=kind, measure=measure
    )


MEDIA = (
    MediaRule(
        id="media-readable",
        sentence="A medium can be read, and is of the kind its item is for.",
        source=LIVE.at("400", "Bad image links are refused so; for files it is assumed."),
    ),
    _rule(
        "image",
        "format",
        "An image is jpeg, png, webp, bmp, tiff or gif.",
        Formats(FORMATS, wrong=("heic",)),
    ),
    _rule(
        "image",
        "ratio",
        "Width by height of an image lies between 0.4 and 2.5, both excluded.",
        Span(of="ratio", low=0.4, high=2.5, exclusive=True),
    ),
    _rule(
        "image",
        "short-side",
        "Both sides of an image have more than 300 pixels.",
        Span(of="short_side", low=300, exclusive=True),
    ),
    _rule(
        "image",
        "long-side",
        "Both sides of an image have less than 6000 pixels.",
        Span(of="long_side", high=6000, exclusive=True),
    ),
    _rule("image", "size", "An image has at most 30 MB.", Span(of="size", high=30 * MEGABYTE)),
    _rule("audio", "format", "A sound is wav or mp3.", Formats(("wav", "mp3"), wrong=("flac",))),
    _rule("audio", "seconds", "A sound lasts 2 to 15 s.", Span(of="seconds", low=2, high=15)),
    _rule("audio", "total", "All sounds last at most 15 s.", Total(of="seconds", high=15)),
    _rule("audio", "size", "A sound has at most 15 MB.", Span(of="size", high=15 * MEGABYTE)),
    _rule("video", "format", "A video is mp4 or mov.", Formats(("mp4", "mov"), wrong=("webm",))),
    _rule("video", "seconds", "A video lasts 2 to 15 s.", Span(of="seconds", low=2, high=15)),
    _rule("video", "total", "All videos last at most 15 s.", Total(of="seconds", high=15)),
    _rule("video", "size", "A video has at most 50 MB.", Span(of="size", high=50 * MEGABYTE)),
    _rule(
        "video",
        "short-side",
        "Both sides of a video have at least 300 pixels.",
        Span(of="short_side", low=300),
    ),
    _rule(
        "video",
        "long-side",
        "Both sides of a video have at most 6000 pixels.",
        Span(of="long_side", high=6000),
    ),
    _rule(
        "video",
        "ratio",
        "Width by height of a video is 0.4 to 2.5, both included.",
        Span(of="ratio", low=0.4, high=2.5),
    ),
    _rule(
        "video",
        "pixels",
        "A video has 640 x 640 to 834 x 1112 pixels.",
        Span(of="pixels", low=640 * 640, high=834 * 1112),
    ),
    _rule(
        "video",
        "fps",
        "A video has 24 to 60 frames a second.",
        Span(of="fps", low=24, high=60),
    ),
)
