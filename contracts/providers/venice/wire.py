"""Errors, lifecycle words and texts, as Venice puts them on the wire."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.errors import Cause, ErrorCase, Refusal
from contracts.kernel.lifecycle import Lifecycle
from contracts.kernel.task import Phase
from contracts.providers.venice.answers import DAY, TYPICAL_SECONDS
from contracts.providers.venice.by_model import NO_MODEL
from contracts.providers.venice.causes import (
    CONTENT_VIOLATION,
    ERROR_BUDGET,
    IMAGE_RATIO,
    INFERENCE_FAILED,
    LINK_REVOKED,
    MEDIA_GONE,
    MODERATION,
    NEEDS_CONSENT,
    NO_LINK,
    POLICY,
    PROVIDER_FAILURE,
    USD_LIMIT,
    WALLET_CONCURRENCY,
)
from contracts.providers.venice.failures import BLOCKED, NOT_FINISHED, PROVIDER_FAILED
from contracts.providers.venice.forms import policy, rate_headers, refundable, standard
from contracts.providers.venice.media import FACE_RATIO
from contracts.providers.venice.on_demand import CODE_ONLY, ON_DEMAND
from contracts.providers.venice.quirks import LONGEST_ECHO, detailed_error
from contracts.providers.venice.quotas import SPENT_IN_JUNE, WALLETS
from contracts.providers.venice.sources import (
    ASSUMED,
    ERRORS_PAGE,
    FACE_GUIDE,
    GUIDE,
    SKILLS,
    SPEC,
)
from contracts.providers.venice.x402_errors import X402_ERRORS

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
    media_seconds=DAY,
    media_source=GUIDE.at("download_url", "Media without a link lives as long as its queue_id."),
    task_seconds=DAY,
    task_source=SKILLS.at("venice-video"),
    poll_seconds=5,
    poll_source=GUIDE.at("polling", "Every 5 s."),
)
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
        "face_media_roles": list(refusal.details.get("roles", ())),
        "consent": {"consent_version": "v2.0", "policy_text": CONSENT_TEXT},
        "docs_url": "https://docs.venice.ai/guides/media/seedance-face-consent",
    }


def _model(refusal: Refusal) -> str:
    """Give the beginning of the model that was asked for."""
    body = refusal.first.value if refusal.first else {}
    return str(body.get("model", ""))[:LONGEST_ECHO]


ERRORS: Mapping[str, ErrorCase] = {
    Cause.BAD_KEY: standard(
        "a wrong, revoked or expired key", 401, "Authentication failed", ERRORS_PAGE
    ),
    Cause.NO_BALANCE: standard(
        "not enough balance",
        402,
        "Insufficient USD or Diem balance to complete request."
        " Visit https://venice.ai/settings/api to add credits.",
        ERRORS_PAGE,
    ),
    USD_LIMIT: standard(
        "the key's own limit in US dollars is used up",
        402,
        "API key USD spend limit exceeded",
        ERRORS_PAGE.at("API_KEY_USD_SPEND_LIMIT_EXCEEDED", CODE_ONLY),
    ),
    Cause.RATE_LIMITED: ErrorCase(
        when="too many requests",
        status=429,
        body=lambda _: {"error": "Rate limit exceeded"},
        headers=lambda refusal: rate_headers(refusal.details),
        source=ERRORS_PAGE.at(
            "RATE_LIMIT_EXCEEDED",
            "The page on headers gives resets in seconds; the live service sends milliseconds"
            " (SKILLS).",
        ),
    ),
    ERROR_BUDGET: SPENT_IN_JUNE,
    WALLET_CONCURRENCY: ErrorCase(
        when=f"a wallet with {WALLETS.tasks} unfinished requests",
        status=429,
        body=lambda _: {
            "error": "Too many requests of this wallet are in flight.",
            "code": "X402_CONCURRENCY_LIMIT",
        },
        source=SKILLS.at("venice-x402", "The code is documented, the text is assumed."),
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
    Cause.WRONG_CONTENT_TYPE: standard(
        "a body that is not declared as JSON",
        400,
        "'Content-Type' must be 'application/json'",
        SKILLS.at("venice-errors", "The error page lists 415."),
    ),
    Cause.BAD_JSON: standard(
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
    Cause.NO_TASK: standard(
        "an unknown, expired or foreign queue_id",
        404,
        "Media could not be found. Request may may be invalid, expired, or deleted.",
        SPEC.at("POST /video/retrieve", 'Since 2026-10: 400 "Request ID is invalid."'),
    ),
    MEDIA_GONE: standard(
        "media that was deleted",
        404,
        "Media could not be found. Request may may be invalid, expired, or deleted.",
        SPEC.at("POST /video/retrieve", "The doubled word is in the spec, and was seen live."),
    ),
    NO_LINK: standard("a download_url that leads nowhere", 404, "object not found", GUIDE),
    LINK_REVOKED: standard("a download_url that was revoked", 410, "object not found", GUIDE),
    NEEDS_CONSENT: ErrorCase(
        when="a face in the media of a Seedance request without consent",
        status=409,
        body=_consent,
        source=FACE_GUIDE,
    ),
    CONTENT_VIOLATION: standard(
        "a public figure, or a minor with a suggestive prompt, with consent or without",
        422,
        "CONTENT_POLICY_VIOLATION",
        FACE_GUIDE.at(
            "",
            "The guide has the code as the body's `error`; elsewhere codes are not on the wire."
            " What makes a prompt suggestive is assumed: the guide's words nsfw and suggestive.",
        ),
    ),
    IMAGE_RATIO: standard(
        f"an image with a face whose ratio is not between {FACE_RATIO[0]} and {FACE_RATIO[1]}",
        422,
        "IMAGE_ASPECT_RATIO_OUT_OF_BOUNDS",
        FACE_GUIDE.at("", "The guide has the code as the body's `error`, too."),
    ),
    POLICY: ErrorCase(
        when="a finished task that the model's provider refused",
        status=422,
        body=policy,
        source=SPEC.at("ProviderContentPolicyError"),
    ),
    MODERATION: ErrorCase(
        when="a finished task that moderation stopped",
        status=422,
        body=refundable(BLOCKED),
        source=ERRORS_PAGE,
    ),
    PROVIDER_FAILURE: ErrorCase(
        when="a finished task that the model's provider failed at",
        status=422,
        body=refundable(PROVIDER_FAILED),
        source=SKILLS.at("venice-video", "The form is documented, the text is assumed."),
    ),
    INFERENCE_FAILED: standard(
        "a finished task that failed at Venice; the same on every poll",
        500,
        NOT_FINISHED,
        ERRORS_PAGE.at("INFERENCE_FAILED"),
    ),
    Cause.NO_ROUTE: standard("an unknown path", 404, "Not Found", ASSUMED),
    Cause.NO_METHOD: standard("a known path, another method", 405, "Method Not Allowed", ASSUMED),
    **X402_ERRORS,
    **ON_DEMAND,
}
