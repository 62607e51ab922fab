"""A clip turned into bytes: the whole film as MP4, or its last picture as PNG."""

from collections.abc import Iterator

from contracts.kernel.clip import Clip
from mockserver.media import aac, h264, mp4
from mockserver.media.colours import PALETTE
from mockserver.media.levels import MAX_FRAME_RATE, Level, lowest_level
from mockserver.media.picture import BLOCK, draw, in_blocks
from mockserver.media.png import png
from mockserver.media.sample_entries import avc1, length_prefixed, mp4a

TICKS_PER_FRAME = 512
"""Fine enough that no player takes the timescale for a mistake, as it might with 24."""

MAX_SECONDS = 12 * 60 * 60
"""Durations in MP4 are 32 bits wide: at 172 frames a second they end after 13 hours."""

_FULL_VOLUME = 0x100  # 1.0 in 8.8 fixed point


def render(clip: Clip) -> bytes:
    """Make the MP4 of a clip: colour bars, a counter of the seconds, silence if it has audio.

    The same clip gives the same bytes, always and everywhere.
    """
    level = _level(clip)
    frames = _frame_count(clip)
    tracks = [_video_track(clip, level, frames)]
    if clip.audio:
        tracks.append(_audio_track(clip, frames))
    return mp4.mux(*tracks)


def last_frame(clip: Clip) -> bytes:
    """Make a PNG of what the clip's MP4 shows at its end.

    Its pixels are always the same; its bytes may differ between releases of zlib.
    """
    _level(clip)
    second = (_frame_count(clip) - 1) // clip.fps
    return png(clip.width, clip.height, _scan_lines(clip, second))


def _level(clip: Clip) -> Level:
    """Refuse what cannot be filmed, or find the H.264 level that the rest needs."""
    for name, pixels in (("width", clip.width), ("height", clip.height)):
        if pixels <= 0:
            raise ValueError(f"{name} must be positive, got {pixels}")
        if pixels % 2:
            raise ValueError(f"{name} must be even, as 4:2:0 chroma is halved, got {pixels}")
    if not 0 < clip.seconds <= MAX_SECONDS:  # false for NaN, too
        raise ValueError(f"seconds must be above 0 and at most {MAX_SECONDS}, got {clip.seconds}")
    if not 0 < clip.fps <= MAX_FRAME_RATE:
        raise ValueError(f"fps must be above 0 and at most {MAX_FRAME_RATE}, got {clip.fps}")
    level = lowest_level(in_blocks(clip.width), in_blocks(clip.height), clip.fps)
    if level is None:
        size = f"{clip.width}x{clip.height}"
        raise ValueError(f"no level of H.264 allows {size} at {clip.fps} frames a second")
    return level


def _frame_count(clip: Clip) -> int:
    return max(1, round(clip.seconds * clip.fps))


def _video_track(clip: Clip, level: Level, frames: int) -> mp4.Track:
    sps = h264.sequence_parameter_set(clip.width, clip.height, level)
    return mp4.Track(
        handler=b"vide",
        media_header=mp4.video_header(),
        sample_entry=avc1(clip.width, clip.height, sps, h264.picture_parameter_set()),
        timescale=clip.fps * TICKS_PER_FRAME,
        ticks_per_sample=TICKS_PER_FRAME,
        samples=list(_video_samples(clip, frames)),
        width=clip.width,
        height=clip.height,
        keyed=True,
    )


def _video_samples(clip: Clip, frames: int) -> Iterator[bytes]:
    """Code the frames one by one; the picture changes at full seconds only."""
    columns, rows = in_blocks(clip.width), in_blocks(clip.height)
    shown = draw(columns, rows, second=0)
    still = [
        length_prefixed(h264.change_frame(number, shown, shown))
        for number in range(h264.FRAME_NUMBERS)
    ]
    yield length_prefixed(h264.key_frame(shown))
    for number in range(1, frames):
        second, since = divmod(number, clip.fps)
        if since:
            yield still[number % h264.FRAME_NUMBERS]
            continue
        before, shown = shown, draw(columns, rows, second)
        yield length_prefixed(h264.change_frame(number, before, shown))


def _audio_track(clip: Clip, frames: int) -> mp4.Track:
    """Fill the video's time with whole frames of silence, never going beyond its end.

    A video shorter than one frame of sound gets one that is declared as short as the video.
    """
    ticks = frames * aac.SAMPLE_RATE // clip.fps
    return mp4.Track(
        handler=b"soun",
        media_header=mp4.sound_header(),
        sample_entry=mp4a(),
        timescale=aac.SAMPLE_RATE,
        ticks_per_sample=min(aac.SAMPLES_PER_FRAME, ticks),
        samples=[aac.silent_frame()] * max(1, ticks // aac.SAMPLES_PER_FRAME),
        volume=_FULL_VOLUME,
    )


def _scan_lines(clip: Clip, second: int) -> Iterator[bytes]:
    """Enlarge the blocks of a picture to the rows of pixels that cropping leaves."""
    picture = draw(in_blocks(clip.width), in_blocks(clip.height), second)
    blocks = [colour.rgb * BLOCK for colour in PALETTE]
    for row, colours in enumerate(picture):
        line = b"".join(blocks[colour] for colour in colours)[: 3 * clip.width]
        yield from [line] * min(BLOCK, clip.height - row * BLOCK)
