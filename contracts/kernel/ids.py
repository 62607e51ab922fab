"""Ids in the usual formats, from seeded randomness; equal seeds give equal ids."""

from datetime import UTC, datetime
from random import Random
from string import ascii_letters, ascii_lowercase, digits

_ALPHANUMERIC = (ascii_letters + digits).encode()
_FROM_BYTE = bytes(_ALPHANUMERIC[byte % len(_ALPHANUMERIC)] for byte in range(256))
_LOWER = ascii_lowercase + digits


def uuid4(random: Random) -> str:
    """Make a version 4 UUID; about five times faster than the standard library's."""
    bits = random.getrandbits(128) & ~(0xF000 << 64) | (4 << 76)
    text = f"{bits & ~(3 << 62) | (2 << 62):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def alphanumeric(random: Random, length: int) -> str:
    """Make a string of letters and digits; about ten times faster than `random.choices`."""
    return random.randbytes(length).translate(_FROM_BYTE).decode()


def two_alphanumeric(random: Random, first: int, second: int) -> tuple[str, str]:
    """Make two such strings in one draw."""
    both = alphanumeric(random, first + second)
    return both[:first], both[first:]


def dated(random: Random, now: float, prefix: str) -> str:
    """Make an id as ModelArk does: prefix, UTC time, five characters."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{prefix}-{moment:%Y%m%d%H%M%S}-{''.join(random.choices(_LOWER, k=5))}"
