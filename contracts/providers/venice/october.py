"""Venice, revision 2026-10: strict by model, ids ending in `-basic`, failures after the queue."""

from dataclasses import replace

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.operation import (
    OPEN_GATES,
    Carried,
    Computes,
    Finds,
    Gives,
    Opens,
    Operation,
)
from contracts.providers.venice import COMPLETE, FROM_QUEUE, MODELS, QUEUE, QUOTE, RETRIEVE
from contracts.providers.venice import PROVIDER as JUNE
from contracts.providers.venice.answers import Queued, listing
from contracts.providers.venice.causes import ERROR_BUDGET, RETIRED
from contracts.providers.venice.consent import CONSENT, fails_later
from contracts.providers.venice.failures import FAILURES, PEOPLE
from contracts.providers.venice.models import october, october_catalogue
from contracts.providers.venice.october_answers import never_completed, never_transcribed
from contracts.providers.venice.october_requests import Queue, Quote, Retrieve, Transcribe
from contracts.providers.venice.quotas import OCTOBER, SPENT_IN_OCTOBER
from contracts.providers.venice.sources import SKILLS, SPEC_AUGUST

BASIC = {
    "model": "seedance-2-0-text-to-video-basic",
    "prompt": "a cat on a gondola",
    "duration": "5s",
    "aspect_ratio": "16:9",
}
INVALID_ID = ErrorCase(
    when="an unknown, expired or foreign queue_id",
    status=400,
    body=lambda _: {"error": "Request ID is invalid."},
    source=SKILLS.at("venice-video", "The spec still has 404."),
)
GONE = ErrorCase(
    when="a route that was retired",
    status=410,
    body=lambda _: {"error": "This endpoint has been retired. Ask a model that takes video."},
    headers=lambda _: {
        "Deprecation": "true",
        "Link": '</api/v1/chat/completions>; rel="successor-version",'
        ' </api/v1/models>; rel="describedby"',
    },
    source=SKILLS.at("venice-video", "Status and headers are documented, the text is assumed."),
)
TRANSCRIBE = Operation(
    id="transcriptions",
    summary="Retired: it put what is said in a video into writing.",
    method="POST",
    path="/api/v1/video/transcriptions",
    body=Transcribe,
    carried=Carried.URL,
    gates=OPEN_GATES,
    effect=Computes(reply=never_transcribed),
    source=SKILLS.at("venice-video", "Whatever is sent, with a key or without, is not looked at."),
    answers=(),
    refuses=(RETIRED,),
)
opens, looks, lists = QUEUE.effect, COMPLETE.effect, MODELS.effect
assert isinstance(opens, Opens)  # noqa: S101 - as June declares them
assert isinstance(looks, Finds)  # noqa: S101
assert isinstance(lists, Computes)  # noqa: S101

PROVIDER = JUNE.revised(
    replace(
        QUEUE,
        body=Queue,
        effect=replace(
            opens,
            consent=replace(CONSENT, later=fails_later),
            prompt=lambda body: value_or(body.prompt, ""),
        ),
        answers=(Gives(Queued, "accepted", leads={"retrieve": FROM_QUEUE}),),
        source=SKILLS.at("venice-video", "The schema of the spec is wider than the live rules."),
        example=BASIC,
    ),
    replace(RETRIEVE, body=Retrieve, source=SKILLS.at("venice-video")),
    replace(
        COMPLETE,
        effect=replace(looks, reply=never_completed),
        answers=(),
        source=SKILLS.at("venice-video", "Every id is refused, though the spec has the route."),
    ),
    replace(
        QUOTE,
        body=Quote,
        source=SKILLS.at("venice-video", "Scaling up wants a key for its quote; not asked here."),
        example={"model": BASIC["model"], "duration": "5s"},
    ),
    replace(MODELS, effect=replace(lists, reply=listing(october_catalogue))),
    TRANSCRIBE,
    revision="2026-10",
    about="The newest rules: fields and values by model, larger caps, failures after the queue.",
    errors={Cause.NO_TASK: INVALID_ID, ERROR_BUDGET: SPENT_IN_OCTOBER, RETIRED: GONE},
    quotas=OCTOBER,
    failures={**FAILURES, "people": PEOPLE},
    headers={"x-venice-version": "20260821.193530"},
    models=october,
    source=SPEC_AUGUST,
)
