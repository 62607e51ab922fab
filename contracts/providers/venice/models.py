"""The model table of Venice, and the questions asked of it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.kernel.models import ModelRow, read_models

DEFAULT_RESOLUTION = "720p"
"""What a request without a resolution gets. The model's default, says the page, and not which."""
DOLLARS_PER_SECOND = 0.1
"""The price where no quote of a model was ever recorded. Assumed: the middle of those that were."""
LAST_JUNE_CATALOGUE = "2026-07-12"
"""The last stored catalogue in which the ids of June are what they were then."""
DEFAULT_PROMPT_LIMIT = 2500
"""What a model without a `prompt_character_limit` takes (SEED, prompt)."""


class ClipLimits(BaseModel):
    """What one kind of reference media may be, for one model."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    seconds: tuple[int, int] | None = None
    """Of one clip, both ends included."""
    total_seconds: int | None = None
    megabytes: int | None = None


NO_LIMITS = ClipLimits.model_construct()  # which asks for no build at import


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
    """As the catalogue has them."""
    delivery: Literal["inline", "download_url", "unknown"]
    asks_consent: bool
    status: Literal["listed", "unlisted", "delisted"]
    """In the newest catalogue; an unlisted id answers, a delisted one does not."""
    takes: tuple[str, ...] | None = None
    """Fields it takes that most models do not; nothing is known where there is no list."""
    needs: tuple[str, ...] = ()
    """Media fields it cannot do without."""
    needs_reference: bool = False
    prompt_optional: bool = False
    frames_exclude_references: bool = False
    refuses_ratios: tuple[str, ...] = ()
    """Ratios it is known not to take, where no list of the others is known."""
    source_matched: tuple[str, ...] = ()
    """Durations that follow the length of a reference video."""
    source_matched_ratios: tuple[str, ...] = ()
    most: dict[str, int] = Field(default_factory=dict)
    """How many items a list of references may have, by field."""
    clips: dict[Literal["image", "video", "audio"], ClipLimits] = Field(default_factory=dict)
    keeps_charge: bool = False
    """Whether a refusal for the provider's content policy is charged all the same (SKILLS)."""
    usd_per_second: dict[str, dict[str, float]] = Field(default_factory=dict)
    """By sound (`on`, `off`, `any`), then by resolution (`-` where there is none)."""
    usd: dict[str, float] = Field(default_factory=dict)
    """By the parts that matter, joined by `|`: resolution, duration, sound."""
    seen: tuple[str, ...] = ()
    """Days on which the catalogue listed it."""

    def offered(self, name: str) -> tuple[str, ...]:
        """Give the values that the catalogue offers: `durations`, `resolutions`..."""
        return tuple(self.constraints.get(name, ()))

    @property
    def prompt_limit(self) -> int:
        """How many characters a prompt may have."""
        limit: int = self.constraints.get("prompt_character_limit", DEFAULT_PROMPT_LIMIT)
        return limit

    @property
    def is_measured(self) -> bool:
        """Whether anything is known of what it can do."""
        return self.takes is not None

    @property
    def follows_source(self) -> bool:
        """Whether its length is that of the video it works on."""
        return self.offered("durations") == ("Auto",)


@cache
def models() -> Mapping[str, VeniceModel]:
    """Give the whole table, read once."""
    return read_models(__package__, VeniceModel)


def _chosen(choose: Callable[[VeniceModel], bool]) -> Mapping[str, VeniceModel]:
    return {id_: row for id_, row in models().items() if choose(row)}


@cache
def june() -> Mapping[str, VeniceModel]:
    """Give the models of 2026-06: what catalogues up to July listed."""
    return _chosen(lambda row: bool(row.seen) and min(row.seen) <= LAST_JUNE_CATALOGUE)


@cache
def october() -> Mapping[str, VeniceModel]:
    """Give the models of 2026-10: what was not removed, unlisted twins included."""
    return _chosen(lambda row: row.status != "delisted")


@cache
def october_catalogue() -> Mapping[str, VeniceModel]:
    """Give what the catalogue of 2026-09 lists."""
    return _chosen(lambda row: row.status == "listed")


def is_private(model: str) -> bool:
    """Tell whether a model delivers by `download_url`."""
    row = models().get(model)
    return row is not None and row.delivery == "download_url"


def asks_consent(model: str) -> bool:
    """Tell whether media with faces needs consent on this model."""
    row = models().get(model)
    return row is not None and row.asks_consent


def keeps_charge(model: str) -> bool:
    """Tell whether a model's provider charges for what it refuses by its content policy."""
    row = models().get(model)
    return row is not None and row.keeps_charge


def price(model: str, seconds: int, resolution: str, *, audio: bool) -> float:
    """Give the price of a video in US dollars, in whole cents, as every recorded quote is."""
    row = models().get(model)
    sound = "on" if audio else "off"
    if row is None:
        return round(DOLLARS_PER_SECOND * seconds, 2)
    length = f"{seconds}s"
    for key in (
        f"{resolution}|{length}|{sound}",
        f"{DEFAULT_RESOLUTION}|{length}|{sound}",
        f"{length}|{sound}",
        length,
    ):
        if key in row.usd:
            return row.usd[key]
    rates = row.usd_per_second.get(sound) or row.usd_per_second.get("any") or {}
    some = next(iter(rates.values()), DOLLARS_PER_SECOND)
    rate = rates.get(resolution) or rates.get(DEFAULT_RESOLUTION, some)
    return round(rate * seconds, 2)
