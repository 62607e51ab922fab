"""What the doors lead to, and who may pass: requests to anywhere else are refused."""

from collections.abc import Collection
from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.types import ASGIApp

from mockserver.intercept.home import Home

LOCAL = "localhost"


class NotMocked(AssertionError):  # noqa: N818 - what is the case
    """A request went to a host that nothing here answers for; it was not sent anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request, or a connection, that was refused."""

    what: str
    """Method and URL where they are known, else host and port."""
    host: str


@dataclass(slots=True, kw_only=True)
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
    """Hosts that requests may really go to, beside this machine."""
    refused: list[Attempt] = field(default_factory=list)
    """What was refused, in order, whether the client let anyone know or not."""

    def takes(self, host: str, what: str) -> bool:
        """Tell whether the mock answers for a host; false lets the request go where it wants.

        `what` is the request for the message: `POST https://api.acme.example/v1/videos`. Raises
        `NotMocked` for hosts that are neither the providers' nor allowed.
        """
        name = host.rstrip(".").lower()
        if name in self.hosts:
            return True
        if name in self.allowed or is_local(name):
            return False
        self.refused.append(Attempt(what=what, host=name))
        raise NotMocked(self.refusal(what))

    def refusal(self, what: str) -> str:
        """Say why a request was not sent."""
        served = ", ".join(sorted(self.hosts))
        return (
            f"screentest refused {what}: nothing here answers for that host, and no request"
            f" leaves this machine.\n  answered  {served}\n"
            '  to let it out: @pytest.mark.screentest(allow_hosts=["..."])'
        )


def is_local(host: str) -> bool:
    """Tell whether a host is this machine, by name or by address."""
    if host == LOCAL or host.endswith(f".{LOCAL}"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
