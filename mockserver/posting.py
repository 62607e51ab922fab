"""Posting JSON to a URL: one request, one answer, nothing followed."""

import asyncio
import ssl
from urllib.parse import SplitResult, quote

import h11

CHUNK = 65_536


async def post(url: SplitResult, body: bytes) -> int:
    """Post JSON, and give the status of the answer; `OSError` when there is none."""
    tls = ssl.create_default_context() if url.scheme == "https" else None
    port = url.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(url.hostname, port, ssl=tls)
    try:
        wire = h11.Connection(h11.CLIENT)
        for event in (_request(url, body), h11.Data(body), h11.EndOfMessage()):
            writer.write(wire.send(event) or b"")
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


def _request(url: SplitResult, body: bytes) -> h11.Request:
    target = quote(url.path or "/", safe="/%:@!$&'()*+,;=~")
    if url.query:
        target += "?" + quote(url.query, safe="/%:@!$&'()*+,;=~?")
    headers = {
        "Host": url.netloc.rpartition("@")[2],
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    return h11.Request(method="POST", target=target, headers=list(headers.items()))
