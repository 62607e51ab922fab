"""What Venice answers since October, where that differs from June."""

from collections.abc import Sequence
from typing import Any

from contracts.kernel.body import value_or
from contracts.kernel.errors import Cause, Refused
from contracts.kernel.media import shows_face
from contracts.kernel.reply import Reply
from contracts.kernel.task import Failure, Plan, Task
from contracts.providers.venice import answers as june
from contracts.providers.venice.answers import Price
from contracts.providers.venice.models import price
from contracts.providers.venice.october_requests import Queue, Quote
from contracts.providers.venice.quirks import consent_media

DEFAULT_DURATION = "5s"
"""The length of what follows a source, which is never opened. Assumed, as in June."""
PEOPLE = Failure(
    "provider_content_policy",
    "Your request was rejected by the model provider's content policy. Credits were refunded.",
)


def plan(body: Queue) -> Plan:
    """Decide what becomes of a request; people on a `-basic` model fail it after the queue.

    Seen by a client in 31 of 32 takes (jordanurbs/venice-video-harness, 2026-10).
    """
    made = june.plan_for(body, value_or(body.duration, DEFAULT_DURATION))
    if body.model.endswith("-basic") and any(shows_face(url) for _, url in consent_media(body)):
        return made._replace(failure=PEOPLE)
    return made


def never_completed(_body: Any, _tasks: Sequence[Task[Any]], _now: float) -> Reply:  # noqa: ANN401 - whatever was asked
    """Refuse: since about September no id is accepted (SKILLS)."""
    raise Refused(Cause.NO_TASK)


def quoted(body: Quote) -> Reply:
    """Give a price; fields the model does not use change nothing."""
    seconds = june.seconds_of(value_or(body.duration, DEFAULT_DURATION))
    resolution = value_or(body.resolution, "-")
    return Reply(Price(quote=price(body.model, seconds, resolution, audio=body.audio)))
