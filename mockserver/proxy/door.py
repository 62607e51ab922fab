"""The proxy: it answers tunnels to the providers' hosts in their name, and refuses all others."""

import asyncio
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp

from mockserver.clock import pause
from mockserver.intercept.pairs import Serving
from mockserver.intercept.target import Attempt
from mockserver.logs import log
from mockserver.proxy import certificates
from mockserver.proxy.answers import answer, guide, problem, refusal
from mockserver.proxy.caller import PATIENCE, Caller, Waiting
from mockserver.proxy.environment import java_options, shimmed, variables
from mockserver.proxy.head import Head
from mockserver.serving import address, bind

MOST = 10_000
"""How many refusals are remembered."""
FAREWELL = 1.0
"""Seconds in which a client may agree to the end of a connection."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared, not bound
"""How this machine reaches a listener that listens at every address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Attempt):
    """A client that was refused, and whose it was."""

    tenant: str
    """Empty where no credentials said so."""


class ProxyDoor:
    """A proxy on loopback in front of an application; to be used in one event loop.

    The tunnel ends where it begins: TLS is spoken on the very connection that asked for it, and the
    application answers there.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        *,
        directory: Path | None = None,
        listener: socket.socket | None = None,
    ) -> None:
        self.hosts = frozenset(one.lower() for one in hosts)
        self.refused: list[Refusal] = []
        """Who wanted to go elsewhere, in order."""
        self.callers: set[Caller] = set()
        """Connections of which it is not known yet what they want, or that were refused."""
        self._app = app
        self._directory = directory
        self._listener = listener
        self.is_open = False
        self._tunnels: dict[asyncio.Task[None], asyncio.Transport] = {}
        """Those that are being dug, and where."""

    async def start(self) -> None:
        """Begin to listen; `ValueError` where the library for certificates is missing."""
        self._context = certificates.context(self.hosts)
        self._serving = Serving(self._app)
        self._own = None if self._directory else TemporaryDirectory(prefix="screentest-")
        folder = Path(self._own.name) if self._own else self._directory or Path()
        self.ca_file = folder / "ca.pem"
        """Whom a client has to trust."""
        self.ca_file.write_bytes(certificates.certificate())
        listener = self._listener or bind("127.0.0.1", 0)
        listener.set_inheritable(False)  # or a child would keep it open when we are closed
        self.origin = reachable(address(listener))
        """Where the proxy is, as a URL."""
        self.port: int = listener.getsockname()[1]
        self.is_open = True
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Caller(self), sock=listener)

    async def close(self) -> None:
        """Stop, end every connection, and take away what was written."""
        self.is_open = False  # for whoever was let in, and is not here yet
        self._server.close()
        for caller in self.callers:
            caller.transport.abort()
        for tunnel, transport in self._tunnels.items():
            tunnel.cancel()
            transport.abort()
        if self._tunnels:
            await asyncio.wait(self._tunnels)
        await self._serving.close()
        while self.callers:  # they are told in one of the next turns of the loop
            await pause(0)
        if self._own:
            self._own.cleanup()

    def environment(
        self, tenant: str = "", *, shims: bool = False, java: bool = False
    ) -> dict[str, str]:
        """Give the variables for a client in another process, to be put into its environment.

        All it asks for happens in the world of the tenant, if there is one, whatever its key.
        """
        given = variables(self.origin, self.ca_file, tenant)
        if java:
            given |= java_options(os.environ, self.origin, *self._java_store())
        return given | (shimmed(os.environ) if shims else {})

    def _java_store(self) -> tuple[str, str]:
        """Give a trust store for Java, and its password."""
        store = self.ca_file.with_name("ca.p12")
        if not store.exists():
            store.write_bytes(certificates.java_store())
        return str(store), certificates.STORE_PASSWORD

    def tell(self, head: Head) -> bytes:
        """Answer what is asked of the proxy itself, and refuse what is to be fetched by it."""
        if not head.target.startswith("/"):
            what = f"{head.method} {head.target.partition('?')[0]}"  # a query may have secrets
            why = "only tunnels are opened here, to https"
            return self.refuse(head, urlsplit(head.target).hostname or "", why, what)
        url = urlsplit(head.target)
        origin = f"http://{head.host}" if head.host else self.origin
        match head.method, url.path:
            case "GET", "/":
                return answer(200, guide(origin, self.hosts))
            case "GET", "/ca.pem":
                return answer(200, certificates.certificate(), "application/x-pem-file")
            case "GET", "/ca.p12":
                return answer(200, certificates.java_store(), "application/x-pkcs12")
            case "GET", "/environment":
                return answer(200, self._described(origin, url.query), "application/json")
            case _:
                error = f"this is the proxy; there is no {head.method} {url.path} here"
                return problem(404, error)

    def _described(self, origin: str, query: str) -> bytes:
        """Give the variables as JSON, for an asker that calls the proxy by this origin."""
        tenant = parse_qs(query).get("tenant", [""])[0]
        store, password = self._java_store()
        told = {
            "variables": variables(origin, self.ca_file, tenant),
            "hosts": sorted(self.hosts),
            "java": {"store": store, "password": password},
        }
        return dumps(told, indent=2).encode()

    def refuse(self, head: Head, host: str, why: str, what: str = "") -> bytes:
        """Give the answer to a client that wants to go elsewhere, and remember it."""
        what = what or head.target
        log.warning("refused by the proxy: %s: %s", what, why)
        self.refused.append(Refusal(what=what, host=host, tenant=head.tenant))
        del self.refused[:-MOST]
        return refusal(what, why, self.hosts)

    def encrypt(self, transport: asyncio.Transport, head: Head) -> None:
        """Go on with TLS on a connection."""
        digging = self._encrypt(transport, head)
        tunnel = asyncio.get_running_loop().create_task(digging)
        self._tunnels[tunnel] = transport
        tunnel.add_done_callback(self._tunnels.pop)

    async def _encrypt(self, transport: asyncio.Transport, head: Head) -> None:
        if transport.is_closing():
            return
        waiting = Waiting()
        try:
            tls = await asyncio.get_running_loop().start_tls(
                transport,
                waiting,
                self._context,
                server_side=True,
                ssl_handshake_timeout=PATIENCE,
                ssl_shutdown_timeout=FAREWELL,
            )
        except OSError as error:  # some clients say why, others just hang up
            reason = getattr(error, "reason", "") or str(error) or "the client hung up"
            log.warning("no TLS for %s: %s; does it trust %s?", head.target, reason, self.ca_file)
            return
        if tls and not tls.is_closing():  # it is none where the connection was lost meanwhile
            waiting.hand_over(tls, self._serving.protocol(tenant=head.tenant))


def reachable(origin: str) -> str:
    """Give how this machine reaches an origin."""
    host, _, port = origin.removeprefix("http://").rpartition(":")
    return f"http://{EVERYWHERE.get(host, host)}:{port}"
