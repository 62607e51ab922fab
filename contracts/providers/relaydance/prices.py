"""What a video costs: made out from the one price that was recorded."""

from dataclasses import replace
from functools import lru_cache

from contracts.kernel.frame_sizes import frame_size
from contracts.kernel.money import MICRO, Charged, Tariff, micros
from contracts.kernel.source import Confidence, Source
from contracts.kernel.task import Plan
from contracts.providers.relaydance.answers import DEFAULT_RATIO, resolution_asked
from contracts.providers.relaydance.requests import Generate
from contracts.providers.relaydance.sources import RECORDED, SEED

QUOTA_PER_DOLLAR = 500_000
"""New-api counts in units of 1/500,000 dollar (GATEWAY)."""
RECORDED_QUOTA = 1_093_750
"""What the recorded task cost in these units."""
RECORDED_RESOLUTION, RECORDED_SECONDS = "720p", 5


def price(body: Generate, plan: Plan) -> int:
    """Give the price of a request, in proportion to its pixels and its length."""
    return _price(resolution_asked(body), plan.clip.seconds)


@lru_cache(maxsize=1024)
def _price(resolution: str, seconds: float) -> int:
    size = _pixels(resolution) / _pixels(RECORDED_RESOLUTION)
    return micros(RECORDED_QUOTA / QUOTA_PER_DOLLAR * seconds / RECORDED_SECONDS * size)


def _pixels(resolution: str) -> int:
    width, height = frame_size(resolution, DEFAULT_RATIO)
    return width * height


def quota(cost: int) -> int:
    """Give a price in the gateway's units."""
    return cost * QUOTA_PER_DOLLAR // MICRO


GUESSED = (
    "Documented is that a clip costs by model, resolution and length, and no figure. One task was"
    " recorded: 2.1875 dollars for 5 s at 720p, a round 0.4375 a second, so that the length is"
    " assumed to count in seconds. That other resolutions cost by their pixels is assumed after the"
    " upstream's tokens, and that all models cost the same, as nothing is known of others."
)
TARIFF = Tariff(
    currency="USD",
    price=price,
    charged=Charged.SUCCEEDED,
    source=Source(
        SEED.document,
        SEED.read,
        "billing",
        Confidence.INFERRED,
        f"{GUESSED} That failed tasks are not billed is documented.",
    ),
)
PREPAID = replace(
    TARIFF,
    charged=Charged.ACCEPTED,
    source=Source(
        RECORDED.document,
        RECORDED.read,
        "quota",
        Confidence.INFERRED,
        f"{GUESSED} A client (ARIA) reports that the price is taken at once, and given back when"
        " the task fails.",
    ),
)
