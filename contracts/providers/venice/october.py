"""Venice, revision 2026-10: strict by model, ids ending in `-basic`, failures after the queue."""

from dataclasses import replace

from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.operation import Computes, Finds, Gives, Opens
from contracts.providers.venice import COMPLETE, FROM_QUEUE, MODELS, QUEUE, QUOTE, RETRIEVE
from contracts.providers.venice import PROVIDER as JUNE
from contracts.providers.venice.answers import Queued, listing
from contracts.providers.venice.models import october, october_catalogue
from contracts.providers.venice.october_answers import (
    never_completed,
    plan,
    quoted,
)
from contracts.providers.venice.october_requests import Queue, Quote, Retrieve
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
opens, looks, computes, lists = QUEUE.effect, COMPLETE.effect, QUOTE.effect, MODELS.effect
assert isinstance(opens, Opens)  # noqa: S101 - as June declares them
assert isinstance(looks, Finds)  # noqa: S101
assert isinstance(computes, Computes)  # noqa: S101
assert isinstance(lists, Computes)  # noqa: S101

PROVIDER = JUNE.revised(
    replace(
        QUEUE,
        body=Queue,
        effect=replace(opens, plan=plan),
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
        effect=replace(computes, reply=quoted),
        source=SKILLS.at("venice-video"),
        example={"model": BASIC["model"], "duration": "5s"},
    ),
    replace(MODELS, effect=replace(lists, reply=listing(october_catalogue))),
    revision="2026-10",
    about="The newest rules: fields and values by model, larger caps, failures after the queue.",
    errors={Cause.NO_TASK: INVALID_ID},
    headers={"x-venice-version": "20260821.193530"},
    models=october,
    source=SPEC_AUGUST,
)
