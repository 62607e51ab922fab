"""One run of the command in a world of its own, on one bad day."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

from contracts.kernel.provider import Provider
from mockserver.audition.acts import REHEARSAL, Act
from mockserver.audition.arranging import ordered
from mockserver.audition.evidence import Evidence, evidence_of
from mockserver.audition.rating import Judge, Rated, Rating, missing
from mockserver.audition.running import Done, run
from mockserver.course import obey
from mockserver.proxy.environment import shimmed
from mockserver.settings import Settings
from mockserver.steps.consenting import consent_of
from mockserver.testing.asking import everything
from mockserver.verdict import judging
from mockserver.verdict.environment import environment
from mockserver.verdict.running import Staged, staged
from mockserver.world import World

TENANT = "audition"
"""Whose world all requests are part of; also the key for clients that have none."""
SPEED = 200.0
"""How fast work goes by the wall, for clients that wait for callbacks instead of looking."""
HASTE = "SCREENTEST_HASTE"
"""By what Python programs divide their sleeps; see the shim of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casting:
    """What is auditioned, and how."""

    command: tuple[str, ...]
    settings: Settings
    timeout: float
    """Seconds that each run has."""
    haste: float
    stop: Event
    """Ends all runs when it is set."""
    say: Callable[[str], None] = print
    """Is told what a user should know, once."""


def rehearse(casting: Casting) -> Evidence:
    """Run the command on a good day.

    Time moves with looks at a task. Who asks for a callback may never look, so from then on it
    moves by the wall, fast.
    """
    with staged(casting.settings, 0, casting.say, with_proxy=True) as stage:
        done = run(
            casting.command,
            variables(stage, casting),
            timeout=casting.timeout,
            stop=casting.stop,
            meanwhile=partial(hurry, stage.world),
        )
    return seen(stage.world, REHEARSAL, done, ())


def hurry(world: World) -> None:
    """Have time go by the wall from here on, where looks move it and someone waits for a callback.

    Done in the loop of the world, as it is at work.
    """

    async def go() -> None:
        for name in tuple(world.store.callbacks.tenants()):
            clock = world.clock_of(name)
            if clock.policy == "poll":
                obey(world, clock, "wall", SPEED)

    assert world.outbox.home  # noqa: S101 - every stage has one
    asyncio.run_coroutine_threadsafe(go(), world.outbox.home()).result()


def play(act: Act, rehearsal: Evidence, casting: Casting) -> Rated:
    """Run the command on a bad day, and rate it."""
    if why := missing(act, rehearsal):
        return Rated(act=act, rating=Rating.NOT_APPLICABLE, why=why)
    settings = settings_of(act, rehearsal, casting.settings)
    with staged(settings, 0, lambda _: None, with_proxy=True) as stage:
        used = {one.provider for one in rehearsal.tasks}
        providers = [one for one in stage.providers.values() if one.id in used]
        scenarios = ordered(act, providers)
        if act.scenario and not scenarios:
            why = f"{', '.join(sorted(used))} cannot have such a day"
            return Rated(act=act, rating=Rating.NOT_APPLICABLE, why=why)
        for one in scenarios:
            stage.world.scenarios.add(one)
        environ = variables(stage, casting)
        done = run(casting.command, environ, timeout=casting.timeout, stop=casting.stop)
    names = [one.name for one in scenarios] or refusals(providers)
    evidence = seen(stage.world, act, done, names)
    return Judge(act=act, rehearsal=rehearsal, seen=evidence).rate()


def settings_of(act: Act, rehearsal: Evidence, settings: Settings) -> Settings:
    """Give the world of an act."""
    changed = replace(settings, **act.settings)
    if settings.clock == "poll" and any(one.has_callback for one in rehearsal.tasks):
        return replace(changed, clock="wall", speed=act.speed or SPEED)
    return changed


def refusals(providers: Sequence[Provider]) -> list[str]:
    """Give the rules that ask for consent, for an act that is made by its world alone."""
    asking = ((one.id, consent_of(one.submit)) for one in providers)
    return [f"{id_}/{consent.cause}" for id_, consent in asking if consent]


def variables(stage: Staged, casting: Casting) -> dict[str, str]:
    """Give the environment of the command: all it asks for is part of one tenant's world."""
    origin = f"{stage.origin}/@{TENANT}"
    given = environment(stage.providers.values(), origin, TENANT, proxy=stage.proxy)
    if stage.proxy:
        given |= stage.proxy.environment(TENANT, shims=True)
    else:
        given |= shimmed(given)
    return given | {HASTE: f"{casting.haste:g}"}


def seen(world: World, act: Act, done: Done, names: Sequence[str]) -> Evidence:
    """Look at what a run left behind in its world."""
    tenant = tenant_of(world)
    chapter = judging.chapter(world, tenant, act.id, is_test=False)
    return evidence_of(world, tenant, done, names, replace(chapter, findings=()))


def tenant_of(world: World) -> str:
    """Give whose world it was; Java sends no credentials to a proxy, so there it is the key's."""
    others = sorted(world.tenants, key=lambda name: -len(everything(world, name)))
    return TENANT if everything(world, TENANT) else next(iter(others), TENANT)
