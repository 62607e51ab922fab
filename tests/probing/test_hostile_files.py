"""Whatever comes in, `Unreadable` is the worst that comes out, and soon."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.kernel.probing import Base64, Bytes, Facts, Unreadable, probe, view_of
from contracts.kernel.probing.specimens import as_data_url, film, image, sound

IMAGES = {
    name: image(name, 40, 30) for name in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "heic")
}
FILMS = {name: film(name, 40, 30, 0.2, 10) for name in ("mp4", "mov", "webm")}
SOUNDS = {name: sound(name, 0.05) for name in ("wav", "mp3")}
WHOLE = IMAGES | FILMS | SOUNDS
STARTS = [content[:16] for content in WHOLE.values()]
STARTS += [b"ID3\4\0\0\0\0\0\0", b"ID3\4\0\0\0\0\0\0fLaC", b"fLaC", b"OggS\0", b"RIFF\0\0\0\0AVI "]
STARTS += [b"\0\0\0\x10moov", b"BM", b"MM\0*", b"\xff\xfb\x90\xc4"]


def tell(view):
    """Give the facts, or the clause that says why there are none."""
    try:
        return probe(view)
    except Unreadable as error:
        return str(error)


@settings(max_examples=500)
@given(start=st.sampled_from([b"", *STARTS]), rest=st.binary(max_size=400))
def test_random_bytes_have_facts_or_are_unreadable(start, rest):
    assert isinstance(tell(Bytes(start + rest)), Facts | str)


@settings(max_examples=1_000)
@given(
    content=st.sampled_from(list(WHOLE.values())),
    changes=st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=9)), max_size=4),
    length=st.integers(0, 3_000),
)
def test_damaged_files_have_facts_or_are_unreadable(content, changes, length):
    damaged = bytearray(content)
    for place, what in changes:
        damaged[place % len(content) : place % len(content) + len(what)] = what

    assert isinstance(tell(Bytes(bytes(damaged[:length]))), Facts | str)


@given(payload=st.text(max_size=60))
def test_random_text_has_facts_or_is_unreadable(payload):
    try:
        _, view = view_of(f"data:image/png;base64,{payload}")
    except Unreadable:
        return

    assert isinstance(tell(view), Facts | str)


@pytest.mark.parametrize("name", sorted(WHOLE.keys() - {"mp3"}))  # frames need no end
def test_no_beginning_of_a_file_passes_for_the_file(name):
    content = WHOLE[name]

    beginnings = (tell(Bytes(content[:length])) for length in range(len(content)))

    assert not [facts for facts in beginnings if isinstance(facts, Facts)]


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_file_in_a_data_url_is_the_same_file(name):
    _, view = view_of(as_data_url("image", name, WHOLE[name]))

    assert isinstance(view, Base64)
    assert probe(view) == probe(Bytes(WHOLE[name]))


class Counted(Bytes):
    """A view that counts what is read of it."""

    __slots__ = ("read_bytes", "reads")

    def __init__(self, content):
        super().__init__(content)
        self.reads = self.read_bytes = 0

    def read(self, offset, length, /):
        self.reads += 1
        self.read_bytes += max(0, min(length, self.size - offset))
        return super().read(offset, length)


SEGMENT = bytes.fromhex("1a45dfa380 18538067 01ffffffffffffff")
MONSTERS = {
    "boxes": b"\0\0\0\x08free" * 500_000,
    "boxes in boxes": b"\0\0\0\x08mdat\0\0\x82\x08moov"
    + (b"\0\0\x02\x08trak" + b"\0\0\0\x08free" * 64) * 64,
    "segments": b"\xff\xd8" + b"\xff\xe1\0\2" * 1_000_000,
    "fill bytes": b"\xff\xd8" + b"\xff" * 4_000_000,
    "chunks": b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 500_000,
    "elements": SEGMENT + b"\xec\x80" * 2_000_000,
    "tracks": SEGMENT
    + b"\x16\x54\xae\x6b\x01\xff\xff\xff\xff\xff\xff\xff"
    + b"\xae\x80" * 2_000_000,
    "frames of other kinds": b"\xff\xf3\x14\xc4" + b"\xff\xff" * 2_000_000,
    "tag and nothing": b"ID3\4\0\0\0\0\0\0" + bytes(4_000_000),
    "comments": b"ID3\4\0\0\0\0\0\0fLaC\4\xff\xff\xff" + bytes(4_000_000),
    "pages": b"OggS" * 1_000_000,
    "entries": b"II*\0\x08\0\0\0\xff\xff" + bytes(4_000_000),
}


@pytest.mark.parametrize("name", sorted(MONSTERS))
def test_little_is_read_of_a_large_file_that_makes_no_sense(name):
    view = Counted(MONSTERS[name])

    tell(view)

    assert view.reads < 5_000
    assert view.read_bytes < 300_000
