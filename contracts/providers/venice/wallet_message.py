"""The text that a wallet signs: EIP-4361, and its like for Solana."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

ACCOUNTS = "Ethereum", "Solana"
NO_CHAIN = "1"
"""What a message without a line `Chain ID` is about (SKILLS, venice-auth)."""

_OPENING = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?P<domain>\S+)"
    rf" wants you to sign in with your (?P<account>{'|'.join(ACCOUNTS)}) account:"
)
_LINES = (
    "URI",
    "Version",
    "Chain ID",
    "Nonce",
    "Issued At",
    "Expiration Time",
    "Not Before",
    "Request ID",
)
"""The names of the lines after the statement, in their order."""
_NEEDED = {"URI", "Version", "Nonce", "Issued At"}
_NONCE = re.compile("[A-Za-z0-9]{8,}|")
"""Eight characters at least, as EIP-4361 says; an empty one is told apart from a short one."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class MessageError(ValueError):
    """A text that is no sign-in message; it says which part is not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a sign-in message says."""

    account: str
    """`Ethereum` or `Solana`."""
    domain: str
    address: str
    statement: str
    uri: str
    chain: str
    nonce: str
    issued: float
    """Moments are in seconds since the epoch."""
    expires: float | None
    begins: float | None
    request: str
    resources: Sequence[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message; `MessageError` for a text that is none."""
        head, found, tail = text.partition("\nURI: ")
        if not found:
            raise MessageError("there is no line `URI`")
        opening, address, statement = _head(head)
        lines = iter(("URI: " + tail).split("\n"))
        fields, resources = _fields(lines)
        if fields["Version"] != "1":
            raise MessageError("`Version` is not 1")
        if not _NONCE.fullmatch(fields["Nonce"]):
            raise MessageError("`Nonce` is not made of eight letters and digits or more")
        return cls(
            account=opening["account"],
            domain=opening["domain"],
            address=address,
            statement=statement,
            uri=fields["URI"],
            chain=fields.get("Chain ID", NO_CHAIN),
            nonce=fields["Nonce"],
            issued=_moment("Issued At", fields["Issued At"]),
            expires=_optional_moment("Expiration Time", fields),
            begins=_optional_moment("Not Before", fields),
            request=fields.get("Request ID", ""),
            resources=resources,
        )


def _head(text: str) -> tuple[re.Match[str], str, str]:
    """Read what stands before the fields: the opening, the address, and maybe a statement."""
    first, *rest = text.split("\n")
    opening = _OPENING.fullmatch(first)
    if opening is None:
        raise MessageError("the first line is not the one that every such message begins with")
    match rest:
        case [address, ""] | [address, "", ""]:
            return opening, address, ""
        case [address, "", statement, ""]:
            return opening, address, statement
    raise MessageError(
        "an address and at most one statement stand before `URI`, blank lines between"
    )


def _fields(lines: Iterator[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read the named lines, which have one order, and the resources below them."""
    fields, line = dict[str, str](), next(lines, None)
    for name in _LINES:
        if line is not None and line.startswith(f"{name}:"):
            fields[name] = line.removeprefix(f"{name}:").removeprefix(" ")
            line = next(lines, None)
        elif name in _NEEDED:
            raise MessageError(f"there is no line `{name}` in its place")
    if line is None:
        return fields, ()
    resources = tuple(lines)
    if line != "Resources:" or not all(one.startswith("- ") for one in resources):
        raise MessageError("there is a line too many")
    return fields, tuple(one.removeprefix("- ") for one in resources)


def _moment(name: str, text: str) -> float:
    """Read a moment of RFC 3339."""
    if not _MOMENT.fullmatch(text):
        raise MessageError(f"`{name}` is not a moment of RFC 3339")
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except ValueError:
        raise MessageError(f"`{name}` is not a moment there is") from None


def _optional_moment(name: str, fields: dict[str, str]) -> float | None:
    return _moment(name, fields[name]) if name in fields else None
