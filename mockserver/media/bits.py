"""Bit strings and NAL units, named after the syntax descriptors of ITU-T H.264 clause 7.2.

Bits are kept as text of "0" and "1": Python joins text and packs it with `int(text, 2)` in C,
which is many times faster than shifting bits one by one.
"""

import re

_EMULATION = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def u(value: int, width: int) -> str:
    """Write an unsigned number in exactly `width` bits."""
    return format(value, f"0{width}b")


def ue(value: int) -> str:
    """Write an unsigned number as an Exp-Golomb code (clause 9.1)."""
    digits = format(value + 1, "b")
    return "0" * (len(digits) - 1) + digits


def se(value: int) -> str:
    """Write a signed number as an Exp-Golomb code, positive before negative (clause 9.1.1)."""
    return ue(2 * value - 1 if value > 0 else -2 * value)


def pack(bits: str) -> bytes:
    """Turn bits into whole bytes, the last one filled up with zeros."""
    length = -(-len(bits) // 8)
    return int(bits.ljust(8 * length, "0"), 2).to_bytes(length, "big")


def nal_unit(header: int, bits: str) -> bytes:
    """Wrap a syntax structure so that it can never imitate a start code (clause 7.3.1).

    The 1 is the stop bit of `rbsp_trailing_bits()`; it also keeps the last byte from being zero.
    """
    payload = _EMULATION.sub(b"\x00\x00\x03", pack(bits + "1"))
    return bytes((header,)) + payload
