"""The form of addresses and signatures; what it takes no cryptography to see."""

import re
from base64 import b64decode

EVM_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")
EVM_SIGNATURE = re.compile("0x[0-9a-fA-F]{130}")
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST = 88
"""How many characters of base58 64 bytes take at most."""
KEY_BYTES, SIGNATURE_BYTES = 32, 64
"""How long keys and signatures of Ed25519 are."""


def base58(text: str) -> bytes:
    """Read base58 as Bitcoin writes it; `ValueError` for what is none, or far too long."""
    if len(text) > _LONGEST:
        raise ValueError("too long")
    number = 0
    for letter in text:
        number = number * 58 + _ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def is_evm_address(text: str) -> bool:
    """Tell whether a text is an address of an EVM chain."""
    return EVM_ADDRESS.fullmatch(text) is not None


def is_solana_address(text: str) -> bool:
    """Tell whether a text is an address of Solana: 32 bytes in base58."""
    try:
        return len(base58(text)) == KEY_BYTES
    except ValueError:
        return False


def evm_signature(text: str) -> bytes | None:
    """Give the bytes of a signature of an account; None for what is none."""
    return bytes.fromhex(text[2:]) if EVM_SIGNATURE.fullmatch(text) else None


def solana_signature(text: str) -> bytes | None:
    """Give the 64 bytes of a signature in base58 or base64; None for what is none."""
    for read in (base58, _base64):
        try:
            found = read(text)
        except ValueError:
            continue
        if len(found) == SIGNATURE_BYTES:
            return found
    return None


def _base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def in_base58(content: bytes) -> str:
    """Write bytes as base58."""
    number, letters = int.from_bytes(content), ""
    while number:
        number, digit = divmod(number, 58)
        letters = _ALPHABET[digit] + letters
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + letters
