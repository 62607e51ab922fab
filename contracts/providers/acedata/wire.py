"""Errors and the webhook, as Ace Data Cloud puts them on the wire."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, blamed
from contracts.kernel.source import Source
from contracts.kernel.webhooks import Webhook
from contracts.providers.acedata.answers import result
from contracts.providers.acedata.sources import ASSUMED, DOCS_SPEC, GUIDE


def _body(code: str, message: str, refusal: Refusal) -> Mapping[str, Any]:
    """Make the form of the guides; the one of the schema lacks `success`, and readers take both."""
    error = {"code": code, "message": message}
    return {"success": False, "error": error, "trace_id": refusal.new_id()}


def _error(
    when: str, status: int, code: str, message: str, source: Source = DOCS_SPEC
) -> ErrorCase:
    return ErrorCase(
        when=when,
        status=status,
        body=lambda refusal: _body(code, message, refusal),
        source=source,
    )


def _invalid(refusal: Refusal) -> Mapping[str, Any]:
    """Name the field as the one documented message does: "model is invalid."."""
    return _body("bad_request", f"{blamed(refusal)} is invalid.", refusal)


ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: _error(
        "no key: HTTP 400, not 401", 400, "no_token", "No token specified for the request."
    ),
    Cause.BAD_KEY: _error(
        "a wrong key", 401, "invalid_token", "The specified token is invalid or wrong."
    ),
    Cause.NO_BALANCE: _error(
        "not enough balance: HTTP 403, not 402",
        403,
        "used_up",
        "Your balance is not sufficient for current request, please buy more in Ace Data Cloud.",
    ),
    Cause.TOO_LARGE: _error(
        "a body over the limit", 413, "request_too_large", "Request body is too large."
    ),
    Cause.WRONG_CONTENT_TYPE: _error(
        "a body that is not declared as JSON",
        400,
        "bad_request",
        "Content-Type must be application/json.",
        ASSUMED,
    ),
    Cause.BAD_JSON: _error(
        "a body that is not JSON", 400, "bad_request", "The body is not valid JSON.", ASSUMED
    ),
    Cause.INVALID: ErrorCase(
        when="a body that breaks the schema",
        status=400,
        body=_invalid,
        source=DOCS_SPEC.at("400", 'The one documented message is "model is invalid.".'),
    ),
    Cause.NO_ROUTE: _error(
        "an unknown path", 404, "no_api", "API does not exist, please make sure url is correct."
    ),
    Cause.NO_METHOD: _error(
        "a known path, another method",
        405,
        "no_api",
        "API does not exist, please make sure url is correct.",
        ASSUMED,
    ),
}

WEBHOOK = Webhook(
    payload=result,
    retry_after=(2.0, 10.0),
    source=GUIDE.at("callback", "One POST at the end of the task. Retries are assumed."),
)
