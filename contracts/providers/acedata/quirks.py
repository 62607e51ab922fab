"""What cannot be declared: flags at the end of a prompt, which are obeyed but never refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import MISSING

from contracts.kernel.body import value_or
from contracts.kernel.clip import FRAMES_PER_SECOND
from contracts.providers.acedata.models import models
from contracts.providers.acedata.requests import Request, TextItem

FLAG = re.compile(r"--([a-z]+)\s+(\S+)")
LEGAL = {
    "rs": re.compile("480p|720p|1080p"),
    "rt": re.compile("16:9|4:3|1:1|3:4|9:16|21:9|adaptive"),
    "dur": re.compile("[2-9]|1[0-2]"),
    "frames": re.compile(r"29|[3-9]\d|[12]\d\d"),
    "fps": re.compile("24"),
    "seed": re.compile(r"-1|\d{1,10}"),
    "wm": re.compile("true|false"),
    "cf": re.compile("true|false"),
}
"""The values each flag may have (GUIDE). A flag with another value counts as not given."""
LONG = {
    "resolution": "rs",
    "ratio": "rt",
    "duration": "dur",
    "framespersecond": "fps",
    "watermark": "wm",
    "camerafixed": "cf",
}
"""Long forms, which upstream accepts; the vendor's page shows `--ratio adaptive` itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a request asks for, after flags and fields are put together."""

    resolution: str
    ratio: str
    frames: int
    seed: int
    audio: bool

    @property
    def seconds(self) -> int:
        """The length as answers give it, in whole seconds."""
        return self.frames // FRAMES_PER_SECOND


def flags(body: Request) -> dict[str, str]:
    """Give the valid flags of all texts by their short name; of two, the last wins."""
    return dict(_flags(body))


def _flags(body: Request) -> Iterator[tuple[str, str]]:
    for item in body.content:
        if isinstance(item, TextItem):
            for name, value in FLAG.findall(item.text):
                short = LONG.get(name, name)
                if short in LEGAL and LEGAL[short].fullmatch(value):
                    yield short, value


def settings(body: Request) -> Settings:
    """Put flags and fields together: a field wins, as it is the strict path (GUIDE).

    `frames` wins over `duration` (SDK_SPEC; newer documents want one of the two).

    Defaults are those of the newer schema's text: 16:9, 5 s, 720p, and 480p for lite models. Not
    every model makes sound; the others ignore the wish.
    """
    given = flags(body)
    row = models().get(body.model)
    resolution = given.get("rs", row.default_resolution if row else DEFAULT_RESOLUTION)
    seconds = value_or(body.duration, int(given.get("dur", DEFAULT_SECONDS)))
    length = (seconds if seconds > 0 else DEFAULT_SECONDS) * FRAMES_PER_SECOND
    frames = value_or(body.frames, int(given.get("frames", length)))
    return Settings(
        resolution=value_or(body.resolution, resolution),
        ratio=value_or(body.ratio, given.get("rt", "16:9")),
        frames=length if body.duration is not MISSING and body.frames is MISSING else frames,
        seed=value_or(body.seed, int(given.get("seed", RANDOM_SEED))),
        audio=body.generate_audio and (row is None or row.generate_audio),
    )


DEFAULT_RESOLUTION = "720p"
DEFAULT_SECONDS = 5
RANDOM_SEED = -1


def is_blocking(body: Request) -> bool:
    """Tell whether the call is answered only when the video is done (GUIDE)."""
    return not body.async_ and body.callback_url is MISSING
