"""The mock on a real socket, and what the tests of clients need around it."""

import io
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

import av
import httpx
import pytest

ROOT = Path(__file__).parents[2]
FRAME = 1 / 24
PATIENCE = 20
"""Seconds after which something that should have come counts as missing."""


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch):
    """Take away proxies, and refuse every connection that would leave this machine."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    connect = socket.socket.connect

    def connect_nearby(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            assert ip_address(address[0]).is_loopback, f"a client turned to {address[0]}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_nearby)


@contextmanager
def served(log, *options):
    """Run the mock's command line on a free port; gives its origin."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", *options]
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as server,
    ):
        try:
            announced = re.match(r"Screentest \S+ on (http://\S+) ", server.stdout.readline())
            if announced is None:
                pytest.fail(f"the mock did not start:\n{log.read_text()}", pytrace=False)
            yield announced[1]
        finally:
            server.terminate()
            server.wait(PATIENCE)


@pytest.fixture(scope="session")
def origin(tmp_path_factory):
    """Where the mock answers; one process serves the whole session."""
    log = tmp_path_factory.mktemp("mock") / "stderr.txt"
    with served(log, "--speed", "300", "--seed", "1") as address:
        yield address


class Film(NamedTuple):
    """What a decoder found in an MP4 file."""

    size: tuple[int, int]
    fps: Fraction
    seconds: object
    sound: bool


def _probe(film):
    with av.open(io.BytesIO(film)) as container:
        video, *_ = container.streams.video
        pictures = sum(1 for _ in container.decode(video))
        fps = video.average_rate
        size = (video.width, video.height)
        seconds = pytest.approx(float(pictures / fps), abs=FRAME)
        has_sound = bool(container.streams.audio)
    if has_sound:
        assert _seconds_of_sound(film) == seconds
    return Film(size, fps, seconds, has_sound)


def _seconds_of_sound(film):
    with av.open(io.BytesIO(film)) as container:
        (track,) = container.streams.audio
        return sum(frame.samples for frame in container.decode(track)) / track.rate


@pytest.fixture
def probe():
    """Decode a film: size, frames a second, seconds (equal within a frame), sound or not."""
    return _probe


@pytest.fixture
def keyless():
    """Speak HTTP without a key, as whoever was given a link does."""
    with httpx.Client() as client:
        yield client


@pytest.fixture
def fetch(origin, keyless):
    """Download a link that the mock handed out; gives the response."""

    def get(url):
        assert url.startswith(origin)
        return keyless.get(url).raise_for_status()

    return get


class Receiver:
    """A webhook receiver on loopback that keeps what it is sent."""

    def __init__(self, server):
        self.url = f"http://127.0.0.1:{server.server_port}"
        self._calls = server.calls

    def next(self):
        """Wait for a call; gives its path and its payload."""
        return self._calls.get(timeout=PATIENCE)

    @property
    def is_idle(self):
        return self._calls.empty()


class _Door(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.put((self.path, json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def receiver():
    """Listen for webhooks on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Door) as server:
        server.calls = SimpleQueue()
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield Receiver(server)
        server.shutdown()


@pytest.fixture
def seedance(origin):
    """Run the command line `seedance` against the mock; gives the finished process."""

    def run(*arguments, key="any-key"):
        settings = {
            "ACEDATACLOUD_API_BASE_URL": origin,
            "ACEDATACLOUD_API_TOKEN": key,
            "COLUMNS": "4000",  # its JSON is wrapped like text otherwise
        }
        return subprocess.run(
            [sys.executable, "-m", "seedance_cli", *arguments],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run
