"""Reading here and there, and what a data URL is."""

from base64 import b64encode
from io import SEEK_CUR, SEEK_END

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.kernel.probing import Base64, Bytes, Unreadable, view_of
from contracts.kernel.probing.views import Stream, tail

OFFSETS = st.integers(0, 60)


@given(content=st.binary(max_size=50), start=OFFSETS, length=OFFSETS, padded=st.booleans())
def test_base64_reads_what_a_slice_of_the_content_is(content, start, length, padded):
    text = b64encode(content).decode()

    view = Base64("head," + (text if padded else text.rstrip("=")), start=5)

    assert view.size == len(content)
    assert view.read(start, length) == content[start : start + length]


@given(content=st.binary(max_size=50), start=OFFSETS, length=OFFSETS)
def test_bytes_read_like_a_slice(content, start, length):
    view = Bytes(content)

    assert view.size == len(content)
    assert view.read(start, length) == content[start : start + length]


@pytest.mark.parametrize(
    "text",
    ["AAA?", "AA-_", "AA A", "=AAA", "A=AA", "AA==AAAA", "AAA====", "ÄÖÜß", "\ud800AAA", "AAAAA"],
)
def test_what_is_not_base64_is_unreadable(text):
    with pytest.raises(Unreadable, match=r"^not base64$"):
        Base64(text).read(0, 100)


def test_what_is_not_read_is_not_decoded():
    assert Base64("AAAA????").read(0, 3) == bytes(3)


@pytest.mark.parametrize(
    ("url", "media_type", "content"),
    [
        ("data:image/png;base64,QUJD", "image/png", b"ABC"),
        ("data:image/png;base64,QUI", "image/png", b"AB"),
        ("DATA:Image/PNG;name=a.png;BASE64,QUJD", "image/png", b"ABC"),
        ("data:image/svg+xml,%3Csvg%3E", "image/svg+xml", b"<svg>"),
        ("data:image/svg+xml;charset=utf-8,ä,b", "image/svg+xml", "ä,b".encode()),
        ("data:;base64,QUJD", "text/plain", b"ABC"),
        ("data:,", "text/plain", b""),
    ],
)
def test_a_data_url_has_a_type_and_a_content(url, media_type, content):
    declared, view = view_of(url)

    assert declared == media_type
    assert (view.size, view.read(0, 100)) == (len(content), content)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://example.com/a,b", "not a data URL"),
        ("data:image/png;base64", "not a data URL"),
        ("data:image/png;base64,AAAAA", "not base64"),
        ("data:text/plain,\ud800", "not the text of a URL"),
    ],
)
def test_what_is_no_data_url_is_unreadable(url, message):
    with pytest.raises(Unreadable, match=f"^{message}$"):
        view_of(url)


def test_a_stream_moves_like_a_file():
    stream = Stream(Bytes(b"0123456789"), reads=5)

    assert stream.readable()
    assert stream.seekable()
    assert stream.read(2) == b"01"
    assert (stream.seek(2, SEEK_CUR), stream.read(1)) == (4, b"4")
    assert (stream.seek(-2, SEEK_END), stream.read(5)) == (8, b"89")
    assert (stream.seek(20), stream.read(1), stream.tell()) == (20, b"", 20)


def test_a_stream_does_not_begin_before_its_beginning():
    with pytest.raises(OSError, match="before the beginning"):
        Stream(Bytes(b"0"), reads=1).seek(-2, SEEK_END)


def test_a_stream_gives_up_after_so_many_reads():
    stream = Stream(Bytes(b"0123456789"), reads=1)
    stream.read(1)

    with pytest.raises(Unreadable, match="tells nothing"):
        stream.read(1)


@pytest.mark.parametrize("after", [b"", b"\0\0\0", b"\r\n"])
def test_a_tail_ends_where_the_file_means_to_end(after):
    assert tail(Bytes(b"end" + after)) == b"end"


def test_facts_of_a_sound_have_no_shape(sound_facts):
    assert (sound_facts.ratio, sound_facts.pixels) == (None, None)
