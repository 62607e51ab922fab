"""Errors and the webhook, as RelayDance puts them on the wire."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, complain
from contracts.kernel.source import Source
from contracts.kernel.webhooks import Webhook
from contracts.providers.relaydance.answers import state
from contracts.providers.relaydance.by_model import NO_MODEL
from contracts.providers.relaydance.sources import ASSUMED, ERRORS_PAGE, SEED

TYPES = ERRORS_PAGE.at("", "Only `authentication_error` is shown; the other types are assumed.")


def _error(  # noqa: PLR0913 - one row, read across
    when: str,
    status: int,
    kind: str,
    text: str,
    source: Source = TYPES,
    *,
    on_demand: bool = False,
) -> ErrorCase:
    body = _body(kind, lambda _: text)
    return ErrorCase(when=when, status=status, body=body, source=source, on_demand=on_demand)


def _body(kind: str, text: Callable[[Refusal], str]) -> Callable[[Refusal], Mapping[str, Any]]:
    return lambda refusal: {"error": {"message": text(refusal), "type": kind}}


NO_ACCESS, SERVER_ERROR = "no-access", "server-error"
BAD_KEY = "The API key provided is invalid or has been revoked."

ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: _error("no key", 401, "authentication_error", BAD_KEY, ERRORS_PAGE),
    Cause.BAD_KEY: _error(
        "a wrong or revoked key", 401, "authentication_error", BAD_KEY, ERRORS_PAGE
    ),
    Cause.NO_BALANCE: _error(
        "not enough balance", 403, "insufficient_quota", "Insufficient balance or quota."
    ),
    NO_ACCESS: _error(
        "a model that the key may not use",
        403,
        "permission_error",
        "The API key may not use this model.",
        on_demand=True,
    ),
    Cause.RATE_LIMITED: _error(
        "too many requests",
        429,
        "rate_limit_error",
        "Rate limit exceeded.",
        ERRORS_PAGE.at("429", "There are limits by key, without figures; the type is assumed."),
        on_demand=True,
    ),
    Cause.TOO_LARGE: _error(
        "a body over the limit", 413, "invalid_request_error", "Request body too large.", ASSUMED
    ),
    Cause.WRONG_CONTENT_TYPE: _error(
        "a body of another type",
        400,
        "invalid_request_error",
        "The Content-Type of the request is not supported.",
    ),
    Cause.BAD_JSON: _error(
        "a body that is not JSON", 400, "invalid_request_error", "The body is not valid JSON."
    ),
    Cause.INVALID: ErrorCase(
        when="missing or malformed parameters",
        status=400,
        body=_body("invalid_request_error", complain),
        source=TYPES,
    ),
    NO_MODEL: _error("an unknown model", 404, "not_found_error", "Model not found.", ERRORS_PAGE),
    Cause.NO_TASK: _error(
        "an unknown task",
        404,
        "not_found_error",
        "Task not found.",
        ERRORS_PAGE.at("404", "The gateway was seen to answer 400 task_not_exist."),
    ),
    Cause.NO_ROUTE: _error("an unknown path", 404, "not_found_error", "Path not found."),
    Cause.NO_METHOD: _error(
        "a known path, another method", 405, "invalid_request_error", "Method not allowed.", ASSUMED
    ),
    SERVER_ERROR: _error(
        "something that went wrong: any 5xx, to be tried again",
        500,
        "server_error",
        "Internal server error.",
        ERRORS_PAGE.at("5xx", "The type and the message are assumed."),
        on_demand=True,
    ),
}

WEBHOOK = Webhook(
    payload=state,
    retry_after=(2.0, 10.0),
    source=SEED.at("callback_url", "Delivery is retried; how often and when is assumed."),
)
