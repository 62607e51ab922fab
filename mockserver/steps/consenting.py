"""Consent: asked for where media shows a face, remembered by the bytes it was given for."""

from functools import partial
from typing import NamedTuple

from contracts.kernel.consent import Consent, Portrait
from contracts.kernel.errors import Refused
from contracts.kernel.operation import Opens, Operation
from contracts.kernel.provider import Provider
from mockserver.exchange import Exchange
from mockserver.faces import Medium
from mockserver.steps import Step
from mockserver.world import World

MOST_REMEMBERED = 10_000
"""For how many media a tenant's consent is remembered; it is forgotten with its tenant, too."""


class Sighting(NamedTuple):
    """A medium of a request that shows a face."""

    portrait: Portrait
    medium: Medium


def consent_gate(_provider: Provider, operation: Operation, world: World) -> Step:
    """Ask for consent where the operation's media shows a face."""
    consent = consent_of(operation)
    return partial(check_consent, consent, world) if consent else pass_by


def memory_steps(operation: Operation, world: World) -> tuple[Step, ...]:
    """Give the step that comes after the effect: a request that is refused attests nothing."""
    return (partial(remember, world),) if consent_of(operation) else ()


def consent_of(operation: Operation) -> Consent | None:
    """Give when an operation asks for consent, if it ever does."""
    return operation.effect.consent if isinstance(operation.effect, Opens) else None


def pass_by(_exchange: Exchange) -> None:
    """Do nothing, where an operation has nothing to check."""


def check_consent(consent: Consent, world: World, exchange: Exchange) -> None:
    """Refuse faces that no consent was given for, or have the task fail that they come to."""
    body = exchange.request
    asks = consent.asks(body)
    failure = None if asks else consent.later(body)
    if not (asks or failure):
        return
    seen = sightings(consent, world, exchange)
    if seen and asks:
        ask(consent, seen, world, exchange)
    elif seen:
        exchange.failure = exchange.failure or failure


def sightings(consent: Consent, world: World, exchange: Exchange) -> list[Sighting]:
    """Give the media of a request that shows a face, in order."""
    seen = []
    for role, url in consent.media(exchange.request):
        medium = world.faces.medium(url)
        people = world.faces.people(exchange.tenant, medium)
        if people is not None:
            seen.append(Sighting(Portrait(role, url, people, medium.ratio), medium))
    return seen


def ask(consent: Consent, seen: list[Sighting], world: World, exchange: Exchange) -> None:
    """Let faces through that consent is given for, now or earlier by the same key."""
    portraits = [one.portrait for one in seen]
    if cause := consent.objects(exchange.request, portraits):
        raise Refused(cause)
    digests = [one.medium.digest for one in seen]
    if consent.attests(exchange.request):
        exchange.attested = digests
        return
    consents, tenant, key = world.store.consents, exchange.tenant, exchange.key
    if any(consents.get(tenant, (key, one)) is None for one in digests):
        roles = list(dict.fromkeys(one.role for one in portraits))
        raise Refused(consent.cause, details={"roles": roles})


def remember(world: World, exchange: Exchange) -> None:
    """Remember what an accepted request attested; of too much, the oldest is asked for again."""
    consents, tenant = world.store.consents, exchange.tenant
    for one in exchange.attested:
        consents.drop(tenant, (exchange.key, one))  # so that it is the newest again
        known = consents.ids(tenant)
        if len(known) >= MOST_REMEMBERED:
            consents.drop(tenant, next(iter(known)))
        consents.put(tenant, (exchange.key, one), exchange.clock.now())
