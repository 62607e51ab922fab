"""The credit of wallets: topped up by payments, shown to its owner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from typing_extensions import TypedDict

from contracts.kernel.auth import Headers
from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.money import MICRO, Move, Purse
from contracts.kernel.operation import (
    OPEN_GATES,
    URL_GATES,
    Banks,
    Carried,
    Gives,
    Operation,
    Teller,
)
from contracts.kernel.reply import Reply
from contracts.providers.venice.quotas import WALLET, is_wallet
from contracts.providers.venice.sources import SKILLS
from contracts.providers.venice.wallet_form import is_evm_address
from contracts.providers.venice.x402_errors import (
    OTHERS_BALANCE,
    OTHERS_TRANSACTIONS,
    PAYMENT_NEEDED,
    PAYMENT_NOT_ACCEPTED,
)
from contracts.providers.venice.x402_payments import Payment, read
from contracts.providers.venice.x402_requests import TopUp, WalletBalance, WalletTransactions
from contracts.providers.venice.x402_terms import (
    ADMITTED_USD,
    LEAST_USD,
    MOST_USD,
    SUGGESTED_USD,
    header,
    moment,
    usd,
)

PAYMENT_HEADERS = b"payment-signature", b"x-402-payment", b"x-payment"
"""The header of a payment, and its older names (SKILLS)."""
UNLIMITED = MOST_USD * MICRO
"""What a wallet whose money never runs out is shown to have. ASSUMED: a number has to be shown."""
MOST_LISTED = "50"
"""How many transactions are listed where no limit is given (SPEC)."""


class Credited(TypedDict):
    """What a payment has come to, in dollars."""

    walletAddress: str
    amountCredited: float
    newBalance: float
    paymentId: str


class ToppedUp(TypedDict):
    """A payment was credited."""

    success: Literal[True]
    data: Credited


class Credit(TypedDict):
    """What a wallet has, in dollars; no account with DIEM is linked to it here."""

    walletAddress: str
    balanceUsd: float
    canConsume: bool
    minimumTopUpUsd: float
    suggestedTopUpUsd: float


class Balance(TypedDict):
    """The credit of a wallet."""

    success: Literal[True]
    data: Credit


class Transaction(TypedDict):
    """One line of the ledger."""

    id: str
    amount: float
    balanceAfter: float
    type: Literal["TOP_UP", "CHARGE", "REFUND"]
    createdAt: str
    requestId: str | None
    modelId: str | None


class Page(TypedDict):
    """Which part of the ledger is shown."""

    limit: int
    offset: int
    hasMore: bool


class Ledger(TypedDict):
    """A part of the ledger, newest first."""

    walletAddress: str
    currentBalance: float
    transactions: list[Transaction]
    pagination: Page


class Transactions(TypedDict):
    """What a wallet paid, and was charged."""

    success: Literal[True]
    data: Ledger


@dataclass(frozen=True, slots=True)
class NoPayment:
    """Refuses a payment header where nothing is sold; it is no way to tell whose request it is."""

    def key(self, headers: Headers) -> str:
        """Refuse a request that carries a payment, whoever sends it."""
        if any(name in headers for name in PAYMENT_HEADERS):
            raise Refused(PAYMENT_NOT_ACCEPTED)
        return ""

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give nothing: there is no other way to be let in by it."""
        return {}

    @property
    def causes(self) -> tuple[str, ...]:
        """Give the one refusal."""
        return (PAYMENT_NOT_ACCEPTED,)


def topped_up(_body: TopUp, teller: Teller) -> Reply:
    """Credit a payment to the wallet that signed it, once; nothing is settled anywhere."""
    given = (teller.headers[name] for name in PAYMENT_HEADERS if name in teller.headers)
    payment = next(given, None)
    if payment is None:
        raise Refused(PAYMENT_NEEDED)
    credit = read(payment.decode("latin-1"))
    purse = teller.purse(WALLET + credit.payer)
    purse.top_up(credit.amount, credit.id)
    data = Credited(
        walletAddress=credit.payer,
        amountCredited=usd(credit.amount),
        newBalance=usd(_shown(purse)),
        paymentId=f"x402-{credit.id[:32]}",
    )
    settled = {
        "success": True,
        "network": credit.network,
        "payer": credit.payer,
        "transaction": f"0x{credit.id}",
    }
    return Reply(ToppedUp(success=True, data=data), headers=header("PAYMENT-RESPONSE", settled))


def balance(body: WalletBalance, teller: Teller) -> Reply:
    """Show a wallet what it has."""
    left = _left(teller, body.wallet_address, OTHERS_BALANCE)
    data = Credit(
        walletAddress=body.wallet_address,
        balanceUsd=usd(left),
        canConsume=left >= ADMITTED_USD * MICRO,
        minimumTopUpUsd=LEAST_USD,
        suggestedTopUpUsd=SUGGESTED_USD,
    )
    return Reply(Balance(success=True, data=data))


def transactions(body: WalletTransactions, teller: Teller) -> Reply:
    """Show a wallet its ledger."""
    left = _left(teller, body.wallet_address, OTHERS_TRANSACTIONS)
    limit, offset = int(value_or(body.limit, MOST_LISTED)), int(value_or(body.offset, "0"))
    lines = list(_lines(teller.key, teller.purse(teller.key).moves(), left))
    shown = lines[offset : offset + limit]
    data = Ledger(
        walletAddress=body.wallet_address,
        currentBalance=usd(left),
        transactions=shown,
        pagination=Page(limit=limit, offset=offset, hasMore=offset + limit < len(lines)),
    )
    return Reply(Transactions(success=True, data=data))


def _left(teller: Teller, address: str, others: str) -> int:
    """Give what is left to a wallet that asks for itself; API keys do not count here."""
    if not is_wallet(teller.key):
        raise Refused(Cause.NO_KEY)
    if teller.key != key_of(address):
        raise Refused(others)
    return _shown(teller.purse(teller.key))


def key_of(address: str) -> str:
    """Give the key that a wallet is known by; the case of some addresses means nothing."""
    return WALLET + (address.lower() if is_evm_address(address) else address)


def _shown(purse: Purse) -> int:
    """Give what a purse is said to hold."""
    return UNLIMITED if purse.balance is None else purse.balance


_TYPES: dict[str, Literal["TOP_UP", "CHARGE", "REFUND"]] = {
    "top-up": "TOP_UP",
    "charge": "CHARGE",
    "refund": "REFUND",
}


def _lines(key: str, moves: Sequence[Move], left: int) -> Iterator[Transaction]:
    """Write the ledger, which is newest first; a line keeps its id while newer ones come."""
    for place, move in enumerate(moves):
        number = len(moves) - place
        yield Transaction(
            id=sha256(f"{key} {number}".encode()).hexdigest()[:32],
            amount=usd(move.amount),
            balanceAfter=usd(left),
            type=_TYPES[move.kind],
            createdAt=moment(move.at),
            requestId=move.task or None,
            modelId=move.model or None,
        )
        left -= move.amount


X402 = SKILLS.at("venice-x402")
TOP_UP = Operation(
    id="top-up",
    summary="Add credit to a wallet by a signed payment; without one, ask for the terms.",
    method="POST",
    path="/api/v1/x402/top-up",
    body=TopUp,
    carried=Carried.URL,
    gates=OPEN_GATES,
    effect=Banks(reply=topped_up),
    source=SKILLS.at(
        "venice-x402",
        "Nothing is settled: signatures of payments are not checked, funds neither. That a payment"
        " is credited once, however often it is sent, is left out.",
    ),
    answers=(Gives(ToppedUp, "credited"),),
    refuses=(PAYMENT_NEEDED, *Payment),
)
WALLET_BALANCE = Operation(
    id="wallet-balance",
    summary="Ask what a wallet has; its own signature alone will do.",
    method="GET",
    path="/api/v1/x402/balance/{wallet_address}",
    body=WalletBalance,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Banks(reply=balance, owner=lambda body: key_of(body.wallet_address)),
    source=X402,
    answers=(Gives(Balance, "what is left"),),
    refuses=(Cause.NO_KEY, OTHERS_BALANCE),
)
WALLET_TRANSACTIONS = Operation(
    id="wallet-transactions",
    summary="Ask for the ledger of a wallet; its own signature alone will do.",
    method="GET",
    path="/api/v1/x402/transactions/{wallet_address}",
    body=WalletTransactions,
    carried=Carried.URL,
    gates=URL_GATES,
    effect=Banks(reply=transactions, owner=lambda body: key_of(body.wallet_address)),
    source=X402,
    answers=(Gives(Transactions, "a part of the ledger"),),
    refuses=(Cause.NO_KEY, OTHERS_TRANSACTIONS),
)
OPERATIONS = (TOP_UP, WALLET_BALANCE, WALLET_TRANSACTIONS)
