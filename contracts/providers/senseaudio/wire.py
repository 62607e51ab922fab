"""Errors, as SenseAudio puts them on the wire: a word, a message, and often a number."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, complain
from contracts.kernel.source import Source
from contracts.providers.senseaudio.sources import ASSUMED, ERROR_TABLE, LIVE


def _error(when: str, status: int, source: Source, **fields: object) -> ErrorCase:
    return ErrorCase(when=when, status=status, body=lambda _: fields, source=source)


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
    Cause.NO_BALANCE: _error(
        "usage limit or not enough balance: HTTP 400, not 402",
        400,
        ERROR_TABLE,
        code="insufficient_balance",
        message="usage limit reached or balance not sufficient",
        ref_code=400_001,
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
}
