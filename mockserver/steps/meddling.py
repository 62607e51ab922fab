"""Where scenarios come in: after the gates, so that only what would be accepted meets them."""

import re

from contracts.kernel.operation import Opens, Operation
from contracts.kernel.provider import Provider
from mockserver.exchange import Exchange
from mockserver.journal import OURS
from mockserver.steps import Step
from mockserver.world import World

HINT = re.compile(rb"(?i)\[[\s\\nrt]*screentest")
"""Only where a body has this is its prompt searched; JSON writes some white space with letters."""


def meddling_step(provider: Provider, operation: Operation, world: World) -> Step:
    """Give the step that lets a request meet scenarios, if there are any."""
    opens = isinstance(operation.effect, Opens)

    def meddle(exchange: Exchange) -> None:
        if (
            world.is_meddled
            or exchange.key.startswith(OURS)
            or (opens and HINT.search(exchange.body or b""))
        ):
            from mockserver.scenarios.meeting import meet  # noqa: PLC0415 - most runs have none

            meet(provider, operation, exchange, world)

    return meddle


def fault_of(exchange: Exchange) -> str:
    """Name the scenarios that meddled with a request, or with the tasks it is about."""
    tasks = (exchange.opened,) if exchange.opened else exchange.found
    ordered = [task.trouble.scenario for task in tasks if task.trouble]
    names = [exchange.mischief.scenario, *ordered] if exchange.mischief else ordered
    return ", ".join(dict.fromkeys(filter(None, names)))
