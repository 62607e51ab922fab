"""Errors and the webhook, as Ace Data Cloud puts them on the wire."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, blamed
from contracts.kernel.source import Source
from contracts.kernel.webhooks import Webhook
from contracts.providers.acedata.answers import result
from contracts.providers.acedata.sources import ASSUMED, CONCEPTS, DOCS_SPEC, FAQ, GUIDE

CODE_ONLY = "The code is documented, the message is assumed."


def _body(code: str, message: str, refusal: Refusal) -> Mapping[str, Any]:
    """Make the form of the guides; the one of the schema lacks `success`, and readers take both."""
    error = {"code": code, "message": message}
    return {"success": False, "error": error, "trace_id": refusal.new_id()}


def _error(  # noqa: PLR0913 - one row, read across
    when: str,
    status: int,
    code: str,
    message: str,
    source: Source = DOCS_SPEC,
    *,
    on_demand: bool = False,
) -> ErrorCase:
    return ErrorCase(
        when=when,
        status=status,
        body=lambda refusal: _body(code, message, refusal),
        source=source,
        on_demand=on_demand,
    )


def _provoked(
    when: str, status: int, code: str, message: str, source: Source = DOCS_SPEC
) -> ErrorCase:
    return _error(when, status, code, message, source, on_demand=True)


def _invalid(refusal: Refusal) -> Mapping[str, Any]:
    """Name the field as the one documented message does: "model is invalid."."""
    return _body("bad_request", f"{blamed(refusal)} is invalid.", refusal)


DISABLED = (
    "Your application has been disabled by Ace Data Cloud due to abnormal usage behavior, "
    "please contact our support to get more information."
)

ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: _error(
        "no key: HTTP 400, not 401", 400, "no_token", "No token specified for the request."
    ),
    Cause.BAD_KEY: _error(
        "a wrong key", 401, "invalid_token", "The specified token is invalid or wrong."
    ),
    "token-expired": _provoked(
        "a key that is no longer valid",
        401,
        "token_expired",
        "token expired.",
        DOCS_SPEC.at("401", "Elsewhere it is said that tokens normally do not expire (SKILL)."),
    ),
    "token-mismatched": _provoked(
        "a key for another service",
        400,
        "token_mismatched",
        "The specified token is not matched with API.",
        DOCS_SPEC.at("400", "The same code stands under 401, too."),
    ),
    "token-mismatched-401": _provoked(
        "a key for another service, as the other status has it",
        401,
        "token_mismatched",
        "token and api does not match.",
        DOCS_SPEC.at("401", "The same code stands under 400, too."),
    ),
    "disabled": _provoked(
        "an application that was disabled",
        400,
        "disabled",
        DISABLED,
        DOCS_SPEC.at("400", "The concept page has it under 403."),
    ),
    "disabled-403": _provoked(
        "an application that was disabled, as the concept page has it",
        403,
        "disabled",
        DISABLED,
        CONCEPTS.at("errors", "The schema has it under 400; the message is from there."),
    ),
    Cause.NO_BALANCE: _error(
        "not enough balance: HTTP 403, not 402",
        403,
        "used_up",
        "Your balance is not sufficient for current request, please buy more in Ace Data Cloud.",
    ),
    "forbidden": _provoked(
        "content that the moderation refuses",
        403,
        "forbidden",
        "The content violates our content policy.",
        CONCEPTS.at("errors", CODE_ONLY),
    ),
    Cause.RATE_LIMITED: _error(
        "too many requests", 429, "too_many_requests", "You have exceeded the rate limit."
    ),
    "concurrency-limited": _provoked(
        "too many unfinished tasks",
        429,
        "rate_limited",
        "Concurrency limit exceeded for this token.",
        FAQ.at("concurrency", "There are figures for other services, none for Seedance."),
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
    "api-not-implemented": _provoked(
        "an API that is listed and not there yet",
        400,
        "api_not_implemented",
        "The API is not implemented.",
    ),
    Cause.NO_TASK: _provoked(
        "an unknown task, as the guide's table has it",
        404,
        "not_found",
        "Task not found.",
        GUIDE.at("errors", f"{CODE_ONLY} By itself the mock answers {{}}, as the schema has it."),
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
    "api-error": _provoked(
        "something that went wrong on the way", 500, "api_error", "Internal server error."
    ),
    "internal-error": _provoked(
        "something that went wrong inside",
        500,
        "internal_error",
        "Internal server error.",
        GUIDE.at("errors", CODE_ONLY),
    ),
    "timeout": _provoked(
        "a call that took too long",
        504,
        "timeout",
        "timeout when generating video",
        CONCEPTS.at("errors", "The message is that of the vendor's worker (CLIENTS)."),
    ),
}

WEBHOOK = Webhook(
    payload=result,
    retry_after=(2.0, 10.0),
    source=GUIDE.at("callback", "One POST at the end of the task. Retries are assumed."),
)
