"""What may be asked about the credit of a wallet."""

from typing import Annotated, ClassVar

from pydantic import MISSING, Field

from contracts.kernel.source import Source
from contracts.providers.venice.requests import VeniceBody
from contracts.providers.venice.sources import SPEC

WalletAddress = Annotated[
    str,
    Field(pattern="^(0x[0-9a-fA-F]{40}|[1-9A-HJ-NP-Za-km-z]{32,44})$"),
    SPEC.at("/x402/balance/{walletAddress}"),
]


class TopUp(VeniceBody):
    """`POST /x402/top-up`: the payment is in a header; the body is not looked at."""

    source: ClassVar[Source] = SPEC.at("/x402/top-up")


class WalletBalance(VeniceBody):
    """`GET /x402/balance/{walletAddress}`."""

    source: ClassVar[Source] = SPEC.at("/x402/balance/{walletAddress}")

    wallet_address: WalletAddress


class WalletTransactions(VeniceBody):
    """`GET /x402/transactions/{walletAddress}`: the ledger, newest first."""

    source: ClassVar[Source] = SPEC.at("/x402/transactions/{walletAddress}")

    wallet_address: WalletAddress
    limit: Annotated[str, Field(pattern="^([1-9][0-9]?|100)$")] | MISSING = MISSING
    offset: (
        Annotated[
            str,
            Field(pattern="^[0-9]{1,15}$"),
            SPEC.at("offset", "No maximum is stated; 15 digits are more than any ledger has."),
        ]
        | MISSING
    ) = MISSING
