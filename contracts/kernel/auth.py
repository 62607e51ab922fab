"""Where a request carries its key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from contracts.kernel.errors import Cause, Refused

Headers = Mapping[bytes, bytes]
"""Request headers, names in lower case."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A key that stands for itself only with a signature that is fresh and used once."""

    key: str
    check: Callable[[float], None]
    """Raises `Refused` when the signature does not hold at a moment."""
    nonce: str
    remembered: float
    """Seconds for which a nonce must not come again."""
    reused: str
    """The row of the catalogue for a nonce that comes again."""


class Auth(Protocol):
    """A way to tell whose request it is."""

    def key(self, headers: Headers) -> str | Signed:
        """Give the key, empty when this way is not used; `Refused` when it is used wrongly."""
        ...

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give the ways as OpenAPI security schemes, by name; any one of them will do."""
        ...

    @property
    def causes(self) -> tuple[str, ...]:
        """The rows of the error catalogue that a wrong use leads to, beside the usual two."""
        ...


@dataclass(frozen=True, slots=True)
class Bearer:
    """`Authorization: Bearer <key>`."""

    def key(self, headers: Headers) -> str:
        """Give the key after the scheme."""
        value = headers.get(b"authorization")
        return "" if value is None else bearer_key(value)

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give the way as an OpenAPI security scheme."""
        return {"bearer": {"type": "http", "scheme": "bearer"}}

    @property
    def causes(self) -> tuple[str, ...]:
        """A wrong key is all that can be wrong."""
        return ()


@lru_cache(maxsize=1024)
def bearer_key(value: bytes) -> str:
    """Give the key in the value of an `Authorization` header."""
    scheme, _, key = value.partition(b" ")
    if scheme.lower() != b"bearer":
        raise Refused(Cause.BAD_KEY)
    return key.strip().decode("latin-1")


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """A header of its own, whose value is read by a function of the provider."""

    name: bytes
    read: Callable[[str], str | Signed]
    causes: tuple[str, ...] = ()
    """The rows of the error catalogue that `read` refuses with."""

    def key(self, headers: Headers) -> str | Signed:
        """Give the key that the header's value stands for."""
        value = headers.get(self.name)
        return "" if value is None else self.read(value.decode("latin-1"))

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give the way as an OpenAPI security scheme."""
        name = self.name.decode()
        return {name: {"type": "apiKey", "in": "header", "name": name}}


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Several ways, of which the first one used wins."""

    ways: tuple[Auth, ...]

    def key(self, headers: Headers) -> str | Signed:
        """Give the key of the first way that has one."""
        for way in self.ways:
            if key := way.key(headers):
                return key
        return ""

    def schemes(self) -> dict[str, dict[str, str]]:
        """Give all ways as OpenAPI security schemes."""
        return {name: scheme for way in self.ways for name, scheme in way.schemes().items()}

    @property
    def causes(self) -> tuple[str, ...]:
        """Give what any of them leads to."""
        return tuple(dict.fromkeys(cause for way in self.ways for cause in way.causes))


SANDBOX_KEYS = {
    "screentest-invalid-key": Cause.BAD_KEY,
    "screentest-no-balance": Cause.NO_BALANCE,
}
"""Keys that are refused, as card numbers are in a payment sandbox. Any other key is accepted."""
