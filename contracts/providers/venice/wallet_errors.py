"""What Venice says to a sign-in that does not hold."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from contracts.kernel.errors import ErrorCase, Refusal
from contracts.providers.venice.sources import SKILLS

UNAUTHORIZED = 401
ROUTES = "/api/v1/x402/"
"""Where the routes about wallets are; they give no reason (SKILLS, venice-x402)."""


class SignIn(StrEnum):
    """The refusals of a sign-in, in the order in which the document lists them.

    INVALID_PAYLOAD is checked after PARSE_ERROR and INVALID_WALLET before INVALID_SIGNATURE, as
    it cannot be otherwise. That the rest are checked in this order is ASSUMED: none is stated.
    """

    INVALID_PAYLOAD = "sign-in-invalid-payload"
    PARSE_ERROR = "sign-in-parse-error"
    INVALID_MESSAGE = "sign-in-invalid-message"
    ADDRESS_MISMATCH = "sign-in-address-mismatch"
    INVALID_CHAIN_ID = "sign-in-invalid-chain-id"
    CHAIN_MISMATCH = "sign-in-chain-mismatch"
    UNSUPPORTED_CHAIN = "sign-in-unsupported-chain"
    MISSING_NONCE = "sign-in-missing-nonce"
    DOMAIN_MISMATCH = "sign-in-domain-mismatch"
    TIMESTAMP_MISMATCH = "sign-in-timestamp-mismatch"
    EXPIRED = "sign-in-expired"
    FUTURE_TIMESTAMP = "sign-in-future-timestamp"
    NOT_BEFORE = "sign-in-not-before"
    INVALID_SIGNATURE = "sign-in-invalid-signature"
    INVALID_WALLET = "sign-in-invalid-wallet"
    NONCE_REUSED = "sign-in-nonce-reused"


FALLBACK = "Sign-in-with-X authentication failed"
"""Documented for INVALID_CHAIN_ID and INVALID_WALLET."""
GENERIC = "Invalid Sign-in-with-x signature"
_WORDS = {
    SignIn.INVALID_PAYLOAD: ("no address, message or signature", "Invalid payload"),
    SignIn.PARSE_ERROR: ("a header that is not base64 of JSON", "Header is not base64 JSON"),
    SignIn.INVALID_MESSAGE: ("a message that is not EIP-4361", "Invalid message"),
    SignIn.ADDRESS_MISMATCH: ("another address in the message", "Address mismatch"),
    SignIn.INVALID_CHAIN_ID: ("a chain id of another format", FALLBACK),
    SignIn.CHAIN_MISMATCH: ("another chain in the message", "Chain mismatch"),
    SignIn.UNSUPPORTED_CHAIN: ("neither Base nor Solana mainnet", "Unsupported chain"),
    SignIn.MISSING_NONCE: ("a message with an empty nonce", "Missing nonce"),
    SignIn.DOMAIN_MISMATCH: ("a message for another site", "Domain mismatch"),
    SignIn.TIMESTAMP_MISMATCH: ("`timestamp` over 30 s from the message's", "Timestamp mismatch"),
    SignIn.EXPIRED: ("a message over 5 minutes old, or expired", "Message has expired"),
    SignIn.FUTURE_TIMESTAMP: ("a message over 30 s ahead", "Message is from the future"),
    SignIn.NOT_BEFORE: ("a message whose time is yet to come", "Message is not valid yet"),
    SignIn.INVALID_SIGNATURE: ("a signature that is not the wallet's", "Invalid signature"),
    SignIn.INVALID_WALLET: ("an address that no wallet has", FALLBACK),
    SignIn.NONCE_REUSED: ("a nonce that comes again", "This nonce has already been used"),
}


def is_about_wallets(refusal: Refusal) -> bool:
    """Tell whether a route about wallets was asked; those word their refusals differently."""
    return urlsplit(refusal.url()).path.startswith(ROUTES)


def _body(cause: SignIn, text: str) -> Callable[[Refusal], Mapping[str, Any]]:
    code = f"X402_SIGN_IN_{cause.name}"

    def body(refusal: Refusal) -> Mapping[str, Any]:
        if is_about_wallets(refusal):
            return {"error": GENERIC}
        said = refusal.details.get("message")
        return {"error": f"{text}: {said}" if said else text, "code": code}

    return body


SIGN_IN_ERRORS: Mapping[str, ErrorCase] = {
    cause: ErrorCase(
        when=when,
        status=UNAUTHORIZED,
        body=_body(cause, text),
        source=SKILLS.at(
            "venice-auth", "The code is documented; the words are, for three of the codes."
        ),
    )
    for cause, (when, text) in _WORDS.items()
}
