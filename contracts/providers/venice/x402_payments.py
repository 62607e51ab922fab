"""A payment as a client sends it: read, and held against what may be paid."""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from contracts.kernel.errors import Refused
from contracts.kernel.money import MICRO
from contracts.providers.venice.solana_transfer import transfer_in
from contracts.providers.venice.wallet_form import is_evm_address
from contracts.providers.venice.x402_terms import (
    ASSETS,
    BASE,
    LEAST_USD,
    MOST_USD,
    RECEIVERS,
    names_of,
)

NETWORKS = names_of(ASSETS)
_AMOUNT = re.compile("[0-9]{1,20}")
"""More digits than any amount of USDC has."""


class Payment(StrEnum):
    """Why a payment is refused, in the order in which the document lists it.

    That this is the order of the checks is ASSUMED: none is stated.
    """

    INVALID_PAYMENT_FORMAT = "invalid-payment-format"
    INVALID_PAYMENT = "invalid-payment"
    UNSUPPORTED_NETWORK = "unsupported-network"
    INVALID_PAYMENT_RECIPIENT = "invalid-payment-recipient"
    UNSUPPORTED_TOKEN = "unsupported-token"  # noqa: S105 - a kind of money
    UNSUPPORTED_SCHEME = "unsupported-scheme"
    INVALID_AMOUNT = "invalid-amount"
    INVALID_PAYMENT_PAYER = "invalid-payment-payer"
    AMOUNT_TOO_LOW = "amount-too-low"
    AMOUNT_TOO_HIGH = "amount-too-high"


class Part(BaseModel):
    """A part of a payment; keys that no one looks at pass."""

    model_config = ConfigDict(strict=True, defer_build=True)


class Authorization(Part):
    """A transfer of USDC on an EVM chain (EIP-3009)."""

    payer: str = Field(alias="from")
    receiver: str = Field(alias="to")
    value: str | int
    nonce: str


class Signed(Part):
    """What was signed: an authorization on Base, a transaction on Solana."""

    signature: Annotated[str, Field(min_length=1)] | None = None
    authorization: Authorization | None = None
    transaction: Annotated[str, Field(min_length=1)] | None = None


class Terms(Part):
    """The offer that was taken up."""

    scheme: str
    network: str
    asset: str
    receiver: str = Field(alias="payTo")


class Envelope(Part):
    """A payment header: with the offer inside, or flat with the names of scheme and network."""

    version: Any = Field(alias="x402Version")
    payload: Signed
    accepted: Terms | None = None
    scheme: str | None = None
    network: str | None = None


class Offer(NamedTuple):
    """What a payment offers, as far as it says."""

    scheme: str
    network: str
    payer: str
    receivers: tuple[str, ...]
    tokens: tuple[str, ...]
    amount: str
    proof: str
    """What tells this payment from every other."""


class Credit(NamedTuple):
    """A payment that is good: what is credited to whom."""

    payer: str
    amount: int
    """In millionths of a dollar."""
    network: str
    id: str
    """One payment has one id, however often it is sent."""


def read(header: str) -> Credit:
    """Read a payment; `Refused` for one that is not good."""
    offer = _offer(_envelope(header))
    for cause in _objections(offer):
        raise Refused(cause)
    id_ = sha256(offer.proof.encode()).hexdigest()
    return Credit(offer.payer, int(offer.amount), offer.network, id_)


def _envelope(header: str) -> Envelope:
    try:
        content = from_json(b64decode(header, validate=True))
    except ValueError:
        raise Refused(Payment.INVALID_PAYMENT_FORMAT) from None
    try:
        return Envelope.model_validate(content)
    except ValidationError:
        raise Refused(Payment.INVALID_PAYMENT) from None


def _offer(envelope: Envelope) -> Offer:
    """Read what is signed, which each network writes in its own way."""
    terms = envelope.accepted
    scheme = terms.scheme if terms else envelope.scheme
    name = terms.network if terms else envelope.network
    if scheme is None or name is None:
        raise Refused(Payment.INVALID_PAYMENT)
    if name not in NETWORKS:
        raise Refused(Payment.UNSUPPORTED_NETWORK)
    network = NETWORKS[name]
    receivers, tokens = ((terms.receiver,), (terms.asset,)) if terms else ((), ())
    signed = _authorized if network == BASE else _transacted
    return signed(Offer(scheme, network, "", receivers, tokens, "", ""), envelope.payload)


def _authorized(offer: Offer, payload: Signed) -> Offer:
    """Add what an authorization says; it is for a token, but does not name it."""
    given = payload.authorization
    if given is None or payload.signature is None:
        raise Refused(Payment.INVALID_PAYMENT)
    return offer._replace(
        payer=given.payer.lower(),
        receivers=(*offer.receivers, given.receiver),
        amount=str(given.value),
        proof=payload.signature,
    )


def _transacted(offer: Offer, payload: Signed) -> Offer:
    """Add what a transaction says. It pays into an account whose owner it does not name."""
    try:
        transfer = transfer_in(b64decode(payload.transaction or "", validate=True))
    except ValueError:
        raise Refused(Payment.INVALID_PAYMENT) from None
    return offer._replace(
        payer=transfer.payer,
        tokens=(*offer.tokens, transfer.token),
        amount=str(transfer.amount),
        proof=str(payload.transaction),
    )


def _objections(offer: Offer) -> Iterator[Payment]:
    """Give what is wrong with an offer."""
    if not _all_are(RECEIVERS[offer.network], offer.receivers, offer.network):
        yield Payment.INVALID_PAYMENT_RECIPIENT
    if not _all_are(ASSETS[offer.network], offer.tokens, offer.network):
        yield Payment.UNSUPPORTED_TOKEN
    if offer.scheme != "exact":
        yield Payment.UNSUPPORTED_SCHEME
    if not _AMOUNT.fullmatch(offer.amount):
        yield Payment.INVALID_AMOUNT
    if offer.network == BASE and not is_evm_address(offer.payer):
        yield Payment.INVALID_PAYMENT_PAYER
    if int(offer.amount) < LEAST_USD * MICRO:
        yield Payment.AMOUNT_TOO_LOW
    if int(offer.amount) > MOST_USD * MICRO:
        yield Payment.AMOUNT_TOO_HIGH


def _all_are(wanted: str, given: Iterable[str], network: str) -> bool:
    """Tell whether all are the same address; on Base, capitals make no difference."""
    if network == BASE:
        return all(one.lower() == wanted for one in given)
    return all(one == wanted for one in given)
