"""Lengths of sounds: WAV, MP3, FLAC and Ogg."""

from struct import unpack_from

from contracts.kernel.probing.facts import Facts, finite
from contracts.kernel.probing.views import Stream, Unreadable, View

_MOST_CHUNKS = 64
_STREAMED = 0xFFFFFFFF  # what a writer that could not go back leaves as the size
_MOST_READS = 2_000
"""An MP3 whose frames vary takes one read for each frame of its first 30 seconds, 1,250."""

_XING_FIELDS = {1: 4, 2: 4, 4: 100, 8: 4}  # bytes by flag: frames, bytes, contents, quality
_TAG_HEADER = 10
_LARGEST_PAGE = 65_307
_PAGE_HEADER = 27
_OPUS_RATE = 48_000


def wav(view: View) -> Facts:
    """Walk the chunks of a WAV file: `fmt ` tells the bytes a second, `data` how many there are."""
    rate, start = 0, 12
    for _ in range(_MOST_CHUNKS):
        name, size = unpack_from("<4sI", view.read(start, 8))
        start += 8
        if name == b"fmt ":
            (rate,) = unpack_from("<8xI", view.read(start, 12))
        if name == b"data":
            return _wav(view, rate, size, view.size - start)
        start += size + size % 2
    raise Unreadable(f"none of its first {_MOST_CHUNKS} chunks is `data`")


def _wav(view: View, rate: int, declared: int, there: int) -> Facts:
    if declared > there and declared != _STREAMED:
        raise Unreadable("the file ends inside its `data` chunk")
    if not rate:
        raise Unreadable("no `fmt ` chunk says how many bytes are a second")
    return Facts("audio", "wav", view.size, seconds=finite(min(declared, there) / rate))


def tagged(view: View) -> Facts:
    """Measure what follows an ID3 tag: an MP3, or a FLAC that someone tagged like one."""
    start = _after_tag(view)
    return flac(view, start) if view.read(start, 4) == b"fLaC" else mp3(view)


def mp3(view: View) -> Facts:
    """Let tinytag find or estimate the length, and take away what the encoder had added."""
    from tinytag import TinyTag, TinyTagException  # noqa: PLC0415 - few requests need it

    try:
        tag = TinyTag.get(file_obj=Stream(view, _MOST_READS), tags=False)  # type: ignore[arg-type]
    except TinyTagException as error:
        if isinstance(error.__cause__, Unreadable):
            raise error.__cause__ from None
        raise Unreadable("its MPEG frames contradict themselves") from error
    if not (tag.duration and tag.samplerate):
        raise Unreadable("no MPEG frames can be found")
    samples = round(tag.duration * tag.samplerate)
    samples -= _added_samples(view.read(_after_tag(view), 512))
    return Facts("audio", "mp3", view.size, seconds=finite(samples / tag.samplerate))


def _added_samples(frame: bytes) -> int:
    """Read from LAME's part of a Xing header how many samples are silence before and after.

    FFmpeg does not count them either. http://gabriel.mp3-tech.org/mp3infotag.html
    """
    start = max(frame.find(b"Xing"), frame.find(b"Info"))
    if start < 0:
        return 0
    (flags,) = unpack_from(">I", frame, start + 4)
    encoder = start + 8 + sum(size for bit, size in _XING_FIELDS.items() if flags & bit)
    if frame[encoder : encoder + 4] not in {b"LAME", b"Lavf", b"Lavc"}:
        return 0
    delay_and_padding = int.from_bytes(frame[encoder + 21 : encoder + 24])
    return (delay_and_padding >> 12) + (delay_and_padding & 0xFFF)


def _after_tag(view: View) -> int:
    """Find where the sound starts after an ID3v2 tag, whose size has seven bits to the byte."""
    header = view.read(0, _TAG_HEADER)
    if not header.startswith(b"ID3"):
        return 0
    a, b, c, d = unpack_from(">6x4B", header)
    return _TAG_HEADER + int(a << 21 | b << 14 | c << 7 | d)


def flac(view: View, start: int = 0) -> Facts:
    """Read rate and number of samples from STREAMINFO, which comes first (RFC 9639, 8.2)."""
    (numbers,) = unpack_from(">18xQ", view.read(start, 26))
    rate, samples = numbers >> 44, numbers & (1 << 36) - 1
    if not rate:
        raise Unreadable("no sample rate is declared")
    return Facts("audio", "flac", view.size, seconds=finite(samples / rate))


def ogg(view: View) -> Facts:
    """Take the time at which the last page ends (RFC 3533), of Vorbis and Opus at least."""
    rate, skipped = _ogg_rate(view.read(0, 512))
    begin = max(0, view.size - _LARGEST_PAGE)
    end = view.read(begin, _LARGEST_PAGE)
    last = end.rfind(b"OggS")
    if last < 0:
        raise Unreadable("no Ogg page can be found at its end")
    time, segments = unpack_from("<6xq12xB", end, last)
    sizes = end[last + _PAGE_HEADER : last + _PAGE_HEADER + segments]
    if len(sizes) < segments or last + _PAGE_HEADER + segments + sum(sizes) > len(end):
        raise Unreadable("the file ends inside an Ogg page")
    return Facts(
        "audio", "ogg", view.size, seconds=finite((time - skipped) / rate) if rate else None
    )


def _ogg_rate(page: bytes) -> tuple[int, int]:
    """Give the samples a second, and those at the start that are not played; 0 if unknown."""
    packet = page[_PAGE_HEADER + page[_PAGE_HEADER - 1] :]
    if packet.startswith(b"OpusHead"):
        return _OPUS_RATE, unpack_from("<10xH", packet)[0]
    if packet.startswith(b"\x01vorbis"):
        return unpack_from("<12xI", packet)[0], 0
    return 0, 0
