"""Small files whose headers say what a test wants them to say; the same bytes every time."""

from base64 import b64encode
from struct import pack
from zlib import crc32

from contracts.kernel.probing.facts import Kind
from contracts.kernel.probing.specimen_films import film
from contracts.kernel.probing.specimen_images import image

__all__ = ["as_data_url", "film", "image", "media_type", "padded", "sound"]

_BYTES_A_SECOND = 1_000
_SILENCE = b"\x80"

_RATE, _SAMPLES = 24_000, 576
"""An MP3 with the shortest frames there are, 24 ms (ISO/IEC 13818-3, layer III)."""

_FRAME = b"\xff\xf3\x14\xc4".ljust(24, b"\0")  # at 8 kbit/s: mono, empty, hence silent
_INFO_FRAME = b"\xff\xf3\x44\xc4" + bytes(9)  # at 32 kbit/s, with room for what follows
_INFO_FRAME_SIZE = 96

_TYPES = {"mov": "quicktime", "mkv": "x-matroska", "avi": "x-msvideo", "mp3": "mpeg", "m4a": "mp4"}


def sound(form: str, seconds: float) -> bytes:
    """Make silence: wav to the millisecond, or mp3 to the sample if its reader knows of LAME.

    A flac is no more than its first header.
    """
    return {"wav": _wav, "mp3": _mp3, "flac": _flac}[form](seconds)


def padded(form: str, content: bytes, size: int) -> bytes:
    """Make a png, mp4 or wav larger without changing what it says; smaller sizes change nothing."""
    missing = size - len(content)
    if missing <= 0:
        return content
    if form == "png":
        name, body = b"paDd", bytes(max(0, missing - 12))
        chunk = pack(">I", len(body)) + name + body + pack(">I", crc32(name + body))
        return content[:-12] + chunk + content[-12:]
    free = pack(">I4s", max(8, missing), b"free") if form == "mp4" else b""
    return content + free.ljust(missing, b"\0")


def media_type(kind: str, form: str) -> str:
    """Give the media type of a format."""
    return f"{kind}/{_TYPES.get(form, form)}"


def as_data_url(kind: Kind, form: str, content: bytes) -> str:
    """Wrap a file in a data URL that declares its type."""
    return f"data:{media_type(kind, form)};base64,{b64encode(content).decode()}"


def _wav(seconds: float) -> bytes:
    samples = _SILENCE * round(seconds * _BYTES_A_SECOND)
    form = pack("<HHIIHH", 1, 1, _BYTES_A_SECOND, _BYTES_A_SECOND, 1, 8)
    chunks = pack("<4sI", b"fmt ", len(form)) + form + pack("<4sI", b"data", len(samples)) + samples
    chunks += b"\0" * (len(samples) % 2)
    return pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def _flac(seconds: float) -> bytes:
    """Write STREAMINFO alone (RFC 9639, 8.2): 1,000 samples a second, mono, 8 bits."""
    numbers = _BYTES_A_SECOND << 44 | 7 << 36 | round(seconds * _BYTES_A_SECOND)
    return b"fLaC\x80\0\0\x22" + pack(">HH6xQ16x", 4096, 4096, numbers)


def _mp3(seconds: float) -> bytes:
    """Write silent frames, and before them how many samples of the last do not count."""
    samples = round(seconds * _RATE)
    frames = -(-samples // _SAMPLES)
    size = _INFO_FRAME_SIZE + frames * len(_FRAME)
    padding = frames * _SAMPLES - samples
    info = pack(">4sIII", b"Info", 3, frames, size) + b"LAME".ljust(21, b"\0")
    first = _INFO_FRAME + info + padding.to_bytes(3)
    return first.ljust(_INFO_FRAME_SIZE, b"\0") + _FRAME * frames
