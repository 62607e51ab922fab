"""Bits, Exp-Golomb codes and the bytes that keep start codes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.media.bits import nal_unit, pack, se, u, ue

# mostly bytes that matter for emulation prevention
TRICKY = st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 255]), max_size=40).map(bytes)


def bits_of(data):
    return "".join(format(byte, "08b") for byte in data)


def unescape(payload):
    """Drop emulation prevention bytes one by one, as clause 7.3.1 reads."""
    kept, zeros = bytearray(), 0
    for byte in payload:
        if zeros == 2 and byte == 3:
            zeros = 0
            continue
        kept.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(kept)


@pytest.mark.parametrize(
    ("value", "code"),
    [(0, "1"), (1, "010"), (2, "011"), (3, "00100"), (6, "00111"), (7, "0001000"), (9, "0001010")],
)
def test_unsigned_codes_are_those_of_table_9_2(value, code):
    assert ue(value) == code


@pytest.mark.parametrize(("value", "as_unsigned"), [(0, 0), (1, 1), (-1, 2), (2, 3), (-2, 4)])
def test_signed_codes_are_those_of_table_9_3(value, as_unsigned):
    assert se(value) == ue(as_unsigned)


def test_fixed_numbers_keep_their_leading_zeros():
    assert u(5, 8) == "00000101"


@pytest.mark.parametrize(
    ("bits", "data"), [("1", b"\x80"), ("00000000", b"\x00"), ("000000001", b"\x00\x80")]
)
def test_the_last_byte_is_filled_with_zeros(bits, data):
    assert pack(bits) == data


@given(payload=TRICKY)
def test_no_nal_unit_contains_a_start_code(payload):
    unit = nal_unit(0x65, bits_of(payload))

    assert not [code for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2") if code in unit]
    assert unit[-1] != 0


@given(payload=TRICKY)
def test_a_decoder_gets_back_what_was_wrapped(payload):
    unit = nal_unit(0x65, bits_of(payload))

    assert unit[0] == 0x65
    assert unescape(unit[1:]) == payload + b"\x80"
