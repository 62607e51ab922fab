"""What is true of Acme beside its messages: money, limits on use, and what goes wrong."""

from contracts.providers.acme.requests import SOURCE, Submit
from contracts.providers.acme.wire import CENSORED

from contracts.kernel.money import Charged, Tariff, micros
from contracts.kernel.provider import EXPIRED
from contracts.kernel.quotas import Rate
from contracts.kernel.task import Failure, Plan

DOLLARS_PER_SECOND = 0.1


def price(_body: Submit, plan: Plan) -> int:
    return micros(DOLLARS_PER_SECOND * plan.clip.seconds)


TARIFF = Tariff(currency="USD", price=price, charged=Charged.ACCEPTED, source=SOURCE)
QUOTAS = (Rate(id="submits", operations=("submit",), requests=1000, seconds=10, source=SOURCE),)
FAILURES = {
    "melted": Failure("melted", "The film melted.", source=SOURCE),
    "walk-out": Failure("walk-out", "The star walked out.", refunded=False, source=SOURCE),
    "censored": Failure("censored", "Not for the public.", cause=CENSORED, source=SOURCE),
    EXPIRED: Failure("expired", "The light was gone.", source=SOURCE),
}
