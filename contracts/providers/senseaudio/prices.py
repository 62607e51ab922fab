"""What a video costs: a price for each second, by resolution."""

from contracts.kernel.money import Charged, Tariff, micros
from contracts.kernel.source import Confidence, Source
from contracts.kernel.task import Plan
from contracts.providers.senseaudio.models import current
from contracts.providers.senseaudio.requests import Create


def price(body: Create, plan: Plan) -> int:
    """Give the price of a request; a model that is in no table costs nothing."""
    row = current().get(body.model)
    return micros(row.cny_per_second[body.resolution] * plan.clip.seconds) if row else 0


TARIFF = Tariff(
    currency="CNY",
    price=price,
    charged=Charged.SUCCEEDED,
    source=Source(
        "prices of resellers, and a third party's skill for agents",
        "2026-09",
        "",
        Confidence.INFERRED,
        "List prices; half of each is reported as the discounted one. Whether failed tasks are"
        " billed no document says; here they are not, as upstream does not bill them.",
    ),
)
