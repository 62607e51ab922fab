"""Posting JSON to a URL: one request, one answer, nothing followed."""

import asyncio
import ssl
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import SplitResult, quote

import h11

from mockserver.destinations import port_of

CHUNK = 65_536
SAFE = "/%:@!$&'()*+,;=~"
"""What may stand in a path as it is, beside letters and digits."""


async def post(url: SplitResult, body: bytes, addresses: Sequence[str]) -> int:
    """Post JSON to the first address that takes it, and give the status of the answer.

    The addresses are those that the host of the URL was found to have; the name is not looked up
    again, and serves for the `Host` header and the certificate. `OSError` when there is no answer.
    """
    tls = await asyncio.to_thread(_secure) if url.scheme == "https" else None
    reader, writer = await _connect(url, addresses, tls)
    try:
        wire = h11.Connection(h11.CLIENT)
        writer.write(_written(wire, url, body))
        await writer.drain()
        while not isinstance(answer := wire.next_event(), h11.Response):
            if answer is h11.NEED_DATA:
                wire.receive_data(await reader.read(CHUNK))
    except h11.ProtocolError as error:
        raise ConnectionError(f"no HTTP: {error}") from error
    else:
        return answer.status_code
    finally:
        writer.close()


@lru_cache(maxsize=1)
def _secure() -> ssl.SSLContext:
    """Read the certificates that this machine trusts, which takes a while."""
    return ssl.create_default_context()


async def _connect(
    url: SplitResult, addresses: Sequence[str], tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    failed: OSError = ConnectionError("the host has no address")
    for address in addresses:
        try:
            return await asyncio.open_connection(
                address, port_of(url), ssl=tls, server_hostname=url.hostname if tls else None
            )
        except OSError as error:
            failed = error
    raise failed


def request_bytes(url: SplitResult, body: bytes) -> bytes:
    """Give a whole request as it goes over the wire; `ValueError` where that cannot be written."""
    try:
        return _written(h11.Connection(h11.CLIENT), url, body)
    except h11.LocalProtocolError as error:
        raise ValueError(f"no HTTP: {error}") from error


def _written(wire: h11.Connection, url: SplitResult, body: bytes) -> bytes:
    head = h11.Request(method="POST", target=target(url), headers=headers(url, body))
    events = (head, h11.Data(body), h11.EndOfMessage())
    return b"".join(wire.send(event) or b"" for event in events)


def target(url: SplitResult) -> str:
    """Give path and query; credentials and fragment stay here."""
    path, query = quote(url.path or "/", safe=SAFE), quote(url.query, safe=f"{SAFE}?")
    return f"{path}?{query}" if query else path


def headers(url: SplitResult, body: bytes) -> list[tuple[str, str]]:
    """Give what goes with a body. No provider documents credentials, so none are sent."""
    return [
        ("Host", _host(url)),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]


def _host(url: SplitResult) -> str:
    """Give host and port as they were written, but in ASCII."""
    host = url.netloc.rpartition("@")[2]
    if host.isascii():
        return host
    name, colon, port = host.partition(":")
    return f"{name.encode('idna').decode()}{colon}{port}"
