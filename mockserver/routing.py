"""Finding the operation of a request: by host where it is a provider's, by path elsewhere."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from contracts.kernel.errors import Cause, Refused
from contracts.kernel.provider import Provider
from mockserver.exchange import Exchange
from mockserver.pipeline import PARAMETER, Pipeline
from mockserver.recording import record
from mockserver.refusing import refuse, refuse_ourselves
from mockserver.responding import Response
from mockserver.tenants import MARK, SCOPE, parted
from mockserver.world import World


@dataclass(slots=True)
class Place:
    """One path, and what answers there by method."""

    provider: Provider
    methods: dict[str, Pipeline] = field(default_factory=dict)


class Table:
    """The operations reachable at one host, by path; a path without parameters goes first."""

    def __init__(self, pipelines: Iterable[Pipeline]) -> None:
        self.contested: set[str] = set()
        """Paths that several providers have: no one answers them where the host does not tell."""
        places: dict[str, Place] = {}
        for pipeline in pipelines:
            self._add(pipeline, places)
        settled = {path: place for path, place in places.items() if path not in self.contested}
        self.plain = {path: place for path, place in settled.items() if "{" not in path}
        self.patterns = [
            (re.compile(re.escape(path).replace(r"\{\}", "([^/]+)")), place)
            for path, place in settled.items()
            if "{" in path
        ]

    def _add(self, pipeline: Pipeline, places: dict[str, Place]) -> None:
        """File an operation under its path, with the names of parameters left out."""
        provider, operation = pipeline.provider, pipeline.operation
        path = PARAMETER.sub("{}", operation.path)
        place = places.setdefault(path, Place(provider))
        if place.provider is not provider:
            self.contested.add(path)
        place.methods[operation.method] = pipeline
        if operation.method == "GET":
            place.methods.setdefault("HEAD", pipeline)

    def find(self, path: str) -> tuple[Place | None, tuple[str, ...]]:
        """Give the place of a path, and the values of the path's parameters."""
        place = self.plain.get(path)
        if place:
            return place, ()
        for pattern, place in self.patterns:
            if match := pattern.fullmatch(path):
                return place, match.groups()
        return None, ()


class Operations(BaseRoute):
    """All operations of all providers, found by dictionary; and the route that refuses the rest."""

    def __init__(self, providers: Mapping[str, Provider], world: World) -> None:
        self.world = world
        self.providers = list(providers.values())
        made = {
            provider.id: [Pipeline(provider, one, world) for one in provider.operations]
            for provider in self.providers
        }
        self.shared = Table(one for pipelines in made.values() for one in pipelines)
        self.by_host = {
            host.encode(): (Table(made[provider.id]), provider)
            for provider in self.providers
            for host in provider.hosts
        }

    def find(self, scope: Scope) -> Pipeline | None:
        """Give the pipeline of a request that an operation answers, and none for any other."""
        if scope["path"].startswith(MARK):
            scope[SCOPE], scope["path"] = parted(scope["path"])
        place, values = self._table(scope)[0].find(scope["path"])
        scope["path_params"] = values
        return place.methods.get(scope["method"]) if place else None

    def _table(self, scope: Scope) -> tuple[Table, Provider | None]:
        """Give the operations at the host that was asked, and the provider whose host it is."""
        for name, value in scope["headers"]:
            if name == b"host":
                return self.by_host.get(host_name(value), (self.shared, None))
        return self.shared, None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every HTTP request that no other route took: all that is left to refuse."""
        if scope["type"] != "http":
            return Match.NONE, {}
        return Match.FULL, {"endpoint": self.refusal(scope)}

    def refusal(self, scope: Scope) -> "WrongMethod | Nowhere":
        """Give what refuses a request that no operation answers."""
        table, owner = self._table(scope)
        place, _ = table.find(scope["path"])
        return WrongMethod(place, self.world) if place else Nowhere(self, owner)

    def is_hosted(self, scope: Scope) -> bool:
        """Tell whether the host that was asked is that of a provider."""
        return self._table(scope)[1] is not None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to what refuses it."""
        await scope["endpoint"](scope, receive, send)


@lru_cache(maxsize=1024)
def host_name(header: bytes) -> bytes:
    """Give the name in a `Host` header, without its port, or the dot that says it is complete."""
    return header.partition(b":")[0].rstrip(b".").lower()


@dataclass(frozen=True, slots=True)
class WrongMethod:
    """A known path, asked with a method it does not have."""

    place: Place
    world: World

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Refuse in the provider's words, and name the methods there are."""
        response = refuse_route(self.place.provider, Cause.NO_METHOD, scope, self.world)
        allowed = ", ".join(sorted(self.place.methods)).encode()
        response.headers.append((b"allow", allowed))
        await response.send(send)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A path that no operation has."""

    operations: Operations
    owner: Provider | None
    """The provider whose host was asked."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Refuse in the words of the provider the path looks like; in our own if several do."""
        providers = self.operations.providers
        nearest = [self.owner] if self.owner else nearest_to(scope["path"], providers)
        if len(nearest) == 1:
            response = refuse_route(nearest[0], Cause.NO_ROUTE, scope, self.operations.world)
        else:
            response = self._own_refusal(scope["path"], nearest or providers)
            world = self.operations.world
            exchange = Exchange(scope, {}, world.clock)
            exchange.enter(exchange.tenant, world.clock_of(exchange.tenant))
            record(world, exchange, "", "", (), response, "screentest/no-route", "")
        await response.send(send)

    def _own_refusal(self, path: str, candidates: Sequence[Provider]) -> Response:
        contested = path in self.operations.shared.contested
        reason = "several providers have" if contested else "no provider has"
        names = ", ".join(f"{one.title} ({one.hosts[0]})" for one in candidates)
        error = f"{reason} {quote(path)}; a Host header tells them apart. Candidates: {names}"
        return refuse_ourselves(404, "no-route", error)


def refuse_route(provider: Provider, cause: Cause, scope: Scope, world: World) -> Response:
    """Refuse a request that never reached an operation, and remember it."""
    exchange = Exchange(scope, {}, world.clock)
    with suppress(Refused):
        key = provider.auth.key(exchange.headers)
        exchange.key = key if isinstance(key, str) else key.key
    name = exchange.tenant or exchange.key
    exchange.enter(name, world.clock_of(name))
    what = f"{scope['method']} {quote(scope['path'])}"
    rule, response = refuse(provider, what, exchange, Refused(cause), world)
    record(world, exchange, provider.id, "", (), response, rule, "")
    return response


def nearest_to(path: str, providers: Iterable[Provider]) -> list[Provider]:
    """Give the providers whose paths have most leading segments in common with this one."""
    shared = {one.id: max(_common(path, op.path) for op in one.operations) for one in providers}
    most = max(shared.values(), default=0)
    return [one for one in providers if most and shared[one.id] == most]


def _common(one: str, other: str) -> int:
    """Count the leading segments that two paths share."""
    count = 0
    for left, right in zip(one.split("/")[1:], other.split("/")[1:], strict=False):
        if left != right:
            break
        count += 1
    return count
