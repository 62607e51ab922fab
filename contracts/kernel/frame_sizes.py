"""Pixels for a resolution and a ratio, as the upstream of the Seedance relays documents them."""

from functools import lru_cache

from contracts.kernel.clip import Clip
from contracts.kernel.source import Confidence, Source

SOURCE = Source(
    "docs.byteplus.com ModelArk create-task page 1520757",
    "2026-09",
    "table of width and height, Seedance 1.5 and 2.0",
    Confidence.INFERRED,
    "The relays publish no table of their own. Sizes of the 1.0 models differ upstream, yet the"
    " usage that Ace Data Cloud publishes for a 1.0 model fits 1280x720, as in this table.",
)
SIZES: dict[str, dict[str, tuple[int, int]]] = {
    "480p": {
        "16:9": (864, 496),
        "4:3": (752, 560),
        "1:1": (640, 640),
        "3:4": (560, 752),
        "9:16": (496, 864),
        "21:9": (992, 432),
    },
    "720p": {
        "16:9": (1280, 720),
        "4:3": (1112, 834),
        "1:1": (960, 960),
        "3:4": (834, 1112),
        "9:16": (720, 1280),
        "21:9": (1470, 630),
    },
    "1080p": {
        "16:9": (1920, 1080),
        "4:3": (1664, 1248),
        "1:1": (1440, 1440),
        "3:4": (1248, 1664),
        "9:16": (1080, 1920),
        "21:9": (2206, 946),
    },
    "4k": {
        "16:9": (3840, 2160),
        "4:3": (3326, 2494),
        "1:1": (2880, 2880),
        "3:4": (2494, 3326),
        "9:16": (2160, 3840),
        "21:9": (4398, 1886),
    },
}


@lru_cache(maxsize=4096)
def clip_of(resolution: str, ratio: str, seconds: float, *, audio: bool) -> Clip:
    """Give the clip that a request for this resolution, ratio, length and sound ends in."""
    width, height = frame_size(resolution, ratio)
    return Clip(width=width, height=height, seconds=seconds, audio=audio)


def frame_size(resolution: str, ratio: str) -> tuple[int, int]:
    """Give width and height in pixels.

    A pair outside the table gets the short side its resolution names (`540p`, `1440p`, `2k`) and
    the other side by its ratio, both even; a ratio that is no ratio (`adaptive`) counts as 16:9.
    """
    listed = SIZES.get(resolution.lower(), {}).get(ratio)
    if listed:
        return listed
    short = _short_side(resolution.lower())
    wide, high = _parts(ratio)
    scale = short / min(wide, high)
    return _even(wide * scale), _even(high * scale)


def _short_side(resolution: str) -> int:
    named = {"2k": 1440, "4k": 2160}
    digits = "".join(filter(str.isdigit, resolution))
    return named.get(resolution) or int(digits)


def _parts(ratio: str) -> tuple[int, int]:
    wide, _, high = ratio.partition(":")
    return (int(wide), int(high)) if wide.isdigit() and high.isdigit() else (16, 9)


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2
