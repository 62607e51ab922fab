"""The forms that Venice's error bodies have; each needs no details, and shows those it is given."""

from collections.abc import Callable, Mapping
from typing import Any

from contracts.kernel.errors import ErrorCase, Refusal
from contracts.kernel.source import Source

Words = Mapping[str, Any]


def standard(
    when: str, status: int, text: str, source: Source, *, on_demand: bool = False
) -> ErrorCase:
    """Make a row with a StandardError: one text, and nothing else."""
    return ErrorCase(
        when=when,
        status=status,
        body=lambda _: {"error": text},
        source=source,
        on_demand=on_demand,
    )


def refundable(text: str) -> Callable[[Refusal], Words]:
    """Make the form of a task that failed; it tells whether the charge came back."""

    def body(refusal: Refusal) -> Words:
        refunded = _refunded(refusal)
        said = refusal.details.get("message", text)
        return {
            "error": f"{said} Credits have been refunded." if refunded else said,
            "credits_refunded": refunded,
            **given(refusal, "hint"),
        }

    return body


def policy(refusal: Refusal) -> Words:
    """Make a ProviderContentPolicyError, whose `error` is an object."""
    return {
        "error": {
            "message": refusal.details.get("message", POLICY_TEXT),
            "type": "provider_content_policy",
            **given(refusal, "recommended_model"),
            "credits_refunded": _refunded(refusal),
        }
    }


POLICY_TEXT = "The model provider refused this request under its content policy."


def given(refusal: Refusal, *names: str) -> Words:
    """Give the details there are among those that a form may show."""
    return {name: refusal.details[name] for name in names if name in refusal.details}


def _refunded(refusal: Refusal) -> bool:
    return bool(refusal.details.get("refunded", True))


def milliseconds(moment: float) -> str:
    """Write a moment as the headers do; the older page says seconds, the live service does not."""
    return str(round(moment * 1000))


def rate_headers(details: Words) -> Mapping[str, str]:
    """Tell how much of a rate is left, as far as it is known."""
    names = {
        "limit": "x-ratelimit-limit-requests",
        "remaining": "x-ratelimit-remaining-requests",
        "type": "x-ratelimit-type",
    }
    found = {header: str(details[name]) for name, header in names.items() if name in details}
    if "reset" in details:
        found["x-ratelimit-reset-requests"] = milliseconds(details["reset"])
    return found


def budget_headers(refusal: Refusal) -> Mapping[str, str]:
    """Tell how many failures are left, and when it begins anew, as far as it is known."""
    details, found = refusal.details, {}
    if "remaining" in details:
        found["x-ratelimit-remaining"] = str(details["remaining"])
    if "reset" in details:
        found["x-ratelimit-resets"] = milliseconds(details["reset"])
    return found
