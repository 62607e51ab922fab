"""Files that FFmpeg wrote, by way of PyAV."""

import av
import pytest
from av.audio.fifo import AudioFifo

from contracts.kernel.probing import Facts


def _filmed(path, codec, options=None, seconds=2, fps=25, form="yuv420p"):
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=fps, width=160, height=90)
        stream.pix_fmt = form
        for number in range(seconds * fps):
            frame = av.VideoFrame(160, 90, form)
            for plane in frame.planes:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def _recorded(path, codec, rate=48_000, seconds=2.0, options=None):
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        silence = av.AudioFrame(stream.format.name, "mono", round(rate * seconds))
        silence.sample_rate, silence.pts = rate, 0
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        fifo = AudioFifo()
        fifo.write(silence)
        for frame in fifo.read_many(stream.frame_size or 1_024, partial=True):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def _pictured(codec, form):
    coder = av.CodecContext.create(codec, "w")
    coder.width, coder.height, coder.pix_fmt = 160, 90, form
    coder.framerate = 1
    frame = av.VideoFrame(160, 90, form)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])


@pytest.fixture
def filmed(tmp_path):
    """Let FFmpeg make a film of two seconds."""
    return lambda name, *args, **kwargs: _filmed(tmp_path / name, *args, **kwargs)


@pytest.fixture
def recorded(tmp_path):
    """Let FFmpeg make a sound of two seconds."""
    return lambda name, *args, **kwargs: _recorded(tmp_path / name, *args, **kwargs)


@pytest.fixture
def pictured():
    """Let FFmpeg make an image."""
    return _pictured


@pytest.fixture
def sound_facts():
    """Give what is known of a sound."""
    return Facts("audio", "wav", 1_044, seconds=1.0)
