"""Errors, as SenseAudio puts them on the wire: a word, a message, and often a number."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, complain
from contracts.kernel.source import Source
from contracts.providers.senseaudio.sources import ASSUMED, ERROR_TABLE, LIVE

BAD_LINK = "图片链接无效"


def _error(when: str, status: int, source: Source, **fields: object) -> ErrorCase:
    return ErrorCase(when=when, status=status, body=lambda _: fields, source=source)


def _listed(  # noqa: PLR0913 - one row, read across
    number: int, when: str, status: int, code: str, message: str, *, on_demand: bool = True
) -> ErrorCase:
    """Make a row of which the table of errors gives the status, the number and the meaning."""
    body = {"code": code, "message": message, "ref_code": number}
    source = ERROR_TABLE.at(str(number), "The words of `code` and `message` are assumed.")
    return ErrorCase(
        when=when, status=status, body=lambda _: body, source=source, on_demand=on_demand
    )


def _invalid(refusal: Refusal) -> Mapping[str, Any]:
    return {
        "code": "invalid",
        "message": complain(refusal),
        "ref_code": 400_000,
    }


ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: _error(
        "no key",
        401,
        LIVE,
        code="authentication_error",
        message="incorrect API key provided",
    ),
    Cause.BAD_KEY: _error(
        "a wrong key",
        401,
        LIVE,
        code="authentication_error",
        message="incorrect API key provided",
    ),
    Cause.NO_BALANCE: _listed(
        400_001,
        "usage limit or not enough balance: HTTP 400, not 402",
        400,
        "insufficient_balance",
        "usage limit reached or balance not sufficient",
        on_demand=False,
    ),
    "account-not-found": _listed(
        400_900,
        "a key without a billing account",
        400,
        "billing_account_not_found",
        "billing account not found",
    ),
    "account-frozen": _listed(
        400_901,
        "a billing account that is frozen",
        400,
        "billing_account_frozen",
        "billing account frozen",
    ),
    "transaction-expired": _listed(
        400_902,
        "a billing transaction that is missing or has expired",
        400,
        "billing_transaction_expired",
        "billing transaction missing or expired",
    ),
    "concurrency-limited": _listed(
        400_015,
        "too many unfinished tasks: HTTP 400, not 429",
        400,
        "concurrency_limit",
        "maximum concurrency reached",
    ),
    Cause.RATE_LIMITED: _listed(
        429_000, "too many requests", 429, "rate_limited", "requests too frequent"
    ),
    "usage-limited": _listed(
        429_002, "the end of what a key may use", 429, "usage_limit", "usage limit reached"
    ),
    Cause.TOO_LARGE: _error(
        "a body over 64 MB",
        400,
        ERROR_TABLE.at("400000", "The limit is documented, the form of the refusal is assumed."),
        code="invalid",
        message="request body too large",
        ref_code=400_000,
    ),
    Cause.WRONG_CONTENT_TYPE: _error(
        "a body that is not declared as JSON",
        400,
        ERROR_TABLE.at("invalid", "The header is mandatory; the refusal is assumed."),
        code="invalid",
        message="Content-Type must be application/json",
    ),
    Cause.BAD_JSON: _error(
        "a body that cannot be parsed",
        400,
        ERROR_TABLE,
        code="invalid",
        message="request body is not valid JSON",
    ),
    Cause.INVALID: ErrorCase(
        when="a bad parameter",
        status=400,
        body=_invalid,
        source=ERROR_TABLE.at("400000", "Fields as in a recorded body for a bad image link."),
    ),
    "unreachable-image": ErrorCase(
        when="a link to an image that cannot be fetched",
        status=400,
        body=lambda _: {"code": BAD_LINK, "message": BAD_LINK, "ref_code": 400_000},
        source=LIVE,
        on_demand=True,
    ),
    Cause.NO_TASK: _error(
        "an unknown task",
        404,
        LIVE,
        code="notfound",
        message="未找到资源",
        ref_code=404_000,
        ref_scope="common",
    ),
    Cause.NO_ROUTE: _error(
        "an unknown path", 404, ASSUMED, code="notfound", message="未找到资源", ref_code=404_000
    ),
    Cause.NO_METHOD: _error(
        "a known path, another method", 405, ASSUMED, code="invalid", message="method not allowed"
    ),
    "service-busy": _listed(
        500_000,
        "a service that is busy; also reported for an unknown model",
        500,
        "service_busy",
        "service busy",
    ),
}
