"""Limits on use: requests in a window of time, tasks at once, and a budget of errors."""

from contracts.kernel.errors import Refused
from contracts.kernel.operation import Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from mockserver.exchange import Exchange
from mockserver.steps import Step
from mockserver.store import Meter
from mockserver.world import World


def limit_step(provider: Provider, operation: Operation, world: World) -> Step:
    """Give the step that holds a key to the limits of its tenant."""
    opens = isinstance(operation.effect, Opens)

    def check_limits(exchange: Exchange) -> None:
        for quota in world.quotas(exchange.tenant, provider):
            match quota:
                case Rate() if operation.id in quota.operations and quota.applies(exchange.key):
                    count(quota, provider, exchange, world)
                case Concurrency() if opens and quota.applies(exchange.key):
                    check_open(quota, provider, exchange, world)
                case ErrorBudget():
                    check_budget(quota, provider, exchange, world)
                case _:  # of other operations, or of other keys
                    pass

    return check_limits


def meter_of(
    quota: Rate | ErrorBudget, provider: Provider, exchange: Exchange, world: World
) -> Meter:
    """Give what is known of a key and a limit, without what left the window."""
    known = world.store.meters.get(exchange.tenant, (provider.id, exchange.key, quota.id))
    meter = known or Meter()
    oldest = exchange.clock.now() - quota.seconds
    meter.moments = [moment for moment in meter.moments if moment > oldest]
    return meter


def keep(
    meter: Meter, quota: Rate | ErrorBudget, provider: Provider, exchange: Exchange, world: World
) -> None:
    """Remember what was counted."""
    world.store.meters.put(exchange.tenant, (provider.id, exchange.key, quota.id), meter)


def count(rate: Rate, provider: Provider, exchange: Exchange, world: World) -> None:
    """Count a request in a sliding window, and refuse it where that is full."""
    meter = meter_of(rate, provider, exchange, world)
    now, used = exchange.clock.now(), len(meter.moments)
    if used >= rate.requests:
        reset = meter.moments[used - rate.requests] + rate.seconds
        raise Refused(rate.cause, details=reading(rate, 0, reset, now))
    meter.moments.append(now)
    keep(meter, rate, provider, exchange, world)
    reset = meter.moments[0] + rate.seconds
    if rate.headers:
        left = rate.requests - len(meter.moments)
        exchange.headers_sent = rate.headers(reading(rate, left, reset, now))


def reading(rate: Rate, remaining: int, reset: float, now: float) -> dict[str, float | str]:
    """Give what may be told of a limit: how much, how much is left, and when there is more."""
    return {
        "limit": rate.requests,
        "remaining": remaining,
        "reset": reset,
        "retry_after": max(0.0, reset - now),
        "type": "user",
    }


def check_open(limit: Concurrency, provider: Provider, exchange: Exchange, world: World) -> None:
    """Refuse one more task while as many as are allowed are not done."""
    now, key = exchange.clock.now(), exchange.key
    tasks = world.store.tasks.of(exchange.tenant)
    mine = [one for one in tasks if one.provider == provider.id and one.key == key]
    if sum(not one.is_over(now) for one in mine) >= limit.tasks:
        raise Refused(limit.cause, details={"limit": limit.tasks, "remaining": 0})


def check_budget(budget: ErrorBudget, provider: Provider, exchange: Exchange, world: World) -> None:
    """Refuse everything while a key is blocked for its errors."""
    meter = meter_of(budget, provider, exchange, world)
    if meter.blocked_until > exchange.clock.now():
        details = {"limit": budget.failures, "remaining": 0, "reset": meter.blocked_until}
        raise Refused(budget.cause, details=details)


def spend(provider: Provider, exchange: Exchange, cause: str, world: World) -> None:
    """Take a refusal from the budget of errors; a key without any left is blocked for a while."""
    if not exchange.key:
        return
    status, now = provider.errors[cause].status, exchange.clock.now()
    for quota in world.quotas(exchange.tenant, provider):
        if isinstance(quota, ErrorBudget) and quota.counts(status, cause):
            meter = meter_of(quota, provider, exchange, world)
            if meter.blocked_until > now:
                continue  # or a client that does not wait would never be let in again
            meter.moments.append(now)
            if len(meter.moments) > quota.failures:
                meter.blocked_until = now + quota.blocks
                meter.moments.clear()
            keep(meter, quota, provider, exchange, world)
