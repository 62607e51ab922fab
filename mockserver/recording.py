"""Remembering an exchange: one entry in the journal, whatever came of it."""

from starlette.types import Scope

from mockserver.exchange import Exchange
from mockserver.journal import LARGE, Entry, label, remembered
from mockserver.responding import Response
from mockserver.tenants import chosen
from mockserver.world import World


def _tenant(world: World, exchange: Exchange) -> str:
    """Give what a tenant is called that is not the key of its request."""
    name = exchange.tenant
    if name == chosen(exchange.scope, exchange.headers):
        world.labels.choose(name)
    return world.labels.of(name)


def is_served(scope: Scope) -> bool:
    """Tell whether a request came over a socket, and not through a door in its own process."""
    server = scope.get("server")
    return server is not None and server[0][-1:].isdigit()


def record(  # noqa: PLR0913, PLR0917 - what there is to say of an exchange
    world: World,
    exchange: Exchange,
    provider: str,
    operation: str,
    tasks: tuple[str, ...],
    response: Response,
    rule: str,
    fault: str,
) -> None:
    """Remember an exchange, dated by when it came, on the clock of its tenant."""
    scope, journal = exchange.scope, world.journal
    body, answer = exchange.body, response.body
    key = label(exchange.key)
    tenant = key if exchange.tenant == exchange.key else _tenant(world, exchange)
    if tenant is key and world.labels:
        world.labels.hide(exchange.key)
    journal.append(
        Entry(
            journal.total + 1,
            exchange.began,
            exchange.clock.now() - exchange.began,
            tenant,
            key,
            provider,
            operation,
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            body if body is not None and len(body) <= LARGE else remembered(body, scope["headers"]),
            response.status,
            rule,
            fault,
            tasks,
            response.headers,
            answer if len(answer) <= LARGE else remembered(answer, response.headers),
            scope["scheme"],
            is_served(scope),
            exchange.clock.policy,
        )
    )
