"""Wallet sign-in: a key that is a signature, good for one request and a few minutes."""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from json import loads
from typing import Any

from pydantic import ValidationError

from contracts.kernel.auth import Headers, Signed
from contracts.kernel.errors import Refused
from contracts.providers.venice.quotas import WALLET
from contracts.providers.venice.wallet_errors import SignIn
from contracts.providers.venice.wallet_form import (
    evm_signature,
    is_evm_address,
    is_solana_address,
    solana_signature,
)
from contracts.providers.venice.wallet_message import Message, MessageError
from contracts.providers.venice.wallet_payload import ACCOUNT_OF, EVM, SOLANA, Payload
from contracts.providers.venice.x402_terms import BASE, SOLANA_MAINNET

OLDEST, MOST_AHEAD, MOST_APART = 300, 30, 30
"""Seconds: the age of a message, its lead, and its distance to `timestamp` (SKILLS)."""
REMEMBERED = 330
"""Seconds for which a nonce must not come again (SKILLS)."""
DOMAINS = {"api.venice.ai", "venice.ai", "outerface.venice.ai"}
"""Who may be signed in to (SKILLS); the last was accepted live when a client signed it (CLIENTS).

The host that was asked is accepted, too. That is ASSUMED: clients of a stand-in build the domain
from the base URL they are given.
"""
LIBRARIES = ("coincurve", "Crypto")
"""What it takes to check a signature; without them, its form alone is looked at.

A contract that signs (EIP-1271) is refused in any case: only its chain can say what it signed.
"""

_CHAIN = re.compile(rf"({EVM}:)?\d+|{SOLANA}:\w+", re.ASCII)


@cache
def has_cryptography() -> bool:
    """Tell whether the optional extra `wallet` is installed."""
    return all(find_spec(name) for name in LIBRARIES)


@dataclass(frozen=True, slots=True)
class Wallet:
    """A header that holds a signed message, under one of its names."""

    name: bytes

    def key(self, headers: Headers) -> str | Signed:
        """Give the wallet that a request is signed by."""
        value = headers.get(self.name)
        if value is None:
            return ""
        return signed(value, headers.get(b"host", b"").decode("latin-1"))

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give the way as an OpenAPI security scheme."""
        name = self.name.decode()
        return {name: {"type": "apiKey", "in": "header", "name": name}}

    @property
    def causes(self) -> tuple[str, ...]:
        """Give all that may be wrong with a signature."""
        return tuple(SignIn)


def signed(value: bytes, host: str) -> Signed:
    """Read a header; what depends on the moment is left to the check."""
    payload = _payload(value)
    text = payload.text()
    if text is None:
        raise Refused(SignIn.INVALID_PAYLOAD)
    message = _message(text)
    for cause in _objections(payload, message, host):
        raise Refused(cause)
    folds = message.account == ACCOUNT_OF[EVM]
    return Signed(
        key=WALLET + (payload.address.lower() if folds else payload.address),
        check=partial(_check, message, text.encode(), payload.signature),
        nonce=message.nonce,
        remembered=REMEMBERED,
        reused=SignIn.NONCE_REUSED,
    )


def _payload(value: bytes) -> Payload:
    try:
        content = loads(b64decode(value, validate=True))
    except (ValueError, RecursionError):
        raise Refused(SignIn.PARSE_ERROR) from None
    try:
        return Payload.model_validate(content)
    except ValidationError:
        raise Refused(SignIn.INVALID_PAYLOAD) from None


def _message(text: str) -> Message:
    try:
        return Message.parse(text)
    except MessageError as error:
        raise Refused(SignIn.INVALID_MESSAGE, details={"message": str(error)}) from None


def _objections(payload: Payload, message: Message, host: str) -> Iterator[SignIn]:
    """Give what is wrong at any time, in the order in which the document lists it."""
    evm = message.account == ACCOUNT_OF[EVM]
    chain = f"{EVM if evm else SOLANA}:{message.chain.removeprefix(f'{SOLANA}:')}"
    mine, yours = message.address, payload.address
    if mine != yours and not (evm and mine.lower() == yours.lower()):
        yield SignIn.ADDRESS_MISMATCH
    given = payload.chain
    if given is not None and not _is_chain(given):
        yield SignIn.INVALID_CHAIN_ID
    if given is not None and _full(given) != chain:
        yield SignIn.CHAIN_MISMATCH
    if chain not in {BASE, SOLANA_MAINNET}:
        yield SignIn.UNSUPPORTED_CHAIN
    if not message.nonce:
        yield SignIn.MISSING_NONCE
    if _host(message.domain) not in DOMAINS | {_host(host)}:
        yield SignIn.DOMAIN_MISMATCH
    sent = payload.timestamp
    if sent is not None and abs(sent / 1000 - message.issued) > MOST_APART:
        yield SignIn.TIMESTAMP_MISMATCH
    if not (is_evm_address if evm else is_solana_address)(yours):
        yield SignIn.INVALID_WALLET


def _is_chain(given: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Tell whether a chain is named in one of the three ways."""
    if isinstance(given, int):
        return not isinstance(given, bool)
    return isinstance(given, str) and _CHAIN.fullmatch(given) is not None


def _full(given: int | str) -> str:
    """Give the name of a chain with its namespace."""
    return str(given) if ":" in str(given) else f"{EVM}:{given}"


def _host(domain: str) -> str:
    """Leave out scheme, path and port."""
    authority = domain.rpartition("://")[2].partition("/")[0]
    return re.sub(r":\d*$", "", authority).lower()


def _check(message: Message, text: bytes, signature: str, now: float) -> None:
    """Refuse a message whose time is over or yet to come, or that its wallet did not sign."""
    if now - message.issued > OLDEST or (message.expires is not None and now >= message.expires):
        raise Refused(SignIn.EXPIRED)
    if message.issued - now > MOST_AHEAD:
        raise Refused(SignIn.FUTURE_TIMESTAMP)
    if message.begins is not None and now < message.begins:
        raise Refused(SignIn.NOT_BEFORE)
    evm = message.account == ACCOUNT_OF[EVM]
    content = (evm_signature if evm else solana_signature)(signature)
    if content is None or not _is_by(message, text, content):
        raise Refused(SignIn.INVALID_SIGNATURE)


def _is_by(message: Message, text: bytes, signature: bytes) -> bool:
    """Tell whether a wallet signed a text, as far as that can be told here."""
    if not has_cryptography():
        return True
    signatures = import_module("contracts.providers.venice.wallet_signatures")
    evm = message.account == ACCOUNT_OF[EVM]
    verify = signatures.is_signed_by_evm if evm else signatures.is_signed_by_solana
    return bool(verify(message.address, text, signature))
