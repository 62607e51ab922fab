"""Errors, lifecycle words and texts, as Venice puts them on the wire."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.source import Source
from contracts.kernel.task import Phase
from contracts.providers.venice.answers import (
    LINK_REVOKED,
    MEDIA_GONE,
    NO_LINK,
    POLICY,
    TYPICAL_SECONDS,
)
from contracts.providers.venice.by_model import NO_MODEL
from contracts.providers.venice.quirks import (
    BAD_WALLET,
    LONGEST_ECHO,
    detailed_error,
    discovery,
    payment_required,
)
from contracts.providers.venice.sources import (
    ASSUMED,
    ERRORS_PAGE,
    FACE_GUIDE,
    GUIDE,
    SKILLS,
    SPEC,
)

LIFECYCLE = Lifecycle(
    words={
        Phase.WAITING: "PROCESSING",
        Phase.WORKING: "PROCESSING",
        Phase.SUCCEEDED: "COMPLETED",
    },
    seconds=TYPICAL_SECONDS,
    source=SPEC.at(
        "POST /video/retrieve",
        "A failure is an HTTP error, never a word.",
    ),
)
NEEDS_CONSENT = "needs-consent"
CONSENT_TEXT = (
    "Every person shown agreed to this use of their likeness, or it is yours.\n"
    "You may use all media you uploaded.\n"
    "You accept the provider's terms and privacy policy, and liability for breaking them.\n"
    "This text stands in for the provider's own; nothing is stored."
)


def _consent(refusal: Refusal) -> Mapping[str, Any]:
    return {
        "error": {
            "code": "needs_consent",
            "message": "Seedance consent is required for this request.",
        },
        "consent_flow": "seedance",
        "face_media_roles": list(refusal.details["roles"]),
        "consent": {"consent_version": "v2.0", "policy_text": CONSENT_TEXT},
        "docs_url": "https://docs.venice.ai/guides/media/seedance-face-consent",
    }


def _policy(refusal: Refusal) -> Mapping[str, Any]:
    return {
        "error": {
            "message": refusal.details["message"],
            "type": "provider_content_policy",
            "credits_refunded": True,
        }
    }


def _model(refusal: Refusal) -> str:
    """Give the beginning of the model that was asked for."""
    body = refusal.first.value if refusal.first else {}
    return str(body.get("model", ""))[:LONGEST_ECHO]


def _error(when: str, status: int, text: str, source: Source) -> ErrorCase:
    return ErrorCase(when=when, status=status, body=lambda _: {"error": text}, source=source)


ERRORS: Mapping[str, ErrorCase] = {
    Cause.NO_KEY: ErrorCase(
        when="no credentials at all",
        status=402,
        body=lambda refusal: discovery(refusal.url()),
        headers=lambda refusal: payment_required(discovery(refusal.url())),
        source=SKILLS.at("venice-errors", "An older reading of the spec and guide is 401."),
    ),
    Cause.BAD_KEY: _error(
        "a wrong, revoked or expired key", 401, "Authentication failed", ERRORS_PAGE
    ),
    BAD_WALLET: ErrorCase(
        when="a wallet header that is not base64 of the documented JSON",
        status=401,
        body=lambda _: {
            "error": "Invalid Sign-in-with-x header",
            "code": "X402_SIGN_IN_INVALID_PAYLOAD",
        },
        source=SKILLS.at("venice-auth"),
    ),
    Cause.NO_BALANCE: _error(
        "not enough balance",
        402,
        "Insufficient USD or Diem balance to complete request."
        " Visit https://venice.ai/settings/api to add credits.",
        ERRORS_PAGE,
    ),
    Cause.TOO_LARGE: ErrorCase(
        when="a body over 35 MB",
        status=413,
        body=lambda _: {
            "code": "PAYLOAD_TOO_LARGE",
            "error": "Request body exceeds the maximum allowed size.",
        },
        source=SKILLS.at("venice-errors"),
    ),
    Cause.WRONG_CONTENT_TYPE: _error(
        "a body that is not declared as JSON",
        400,
        "'Content-Type' must be 'application/json'",
        SKILLS.at("venice-errors", "The error page lists 415."),
    ),
    Cause.BAD_JSON: _error(
        "a body that is not JSON", 400, "Invalid JSON request", SKILLS.at("venice-errors")
    ),
    Cause.INVALID: ErrorCase(
        when="a body that breaks the contract",
        status=400,
        body=lambda refusal: detailed_error(refusal.violations),
        source=ERRORS_PAGE,
    ),
    NO_MODEL: ErrorCase(
        when="an unknown or removed model",
        status=404,
        body=lambda refusal: {"error": f"Specified model not found: {_model(refusal)}"},
        source=SKILLS.at("venice-errors"),
    ),
    Cause.NO_TASK: _error(
        "an unknown, expired or foreign queue_id",
        404,
        "Media could not be found. Request may may be invalid, expired, or deleted.",
        SPEC.at("POST /video/retrieve", 'Since 2026-10: 400 "Request ID is invalid."'),
    ),
    MEDIA_GONE: _error(
        "media that was deleted",
        404,
        "Media could not be found. Request may may be invalid, expired, or deleted.",
        SPEC.at("POST /video/retrieve", "The doubled word is in the spec, and was seen live."),
    ),
    NO_LINK: _error("a download_url that leads nowhere", 404, "object not found", GUIDE),
    LINK_REVOKED: _error("a download_url that was revoked", 410, "object not found", GUIDE),
    NEEDS_CONSENT: ErrorCase(
        when="a face in the media of a Seedance request without consent",
        status=409,
        body=_consent,
        source=FACE_GUIDE,
    ),
    POLICY: ErrorCase(
        when="a finished task that the model's provider refused",
        status=422,
        body=_policy,
        source=SPEC.at("ProviderContentPolicyError"),
    ),
    Cause.NO_ROUTE: _error("an unknown path", 404, "Not Found", ASSUMED),
    Cause.NO_METHOD: _error("a known path, another method", 405, "Method Not Allowed", ASSUMED),
}
