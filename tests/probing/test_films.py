"""Corners of film formats that neither specimens nor FFmpeg reach."""

from struct import pack

import pytest

from contracts.kernel.probing import Bytes, Facts, Unreadable, probe
from contracts.kernel.probing.specimens import film

MP4 = film("mp4", 64, 36, 2, 25)
WEBM = film("webm", 64, 36, 2, 25)
UPRIGHT = pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
ON_ITS_SIDE = pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)


def box(name, *parts):
    content = b"".join(parts)
    return pack(">I4s", 8 + len(content), name) + content


def wide(name, *parts):
    """Write a box whose size takes 64 bits."""
    content = b"".join(parts)
    return pack(">I4sQ", 1, name, 16 + len(content)) + content


def clock(name, seconds):
    return box(name, pack(">B3x16xIQ", 1, 1_000, seconds * 1_000))


def track(handler=b"vide", *, header=True, media=(), table=()):
    tkhd = box(b"tkhd", pack(">B51x", 1), ON_ITS_SIDE, bytes(8)) if header else b""
    hdlr = box(b"hdlr", bytes(8), handler)
    entries = box(b"stsd", bytes(8 + 32), pack(">HH", 64, 36))
    stbl = box(b"stbl", entries, *table)
    return box(b"trak", tkhd, box(b"mdia", hdlr, *media, box(b"minf", stbl)))


BRAND, MEDIA = box(b"ftyp", b"isom"), box(b"mdat")


def movie(*boxes, start=BRAND, after=MEDIA):
    return start + box(b"moov", *boxes) + after


def times(*runs):
    return box(b"stts", bytes(4), pack(">I", len(runs)), *(pack(">II", *run) for run in runs))


def video(seconds=2, *table):
    return track(media=[clock(b"mdhd", seconds)], table=table)


def facts(content):
    return probe(Bytes(content))[3:]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (movie(clock(b"mvhd", 2), video()), (36, 64, 2.0, None)),  # turned, and 64-bit clocks
        (movie(video(3)), (36, 64, 3.0, None)),
        (movie(clock(b"mvhd", 0), video(3)), (36, 64, 3.0, None)),
        (movie(video(0, times((25, 40)))), (36, 64, None, 25.0)),
        (movie(video(2, times((24, 40), (1, 999)))), (36, 64, 2.0, 25.0)),
        (movie(video(2, times((1, 40)))), (36, 64, 2.0, 25.0)),
        (movie(video(2, times((25, 0)))), (36, 64, 2.0, None)),
        (movie(video(2, times(*[(1, 40)] * 9_000))), (36, 64, 2.0, 25.0)),
        (movie(video(), track(b"soun")), (36, 64, 2.0, None)),
        (movie(track(b"soun"), video()), (36, 64, 2.0, None)),
        (MP4.replace(UPRIGHT, ON_ITS_SIDE), (36, 64, 2.0, 25.0)),
        (MP4 + b"\0\0\n", (64, 36, 2.0, 25.0)),
        (MP4 + bytes(16), (64, 36, 2.0, 25.0)),
        (movie(video(), after=wide(b"mdat", bytes(9))), (36, 64, 2.0, None)),
        (movie(video(), after=pack(">I4s", 0, b"mdat") + bytes(9)), (36, 64, 2.0, None)),
    ],
)
def test_measures_are_found(content, expected):
    assert facts(content) == expected


def test_a_clock_that_says_undetermined_says_nothing():
    undetermined = box(b"mvhd", pack(">12xII", 1_000, 0xFFFFFFFF))

    assert facts(movie(undetermined, video(3))) == (36, 64, 3.0, None)


def test_a_clock_that_does_not_tick_says_nothing():
    assert facts(movie(box(b"mvhd", bytes(20)), video(3))) == (36, 64, 3.0, None)


@pytest.mark.parametrize("first", [b"wide", b"mdat", b"free", b"skip"])
def test_a_film_of_the_days_before_brands_is_a_mov(first):
    assert probe(Bytes(movie(video(), start=box(first, b"abcd")))).format == "mov"


def test_a_film_with_sound_alone_is_a_sound():
    content = movie(track(b"soun", media=[clock(b"mdhd", 2)]))

    assert probe(Bytes(content)) == Facts("audio", "m4a", len(content), seconds=2.0)


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (box(b"ftyp", b"isom"), "no `moov` box says what the film is"),
        (movie(video(), after=b""), "no `mdat` box holds the film"),
        (MP4[:-1], "the file ends inside the `mdat` box"),
        (MP4[:300], "the file ends inside the `moov` box"),
        (MP4 + b"junk", "the file ends inside the header of a box"),
        (movie(track(b"text")), "no track is of video or audio"),
        (movie(box(b"trak")), "no track is of video or audio"),
        (movie(track(media=[])), "the video track lacks its headers"),
        (movie(track(header=False)), "the video track lacks its headers"),
        (movie(pack(">I4s", 99, b"\xa9nam")), "the `moov` box ends inside the `?nam` box"),
        (movie(pack(">I4s", 99, b"\0\n\r\x7f")), "the `moov` box ends inside the `????` box"),
        (movie(pack(">I4s", 7, b"trak")), "the `trak` box is shorter than its header"),
        (movie(box(b"free") * 65), "the `moov` box has more than 64 boxes in a row"),
        (box(b"free") * 4_001, "the file has more than 4,000 boxes in a row"),
        (movie(box(b"mvhd"), video()), "the file ends inside its headers"),
        (WEBM[:-1], "the file ends inside its segment"),
        (WEBM[:19], "no segment holds the film"),
        (WEBM[:20] + bytes(20), "a number of an element is longer than eight bytes"),
    ],
)
def test_what_is_wrong_with_a_film_is_said(content, clause):
    with pytest.raises(Unreadable) as refusal:
        probe(Bytes(content))

    assert str(refusal.value) == clause


HEADER, ANY_SIZE = bytes.fromhex("1a45dfa3 80"), bytes.fromhex("ff")
SEGMENT, INFO, TRACKS = (bytes.fromhex(id_) for id_ in ("18538067", "1549a966", "1654ae6b"))


def element(name, *parts):
    content = b"".join(parts)
    return name + bytes([0x80 | len(content)]) + content


def segment(*parts):
    return HEADER + SEGMENT + ANY_SIZE + b"".join(parts)


def kind_of_track(number):
    return element(TRACKS, element(b"\xae", element(b"\x83", bytes([number]))))


@pytest.mark.parametrize(
    ("content", "kind", "seconds"),
    [
        (segment(), "video", None),
        (segment(kind_of_track(1)), "video", None),
        (segment(kind_of_track(2)), "audio", None),
        (segment(kind_of_track(17)), "video", None),
        (segment(element(INFO, element(b"\x44\x89", pack(">f", 2_500)))), "video", 2.5),
        (segment(element(INFO, element(b"\x44\x89", pack(">f", float("nan"))))), "video", None),
        (segment(element(INFO, element(b"\x44\x89", b"\0"))), "video", None),
        (segment(element(INFO)), "video", None),
        (SEGMENT.join([HEADER, b"\x80"]), "video", None),
    ],
)
def test_a_matroska_film_says_what_it_likes(content, kind, seconds):
    assert probe(Bytes(content)) == Facts(kind, "mkv", len(content), seconds=seconds)


def test_what_comes_after_the_first_64_kb_is_not_looked_for():
    void = b"\xec\x01" + pack(">Q", 70_000)[1:] + bytes(70_000)

    assert probe(Bytes(segment(void, kind_of_track(2)))).kind == "video"


def test_what_comes_after_64_elements_is_not_looked_for():
    assert probe(Bytes(segment(b"\xec\x80" * 64, kind_of_track(2)))).kind == "video"


def test_an_avi_is_recognised():
    assert probe(Bytes(b"RIFF\0\0\0\0AVI ")) == Facts("video", "avi", 12)
