"""The model table of Venice, and the two questions asked of it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from contracts.kernel.models import ModelRow, read_models

DEFAULT_RESOLUTION = "720p"
"""What a request without a resolution gets. The model's default, says the page, and not which."""
DOLLARS_PER_SECOND = 0.1
"""The price where no quote of a model was ever recorded. Assumed: the middle of those that were."""


class VeniceModel(ModelRow):
    """One video model, as the catalogue and recorded quotes show it."""

    name: str
    task: str
    privacy: Literal["private", "anonymized"] = "anonymized"
    created: int = 0
    model_sets: tuple[str, ...] = ()
    uncensored: bool = False
    model_source: str | None = None
    constraints: dict[str, Any] = Field(default_factory=dict)
    delivery: Literal["inline", "download_url", "unknown"]
    asks_consent: bool
    usd_per_second: dict[str, dict[str, float]] = Field(default_factory=dict)
    """By sound (`on`, `off`, `any`), then by resolution (`-` where there is none)."""
    usd: dict[str, float] = Field(default_factory=dict)
    """By the parts that matter, joined by `|`: resolution, duration, sound."""
    seen: tuple[str, ...] = ()
    """Days on which the catalogue listed it."""


@cache
def models() -> Mapping[str, VeniceModel]:
    """Give the table, read once."""
    return read_models(__package__, VeniceModel)


def is_private(model: str) -> bool:
    """Tell whether a model delivers by `download_url`."""
    row = models().get(model)
    return row is not None and row.delivery == "download_url"


def asks_consent(model: str) -> bool:
    """Tell whether media with faces needs consent on this model."""
    row = models().get(model)
    return row is not None and row.asks_consent


def price(model: str, seconds: int, resolution: str, *, audio: bool) -> float:
    """Give the price of a video in US dollars, in whole cents, as every recorded quote is."""
    row = models().get(model)
    sound = "on" if audio else "off"
    if row is None:
        return round(DOLLARS_PER_SECOND * seconds, 2)
    for key in (f"{resolution}|{seconds}s|{sound}", f"{seconds}s|{sound}", f"{seconds}s"):
        if key in row.usd:
            return row.usd[key]
    rates = row.usd_per_second.get(sound) or row.usd_per_second.get("any") or {}
    some = next(iter(rates.values()), DOLLARS_PER_SECOND)
    rate = rates.get(resolution) or rates.get(DEFAULT_RESOLUTION, some)
    return round(rate * seconds, 2)
