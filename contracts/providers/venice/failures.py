"""Why a task may fail after it was accepted, and whether its charge is kept then."""

from collections.abc import Mapping
from typing import Any

from contracts.kernel.provider import EXPIRED
from contracts.kernel.task import Failure, Task
from contracts.providers.venice.causes import (
    INFERENCE_FAILED,
    MODERATION,
    POLICY,
    PROVIDER_FAILURE,
)
from contracts.providers.venice.forms import POLICY_TEXT
from contracts.providers.venice.models import is_private, keeps_charge
from contracts.providers.venice.sources import ASSUMED, CLIENTS, ERRORS_PAGE, SKILLS, SPEC

BLOCKED = "Your generation was blocked due to the model provider's content policies."
NOT_FINISHED = "Inference processing failed"
PROVIDER_FAILED = "The model provider could not finish this video."
REFUSALS = ("", POLICY, MODERATION)
"""The rows that say no to what was asked for; a failure that names none has the first."""

FAILURES: Mapping[str, Failure] = {
    "provider-policy": Failure(
        "provider_content_policy",
        POLICY_TEXT,
        cause=POLICY,
        source=SPEC.at("ProviderContentPolicyError"),
    ),
    "provider-policy-kept": Failure(
        "provider_content_policy",
        POLICY_TEXT,
        cause=POLICY,
        refunded=False,
        source=SKILLS.at(
            "venice-video",
            "Runway models keep the charge; private models of Grok Imagine never do (GUIDE).",
        ),
    ),
    "moderation": Failure("moderation", BLOCKED, cause=MODERATION, source=ERRORS_PAGE),
    "provider-failure": Failure(
        "provider_failure",
        PROVIDER_FAILED,
        cause=PROVIDER_FAILURE,
        source=SKILLS.at("venice-video", "The form is documented, the text is assumed."),
    ),
    "inference-failed": Failure(
        "INFERENCE_FAILED",
        NOT_FINISHED,
        cause=INFERENCE_FAILED,
        source=SKILLS.at("venice-video", "It is replayed on every poll."),
    ),
    "inference-failed-kept": Failure(
        "INFERENCE_FAILED",
        NOT_FINISHED,
        cause=INFERENCE_FAILED,
        refunded=False,
        source=CLIENTS.at(
            "jordanurbs/venice-video-harness",
            "MiniMax H3 with a first frame full of a face: charged, then 500 for ever.",
        ),
    ),
    EXPIRED: Failure(
        "expired",
        "The video took too long and was given up.",
        cause=PROVIDER_FAILURE,
        source=ASSUMED.at(
            "",
            "No document tells of a task that takes too long, so it fails"
            " as any task that the model's provider gives up.",
        ),
    ),
}
PEOPLE = Failure(
    "provider_content_policy",
    POLICY_TEXT,
    cause=POLICY,
    source=CLIENTS.at(
        "jordanurbs/venice-video-harness, 2026-10",
        "So ended 31 of 32 takes with people on models that end in `-basic`.",
    ),
)


def is_kept(task: Task[Any]) -> bool:
    """Tell whether the charge of a task is kept though it failed."""
    failure, model = task.plan.failure, task.request.model
    if failure is None:
        return False
    if failure.cause not in REFUSALS:
        return not failure.refunded
    return keeps_charge(model) or not (failure.refunded or is_private(model))
