"""Points of a contract: what a client can exercise, read off the declarations of its provider.

Values of fields are none: a contract has thousands, and bodies drawn for property tests show them.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from contracts.kernel.checking.messages import Target
from contracts.kernel.consent import Consent
from contracts.kernel.errors import Cause
from contracts.kernel.limits import Place
from contracts.kernel.openapi_refusals import causes
from contracts.kernel.operation import Finds, Opens
from contracts.kernel.provider import Provider
from contracts.kernel.reply import Video
from contracts.kernel.task import Phase

KNOWN = 64
"""Of so many revisions the points are remembered; lenient ones are made anew for each world."""
CARELESS = (Cause.BAD_JSON, Cause.WRONG_CONTENT_TYPE, Cause.NO_ROUTE, Cause.NO_METHOD)
"""Refusals that a client meets only where it is broken, so that none has to try them."""


class Area(StrEnum):
    """What points are about, in the order in which they are told."""

    OPERATIONS = "operations"
    MODES = "modes"
    FIELDS = "fields"
    STATES = "states"
    ERRORS = "errors"
    FAILURES = "failures"
    CONSENT = "consent"
    CALLBACKS = "callbacks"
    DOWNLOADS = "downloads"


class Point(NamedTuple):
    """One thing that a client can exercise."""

    name: str
    """Stable, and begins with the provider: `acme/submit:prompt`."""
    area: Area
    what: str
    """What it is, in a few words."""


@lru_cache(maxsize=KNOWN)
def points(provider: Provider) -> tuple[Point, ...]:
    """Give everything that a client of this revision can exercise."""
    return (
        *_of_operations(provider),
        *_of_fields(provider),
        *_of_states(provider),
        *_of_refusals(provider),
        *_of_consent(provider),
        *_of_callbacks(provider),
        *_of_downloads(provider),
    )


@lru_cache(maxsize=KNOWN)
def targets_of(provider: Provider) -> Mapping[str, Target]:
    """Give the operations of a revision by id, each as something to hold messages to."""
    return {one.id: Target(provider, one) for one in provider.operations}


def _of_operations(provider: Provider) -> Iterator[Point]:
    for one in provider.operations:
        yield Point(f"{provider.id}/{one.id}", Area.OPERATIONS, one.summary)
        for mode in one.body.modes:
            yield Point(f"{provider.id}/{one.id}/{mode}", Area.MODES, f"{one.id} by {mode}")


def _of_fields(provider: Provider) -> Iterator[Point]:
    for id_, target in targets_of(provider).items():
        for limit in target.contract.limits:
            if is_field(limit.path):
                name = f"{provider.id}/{id_}:{limit.path}"
                yield Point(name, Area.FIELDS, limit.sentence)


def is_field(path: str) -> bool:
    """Tell whether a path leads to a field, or to a shape of an item: not to just any item."""
    return path != "" and not path.endswith("[]")


def fields_in(place: Place, value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Give the paths of the known fields that a message has."""
    if is_field(place.limit.path):
        yield place.limit.path
    if isinstance(value, list) and place.item:
        for one in value:
            yield from fields_in(place.item, one)
    if isinstance(value, Mapping):
        shapes = [one for tag, one in place.variants.items() if _is_tagged(one, tag, value)]
        for shape in shapes:
            yield from fields_in(shape, value)
        for name, below in place.fields.items():
            if name in value:
                yield from fields_in(below, value[name])


def _is_tagged(shape: Place, tag: str, value: Mapping[str, Any]) -> bool:
    """Tell whether an object has this shape of a union: a field that must be the tag is."""
    words = f"exactly `{tag}`"
    fields = shape.fields.items()
    return any(one.limit.words == words and value.get(name) == tag for name, one in fields)


def _of_states(provider: Provider) -> Iterator[Point]:
    if any(isinstance(one.effect, Finds) for one in provider.operations):
        for phase in dict.fromkeys(state_of(provider, each) for each in Phase):
            what = f"look at a task that is {phase}"
            yield Point(f"{provider.id}/state:{phase}", Area.STATES, what)


def state_of(provider: Provider, phase: Phase) -> Phase:
    """Give the state that a client can tell: waiting has no word of its own everywhere."""
    words = provider.lifecycle.words
    is_told = words.get(Phase.WAITING) != words.get(Phase.WORKING)
    return phase if is_told or phase is not Phase.WAITING else Phase.WORKING


def _of_refusals(provider: Provider) -> Iterator[Point]:
    """Give the rows of the catalogue that need no scenario, and the failures of tasks."""
    failing = {one.cause for one in provider.failures.values()}
    elsewhere = {*CARELESS, *failing, *(one.cause for one in consents(provider))}
    every = [cause for one in provider.operations for cause in causes(provider, one)]
    for cause in dict.fromkeys(every):
        row = provider.errors[cause]
        if cause not in elsewhere and not row.on_demand:
            yield Point(f"{provider.id}/error:{cause}", Area.ERRORS, f"be refused: {row.when}")
    for name, failure in provider.failures.items():
        what = f"see a task fail: {failure.message}"
        yield Point(f"{provider.id}/failure:{name}", Area.FAILURES, what)


def consents(provider: Provider) -> list[Consent]:
    """Give when the operations of a provider ask for consent."""
    effects = [one.effect for one in provider.operations]
    return [one.consent for one in effects if isinstance(one, Opens) and one.consent]


def _of_consent(provider: Provider) -> Iterator[Point]:
    if consents(provider):
        for name, what in (("asked", "be asked for consent"), ("given", "give consent")):
            yield Point(f"{provider.id}/consent:{name}", Area.CONSENT, what)


def _of_callbacks(provider: Provider) -> Iterator[Point]:
    webhook = provider.webhook
    if webhook:
        cases = {
            "delivered": "take a callback",
            "failed": "be told by callback that a task failed",
        }
        if webhook.retry_after:
            cases["retried"] = "take a callback that had to be sent again"
        for name, what in cases.items():
            yield Point(f"{provider.id}/callback:{name}", Area.CALLBACKS, what)


def _of_downloads(provider: Provider) -> Iterator[Point]:
    """Give the ways to fetch a film; an operation that is the link says itself what expired."""
    films = [
        one for one in provider.operations if any(gives.form is Video for gives in one.answers)
    ]
    cases = {"whole": "fetch a result"}
    if not films or any(one.method == "GET" for one in films):
        cases["range"] = "fetch a part of a result"
    if not films and provider.lifecycle.media_seconds < inf:
        cases["expired"] = "follow a link to a result that has expired"
    for name, what in cases.items():
        yield Point(f"{provider.id}/download:{name}", Area.DOWNLOADS, what)
