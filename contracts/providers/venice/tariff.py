"""What a video costs, and how Venice says that it cannot be paid for."""

from typing import Any

from contracts.kernel.errors import Cause
from contracts.kernel.money import Charged, Shortfall, Tariff, micros
from contracts.kernel.task import Plan
from contracts.providers.venice.answers import dollars
from contracts.providers.venice.causes import USD_LIMIT, WALLET_SHORT
from contracts.providers.venice.failures import is_kept
from contracts.providers.venice.quotas import is_wallet
from contracts.providers.venice.sources import SKILLS
from contracts.providers.venice.x402_terms import ADMITTED_USD


def cost(body: Any, _plan: Plan) -> int:  # noqa: ANN401 - the queue request of any revision
    """Give the price of an accepted request: what a quote for it says."""
    return micros(dollars(body))


def short(lack: Shortfall) -> str:
    """Choose the row for a request that cannot be paid for.

    A wallet that has enough to be served, and too little for this, is refused as a key is (SKILLS).
    """
    if lack.over_limit:
        return USD_LIMIT
    if is_wallet(lack.key) and lack.balance < micros(ADMITTED_USD):
        return WALLET_SHORT
    return Cause.NO_BALANCE


TARIFF = Tariff(
    currency="USD",
    price=cost,
    charged=Charged.ACCEPTED,
    keeps=is_kept,
    short=short,
    source=SKILLS.at(
        "venice-video",
        "Prices are fitted to recorded answers of /video/quote, 2026-09-28 (CATALOGUE)."
        " Wallets are charged when the job is accepted, too.",
    ),
)
