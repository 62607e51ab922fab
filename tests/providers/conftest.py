"""Wallets that sign for good, as clients' wallets do."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from coincurve import PrivateKey
from Crypto.Hash import keccak
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from contracts.providers.venice.wallet_form import in_base58

NOW = 1_780_000_000.0
"""When the clock of the tests begins."""
SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"


def written(moment):
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def hashed(content):
    return keccak.new(digest_bits=256, data=content).digest()


class EvmWallet:
    """An account on Base."""

    account, chain, payload = "Ethereum", "8453", {"chainId": 8453}

    def __init__(self, secret=1):
        self._key = PrivateKey.from_int(secret)
        public = self._key.public_key.format(compressed=False)[1:]
        self.address = "0x" + hashed(public)[-20:].hex()
        self.key = f"wallet:{self.address}"

    def sign(self, text):
        content = text.encode()
        prefix = f"\x19Ethereum Signed Message:\n{len(content)}".encode()
        signature = self._key.sign_recoverable(hashed(prefix + content), hasher=None)
        return "0x" + signature[:64].hex() + bytes([27 + signature[64]]).hex()


class SolanaWallet:
    """An account on Solana."""

    account, chain = "Solana", SOLANA
    payload = {"chainId": SOLANA, "type": "ed25519"}  # noqa: RUF012 - never changed

    def __init__(self, seed=b"1" * 32):
        self._key = ECC.construct(curve="Ed25519", seed=seed)
        self.public = self._key.public_key().export_key(format="raw")
        self.address = in_base58(self.public)
        self.key = f"wallet:{self.address}"

    def signature(self, text):
        return eddsa.new(self._key, "rfc8032").sign(text.encode())

    def sign(self, text):
        return in_base58(self.signature(text))


def message(wallet, now=NOW, nonce="3f2a91c4d80b7e15", domain="api.venice.ai", **lines):
    """Write a sign-in message; lines replace those of their name, and None leaves one out."""
    fields = {
        "URI": "https://api.venice.ai",
        "Version": "1",
        "Chain ID": wallet.chain,
        "Nonce": nonce,
        "Issued At": written(now),
    } | {name.replace("_", " "): value for name, value in lines.items()}
    rest = "\n".join(f"{name}: {value}" for name, value in fields.items() if value is not None)
    opening = f"{domain} wants you to sign in with your {wallet.account} account:"
    return f"{opening}\n{wallet.address}\n\nSign in to Venice AI\n\n{rest}"


def packed(content):
    return b64encode(json.dumps(content).encode()).decode()


def header(wallet, text=None, signature=None, payload=None, **said):
    """Make the value of the header, signed unless a signature is given."""
    text = message(wallet, **said) if text is None else text
    given = {
        "address": wallet.address,
        "message": text,
        "signature": wallet.sign(text) if signature is None else signature,
    }
    whole = given | wallet.payload | (payload or {})
    return packed({name: value for name, value in whole.items() if value is not None})


@pytest.fixture
def evm():
    return EvmWallet()


@pytest.fixture
def other_evm():
    return EvmWallet(2)


@pytest.fixture
def solana():
    return SolanaWallet()


@pytest.fixture(params=[EvmWallet, SolanaWallet], ids=["evm", "solana"])
def wallet(request):
    return request.param()


@pytest.fixture
def sign_in():
    """Make the value of a sign-in header."""
    return header


@pytest.fixture
def sign_in_message():
    """Write the text that a wallet signs."""
    return message


@pytest.fixture
def pack():
    """Write JSON as base64."""
    return packed
