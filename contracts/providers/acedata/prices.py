"""What a video costs: a price for each second at 720p, and tokens for every other size."""

from contracts.kernel.clip import Clip
from contracts.kernel.frame_sizes import clip_of
from contracts.kernel.money import Charged, Tariff, micros
from contracts.kernel.source import Confidence, Source
from contracts.kernel.task import Plan
from contracts.providers.acedata.models import models
from contracts.providers.acedata.requests import Request
from contracts.providers.acedata.sources import PRICES

USD_PER_CREDIT = 0.095215
"""What the vendor's site sells a credit for."""
LISTED = clip_of("720p", "16:9", 5, audio=False)
"""The clip that the listed price of a second is taken from."""


def tokens(clip: Clip) -> int:
    """Count the tokens of a video: width x height x frames / 1024.

    A clip of whole seconds has one frame more than it shows: 108,900 for 5 s at 720p is published,
    and so is 295,800 for 145 frames of 1088x1920.
    """
    frames = round(clip.seconds * clip.fps)
    frames += clip.seconds == int(clip.seconds)
    return clip.width * clip.height * frames // 1024


def price(body: Request, plan: Plan) -> int:
    """Give the price of a request; a model that is in no table costs nothing."""
    row = models().get(body.model)
    if row is None:
        return 0
    amount, unit = row.price_per_second
    in_credits = amount if unit == "credits" else amount / USD_PER_CREDIT
    factor = row.sound_price_factor if plan.clip.audio else 1
    share = tokens(plan.clip) / tokens(LISTED)
    return micros(in_credits * LISTED.seconds * share * factor)


TARIFF = Tariff(
    currency="credits",
    price=price,
    charged=Charged.SUCCEEDED,
    source=Source(
        PRICES.document,
        PRICES.read,
        "",
        Confidence.INFERRED,
        "Listed is what a second costs at 720p; other sizes are assumed to cost as many tokens as"
        " they have. A charge of 1.404 credits was seen for a short clip of 2.0-mini, which fits"
        " 4 s at 480p but for 2 %. That only success is charged is documented (FAQ). Dollars are"
        f" made credits at {USD_PER_CREDIT} each, as the site sells them.",
    ),
)
