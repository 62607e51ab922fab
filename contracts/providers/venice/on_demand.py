"""The refusals that nothing but a scenario leads to: what happens behind the documented API."""

from collections.abc import Mapping
from functools import partial

from contracts.kernel.errors import ErrorCase
from contracts.providers.venice.causes import (
    ACCESS_DISABLED,
    ADMIN_ONLY,
    AT_CAPACITY,
    AUDIO_FORMAT,
    CORRUPTED_IMAGE,
    DIEM_LIMIT,
    ENCODING,
    FACE_SCREENING,
    FILE_SIZE,
    IMAGE_FORMAT,
    IMAGE_TOO_LARGE,
    IMAGE_TOO_SMALL,
    INACTIVE_SUBSCRIPTION,
    INVALID_MODEL,
    LINK_ABUSED,
    MODEL_PRIVACY,
    NOT_FETCHED,
    OFFLINE,
    OVERLOADED,
    PRO_ONLY,
    PROMPT_POLICY,
    REGION,
    TIMEOUT,
    UNAUTHORIZED,
    UNKNOWN_ERROR,
    UPSTREAM_REFUSAL,
    VIDEO_FORMAT,
    VIDEO_TOO_LONG,
    VIDEO_TOO_SHORT,
)
from contracts.providers.venice.forms import given, standard
from contracts.providers.venice.sources import CLIENTS, ERRORS_PAGE, GUIDE, SKILLS

RETRY_AFTER = 30
"""Seconds to wait for an overloaded model, where nothing else is known (SKILLS, venice-errors)."""
OUR_TEXT = "The status is documented, the text is assumed."
CODE_ONLY = "The page gives code and status; the text is assumed."


_row = partial(standard, on_demand=True)


def _coded(when: str, status: int, text: str, code: str) -> ErrorCase:
    """Make a row of which the page tells no more than a code, which is not on the wire."""
    return _row(when, status, text, ERRORS_PAGE.at(code, CODE_ONLY))


OF_THE_KEY: Mapping[str, ErrorCase] = {
    INACTIVE_SUBSCRIPTION: _row(
        "the key of an account whose subscription ended",
        401,
        "Authentication failed - Pro subscription is inactive."
        " Please upgrade your subscription to continue using the API",
        ERRORS_PAGE.at("AUTHENTICATION_FAILED_INACTIVE_KEY"),
    ),
    PRO_ONLY: _row(
        "a model for subscribers alone",
        401,
        "This model is only available to Pro users",
        ERRORS_PAGE.at("PRO_ONLY_MODEL"),
    ),
    ADMIN_ONLY: _row(
        "a route for admin keys, asked with another", 401, "Admin API key required", ERRORS_PAGE
    ),
    DIEM_LIMIT: _coded(
        "the key's own limit in Diem is used up",
        402,
        "API key DIEM spend limit exceeded",
        "API_KEY_DIEM_SPEND_LIMIT_EXCEEDED",
    ),
    UNAUTHORIZED: _row(
        "something the key may not do", 403, "Unauthorized access", ERRORS_PAGE.at("UNAUTHORIZED")
    ),
    ACCESS_DISABLED: _coded(
        "an account that may not use the API", 403, "API access is disabled", "API_ACCESS_DISABLED"
    ),
    REGION: _row(
        "a model that is not offered in the caller's country",
        403,
        "The specified model is unavailable in your region",
        SKILLS.at("venice-errors", "Only the beginning of the text is known."),
    ),
    MODEL_PRIVACY: _row(
        "a model that the key's privacy setting excludes",
        403,
        "This API key may not use models of this privacy level",
        SKILLS.at("venice-errors", OUR_TEXT),
    ),
}
OF_MEDIA: Mapping[str, ErrorCase] = {
    CORRUPTED_IMAGE: _row(
        "an image that cannot be decoded",
        400,
        "The image file is corrupted or unreadable",
        ERRORS_PAGE.at("CORRUPTED_IMAGE"),
    ),
    IMAGE_FORMAT: _row(
        "an image of another format",
        400,
        "Invalid image format",
        CLIENTS.at("INVALID_IMAGE_FORMAT", "Known as a code alone; status and text are assumed."),
    ),
    IMAGE_TOO_SMALL: _coded(
        "an image that is too small", 400, "Image too small", "IMAGE_TOO_SMALL"
    ),
    IMAGE_TOO_LARGE: _coded(
        "an image that is too large", 422, "Image too large", "IMAGE_TOO_LARGE"
    ),
    AUDIO_FORMAT: _coded(
        "sound of another format", 400, "Invalid audio format", "INVALID_AUDIO_FORMAT"
    ),
    VIDEO_FORMAT: _coded(
        "a video of another format", 400, "Invalid video format", "INVALID_VIDEO_FORMAT"
    ),
    VIDEO_TOO_LONG: _coded(
        "a video that is found too long", 422, "Video duration too long", "VIDEO_DURATION_TOO_LONG"
    ),
    VIDEO_TOO_SHORT: _coded(
        "a video that is found too short",
        422,
        "Video duration too short",
        "VIDEO_DURATION_TOO_SHORT",
    ),
    FILE_SIZE: _row(
        "a medium of the wrong size",
        400,
        "Invalid file size",
        CLIENTS.at("INVALID_FILE_SIZE", "Known as a code alone; status and text are assumed."),
    ),
}
OF_THE_REQUEST: Mapping[str, ErrorCase] = {
    INVALID_MODEL: _coded("a model of another kind", 400, "Invalid model", "INVALID_MODEL"),
    UPSTREAM_REFUSAL: ErrorCase(
        when="the model's provider finds the request invalid",
        status=400,
        body=lambda refusal: {
            "error": "The model provider refused this request as invalid.",
            "request_id": refusal.new_id(),
        },
        source=SKILLS.at("venice-errors", "The text is the provider's own; this one is assumed."),
        on_demand=True,
    ),
    ENCODING: _row(
        "a body in an encoding that is not read",
        415,
        "Request encoding is not supported",
        SKILLS.at("venice-errors"),
    ),
    PROMPT_POLICY: ErrorCase(
        when="a prompt that is not allowed",
        status=422,
        body=lambda refusal: {
            "error": "Your prompt violates the content policy of Venice.ai or the model provider",
            **given(refusal, "suggested_prompt"),
        },
        source=ERRORS_PAGE.at(
            "CONTENT_POLICY_VIOLATION", "A suggested prompt comes from routes for sound alone."
        ),
        on_demand=True,
    ),
    FACE_SCREENING: _row(
        "an image that the model's provider will not take, whatever the prompt",
        422,
        "Your request was rejected by the content policy. Please change your prompt.",
        CLIENTS.at(
            "jordanurbs/venice-video-harness, 2026-10-01",
            "A plain text that blames the prompt; how it reads is assumed.",
        ),
    ),
}
OF_THE_SERVICE: Mapping[str, ErrorCase] = {
    OVERLOADED: ErrorCase(
        when="a model with too many requests from all",
        status=429,
        body=lambda _: {"error": "The model is currently overloaded. Please try again later."},
        headers=lambda _: {"Retry-After": str(RETRY_AFTER)},
        source=SKILLS.at("venice-errors", "No other 429 says when to come again; text assumed."),
        on_demand=True,
    ),
    LINK_ABUSED: _row(
        "a download_url that is fetched over and over",
        429,
        "too many requests",
        GUIDE.at("", OUR_TEXT),
    ),
    UNKNOWN_ERROR: _coded("something that has no name", 500, "Unknown error", "UNKNOWN_ERROR"),
    NOT_FETCHED: _row(
        "a finished video that cannot be fetched just now; poll again",
        502,
        "The finished video could not be fetched. Please try again.",
        SKILLS.at("venice-video", OUR_TEXT),
    ),
    OFFLINE: _coded("a model that is offline", 503, "The model is offline", "MODEL_OFFLINE"),
    AT_CAPACITY: _row(
        "a model that takes no more requests",
        503,
        "The model is at capacity. Please try again later.",
        ERRORS_PAGE.at("MODEL_AT_CAPACITY"),
    ),
    TIMEOUT: _coded("a request that took too long", 504, "Request timed out", "REQUEST_TIMEOUT"),
}
ON_DEMAND: Mapping[str, ErrorCase] = {**OF_THE_KEY, **OF_MEDIA, **OF_THE_REQUEST, **OF_THE_SERVICE}
