"""Where callbacks may go: to this machine and to allowed hosts, never to where secrets are.

Anyone who may submit a task chooses a URL that is then asked from here. So a host is resolved once,
each of its addresses is judged, and one of those is connected to, never the name again.
"""

import asyncio
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, inet_aton
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address

METADATA = frozenset(
    map(
        ip_address,
        (
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd20:ce::254",
        ),
    )
)
"""Where clouds tell a machine its secrets, beside 169.254.169.254, which is link-local."""
BROADCAST = ip_address("255.255.255.255")
NAT64, COMPATIBLE = ip_network("64:ff9b::/96"), ip_network("::/96")
"""Networks of IPv6 whose addresses end in one of IPv4."""
PORTS = {"http": 80, "https": 443}


class Forbidden(Exception):  # noqa: N818 - says what it is
    """A callback must not be sent to where its URL leads."""


def objection(url: str, hosts: AbstractSet[str]) -> str:
    """Say why a callback must not be sent to a URL, as far as its text tells; else nothing.

    What the name of a host that was allowed leads to is judged when it is resolved.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        return f"{shown(url)!r} is not a URL ({error})"
    if parts.scheme not in PORTS or not host:
        return f"{shown(url)!r} is not an http(s) URL"
    if port == 0:
        return f"{shown(url)!r} names port 0, where nothing can listen"
    if is_loopback(host) or is_allowed(parts, hosts):
        return ""
    return f"{host!r} is not a loopback address (--allow-callbacks {host} would allow it)"


def parsed(url: str) -> SplitResult:
    """Read a URL that something could be posted to, whoever it leads to; else `ValueError`."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if reason := objection(url, {host}):
        raise ValueError(reason)
    return urlsplit(url)


def shown(url: str) -> str:
    """Give a URL without the credentials in it, for logs and records."""
    before, slashes, rest = url.partition("//")
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    return f"{before}{slashes}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def port_of(url: SplitResult) -> int:
    """Give the port of a URL that passed the objection."""
    return url.port or PORTS[url.scheme]


def is_allowed(url: SplitResult, hosts: AbstractSet[str]) -> bool:
    """Tell whether someone who runs the mock allowed a host, or this port of it."""
    return url.hostname in hosts or f"{url.hostname}:{port_of(url)}" in hosts


def is_loopback(host: str) -> bool:
    """Tell whether a host can only mean this machine."""
    address = literal(host)
    return host == "localhost" if address is None else is_here(address)


def is_here(address: Address) -> bool:
    """Tell whether an address is this machine; those that a gateway would translate are not."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def literal(host: str) -> Address | None:
    """Give the address that a host is, however it is spelled: `127.1` and `0x7f000001`, too."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(inet_aton(host))
    except (OSError, ValueError):
        return None


def meant_by(address: Address) -> Address:
    """Give the address of IPv4 that stands in one of IPv6; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if inner := address.ipv4_mapped or address.sixtofour:
        return inner
    low = int(address) & 0xFFFFFFFF
    if address in NAT64 or (address in COMPATIBLE and low > 1):
        return IPv4Address(low)
    return address


def never(address: Address) -> str:
    """Say why nothing is ever sent to an address, whoever allowed its host; else nothing."""
    meant = meant_by(address)
    if meant in METADATA or meant.is_link_local:
        return "an address of link-local networks or of a cloud's metadata"
    if meant.is_multicast or meant == BROADCAST:
        return "an address of many machines"
    return "no address of a machine" if meant.is_unspecified else ""


def vain(host: str) -> str:
    """Say why it is of no use to allow a host, or a port of one, as far as its text tells."""
    address = literal(host) or literal(host.rpartition(":")[0])
    reason = never(address) if address else ""
    return f"callbacks are never sent to {host}, which is {reason}" if reason else ""


async def addresses(url: SplitResult, hosts: AbstractSet[str]) -> list[str]:
    """Resolve the host of a URL, once; `Forbidden` if any of its addresses must not be asked."""
    host = url.hostname or ""
    found = literal(host)
    resolved = [found] if found else await resolve(host, port_of(url))
    allowed = is_allowed(url, hosts)
    for address in resolved:
        if reason := never(address):
            raise Forbidden(f"{host!r} leads to {address}, which is {reason}")
        if not allowed and not is_here(address):
            raise Forbidden(f"{host!r} leads to {address}, which is not a loopback address")
    return [str(address) for address in resolved]


async def resolve(host: str, port: int) -> list[Address]:
    """Give the addresses behind a name."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=SOCK_STREAM)
    return [ip_address(where[0]) for *_, where in rows]
