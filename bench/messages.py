"""The requests that are measured, and one-off calls to prepare them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from json import dumps, loads
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

KEY = {"Authorization": "Bearer sk-bench-0123456789abcdef"}
SUBMIT_PATH = "/v1/video/generations"
PATIENCE = 30.0
"""Seconds a task may take to finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request, and the status it must be answered with."""

    method: str
    path: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def to_bytes(self, host: str) -> bytes:
        """Give the request as it goes over the wire."""
        headers = {"Host": host, **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + self.body


def image(name: str) -> dict[str, Any]:
    """Give a reference image, as a client of RelayDance sends it."""
    url = {"url": f"https://cdn.example.com/uploads/{name}.png"}
    return {"type": "image_url", "image_url": url, "role": "reference_image"}


def submit(seconds: object, resolution: str, status: int) -> Message:
    """Ask RelayDance for a video, in about 600 bytes."""
    prompt = (
        "The woman of @image1 walks through the market of @image2 at dusk, lanterns swaying "
        "overhead, handheld camera at shoulder height, warm light, shallow depth of field"
    )
    body = {
        "model": "doubao-seedance-2-0-720p",
        "prompt": prompt,
        "seconds": seconds,
        "metadata": {
            "ratio": "16:9",
            "resolution": resolution,
            "content": [image("portrait-7f3a"), image("market-19bc")],
        },
    }
    headers = {**KEY, "Content-Type": "application/json"}
    return Message(
        method="POST", path=SUBMIT_PATH, status=status, headers=headers, body=dumps(body).encode()
    )


SUBMIT = submit("5", "720p", 200)
REFUSED = submit(5, "8k", 400)


def call(port: int, message: Message) -> bytes:
    """Send one request, and give the body of its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(message.method, message.path, message.body, dict(message.headers))
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != message.status:
        raise RuntimeError(f"{message.path} answered {response.status}: {body[:300]!r}")
    return body


def finished_task(port: int) -> tuple[Message, Message]:
    """Submit a task, wait for its end, and give the messages that poll and download it."""
    task = loads(call(port, SUBMIT))["task_id"]
    poll = Message(method="GET", path=f"{SUBMIT_PATH}/{task}", headers=KEY)
    deadline = monotonic() + PATIENCE
    while (state := loads(call(port, poll)))["status"] != "succeeded":
        if monotonic() > deadline:
            raise RuntimeError(f"the task did not finish: {state}")
        sleep(0.05)
    return poll, Message(method="GET", path=urlsplit(state["url"]).path)
