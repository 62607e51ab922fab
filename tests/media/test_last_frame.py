"""The PNG of a clip's end."""

import io
import zlib
from struct import pack

import av
import av.logging
import pytest

from contracts.kernel.clip import Clip
from mockserver.media import last_frame, render
from mockserver.media.png import png


def rgb(frame):
    """Return a decoded frame's pixels, three bytes each, without padding."""
    plane = frame.reformat(format="rgb24").planes[0]
    pixels, line = bytes(plane), plane.line_size
    starts = range(0, plane.height * line, line)
    return b"".join(pixels[start : start + 3 * plane.width] for start in starts)


def decode(png_bytes):
    with av.logging.Capture(local=False) as messages, av.open(io.BytesIO(png_bytes)) as container:
        frame = next(container.decode(video=0))
    assert messages == []
    return frame


@pytest.mark.parametrize(
    ("width", "height", "seconds"),
    [(864, 496, 5), (496, 864, 12.5), (946, 2206, 0.1), (4398, 1886, 0.5), (32, 32, 3.2)],
)
def test_the_picture_is_the_end_of_the_film(watch, width, height, seconds):
    clip = Clip(width=width, height=height, seconds=seconds)

    picture = decode(last_frame(clip))

    assert (picture.width, picture.height, picture.format.name) == (width, height, "rgb24")
    shown = rgb(watch(render(clip)).last)
    pairs = set(zip(rgb(picture), shown, strict=True))
    assert max(abs(ours - theirs) for ours, theirs in pairs) <= 6


def test_the_counter_shows_the_last_second_begun():
    five, almost_six, six = (
        last_frame(Clip(width=864, height=496, seconds=seconds)) for seconds in (5.1, 6, 6.1)
    )

    assert five == almost_six
    assert six != five


def test_what_cannot_be_filmed_has_no_last_frame():
    with pytest.raises(ValueError, match="width must be even"):
        last_frame(Clip(width=495, height=270, seconds=1))


def test_a_png_is_its_signature_and_checked_chunks():
    rows = [b"\x01\x02\x03", b"\x01\x02\x03", b"\x04\x05\x06"]

    encoded = png(1, 3, rows)

    header = b"IHDR" + pack(">IIBBBBB", 1, 3, 8, 2, 0, 0, 0)
    assert encoded.startswith(
        b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + header + pack(">I", zlib.crc32(header))
    )
    assert encoded.endswith(pack(">I", 0) + b"IEND" + pack(">I", zlib.crc32(b"IEND")))
    assert rgb(decode(encoded)) == b"".join(rows)
