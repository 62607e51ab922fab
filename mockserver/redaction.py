"""Redaction: what was said, without the secrets in it, for whoever is told of it."""

import re
from collections.abc import Iterable, Sequence
from json import loads
from typing import Any
from urllib.parse import quote, unquote_plus

from mockserver.journal import label
from mockserver.tenants import HEADER as TENANT

HIDDEN = "…"
"""Stands for what is left out."""
HEADERS = re.compile(
    b"auth|key|token|secret|cookie|sign-?in|payment|password|credential|session|referer"
)
"""A header with one of these in its name carries a secret, or may."""
FIELDS = re.compile(
    r"(?:^|[^a-z]|api|access|auth|secret|session|client)"
    r"(?:key|token|secret|auth|authorization|cookies?|payment|passw(?:or)?d|passphrase|credentials?"
    r"|session|session_?id|signature|sig)\Z"
)
"""How the name of a field ends that holds a secret: not `keyframes`, nor `max_tokens`."""
HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")
USER = re.compile(r"(?<=://)[^\s/?#\"<>]+@")
"""User and password in a URL, wherever it stands."""
PARAMETER = re.compile(r"([?&])([^\s?&=#\"<>]*)=([^\s&#\"<>]*)")
BEARER = re.compile(r"\b(bearer)\s+[^\s\"',;<>]+", re.IGNORECASE)
MEMBER = re.compile(r'"([^"\\]*)"(\s*:\s*)"(?:[^"\\]|\\.)*"?')
"""A field of JSON, where the whole is none."""


def headers(given: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give headers without what is secret in them; a tenant is told by its label."""
    return {name.decode("latin-1"): _header(name, value) for name, value in given}


def _header(name: bytes, value: bytes) -> str:
    if name.lower() == TENANT:
        return label(value.decode("latin-1"))
    return HIDDEN if HEADERS.search(name.lower()) else url(value.decode("latin-1"))


def is_secret(field: str) -> bool:
    """Tell whether a field of a body, or a parameter of a query, holds a secret by its name."""
    return bool(FIELDS.search(HUMP.sub("_", field).lower()))


def query(given: str) -> str:
    """Give a query, or a form, without what is secret in it."""
    return "&".join(_parameter(one) for one in given.split("&"))


def _parameter(given: str) -> str:
    name, equals, value = given.partition("=")
    if equals and is_secret(unquote_plus(name)):
        return f"{name}={HIDDEN}"
    plain = unquote_plus(value)
    said = url(plain)
    return (
        given if said == plain else f"{name}={quote(said, safe='').replace(quote(HIDDEN), HIDDEN)}"
    )


def url(given: str) -> str:
    """Give a URL, or a text with some in it, without their credentials and secret parameters."""
    if "://" not in given:
        return given
    return PARAMETER.sub(_hide_parameter, USER.sub(f"{HIDDEN}@", given))


def _hide_parameter(found: re.Match[str]) -> str:
    mark, name, _ = found.groups()
    return f"{mark}{name}={HIDDEN}" if is_secret(unquote_plus(name)) else found[0]


def json(given: str) -> Any:  # noqa: ANN401 - JSON
    """Read JSON, and leave out what is secret in it; `ValueError` where it is none."""
    return _plain(loads(given, parse_constant=_refuse))


def _plain(given: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(given, dict):
        return {
            name: HIDDEN if value and is_secret(name) else _plain(value)
            for name, value in given.items()
        }
    if isinstance(given, list):
        return [_plain(one) for one in given]
    return url(given) if isinstance(given, str) else given


def _refuse(constant: str) -> None:
    """Leave what is no JSON as text."""
    raise ValueError(constant)


def text(given: str) -> str:
    """Give a text that is no JSON, whatever it was meant to be, without what is secret in it."""
    return BEARER.sub(rf"\1 {HIDDEN}", MEMBER.sub(_hide_member, url(given)))


def _hide_member(found: re.Match[str]) -> str:
    name, colon = found.groups()
    return f'"{name}"{colon}"{HIDDEN}"' if is_secret(name) else found[0]


SHORTEST = 8
"""So many characters a secret has at least that is looked for wherever it may stand."""


def secrets(given: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Give what headers hold that is secret, word by word."""
    values = [value for name, value in given if HEADERS.search(name.lower())]
    words = [word for one in values for word in one.decode("latin-1").split()]
    return [word for word in words if len(word) >= SHORTEST]


def without(value: Any, words: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Leave secrets out of plain values, wherever they stand."""
    if isinstance(value, dict):
        return {without(name, words): without(one, words) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without(one, words) for one in value]
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, HIDDEN)
    return value
