"""Signatures of wallets, checked for good: needs the optional extra `wallet`."""

from coincurve import PublicKey
from Crypto.Hash import keccak
from Crypto.Signature import eddsa

from contracts.providers.venice.wallet_form import base58

_OLD_PARITIES = 27
"""What Ethereum adds to the parity that ends a signature."""


def hashed(content: bytes) -> bytes:
    """Give the hash that Ethereum uses."""
    return keccak.new(digest_bits=256, data=content).digest()


def personal(message: bytes) -> bytes:
    """Give the hash that a wallet signs for a text (EIP-191, version 0x45)."""
    return hashed(b"\x19Ethereum Signed Message:\n%d%b" % (len(message), message))


def is_signed_by_evm(address: str, message: bytes, signature: bytes) -> bool:
    """Tell whether an account of an EVM chain signed a text."""
    parity = signature[64] - _OLD_PARITIES if signature[64] >= _OLD_PARITIES else signature[64]
    recoverable = signature[:64] + bytes([parity % 256])
    try:
        key = PublicKey.from_signature_and_message(recoverable, personal(message), hasher=None)
    except ValueError:
        return False
    return "0x" + hashed(key.format(compressed=False)[1:])[-20:].hex() == address.lower()


def is_signed_by_solana(address: str, message: bytes, signature: bytes) -> bool:
    """Tell whether an account of Solana signed a text."""
    try:
        key = eddsa.import_public_key(base58(address))
        eddsa.new(key, "rfc8032").verify(message, signature)
    except ValueError:
        return False
    return True
