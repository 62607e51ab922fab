"""A task as a test sees it, and what a test may do to it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import loads
from typing import Any

from contracts.kernel.operation import Finds, Follows
from contracts.kernel.task import Failure, Phase
from mockserver.control.endpoint import Unfit
from mockserver.control.tasks import Fail, TaskTold, expire, failure_of, must_be_open, told_of
from mockserver.delivery import MEDIA
from mockserver.naming import unknown
from mockserver.outbox import Attempt
from mockserver.store import AnyTask
from mockserver.testing.asking import Request, Requests, everything, requests_of
from mockserver.testing.errors import Misused, NoTask, Untimely, hidden
from mockserver.testing.request import listed
from mockserver.world import World

__tracebackhide__ = hidden


@dataclass(frozen=True, slots=True, repr=False)
class SeenTask:
    """A task that a client opened. What it says is true at the moment it is asked."""

    id: str
    """The id that its client knows it by."""
    provider: str
    tenant: str
    world: World = field(compare=False)

    @property
    def row(self) -> AnyTask:
        """The task itself."""
        row = self.world.store.tasks.get(self.tenant, (self.provider, self.id))
        if row is None:
            raise NoTask(f"task {self.id!r} was forgotten")
        return row

    @property
    def told(self) -> TaskTold:
        """What the control plane tells of it."""
        return told_of(self.world, self.row)

    @property
    def state(self) -> Phase:
        """`waiting`, `working`, `succeeded` or `failed`. Asking moves it no further."""
        return self.row.phase(self.world.clock_of(self.tenant).now())

    @property
    def is_over(self) -> bool:
        """Whether it has succeeded or failed."""
        return self.state in {Phase.SUCCEEDED, Phase.FAILED}

    @property
    def model(self) -> str:
        """The model that was asked for; empty where requests name none."""
        return self.told["model"]

    @property
    def cost(self) -> float:
        """Its price, in the currency of its provider."""
        return self.told["cost"]

    @property
    def currency(self) -> str:
        """The currency of its provider; empty where that charges nothing."""
        return self.told["currency"]

    @property
    def created(self) -> float:
        """When it was opened, on the clock of the test."""
        return self.row.created

    @property
    def finishes(self) -> float | None:
        """When it is over; None where that is open."""
        return self.told["finishes"]

    @property
    def request(self) -> Any:  # noqa: ANN401 - JSON
        """The body that it was opened with, however large."""
        return loads(self.row.text)

    @property
    def callback_url(self) -> str:
        """Where its client wants to hear of its end, if it does."""
        return self.row.plan.callback_url

    @property
    def failure(self) -> Failure | None:
        """Why it failed, or will; its `code` and `message` are what clients are told."""
        return self.row.plan.failure

    @property
    def media_url(self) -> str | None:
        """Its result, as long as it can be fetched."""
        return self.told["media_url"]

    @property
    def scenario(self) -> str:
        """The scenario that it met when it was opened, if it did."""
        return self.told["scenario"]

    # What its client did

    @property
    def requests(self) -> Requests:
        """All requests about it: the one that opened it, looks, and downloads."""
        return requests_of(self.world, self.tenant, provider=self.provider, task=self.id)

    @property
    def polls(self) -> Requests:
        """The looks at it."""
        return self._asked("looked at", lambda one: isinstance(self._effect(one), Finds))

    @property
    def downloads(self) -> Requests:
        """The downloads of its result."""
        return self._asked("downloaded", self._is_download)

    def _is_download(self, request: Request) -> bool:
        if request.operation == MEDIA:
            return True
        return request.method != "DELETE" and isinstance(self._effect(request), Follows)

    def _effect(self, request: Request) -> object:
        if request.operation == MEDIA:
            return None
        return self.world.providers[self.provider].operation(request.operation).effect

    def _asked(self, what: str, is_wanted: Callable[[Request], bool]) -> Requests:
        found = tuple(one for one in self.requests if is_wanted(one))
        return Requests(found, f" that {what} task {self.id}")

    @property
    def callbacks(self) -> Sequence[Attempt]:
        """Every try to tell of its end."""
        row = self.world.store.callbacks.get(self.tenant, (self.provider, self.id))
        return tuple(row.attempts) if row else ()

    # What a test does to it

    def finish(self) -> None:
        """Let it end now, as it would have."""
        with _told_plainly(Untimely):
            task = must_be_open(self.world, self.row)
        self.world.end(task, self.world.clock_of(self.tenant))

    def fail(self, reason: str = "", *, code: str = "", message: str = "") -> None:
        """Let it fail now: for a documented reason by its name, or in words of your own.

        Without either, it fails for the first reason that its provider documents.
        """
        with _told_plainly(Untimely):
            task = must_be_open(self.world, self.row)
        with _told_plainly(Misused):
            why = Fail(reason=reason, code=code, message=message)
            failure = failure_of(self.world.providers[self.provider], why)
        self.world.end(task, self.world.clock_of(self.tenant), failure)

    def expire(self) -> None:
        """Let its result be gone, as at the end of its life."""
        with _told_plainly(Untimely):
            expire(self.world, self.row)

    def __repr__(self) -> str:
        model = f" with {self.model}" if self.model else ""
        return f"<Task {self.id} of {self.provider}{model}: {self.state}>"


@contextmanager
def _told_plainly(kind: type[Exception]) -> Iterator[None]:
    """Raise what the control plane would answer as an error of a test."""
    try:
        yield
    except Unfit as error:
        raise kind(str(error)) from None


def tasks_of(world: World, tenant: str) -> list[SeenTask]:
    """Give the tasks of a tenant, oldest first."""
    rows = tuple(world.store.tasks.of(tenant))
    return [SeenTask(one.id, one.provider, tenant, world) for one in rows]


def task_of(world: World, tenant: str, id_: str, *, provider: str = "") -> SeenTask:
    """Give the task of a tenant with this id; `NoTask` says which there are."""
    every = tasks_of(world, tenant)
    found = [one for one in every if one.id == id_ and provider in {"", one.provider}]
    if len(found) > 1:
        names = " and ".join(one.provider for one in found)
        raise Misused(f"{names} have a task {id_!r} each; say which by provider=")
    if not found:
        raise NoTask(_none_of(world, tenant, id_, every))
    return found[0]


def _none_of(world: World, tenant: str, id_: str, every: Sequence[SeenTask]) -> str:
    """Say which tasks there are, or what became of the requests that should have opened one."""
    if every:
        return unknown("task", id_, [one.id for one in every])
    asked = everything(world, tenant)
    if not asked:
        return f"no task {id_!r}: no request was made"
    return "\n".join(
        [f"no task {id_!r}: none was opened by the requests there were", *listed(asked)]
    )
