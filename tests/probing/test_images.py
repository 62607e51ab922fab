"""Corners of image formats that neither specimens nor FFmpeg reach."""

from struct import pack

import pytest

from contracts.kernel.probing import Bytes, Unreadable, probe
from contracts.kernel.probing.specimens import image

FRAME = pack(">BBHBHHB", 0xFF, 0xC2, 8, 8, 30, 40, 0)
END = b"\xff\xd9"


def size(content):
    facts = probe(Bytes(content))
    return facts.format, facts.width, facts.height


def box(name, *parts):
    content = b"".join(parts)
    return pack(">I4s", 8 + len(content), name) + content


def heic(*properties):
    meta = box(b"meta", bytes(4), box(b"iprp", box(b"ipco", *properties)))
    return box(b"ftyp", b"mif1") + meta + box(b"mdat")


def extent(width, height):
    return box(b"ispe", pack(">III", 0, width, height))


def bitmap(width, height, *, declared=0, pixels=6_054):
    return (
        pack("<2sIII", b"BM", declared, 0, 54)
        + pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
        + bytes(pixels - 54)
    )


def directory(order, *fields, after=b""):
    entries = b"".join(pack(f"{order}HHI", *head) + value for *head, value in fields)
    magic = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return magic + pack(f"{order}IH", 8, len(fields)) + entries + bytes(4) + after


def sides(width=40, height=30, order="<"):
    shorts = (pack(f"{order}Hxx", side) for side in (width, height))
    return tuple((256 + number, 3, 1, value) for number, value in enumerate(shorts))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xff\xff" + FRAME + END, ("jpeg", 40, 30)),  # fill bytes
        (b"\xff\xd8" + FRAME + END + b"\0\0\n", ("jpeg", 40, 30)),
        (image("png", 40, 30) + b"\r\n", ("png", 40, 30)),
        (b"GIF87a" + image("gif", 40, 30)[6:], ("gif", 40, 30)),
        (
            b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\x30\1\0\x9d\1\x2a\x28\xc0\x1e\x40",
            ("webp", 40, 30),  # with the scaling hints in the upper two bits
        ),
        (bitmap(40, -50), ("bmp", 40, 50)),
        (
            pack("<2sIIIIHHHH", b"BM", 0, 0, 26, 12, 40, 30, 1, 1) + bytes(8 * 30),
            ("bmp", 40, 30),
        ),
        (directory(">", *sides(order=">")), ("tiff", 40, 30)),
        (directory("<", *sides(), (273, 4, 1, bytes(4))), ("tiff", 40, 30)),
        (
            directory(
                "<",
                *sides(),
                (273, 4, 2, pack("<I", 62)),
                (279, 3, 2, pack("<HH", 4, 8)),
                after=pack("<II", 0, 64),
            )
            + bytes(8),
            ("tiff", 40, 30),
        ),
        (heic(extent(512, 512), extent(4032, 3024), extent(320, 240)), ("heic", 4032, 3024)),
        (heic(extent(40, 30), box(b"irot", b"\1")), ("heic", 30, 40)),
        (heic(extent(40, 30), box(b"irot", b"\2")), ("heic", 40, 30)),
    ],
)
def test_a_size_is_found(content, expected):
    assert size(content) == expected


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (b"", "no known image, video or audio format"),
        (b"\x89PNG\r\n\x1a\n", "the file ends inside its headers"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "its first chunk is not `IHDR`"),
        (image("png", 40, 30)[:-1], "the file ends before its `IEND` chunk"),
        (image("jpeg", 40, 30)[:-1], "the file ends before its end-of-image marker"),
        (b"\xff\xd8\xff\xda" + bytes(9) + END, "no frame header comes before its pixels"),
        (b"\xff\xd8\xff\xe0\0\2\0\0\0\0", "no marker is where one of its segments ends"),
        (b"\xff\xd8" + b"\xff\xe0\0\2" * 2_000, "no frame header comes before its pixels"),
        (image("gif", 40, 30)[:-1], "the file ends before its trailer"),
        (image("webp", 40, 30)[:-1], "the file is shorter than its header says"),
        (b"RIFF\x16\0\0\0WEBPABCD" + bytes(14), "its first chunk is not a WebP image"),
        (bitmap(-40, 50), "its width is below zero"),
        (bitmap(40, 50, pixels=6_053), "the file is shorter than its header says"),
        (bitmap(40, 50, declared=6_055), "the file is shorter than its header says"),
        (directory("<", *sides()[:1]), "its first directory declares no size"),
        (directory("<", *sides()[1:]), "its first directory declares no size"),
        (directory("<", *sides())[:-1], "the file ends inside its first directory"),
        (
            b"II*\0\x08\0\0\0\1\2" + bytes(9_000),
            "its first directory has more than 512 entries",
        ),
        (
            directory("<", (256, 2, 1, b"40\0\0"), *sides()[1:]),
            "a field of its first directory is not a number",
        ),
        (
            directory("<", (256, 3, 0, bytes(4)), *sides()[1:]),
            "a field of its first directory is not a number",
        ),
        (
            directory("<", *sides(), (324, 4, 1, pack("<I", 62)), (325, 4, 1, pack("<I", 8)))
            + bytes(7),
            "the file ends before its pixels do",
        ),
        (box(b"ftyp", b"heic"), "no `meta` box says what the image is"),
        (box(b"ftyp", b"heic") + box(b"meta", bytes(4)), "no `mdat` box holds the image"),
        (heic(), "no `ispe` box declares its size"),
        (
            box(b"ftyp", b"heic") + box(b"meta", bytes(4)) + box(b"mdat"),
            "no `ispe` box declares its size",
        ),
    ],
)
def test_what_is_wrong_with_an_image_is_said(content, clause):
    with pytest.raises(Unreadable) as refusal:
        probe(Bytes(content))

    assert str(refusal.value) == clause
