"""What media may be: for every model in June, by the rows of the table since October."""

from contracts.kernel.conditions import OneOf
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import MEGABYTE, Formats, Measure, Span, Total
from contracts.providers.venice.models import NO_LIMITS, VeniceModel, october
from contracts.providers.venice.sources import (
    CATALOGUE,
    CLIENTS,
    ERRORS_PAGE,
    SEED,
    SEEDANCE,
    SKILLS,
    UPSCALING,
)

SOUNDS = Formats(("wav", "mp3"), wrong=("flac",))
FILMS = Formats(("mp4", "mov"), wrong=("webm",))
UPSCALER_SECONDS = 300
FACE_RATIO = (0.4, 2.5)
"""Width by height of an image that shows a face, both bounds excluded (FACE_GUIDE)."""

ANY_MODEL = (
    MediaRule(
        id="media-readable",
        sentence="A medium can be read, and is of the kind its field is for.",
        source=ERRORS_PAGE.at("400 CORRUPTED_IMAGE, INVALID_VIDEO_FORMAT, INVALID_AUDIO_FORMAT"),
    ),
    MediaRule(
        id="audio-url-format",
        sentence="`audio_url` is WAV or MP3.",
        source=SEED.at("audio_url"),
        kind="audio",
        fields=("audio_url",),
        measure=SOUNDS,
    ),
    MediaRule(
        id="audio-url-seconds",
        sentence="`audio_url` lasts at most 30 s.",
        source=SEED.at("audio_url"),
        kind="audio",
        fields=("audio_url",),
        measure=Span(of="seconds", high=30),
    ),
    MediaRule(
        id="audio-url-size",
        sentence="`audio_url` has at most 15 MB.",
        source=SEED.at("audio_url"),
        kind="audio",
        fields=("audio_url",),
        measure=Span(of="size", high=15 * MEGABYTE),
    ),
    MediaRule(
        id="video-url-format",
        sentence="`video_url` is MP4, MOV or WebM.",
        source=SEED.at("video_url", "A message of the live service names MKV and AVI, too."),
        kind="video",
        fields=("video_url",),
        measure=Formats(("mp4", "mov", "webm"), wrong=("avi",)),
    ),
    MediaRule(
        id="upscale-seconds",
        sentence="A video to be scaled up lasts at most 300 s.",
        source=UPSCALING,
        kind="video",
        fields=("video_url",),
        table=october,
        asks=lambda row: Span(of="seconds", high=UPSCALER_SECONDS) if _upscales(row) else None,
    ),
    MediaRule(
        id="reference-video-format",
        sentence="A reference video is .mp4 or .mov.",
        source=SEED.at("reference_video_urls"),
        kind="video",
        fields=("reference_video_urls",),
        measure=FILMS,
    ),
    MediaRule(
        id="reference-audio-format",
        sentence="A reference sound is .wav or .mp3.",
        source=SEED.at("reference_audio_urls"),
        kind="audio",
        fields=("reference_audio_urls",),
        measure=SOUNDS,
    ),
)


def _upscales(row: VeniceModel) -> bool:
    return "upscale_factor" in (row.takes or ())


def _june(kind: str, name: str, sentence: str, measure: Measure) -> MediaRule:
    field = f"reference_{kind}_urls"
    return MediaRule(
        id=f"reference-{kind}-{name}",
        sentence=sentence,
        source=SEED.at(field),
        kind=kind,
        fields=(field,),
        measure=measure,
    )


CLIP = Span(of="seconds", low=2, high=15)
TOGETHER = Total(of="seconds", high=15)

JUNE = (
    *ANY_MODEL,
    _june("video", "seconds", "A reference video lasts 2 to 15 s.", CLIP),
    _june("video", "total", "All reference videos last at most 15 s.", TOGETHER),
    _june(
        "video", "size", "A reference video has at most 50 MB.", Span(of="size", high=50 * MEGABYTE)
    ),
    _june("audio", "seconds", "A reference sound lasts 2 to 15 s.", CLIP),
    _june("audio", "total", "All reference sounds last at most 15 s.", TOGETHER),
)


def _seconds(row: VeniceModel, kind: str) -> Measure | None:
    limits = row.clips.get(kind, NO_LIMITS)  # type: ignore[call-overload]
    if limits.seconds is None:
        return None
    return Span(of="seconds", low=limits.seconds[0], high=limits.seconds[1])


def _total(row: VeniceModel, kind: str) -> Measure | None:
    total = row.clips.get(kind, NO_LIMITS).total_seconds  # type: ignore[call-overload]
    return Total(of="seconds", high=total) if total else None


def _size(row: VeniceModel, kind: str) -> Measure | None:
    megabytes = row.clips.get(kind, NO_LIMITS).megabytes  # type: ignore[call-overload]
    return Span(of="size", high=megabytes * MEGABYTE) if megabytes else None


def _finds_late(row: VeniceModel, kind: str) -> bool:
    """Tell whether a model accepts too much sound and fails later (CLIENTS)."""
    return kind == "audio" and row.id.startswith("wan-3-0")


def _by_model(kind: str) -> tuple[MediaRule, ...]:
    field = f"reference_{kind}_urls"
    fields = (field, "audio_url") if kind == "audio" else (field,)

    def total(row: VeniceModel) -> Measure | None:
        return None if _finds_late(row, kind) else _total(row, kind)

    def seconds(row: VeniceModel) -> Measure | None:
        return _seconds(row, kind)

    def size(row: VeniceModel) -> Measure | None:
        return _size(row, kind)

    rows = (
        ("seconds", "A reference {} lasts as long as the model's row says.", seconds, fields),
        ("total", "All references of kind {} last no longer than the row says.", total, fields),
        ("size", "A reference {} has no more bytes than the row says.", size, (field,)),
    )
    return tuple(
        MediaRule(
            id=f"reference-{kind}-{name}",
            sentence=sentence.format(kind),
            source=SKILLS.at("venice-video", "Table of caps, as of 2026-09-30."),
            kind=kind,
            fields=names,
            table=october,
            asks=asks,
        )
        for name, sentence, asks, names in rows
    )


def _image_ratio(row: VeniceModel) -> Measure | None:
    low = row.constraints.get("reference_image_min_aspect_ratio")
    high = row.constraints.get("reference_image_max_aspect_ratio")
    return Span(of="ratio", low=low, high=high, exclusive=True) if low and high else None


def _image_side(row: VeniceModel) -> Measure | None:
    """Seedance refuses small images (SEEDANCE); for other models Venice enlarges them (SKILLS)."""
    side = row.constraints.get("reference_image_min_short_side_pixels")
    return Span(of="short_side", low=side) if side and row.id.startswith("seedance") else None


OCTOBER = (
    *ANY_MODEL,
    *_by_model("video"),
    *_by_model("audio"),
    MediaRule(
        id="source-seconds",
        sentence="A video whose length the result follows lasts 4 to 30 s.",
        source=SEEDANCE,
        kind="video",
        fields=("reference_video_urls",),
        table=october,
        asks=lambda row: Span(of="seconds", low=4, high=30) if row.source_matched else None,
        when=OneOf("duration", ("-1", "auto")),
    ),
    MediaRule(
        id="late-audio-total",
        sentence="Wan 3.0 accepts more sound than it takes, and fails after the queue.",
        source=CLIENTS.at("jordanurbs/venice-video-harness, 2026-09-28"),
        kind="audio",
        fields=("reference_audio_urls",),
        table=october,
        asks=lambda row: _total(row, "audio") if _finds_late(row, "audio") else None,
        late="provider_content_policy",
    ),
    MediaRule(
        id="reference-image-size",
        sentence="A reference image has no more bytes than the model's row says.",
        source=SEEDANCE,
        kind="image",
        fields=("reference_image_urls",),
        table=october,
        asks=lambda row: _size(row, "image"),
    ),
    MediaRule(
        id="reference-image-ratio",
        sentence="A reference image has a ratio within the model's bounds, both excluded.",
        source=CATALOGUE.at("constraints.reference_image_min_aspect_ratio, ..._max_..."),
        kind="image",
        fields=("reference_image_urls",),
        table=october,
        asks=_image_ratio,
    ),
    MediaRule(
        id="reference-image-short-side",
        sentence="A reference image is no smaller than the model's smallest side.",
        source=SEEDANCE.at("", "For models that are not Seedance, Venice enlarges small images."),
        kind="image",
        fields=("reference_image_urls",),
        table=october,
        asks=_image_side,
    ),
)
