"""The transfer in a signed Solana transaction: as much of the format as it takes to read one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contracts.providers.venice.wallet_form import KEY_BYTES, SIGNATURE_BYTES, in_base58

_TRANSFER_CHECKED, _TRANSFER_BYTES, _TRANSFER_ACCOUNTS = 12, 10, 4
"""The instruction of the token program that clients use, and what it carries (CLIENTS)."""
_VERSIONED = 0x80
_HEADER_BYTES = 3


class Transfer(NamedTuple):
    """Who pays how much of which token, in its smallest units."""

    payer: str
    token: str
    amount: int


class Reader:
    """Bytes that are read from front to back; `ValueError` where they end too soon."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, count: int) -> bytes:
        """Give the next bytes."""
        end = self._at + count
        if end > len(self._content):
            raise ValueError("it ends too soon")
        found, self._at = self._content[self._at : end], end
        return found

    def count(self) -> int:
        """Give the next number in the short form: seven bits a byte, the lowest first."""
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < _VERSIONED:
                return number
            shift += 7

    def is_at(self, mark: int) -> bool:
        """Tell whether the next byte has a mark."""
        return bool(self._content[self._at : self._at + 1] and self._content[self._at] & mark)


def transfer_in(transaction: bytes) -> Transfer:
    """Find the transfer; `ValueError` where the bytes are no transaction, or have none."""
    reader = Reader(transaction)
    reader.take(reader.count() * SIGNATURE_BYTES)
    if reader.is_at(_VERSIONED):
        reader.take(1)
    reader.take(_HEADER_BYTES)
    accounts = [reader.take(KEY_BYTES) for _ in range(reader.count())]
    reader.take(KEY_BYTES)  # a recent block
    for used, data in list(_instructions(reader)):
        if is_transfer(used, data) and max(used) < len(accounts):
            _, token, _, payer = (accounts[one] for one in used[:_TRANSFER_ACCOUNTS])
            amount = int.from_bytes(data[1:9], "little")
            return Transfer(in_base58(payer), in_base58(token), amount)
    raise ValueError("there is no transfer")


def is_transfer(used: Sequence[int], data: bytes) -> bool:
    """Tell whether an instruction moves tokens."""
    return (
        data[:1] == bytes([_TRANSFER_CHECKED])
        and len(data) == _TRANSFER_BYTES
        and len(used) >= _TRANSFER_ACCOUNTS
    )


def _instructions(reader: Reader) -> Iterator[tuple[Sequence[int], bytes]]:
    """Give each instruction: the accounts it uses, by number, and its data."""
    for _ in range(reader.count()):
        reader.take(1)  # the program
        used = reader.take(reader.count())
        yield used, reader.take(reader.count())
