"""What Venice says about payments: the rows of its catalogue."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal
from contracts.providers.venice.causes import WALLET_SHORT
from contracts.providers.venice.sources import SKILLS, SPEC
from contracts.providers.venice.wallet_errors import SIGN_IN_ERRORS
from contracts.providers.venice.x402_payments import Payment
from contracts.providers.venice.x402_terms import (
    LEAST_USD,
    MOST_USD,
    discovery,
    discovery_header,
    short,
    short_header,
    top_up_header,
    top_up_terms,
)

X402 = SKILLS.at("venice-x402")
PAYMENT_NOT_ACCEPTED = "payment-header-not-accepted"
PAYMENT_NEEDED = "payment-needed"
OTHERS_BALANCE = "balance-of-another-wallet"
OTHERS_TRANSACTIONS = "transactions-of-another-wallet"

_REFUSED = {
    Payment.INVALID_PAYMENT_FORMAT: "a payment header that is not base64 of JSON",
    Payment.INVALID_PAYMENT: "a payment that lacks a part",
    Payment.UNSUPPORTED_NETWORK: "a payment on another network",
    Payment.INVALID_PAYMENT_RECIPIENT: "a payment to someone else",
    Payment.UNSUPPORTED_TOKEN: "a payment in another token",
    Payment.UNSUPPORTED_SCHEME: "a payment by a scheme other than `exact`",
    Payment.INVALID_AMOUNT: "a payment of what is no amount",
    Payment.INVALID_PAYMENT_PAYER: "a payment by what is no wallet",
    Payment.AMOUNT_TOO_LOW: f"a payment of less than ${LEAST_USD}",
    Payment.AMOUNT_TOO_HIGH: f"a payment of more than ${MOST_USD}",
}
_ON_CHAIN = {
    "PAYMENT_VERIFICATION_FAILED": (400, "a payment whose signature or funds do not hold"),
    "SETTLEMENT_FAILED": (402, "a payment that the chain refused; nothing was moved"),
    "PAYMENT_IN_PROGRESS": (409, "a payment that is still being settled"),
    "X402_NOT_CONFIGURED": (503, "payments are out of order"),
    "SETTLEMENT_TIMEOUT": (504, "a payment that was not settled in time, and still may be"),
}


def _coded(code: str, when: str) -> Callable[[Refusal], Mapping[str, Any]]:
    """Make the form of the top-up's errors, where `error` is the code; the words are ASSUMED."""
    return lambda _: {"error": code, "message": f"{when[0].upper()}{when[1:]}"}


def _top_up(code: str, status: int, when: str, *, on_demand: bool = False) -> ErrorCase:
    return ErrorCase(
        when=when,
        status=status,
        body=_coded(code, when),
        source=SKILLS.at("venice-x402", "Code and form are documented, the message is not."),
        on_demand=on_demand,
    )


def _plain(when: str, status: int, text: str) -> ErrorCase:
    return ErrorCase(
        when=when, status=status, body=lambda _: {"error": text}, source=SPEC.at("/x402")
    )


SETTLEMENT = tuple(code.lower().replace("_", "-") for code in _ON_CHAIN)
"""What only a chain could find out, and here a scenario."""

X402_ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: ErrorCase(
        when="no credentials at all",
        status=402,
        body=discovery,
        headers=discovery_header,
        source=SKILLS.at(
            "venice-errors",
            "An older reading of the spec and guide is 401. That the challenge names the host that"
            " was asked is ASSUMED: clients refuse one that names another.",
        ),
    ),
    WALLET_SHORT: ErrorCase(
        when="a wallet with less than $0.10",
        status=402,
        body=short,
        headers=short_header,
        source=X402,
    ),
    PAYMENT_NOT_ACCEPTED: ErrorCase(
        when="a payment header where nothing is sold",
        status=400,
        body=lambda _: {
            "error": "Payment headers are accepted on /api/v1/x402/top-up only",
            "code": "PAYMENT_HEADER_NOT_ACCEPTED",
        },
        source=SKILLS.at("venice-x402", "The code is documented, the words are not."),
    ),
    PAYMENT_NEEDED: ErrorCase(
        when="a top-up without a payment header",
        status=402,
        body=top_up_terms,
        headers=top_up_header,
        source=X402,
    ),
    OTHERS_BALANCE: _plain(
        "the balance of another wallet", 403, "You can only access balance for your own wallet"
    ),
    OTHERS_TRANSACTIONS: _plain(
        "the transactions of another wallet",
        403,
        "You can only access transaction history for your own wallet",
    ),
    **{cause: _top_up(cause.name, 400, when) for cause, when in _REFUSED.items()},
    **{
        cause: _top_up(code, *row, on_demand=True)
        for cause, (code, row) in zip(SETTLEMENT, _ON_CHAIN.items(), strict=True)
    },
    **SIGN_IN_ERRORS,
}
