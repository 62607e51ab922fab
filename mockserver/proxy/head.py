"""What a client asks of the proxy: the first lines it sends."""

import re
from base64 import b64decode
from dataclasses import dataclass

END = b"\r\n\r\n"
MOST = 16 * 1024
"""Bytes that the head of a request may have."""
FIRST = re.compile(r"([A-Z]+) ([!-~]+) HTTP/1\.[01]")
AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})", re.ASCII)
HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One request to the proxy."""

    method: str
    target: str
    """A path, a whole URL, or host and port."""
    host: str = ""
    """What the client calls the proxy, or whom it wants to reach through it."""
    tenant: str = ""
    """Whose request it is, if the credentials for the proxy say so."""


def parse(text: bytes) -> Head:
    """Read a head; `ValueError` says what is wrong with it."""
    first, *lines = text.decode("latin-1").split("\r\n")
    asked = FIRST.fullmatch(first)
    if not asked:
        raise ValueError("this is no request to an HTTP proxy")
    fields = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    host = fields.get("host", "")
    return Head(
        method=asked[1],
        target=asked[2],
        host=host if HOST.fullmatch(host) else "",
        tenant=tenant_of(fields.get("proxy-authorization", "")),
    )


def tenant_of(credentials: str) -> str:
    """Give the user of credentials for the proxy; nobody where there are none."""
    if not credentials:
        return ""
    scheme, _, encoded = credentials.partition(" ")
    try:
        pair = b64decode(encoded, validate=True)
    except ValueError:
        pair = b""
    if scheme.lower() != "basic" or b":" not in pair:
        raise ValueError("credentials for the proxy are to be Basic, with the tenant as the user")
    user = pair.partition(b":")[0]
    try:
        return user.decode()
    except ValueError:  # clients do not agree on how names are encoded
        return user.decode("latin-1")


def authority_of(target: str) -> tuple[str, int]:
    """Give host and port of a tunnel; `ValueError` where it has none."""
    found = AUTHORITY.fullmatch(target)
    if not found:
        raise ValueError("a tunnel is asked for by host and port")
    return found[1].rstrip(".").lower(), int(found[2])
