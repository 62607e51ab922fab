"""How Acme says no: one line, and a status."""

from contracts.providers.acme.requests import SOURCE

from contracts.kernel.errors import Cause, ErrorCase

CENSORED, ON_STRIKE = "censored", "on-strike"
STATUSES = {
    Cause.NO_KEY: 401,
    Cause.BAD_KEY: 403,
    Cause.NO_BALANCE: 402,
    Cause.RATE_LIMITED: 429,
    Cause.TOO_LARGE: 413,
    Cause.WRONG_CONTENT_TYPE: 415,
    Cause.BAD_JSON: 400,
    Cause.INVALID: 422,
    Cause.NO_TASK: 404,
    Cause.NO_ROUTE: 404,
    Cause.NO_METHOD: 405,
    CENSORED: 451,
    ON_STRIKE: 503,
}
ERRORS = {
    str(cause): ErrorCase(
        when=str(cause),
        status=status,
        body=lambda refusal: {"no": refusal.cause},
        source=SOURCE,
        on_demand=cause == ON_STRIKE,
    )
    for cause, status in STATUSES.items()
}
