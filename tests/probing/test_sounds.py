"""Corners of sound formats that neither specimens nor FFmpeg reach."""

from struct import pack

import pytest

from contracts.kernel.probing import Base64, Bytes, Facts, Unreadable, probe
from contracts.kernel.probing.specimens import as_data_url, sound

WAV, MP3 = sound("wav", 1), sound("mp3", 1)
FORM, DATA = WAV[12:36], b"data"
STREAMINFO = b"fLaC\0\0\0\x22" + bytes(10) + pack(">Q", 48_000 << 44 | 96_000) + bytes(16)
SILENT_FRAMES = b"\xff\xf3\x14\xc4".ljust(24, b"\0") * 125  # three seconds


def tag(content):
    size = len(content)
    assert size < 1 << 14
    return b"ID3\4\0\0\0\0" + bytes([size >> 7, size & 127]) + content


def riff(*chunks):
    return b"RIFF\0\0\0\0WAVE" + b"".join(chunks)


def page(packet, time, *, size=None):
    sizes = bytes([len(packet) if size is None else size])
    return pack("<4sBBqIIIB", b"OggS", 0, 0, time, 1, 0, 0, 1) + sizes + packet


OPUS = b"OpusHead\1\1" + pack("<HIHB", 312, 48_000, 0, 0)
VORBIS = b"\1vorbis" + pack("<IBIIIIBB", 0, 1, 48_000, 0, 0, 0, 0xB8, 1)


@pytest.mark.parametrize(
    ("content", "name", "seconds"),
    [
        (riff(b"LIST\3\0\0\0abc\0", WAV[12:]), "wav", 1.0),  # chunks begin at even places
        (riff(FORM, DATA, b"\xff\xff\xff\xff", bytes(500)), "wav", 0.5),
        (riff(FORM, DATA, bytes(4)), "wav", None),
        (SILENT_FRAMES, "mp3", 3.0),
        (tag(bytes(300)) + SILENT_FRAMES, "mp3", 3.0),
        (tag(bytes(300)) + MP3, "mp3", 1.0),
        (MP3.replace(b"LAME", b"Lavc"), "mp3", 1.0),
        (MP3.replace(b"LAME", b"some"), "mp3", 1.008),  # 42 frames of 24 ms
        (STREAMINFO, "flac", 2.0),
        (tag(bytes(300)) + STREAMINFO, "flac", 2.0),
        (page(OPUS, 0) + page(b"abc", 48_312), "ogg", 1.0),
        (page(VORBIS, 0) + page(b"abc", 48_000), "ogg", 1.0),
        (page(b"Speex   ", 0) + page(b"abc", 48_000), "ogg", None),
        (page(VORBIS, 0) + page(b"abc", 48_000) + bytes(100), "ogg", 1.0),
    ],
)
def test_a_length_is_found(content, name, seconds):
    assert probe(Bytes(content)) == Facts("audio", name, len(content), seconds=seconds)


@pytest.mark.parametrize("fields", [0b1011, 0b1111])
def test_an_encoder_is_found_after_what_the_header_has(fields):
    contents = bytes(100) if fields & 0b100 else b""
    header = pack(">4sIII", b"Info", fields, 42, 2_000) + contents + bytes(4)
    encoder = b"LAME".ljust(21, b"\0") + (192).to_bytes(3)
    first = (b"\xff\xf3\xe4\xc4" + bytes(9) + header + encoder).ljust(480, b"\0")

    assert probe(Bytes(first + SILENT_FRAMES)).seconds == 1.0


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (WAV[:-1], "the file ends inside its `data` chunk"),
        (riff(WAV[36:]), "no `fmt ` chunk says how many bytes are a second"),
        (riff(FORM), "the file ends inside its headers"),
        (riff(b"junk\0\0\0\0" * 64), "none of its first 64 chunks is `data`"),
        (tag(bytes(300)), "no MPEG frames can be found"),
        (tag(bytes(300)) + bytes(9_000), "too much of the file tells nothing of what it holds"),
        (MP3[:4] + bytes(43) + b"Info" + bytes(400), "its MPEG frames contradict themselves"),
        (STREAMINFO[:18] + bytes(24), "no sample rate is declared"),
        (page(OPUS, 0) + page(b"abc", 48_312, size=4), "the file ends inside an Ogg page"),
        (page(OPUS, 0) + page(b"", 48_312)[:27], "the file ends inside an Ogg page"),
        (page(OPUS, 0) + bytes(70_000), "no Ogg page can be found at its end"),
        (b"\xff\xfe" + "text".encode("utf-16-le"), "no known image, video or audio format"),
    ],
)
def test_what_is_wrong_with_a_sound_is_said(content, clause):
    with pytest.raises(Unreadable) as refusal:
        probe(Bytes(content))

    assert str(refusal.value) == clause


def test_what_is_not_base64_is_said_of_frames_too():
    text = as_data_url("audio", "mp3", SILENT_FRAMES)

    with pytest.raises(Unreadable, match=r"^not base64$"):
        probe(Base64(text[:100] + "????" + text[104:], text.index(",") + 1))
