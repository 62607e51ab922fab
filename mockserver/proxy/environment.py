"""The variables that lead clients through the proxy, and have them trust it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

SHIMS = Path(__file__).parent / "shims"
PYTHON = str(SHIMS / "python")
"""Has a `sitecustomize` for aiohttp, which heeds a proxy only if it is told to."""
NODE = f'--require "{(SHIMS / "node" / "proxy.cjs").as_posix()}"'
"""For Node before 22.21, which heeds none at all."""
DIRECT = "127.0.0.1,localhost,::1"
"""Where clients go without the proxy."""
TRUST = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
)
"""Every library has a name of its own for the file of the authorities it trusts."""
PROXY = ("HTTPS_PROXY", "https_proxy")
"""Not `ALL_PROXY` or `HTTP_PROXY`: what goes over plain HTTP are services of a test's own."""
NO_PROXY = ("NO_PROXY", "no_proxy")
NODE_HEEDS = "NODE_USE_ENV_PROXY"
NAMES = (*PROXY, *NO_PROXY, *TRUST, NODE_HEEDS)
"""All that is set, beside what shims and Java need."""
JAVA = "JAVA_TOOL_OPTIONS"
_OF_JAVA = r"-D(?:https\.proxy|http\.nonProxyHosts|javax\.net\.ssl\.trustStore)"
_OURS = re.compile(rf'"{_OF_JAVA}[^"]*"|{_OF_JAVA}\S*')


def variables(origin: str, ca_file: Path | str, tenant: str = "") -> dict[str, str]:
    """Give what every client needs; with a tenant, all that it asks for happens in its world.

    `ValueError` for a tenant that cannot be the user of credentials.
    """
    if ":" in tenant or not tenant.isprintable():
        raise ValueError(f"a tenant's name has no colon and can be printed, not {tenant!r}")
    scheme, _, address = origin.partition("://")
    proxy = f"{scheme}://{quote(tenant, safe='')}:x@{address}" if tenant else origin
    return {
        **dict.fromkeys(PROXY, proxy),
        **dict.fromkeys(NO_PROXY, DIRECT),
        **dict.fromkeys(TRUST, str(ca_file)),
        NODE_HEEDS: "1",
    }


def shimmed(given: Mapping[str, str]) -> dict[str, str]:
    """Give what brings in the shims, in front of what an environment has already."""
    bare = unshimmed(given)
    python = [PYTHON, *filter(None, [bare["PYTHONPATH"]])]
    node = [NODE, *filter(None, [bare["NODE_OPTIONS"]])]
    return {"PYTHONPATH": os.pathsep.join(python), "NODE_OPTIONS": " ".join(node)}


def unshimmed(given: Mapping[str, str]) -> dict[str, str]:
    """Give the same variables without the shims; empty where nothing else was in them."""
    paths = given.get("PYTHONPATH", "").split(os.pathsep)
    return {
        "PYTHONPATH": os.pathsep.join(one for one in paths if one and one != PYTHON),
        "NODE_OPTIONS": given.get("NODE_OPTIONS", "").replace(NODE, "").strip(),
    }


def java_options(
    given: Mapping[str, str], origin: str, store: str, password: str
) -> dict[str, str]:
    """Give what a Java virtual machine needs, behind the options it has already.

    It names no tenant: by default, no credentials are sent for a tunnel.
    """
    where = urlsplit(origin)
    hosts = "|".join(DIRECT.replace("::1", "[::1]").split(","))
    options = {
        "https.proxyHost": where.hostname,
        "https.proxyPort": where.port,
        "http.nonProxyHosts": hosts,
        "javax.net.ssl.trustStore": store,
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": password,
    }
    ours = (f"-D{name}={value}" for name, value in options.items())
    quoted = (f'"{one}"' if " " in one else one for one in ours)
    return {JAVA: " ".join([*bare_java(given).split(), *quoted])}


def bare_java(given: Mapping[str, str]) -> str:
    """Give the options of Java without those that lead it through the proxy."""
    return " ".join(_OURS.sub("", given.get(JAVA, "")).split())
