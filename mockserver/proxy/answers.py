"""What the proxy itself says: refusals, and what a client needs to know to use it."""

from collections.abc import Collection
from http import HTTPStatus

from mockserver.intercept.target import port_problem

PLAIN = "text/plain; charset=utf-8"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def answer(status: int, content: bytes, kind: str = PLAIN, *, reason: str = "") -> bytes:
    """Give a whole answer, after which the connection ends."""
    head = (
        f"HTTP/1.1 {status} {reason or HTTPStatus(status).phrase}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + content


def problem(status: int, error: str) -> bytes:
    """Answer that something cannot be done, in one line."""
    return answer(status, f"screentest: {error}\n".encode())


def refusal(what: str, why: str, hosts: Collection[str]) -> bytes:
    """Refuse to connect a client to where it wants to go.

    Many clients show the reason beside the status, and nothing of the text.
    """
    served = "".join(f"  https://{one}\n" for one in sorted(hosts))
    text = (
        f"screentest refused {what}: {why}.\n"
        "This is the proxy of a stand-in for tests. It answers for the hosts below, and connects"
        f" to nothing else:\n{served}"
    )
    return answer(HTTPStatus.FORBIDDEN, text.encode(), reason=f"screentest refused {what}")


def objection(host: str, port: int, hosts: Collection[str]) -> str:
    """Say why a tunnel is refused; empty where it is not."""
    if host not in hosts:
        return f"nothing here answers for {host}, and no request leaves this machine"
    return port_problem(host, port)


def guide(origin: str, hosts: Collection[str]) -> bytes:
    """Tell someone who opens the proxy's address what it is."""
    served = "".join(f"  https://{one}\n" for one in sorted(hosts))
    return (
        f"This is the proxy of Screentest. Through it, a stand-in answers for:\n{served}"
        f"Variables for a shell: screentest env --proxy {origin}\n"
        f"The same as JSON: {origin}/environment\n"
        f"The certificate to trust: {origin}/ca.pem\n"
    ).encode()
