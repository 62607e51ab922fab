"""How an MP4 names its codecs: the `avc1` and `mp4a` sample entries and their decoder setup."""

from struct import pack

from mockserver.media import aac
from mockserver.media.mp4 import box, full_box

LENGTH_BYTES = 4
"""Bytes that hold the length before each NAL unit of a sample (ISO/IEC 14496-15 clause 5.3.3)."""

_ENTRY_HEADER = bytes(6) + pack(">H", 1)  # reserved, data_reference_index
_72_DPI = 72 << 16
_DEPTH, _NO_COLOUR_TABLE = 24, -1


def length_prefixed(nal: bytes) -> bytes:
    """Put a NAL unit into the form in which a sample holds it."""
    return len(nal).to_bytes(LENGTH_BYTES, "big") + nal


def avc1(width: int, height: int, sps: bytes, pps: bytes) -> bytes:
    """Describe an H.264 track (ISO/IEC 14496-12 clause 12.1.3)."""
    return box(
        b"avc1",
        _ENTRY_HEADER,
        bytes(16),
        pack(">HHIIIH", width, height, _72_DPI, _72_DPI, 0, 1),  # the 1: frame_count
        bytes(32),  # compressorname
        pack(">Hh", _DEPTH, _NO_COLOUR_TABLE),
        _avcc(sps, pps),
    )


def _avcc(sps: bytes, pps: bytes) -> bytes:
    """Write the AVCDecoderConfigurationRecord (ISO/IEC 14496-15 clause 5.3.3.1)."""
    profile_compatibility_level = sps[1:4]
    return box(
        b"avcC",
        b"\x01",  # configurationVersion
        profile_compatibility_level,
        bytes((0b11111100 | LENGTH_BYTES - 1, 0b11100000 | 1)),  # one sequence parameter set
        pack(">H", len(sps)) + sps,
        b"\x01",  # one picture parameter set
        pack(">H", len(pps)) + pps,
    )


def mp4a() -> bytes:
    """Describe the silent AAC track (ISO/IEC 14496-12 clause 12.2.3)."""
    return box(
        b"mp4a",
        _ENTRY_HEADER,
        bytes(8),
        pack(">HHHHI", aac.CHANNELS, 16, 0, 0, aac.SAMPLE_RATE << 16),  # 16 bits a sample
        full_box(b"esds", _elementary_stream()),
    )


def _elementary_stream() -> bytes:
    """Write the ES_Descriptor (ISO/IEC 14496-1 clause 7.2.6.5, in MP4 14496-14 clause 3.1.2)."""
    bit_rate = len(aac.silent_frame()) * 8 * aac.SAMPLE_RATE // aac.SAMPLES_PER_FRAME
    decoder_config = _descriptor(
        0x04,
        b"\x40\x15",  # objectTypeIndication: AAC; streamType: audio, with its reserved bit
        bytes(3),  # bufferSizeDB
        pack(">II", bit_rate, bit_rate),
        _descriptor(0x05, aac.audio_specific_config()),
    )
    sync_layer = _descriptor(0x06, b"\x02")  # predefined: reserved for MP4 files
    return _descriptor(0x03, bytes(3), decoder_config, sync_layer)  # ES_ID 0, no flags


def _descriptor(tag: int, *parts: bytes) -> bytes:
    """Write a descriptor; a length below 128 fits its one-byte form (14496-1 clause 8.3.3)."""
    body = b"".join(parts)
    return bytes((tag, len(body))) + body
