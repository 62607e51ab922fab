"""What Venice says to callers who should pay or sign in: x402, as far as it offers anything."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json

from contracts.kernel.errors import Refusal
from contracts.kernel.money import MICRO
from contracts.providers.venice.wallet_errors import is_about_wallets

Words = dict[str, Any]

VERSION = 2
BASE, SOLANA_MAINNET = "eip155:8453", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
"""The networks, as CAIP-2 names them."""
SOLANA_BARE = "solana"
"""How challenges name it everywhere but at the top-up (SKILLS)."""
ASSETS = {
    BASE: "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
    SOLANA_MAINNET: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
}
"""USDC on each network; one dollar is a million units of it, as in our ledger."""
RECEIVERS = {BASE: f"0x{'0' * 40}", SOLANA_MAINNET: "1" * 32}
"""Who is paid. ASSUMED: no real receiver, so that what a client signs here can move no money."""
EXTRA: Mapping[str, Words] = {
    BASE: {},
    SOLANA_MAINNET: {"feePayer": RECEIVERS[SOLANA_MAINNET]},
}
LEAST_USD, MOST_USD, SUGGESTED_USD, ADMITTED_USD = 5, 10_000, 10, 0.1
"""The smallest, largest and suggested payment, and what a wallet needs to be served (SKILLS)."""
PATIENCE, CHALLENGE_SECONDS = 300, 300
DECIMALS = 6
DESCRIPTION = "Venice API"


def accepts(dollars: int, solana: str) -> list[Words]:
    """Give the ways to pay an amount; Solana has two names."""
    return [
        {
            "scheme": "exact",
            "network": solana if network == SOLANA_MAINNET else network,
            "amount": str(dollars * MICRO),
            "asset": asset,
            "payTo": RECEIVERS[network],
            "maxTimeoutSeconds": PATIENCE,
            "extra": {"name": "USD Coin", "version": "2", **EXTRA[network]},
        }
        for network, asset in ASSETS.items()
    ]


def moment(now: float) -> str:
    """Write a moment as JSON dates are written."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def challenge(refusal: Refusal) -> Words:
    """Say what a wallet may sign. Each has a nonce of its own, in a body and in its header."""
    return {
        "info": {
            "domain": urlsplit(refusal.url()).netloc,
            "uri": refusal.url(),
            "version": "1",
            "nonce": refusal.new_id().replace("-", "")[:16],
            "issuedAt": moment(refusal.now),
            "expirationTime": moment(refusal.now + CHALLENGE_SECONDS),
            "statement": "Sign in to Venice AI",
        },
        "supportedChains": [
            {"chainId": BASE, "type": "eip191"},
            {"chainId": BASE, "type": "eip1271"},
            {"chainId": SOLANA_MAINNET, "type": "ed25519"},
        ],
    }


def _terms(refusal: Refusal, error: str) -> Words:
    """Say how to pay or to sign in; a route about wallets asks for no payment."""
    offers = () if is_about_wallets(refusal) else accepts(SUGGESTED_USD, SOLANA_BARE)
    return {
        "x402Version": VERSION,
        "error": error,
        "resource": {
            "url": refusal.url(),
            "description": DESCRIPTION,
            "mimeType": "application/json",
        },
        "accepts": list(offers),
        "extensions": {"sign-in-with-x": challenge(refusal)},
    }


NO_CREDENTIALS, PAYMENT_REQUIRED = "Authentication required", "Payment required"


def discovery(refusal: Refusal) -> Words:
    """Tell a caller without credentials how to get some."""
    return {
        **_terms(refusal, NO_CREDENTIALS),
        "authOptions": {
            "apiKey": {
                "header": "Authorization: Bearer <token>",
                "getKey": "https://venice.ai/settings/api",
                "docs": "https://docs.venice.ai",
            },
            "x402Wallet": {
                "header": "SIGN-IN-WITH-X",
                "legacyHeader": "X-Sign-In-With-X",
                "topUp": "POST /api/v1/x402/top-up",
                "docs": "https://docs.venice.ai/guides/integrations/x402-venice-api",
            },
        },
    }


def discovery_header(refusal: Refusal) -> dict[str, str]:
    """Repeat the part of the discovery that machines read."""
    return header("PAYMENT-REQUIRED", _terms(refusal, NO_CREDENTIALS))


def short(refusal: Refusal) -> Words:
    """Tell a wallet with too little credit how to get more."""
    balance = refusal.details.get("balance")
    known = {} if balance is None else {"currentBalanceUsd": usd(balance)}
    return {
        "error": PAYMENT_REQUIRED,
        "code": "PAYMENT_REQUIRED",
        "reason": "insufficient_balance",
        **known,
        "minimumBalanceUsd": ADMITTED_USD,
        "description": DESCRIPTION,
        "suggestedTopUpUsd": SUGGESTED_USD,
        "minimumTopUpUsd": LEAST_USD,
        "supportedTokens": ["USDC"],
        "supportedChains": ["base", "solana"],
        "topUpInstructions": {
            "step1": "Send POST /api/v1/x402/top-up without a payment header for the terms",
            "step2": "Sign a USDC transfer for one of the ways in accepts",
            "step3": "Send POST /api/v1/x402/top-up with the X-402-Payment header",
            "receiverWallet": RECEIVERS[BASE],
            "tokenAddress": ASSETS[BASE],
            "tokenDecimals": DECIMALS,
            "network": BASE,
            "minimumAmountUsd": LEAST_USD,
        },
        "siwxChallenge": challenge(refusal),
    }


def short_header(refusal: Refusal) -> dict[str, str]:
    """Repeat the part that machines read."""
    return header("PAYMENT-REQUIRED", _terms(refusal, PAYMENT_REQUIRED))


def top_up_terms(_refusal: Refusal) -> Words:
    """Say how to top up."""
    return {"x402Version": VERSION, "accepts": accepts(LEAST_USD, SOLANA_MAINNET)}


def top_up_header(refusal: Refusal) -> dict[str, str]:
    """Repeat the terms of a top-up."""
    return header("PAYMENT-REQUIRED", top_up_terms(refusal))


def header(name: str, content: Mapping[str, Any]) -> dict[str, str]:
    """Make a header that holds JSON."""
    return {name: b64encode(to_json(content)).decode()}


def usd(micros: int) -> float:
    """Give an amount as the API does, a whole one without a fraction."""
    return micros // MICRO if micros % MICRO == 0 else micros / MICRO


def names_of(networks: Iterable[str]) -> dict[str, str]:
    """Give the networks by all the names that a payment may use (SKILLS, venice-x402)."""
    short_names = {BASE: "base", SOLANA_MAINNET: SOLANA_BARE}
    return {name: one for one in networks for name in (one, short_names[one])}
