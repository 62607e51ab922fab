"""When a task starts and ends, by its clock; and anew where what makes time pass changes."""

from math import inf
from typing import TYPE_CHECKING

from contracts.kernel.provider import EXPIRED, Provider
from contracts.kernel.task import Failure
from mockserver.clock import Clock, Policy
from mockserver.store import AnyTask

if TYPE_CHECKING:  # which has its tasks arranged here
    from mockserver.world import World

TOO_LONG = Failure("expired", "the task took too long")


def arrange(provider: Provider, task: AnyTask, clock: Clock) -> None:
    """Say when a task starts and ends, as far as its clock does not leave that to looks."""
    life, trouble = provider.lifecycle, task.trouble
    span = life.seconds / clock.speed
    stuck = trouble is not None and trouble.stuck
    if stuck or clock.policy != "poll":
        task.started = task.created + span * life.waiting_share
        task.finishes = inf if stuck else task.created + span
    timeout = task.plan.timeout / clock.speed
    if timeout < task.finishes - task.created and (stuck or clock.policy != "poll"):
        task.finishes = task.created + timeout
        task.plan = task.plan._replace(failure=provider.failures.get(EXPIRED, TOO_LONG))


def obey(world: "World", clock: Clock, policy: Policy, speed: float) -> None:
    """Let time pass by another policy, or work go at another speed, from here on.

    Tasks that no one could bring to their end by the new policy get their moments anew. The clock
    of the world is that of all who have no time of their own.
    """
    everyone = clock is world.clock
    if everyone and policy == "poll":
        for tenant in world.tenants.values():
            world.part(tenant)
    for one in world.common_clocks() if everyone else [clock]:
        changed = policy != one.policy
        one.obey(policy, speed)
        if changed:
            _rearrange(world, one)
            one.agenda.wind()


def _rearrange(world: "World", clock: Clock) -> None:
    """Give open tasks the moments that their clock would have given them."""
    names = [tenant.name for tenant in world.tenants.values() if tenant.clock is clock]
    for task in [task for name in names for task in world.store.tasks.of(name)]:
        over = task.is_over(clock.now())
        if not over and (clock.policy == "poll" or task.finishes == inf):
            started, task.started, task.finishes = task.started, inf, inf
            arrange(world.providers[task.provider], task, clock)
            if started <= clock.now():
                task.started = started
            world.store.tasks.put(task.tenant, (task.provider, task.id), task)
            clock.agenda.move((task.tenant, task.provider, task.id), task.finishes)
