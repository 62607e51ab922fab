"""How much a key may ask for."""

from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from contracts.providers.venice.causes import ERROR_BUDGET, WALLET_CONCURRENCY
from contracts.providers.venice.forms import budget_headers, rate_headers
from contracts.providers.venice.sources import LIMITS_PAGE, SKILLS

WALLET = "wallet:"
"""What the keys of wallets begin with."""
CLIENT_ERRORS, TOO_MANY = range(400, 500), 429
BEFORE_THE_ROUTE = frozenset(
    {Cause.WRONG_CONTENT_TYPE, Cause.BAD_JSON, Cause.NO_KEY, Cause.TOO_LARGE}
)
"""Refusals that are not counted as failures (SKILLS, venice-errors)."""


def is_wallet(key: str) -> bool:
    """Tell whether a key is a wallet, rather than an API key."""
    return key.startswith(WALLET)


def counts(status: int, cause: str) -> bool:
    """Tell whether a refusal is taken off the error budget."""
    return status in CLIENT_ERRORS and status != TOO_MANY and cause not in BEFORE_THE_ROUTE


QUEUE_RATE = Rate(
    id="queue-per-minute",
    operations=("queue",),
    requests=40,
    seconds=60,
    headers=rate_headers,
    source=LIMITS_PAGE,
)
RETRIEVE_RATE = Rate(
    id="retrieve-per-minute",
    operations=("retrieve",),
    requests=120,
    seconds=60,
    headers=rate_headers,
    source=LIMITS_PAGE,
)
WALLETS = Concurrency(
    id="wallet-at-once",
    tasks=5,
    cause=WALLET_CONCURRENCY,
    applies=is_wallet,
    source=SKILLS.at("venice-x402", "A request in flight is read as a task that is not over."),
)
JUNE_BUDGET = ErrorBudget(
    id="error-budget",
    failures=20,
    seconds=30,
    blocks=30,
    counts=counts,
    cause=ERROR_BUDGET,
    source=LIMITS_PAGE.at("", "What counts as a failure is stated by SKILLS alone."),
)
OCTOBER_BUDGET = ErrorBudget(
    id="error-budget",
    failures=50,
    seconds=30,
    blocks=30,
    counts=counts,
    cause=ERROR_BUDGET,
    source=SKILLS.at("venice-errors", "The older page on limits says 20."),
)


def spent(budget: ErrorBudget, advice: str) -> ErrorCase:
    """Make the row for a budget that is used up; revisions word the advice differently."""
    text = (
        f"Too many failed attempts (> {budget.failures}) resulting in a non-success status code."
        f" Please wait {advice}"
    )
    return ErrorCase(
        when=f"more than {budget.failures} failures in {budget.seconds:.0f} s",
        status=TOO_MANY,
        body=lambda _: {"error": text},
        headers=budget_headers,
        source=budget.source,
    )


JUNE = (QUEUE_RATE, RETRIEVE_RATE, WALLETS, JUNE_BUDGET)
OCTOBER = (QUEUE_RATE, RETRIEVE_RATE, WALLETS, OCTOBER_BUDGET)
SPENT_IN_JUNE = spent(JUNE_BUDGET, f"{JUNE_BUDGET.blocks:.0f}s and try again.")
SPENT_IN_OCTOBER = spent(
    OCTOBER_BUDGET,
    f"{OCTOBER_BUDGET.blocks:.0f} seconds and try again."
    " See https://docs.venice.ai/api-reference/rate-limiting for more information.",
)
