"""What the doors lead to, and who may pass: requests to anywhere else are refused."""

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from mockserver import redaction
from mockserver.destinations import Address, is_here, literal
from mockserver.intercept.home import Home

LOCAL = "localhost"
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
"""Where a provider is, for each scheme; its host has nothing of the provider's at other ports."""
NAME = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
UNKNOWN = "nothing here answers for that host"
PAST = (
    "what connects there goes past the clients that are answered in this process; give it the URL"
    " of screentest_server, or the environment of screentest_env"
)


class NotMocked(AssertionError):  # noqa: N818 - what is the case
    """A request went to a host that nothing here answers for; it was not sent anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request, or a connection, that was refused."""

    what: str
    """Method and URL where they are known, without secrets, else host and port."""
    host: str


@dataclass(slots=True, kw_only=True, eq=False)
class Target:
    """The mock that answers in this process, and for whom."""

    app: ASGIApp
    hosts: Collection[str]
    """The names of the providers' hosts."""
    tenant: str
    """In whose world all that comes through the doors happens."""
    home: Home
    """The background loop."""
    allowed: Collection[str] = ()
    """Names of hosts that requests may really go to, beside this machine; `ValueError` for more."""
    refused: list[Attempt] = field(default_factory=list)
    """What was refused, in order, whether the client let anyone know or not."""

    def __post_init__(self) -> None:
        for one in self.allowed:
            if problem := host_problem(one):
                raise ValueError(problem)

    def takes(self, host: str, what: str, port: int | None = None, scheme: str = "https") -> bool:
        """Tell whether the mock answers for a host; false lets the request go where it wants.

        `what` is the request for the message: `POST https://api.acme.example/v1/videos`. No port is
        that of the scheme. Raises `NotMocked` for hosts that are neither the providers' nor
        allowed, and for other ports of the providers'.
        """
        if self.lets_out(host):
            return False
        name = plain(host)
        why = port_problem(name, port, scheme) if name in self.hosts else UNKNOWN
        if why:
            raise self.refusal(name, what, why)
        return True

    def answers(self, host: str) -> bool:
        """Tell whether a host is a provider's."""
        return plain(host) in self.hosts

    def lets_out(self, host: str) -> bool:
        """Tell whether requests to a host may go where they want."""
        name = plain(host)
        return name not in self.hosts and (name in self.allowed or is_local(name))

    def lets_connect(self, host: str) -> bool:
        """Tell whether anything may look a host up, or connect to it.

        Where names are allowed, addresses are, too: they may be those that the names lead to.
        """
        is_looked_up = bool(self.allowed) and literal(host) is not None
        return is_looked_up or self.lets_out(host)

    def refusal(self, host: str, what: str, why: str) -> NotMocked:
        """Remember a request that is not sent, and give the error that says so."""
        said = redaction.url(what)
        self.refused.append(Attempt(what=said, host=host))
        served = ", ".join(sorted(self.hosts))
        text = f"screentest refused {said}: {why}\n  answered  {served}"
        if host not in self.hosts:
            text += f'\n  to let it out: @pytest.mark.screentest(allow_hosts=["{host}"])'
        return NotMocked(text)


def plain(host: str) -> str:
    """Give the name of a host as it is compared."""
    return host.rstrip(".").lower()


def port_problem(host: str, port: int | None, scheme: str = "https") -> str:
    """Say why nothing answers at a port of a provider's host; empty where something does."""
    own = PORTS.get(scheme, PORTS["https"])
    return "" if port in (None, own) else f"{host} is answered at port {own} alone"


def host_problem(text: str) -> str:
    """Say why a text is not the name, or the address, of a host; empty where it is."""
    if NAME.fullmatch(text) or literal(text):
        return ""
    try:
        meant = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        meant = ""
    hint = f"; write {meant!r}" if NAME.fullmatch(meant) or literal(meant) else ""
    return f"{redaction.url(text)!r} is not the name of a host{hint}"


def is_local(host: str) -> bool:
    """Tell whether a host is this machine, by one of its names or addresses, or none at all."""
    if host in ("", LOCAL) or host.endswith(f".{LOCAL}"):
        return True
    address = literal(host.strip("[]"))
    return host == socket.gethostname().lower() if address is None else is_own(address)


def is_own(address: Address) -> bool:
    """Tell whether an address is one of this machine's: nobody can listen at those of others."""
    if is_here(address) or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
