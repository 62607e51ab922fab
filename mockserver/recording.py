"""Remembering an exchange: one entry in the journal, whatever came of it."""

from mockserver.exchange import Exchange
from mockserver.journal import LARGE, Entry, label, remembered
from mockserver.responding import Response
from mockserver.world import World


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
    journal.append(
        Entry(
            journal.total + 1,
            exchange.began,
            exchange.clock.now() - exchange.began,
            key if exchange.tenant == exchange.key else label(exchange.tenant),
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
        )
    )
