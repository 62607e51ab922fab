"""How the gateway says no: one form for keys and quota, another for everything about tasks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal, complain
from contracts.kernel.source import Source
from contracts.providers.relaydance.by_model import NO_MODEL
from contracts.providers.relaydance.sources import GATEWAY
from contracts.providers.relaydance.wire import NO_ACCESS, SERVER_ERROR


def _task_error(
    when: str, status: int, code: str, message: str, source: Source = GATEWAY
) -> ErrorCase:
    body = {"code": code, "message": message, "data": None}
    return ErrorCase(when=when, status=status, body=lambda _: body, source=source)


def _gateway_error(
    when: str, status: int, text: Callable[[Refusal], str], source: Source = GATEWAY
) -> ErrorCase:
    def body(refusal: Refusal) -> Mapping[str, Any]:
        message = f"{text(refusal)} (request id: {refusal.new_id()})"
        return {"error": {"message": message, "type": "new_api_error", "code": ""}}

    return ErrorCase(when=when, status=status, body=body, source=source)


def _invalid(refusal: Refusal) -> Mapping[str, Any]:
    """Word a bad request; a missing model has a code of its own."""
    first = refusal.first
    missing_model = first is not None and first.kind == "missing" and first.field == "model"
    code = "missing_model" if missing_model else "invalid_request"
    return {"code": code, "message": complain(refusal), "data": None}


def _no_access(refusal: Refusal) -> str:
    asked = refusal.first.value if refusal.first else {}
    return f"This token has no access to model {str(asked.get('model', ''))[:200]}"


TASK_ERRORS = {
    Cause.RATE_LIMITED: _task_error(
        "too many requests",
        429,
        "fail_to_fetch_task",
        "当前分组上游负载已饱和，请稍后再试",  # noqa: RUF001 - the gateway's own comma
        GATEWAY.at("429", "The message is the gateway's; which code stands beside it is assumed."),
    ),
    "model-price-error": _task_error(
        "a model without a price",
        400,
        "model_price_error",
        "model price error",
        GATEWAY.at("", "The status and the message are assumed."),
    ),
    "fail-to-fetch-task": _task_error(
        "an upstream that refuses the task",
        500,
        "fail_to_fetch_task",
        '{"error":{"code":"InternalServiceError","message":"Internal service error"}}',
        GATEWAY.at("", "Status and message are the upstream's; this one of its errors is chosen."),
    ),
    "build-request-failed": _task_error(
        "a request that cannot be made out for the upstream",
        500,
        "build_request_failed",
        "build request failed",
        GATEWAY.at("", "The message is assumed."),
    ),
    "get-task-failed": _task_error(
        "a look at a task that goes wrong",
        500,
        "get_task_failed",
        "get task failed",
        GATEWAY.at("", "The message is assumed."),
    ),
}
ERRORS = {
    Cause.NO_KEY: _gateway_error("no key", 401, lambda _: "Invalid token"),
    Cause.BAD_KEY: _gateway_error("a wrong or revoked key", 401, lambda _: "Invalid token"),
    Cause.NO_BALANCE: _gateway_error("not enough quota", 403, lambda _: "Insufficient user quota"),
    NO_MODEL: _gateway_error("an unknown model", 403, _no_access),
    Cause.NO_TASK: _task_error("an unknown task", 400, "task_not_exist", "task_not_exist"),
    Cause.BAD_JSON: _task_error("a body that is not JSON", 400, "invalid_json", "invalid JSON"),
    Cause.INVALID: ErrorCase(
        when="missing or malformed parameters", status=400, body=_invalid, source=GATEWAY
    ),
    NO_ACCESS: replace(
        _gateway_error("a model that the key may not use", 403, _no_access), on_demand=True
    ),
    SERVER_ERROR: replace(
        _gateway_error(
            "something that went wrong",
            500,
            lambda _: "Internal server error",
            GATEWAY.at("", "The status and the message are assumed."),
        ),
        on_demand=True,
    ),
    **{name: replace(case, on_demand=True) for name, case in TASK_ERRORS.items()},
}
