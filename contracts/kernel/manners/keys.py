"""Habits of API keys: where they are sent, and where they are not."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import MEDIA, Asked, History
from contracts.kernel.manners.charging import CLIENTS
from contracts.kernel.manners.words import named, times
from contracts.kernel.operation import Follows
from contracts.kernel.source import Source

BEARER_USE = Source("RFC 6750", "2012-10")
AUTHORIZATION = "authorization"
SIGNING = {"token", "accesstoken", "key", "auth"}
"""Parameters that hold a key, unless they sign a link: in lower case, without what joins words."""
SECRET = SIGNING | {
    "apikey",
    "xapikey",
    "accesskey",
    "secretkey",
    "apitoken",
    "authtoken",
    "bearertoken",
    "authorization",
    "secret",
    "apisecret",
    "clientsecret",
}
"""Parameters that hold a key: `page_token`, `sort_key` and the like hold none."""
TELLING = 8
"""A key of fewer characters may stand somewhere else by chance."""


def key_headers(history: History) -> set[str]:
    """Give the headers in which a provider takes keys."""
    schemes = history.provider.auth.schemes().values()
    return {AUTHORIZATION, *(one["name"].lower() for one in schemes if "name" in one)}


def shown_key(history: History, request: Asked) -> str:
    """Give the header of a request that carries a key, if one does."""
    names = sorted(key_headers(history))
    return next((name for name in names if request.headers.get(name)), "")


def sent_abroad(history: History) -> Iterator[Evidence]:
    """Find links to results that were followed with a key."""
    found = [one for one in history.requests if _is_link(history, one) and shown_key(history, one)]
    if found:
        header = shown_key(history, found[0])
        yield Evidence(
            what=f"`{header}` was sent {times(len(found))} to a link that works without it",
            requests=found,
            excerpt=f"{named(found[0])}\n{header}: …",
            tasks=tuple(dict.fromkeys(id_ for one in found for id_ in one.tasks)),
            field=header,
        )


def _is_link(history: History, request: Asked) -> bool:
    operation = history.operation(request)
    is_followed = operation is not None and isinstance(operation.effect, Follows)
    return request.operation == MEDIA or is_followed


def in_the_query(history: History) -> Iterator[Evidence]:
    """Find requests that carry a secret in their query."""
    keys = known_keys(history)
    for request in history.requests:
        named_so = _names_of_keys(history, request)
        given = request.query.items()
        names = [name for name, value in given if value in keys or (value and name in named_so)]
        if names:
            yield Evidence(
                what=f"`{named(request)}` carries `{names[0]}` in its query",
                requests=(request,),
                excerpt=f"{named(request)}?{names[0]}=…",
                field=names[0],
            )


def known_keys(history: History) -> set[str]:
    """Give the keys that a client sends where keys belong."""
    names = key_headers(history)
    given = [one.headers.get(name, "") for one in history.requests for name in names]
    words = {one.rpartition(" ")[2] for one in given}
    return {one for one in words if len(one) >= TELLING}


def _names_of_keys(history: History, request: Asked) -> set[str]:
    """Give the parameters of a request that hold a key by their name."""
    operation = history.operation(request)
    known = set(operation.body.model_fields) if operation else set[str]()
    secret = SECRET - SIGNING if _is_link(history, request) else SECRET
    return {one for one in request.query if one not in known and _joined(one) in secret}


def _joined(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def unencrypted(history: History) -> Iterator[Evidence]:
    """Find keys that went to a host of the provider without encryption."""
    found = [one for one in history.requests if _is_plain(history, one) and shown_key(history, one)]
    if found:
        host = found[0].headers["host"]
        yield Evidence(
            what=f"A key was sent to http://{host} {times(len(found))}, unencrypted",
            requests=found,
            excerpt=f"{found[0].method} http://{host}{found[0].path}",
        )


def _is_plain(history: History, request: Asked) -> bool:
    """Tell whether a request goes to the provider itself, and not to the mock, without TLS."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    return request.scheme == "http" and host in history.provider.hosts


KEYS = (
    Habit(
        id="key-stays-home",
        sentence="Links to results are followed without the API key.",
        why="They lead to the storage of someone else, whose logs then hold the key; some stores"
        " refuse a signed link that comes with a second way to sign in.",
        mend="Fetch results with a client of its own, which has no default headers.",
        severity=Severity.ERROR,
        source=CLIENTS.at("downloads with the key of the API"),
        find=sent_abroad,
    ),
    Habit(
        id="key-in-query",
        sentence="Keys do not stand in URLs.",
        why="URLs are written to logs, histories and referrers; no provider here reads it there.",
        mend="Send the key in the header that the provider documents.",
        severity=Severity.ERROR,
        source=BEARER_USE.at("5.3"),
        find=in_the_query,
    ),
    Habit(
        id="key-over-plain-http",
        sentence="Keys go to providers over https only.",
        why="Whoever is on the way can read the key, and use it.",
        mend="Begin the base URL with `https://`.",
        severity=Severity.ERROR,
        source=BEARER_USE.at("5.2"),
        find=unencrypted,
    ),
)
