"""Saying no: in a provider's own form, or in ours where no provider is concerned."""

from functools import partial

from pydantic_core import to_json

from contracts.kernel.errors import Refusal, Refused
from contracts.kernel.ids import uuid4
from contracts.kernel.provider import Provider
from mockserver.exchange import Exchange
from mockserver.logs import log
from mockserver.responding import Response, json_response, raw
from mockserver.world import World

RULE = b"x-screentest-rule"


def refuse(
    provider: Provider, operation: str, exchange: Exchange, refused: Refused, world: World
) -> tuple[str, Response]:
    """Give a refusal the provider's own form; returns the broken rule's id, too."""
    cause, violations = refused.cause, refused.violations
    case = provider.errors[cause]
    first = violations[0] if violations else None
    rule = first.rule if first else f"{provider.id}/{cause}"
    why = first.why if first else f"{case.when} [{case.source}]"
    log.warning("refused %s %s %d %s: %s", provider.id, operation, case.status, rule, why)
    new_id = partial(uuid4, world.random)
    now = exchange.clock.now()
    refusal = Refusal(cause, first, violations, refused.details, new_id, exchange.url, now)
    headers = raw(provider.headers)
    if case.headers:
        headers += raw(case.headers(refusal))
    headers.append((RULE, rule.encode()))
    return rule, json_response(case.status, to_json(case.body(refusal)), headers)


def refuse_ourselves(status: int, rule: str, error: str) -> Response:
    """Refuse what no provider has an answer for; `rule` is without its prefix."""
    log.warning("refused %d screentest/%s: %s", status, rule, error)
    headers = [(RULE, f"screentest/{rule}".encode())]
    return json_response(status, to_json({"error": error}), headers)
