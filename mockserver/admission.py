"""Who may use the control plane: this machine, or whoever has the token, and never a web page."""

import re
from collections.abc import Mapping
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.refusing import refuse_ourselves

OWN_PAGES = {b"none", b"same-origin"}
"""What a browser says of requests that come from no page, or from one of ours."""
PASSED_ON = re.compile(
    b"(?:.*-)?forwarded(?:-.*)?|via|x-real-ip|(?:.*-)?(?:client|connecting)-ip", re.IGNORECASE
)
"""Headers of proxies: the peer is not who asks."""


class Objection(NamedTuple):
    """Why a request is turned away."""

    rule: str
    why: str


class Guarded:
    """Lets through to an application whom the control plane is for."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say why not."""
        no = objection(scope, self.token)
        if no:
            await refuse_ourselves(HTTPStatus.FORBIDDEN, no.rule, no.why).send(send)
        else:
            await self.app(scope, receive, send)


def objection(scope: Scope, token: str) -> Objection | None:
    """Say why a request must not reach the control plane; nothing when it may.

    A token that is set is always asked for, and settles everything: no web page can know it.
    """
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if token:
        if compare_digest(_shown(headers), token.encode()):
            return None
        return Objection("token", "the control token is missing or wrong: send it as a bearer key")
    if not is_near(scope, headers):
        why = "only this machine may use the control plane, unless a token is set (--control-token)"
        return Objection("not-local", why)
    if not names_this_machine(scope, headers):
        why = "the Host header must name this machine; another name may be a web page's trick"
        return Objection("foreign-host", why)
    if is_from_a_page(headers):
        return Objection("foreign-page", "no web page of another origin may use the control plane")
    return None


def _shown(headers: Mapping[bytes, bytes]) -> bytes:
    """Give the token that a request carries."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    bearer = token.strip() if scheme.lower() == b"bearer" else b""
    return headers.get(b"x-screentest-token", bearer)


def is_near(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether the peer is on this machine; without a socket it is in this very process."""
    if any(PASSED_ON.fullmatch(name) for name in headers):
        return False
    try:
        peer = ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return True
    mapped = getattr(peer, "ipv4_mapped", None)
    return (mapped or peer).is_loopback


def names_this_machine(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether the host that was asked is an address, `localhost`, or the name we listen at."""
    header = headers.get(b"host", b"").decode("latin-1")
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if not header or host == "localhost" or host.endswith(".localhost"):
        return True
    bound = (scope.get("server") or ("",))[0]
    return _is_address(host) or host == str(bound).lower()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_from_a_page(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a browser asks on behalf of a page that is not ours."""
    if headers.get(b"sec-fetch-site", b"none") not in OWN_PAGES:
        return True
    origin = headers.get(b"origin")
    return origin is not None and origin.rpartition(b"://")[2] != headers.get(b"host")
