"""Certificates in the names of the providers' hosts, which only those trust who are told to.

They are made in memory, by an authority that ends with the process. Its key is never written; that
of the hosts is in a file of this user alone while OpenSSL reads it, which takes nothing else.
"""

import ssl
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustme import CA

MISSING = "the proxy needs one more library: pip install '.[proxy]' in a clone of the project"
PROTOCOLS = ["http/1.1"]
"""What clients that would rather speak HTTP/2 are told."""
STORE_PASSWORD = "screentest"  # noqa: S105 - Java wants one, though there is nothing to hide
ALIAS = b"screentest"


@cache
def authority() -> "CA":
    """Give the authority of this process; `ValueError` where the library is not there."""
    try:
        from trustme import CA  # noqa: PLC0415 - takes 80 ms, and is an extra
    except ImportError as error:
        raise ValueError(MISSING) from error
    return CA(organization_name="Screentest", organization_unit_name="for tests alone")


def certificate() -> bytes:
    """Give the certificate of the authority, which a client has to trust, as PEM."""
    return authority().cert_pem.bytes()


@cache
def context(hosts: frozenset[str]) -> ssl.SSLContext:
    """Give what it takes to speak TLS in the name of these hosts."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(*sorted(hosts)).configure_cert(made)
    made.set_alpn_protocols(PROTOCOLS)
    return made


def java_store() -> bytes:
    """Give the authority's certificate as a trust store for Java, which reads no PEM."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - as for CA
        BestAvailableEncryption,
        pkcs12,
    )
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    trusted = pkcs12.PKCS12Certificate(load_pem_x509_certificate(certificate()), ALIAS)
    locked = BestAvailableEncryption(STORE_PASSWORD.encode())
    return pkcs12.serialize_java_truststore([trusted], locked)
