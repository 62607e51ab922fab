"""What a client did: its requests and tasks, as rules about behaviour look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from contracts.kernel.operation import Finds, Follows, Opens, Operation
from contracts.kernel.task import Phase

if TYPE_CHECKING:  # which may have rules of its own about behaviour
    from contracts.kernel.provider import Provider

MEDIA = "media"
"""The operation of fetching a result, or an upload, under its link."""


OK = 200
REFUSAL = 400
CIRCUMSTANCES = {401, 402, 403, 408, 409, 425, 429}
"""Refusals that say nothing of what was asked for."""


class Asked(Protocol):
    """One request and its answer."""

    @property
    def number(self) -> int:
        """Counted from 1."""
        ...

    @property
    def at(self) -> float:
        """When it was received, in seconds, on the clock of its world."""
        ...

    @property
    def took(self) -> float:
        """Seconds until it was answered, on the same clock."""
        ...

    @property
    def operation(self) -> str:
        """The id of its operation; `MEDIA`; empty for unknown paths."""
        ...

    @property
    def method(self) -> str:
        """Its method."""
        ...

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        ...

    @property
    def path(self) -> str:
        """The path of its URL, decoded."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of its query."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Whatever the case of their names."""
        ...

    @property
    def fields(self) -> Any:  # noqa: ANN401 - JSON
        """Its body as JSON; None where it has none, or it was not kept."""
        ...

    @property
    def digest(self) -> str:
        """Equal for equal bodies."""
        ...

    @property
    def key(self) -> str:
        """The label of its API key."""
        ...

    @property
    def status(self) -> int:
        """0 where no answer was sent."""
        ...

    @property
    def rule(self) -> str:
        """The rule that refused it; empty where it was accepted."""
        ...

    @property
    def fault(self) -> str:
        """The scenario that meddled with it; empty where none did."""
        ...

    @property
    def tasks(self) -> Sequence[str]:
        """The ids of the tasks that it opened or looked at."""
        ...

    @property
    def answer_headers(self) -> Mapping[str, str]:
        """Those of its answer, whatever the case of their names."""
        ...

    @property
    def is_timed(self) -> bool:
        """Whether the time before it is what its client waited: not where looks move time."""
        ...


class Tried(Protocol):
    """One try to deliver a callback."""

    @property
    def status(self) -> int:
        """0 where there was no answer."""
        ...

    @property
    def seconds(self) -> float:
        """How long the receiver took, in real time."""
        ...

    @property
    def copy(self) -> int:
        """Which delivery it belongs to: the same callback may be delivered again."""
        ...


class Opened(Protocol):
    """One task."""

    @property
    def id(self) -> str:
        """The id that its client knows it by."""
        ...

    @property
    def model(self) -> str:
        """The model that was asked for; empty where requests name none."""
        ...

    @property
    def state(self) -> Phase:
        """What has become of it."""
        ...

    @property
    def created(self) -> float:
        """When it was opened, on the same clock."""
        ...

    @property
    def finishes(self) -> float:
        """When it is, or was, over; infinite where that is open."""
        ...

    @property
    def cost(self) -> float:
        """Its price, in the provider's currency."""
        ...

    @property
    def request(self) -> Any:  # noqa: ANN401 - JSON
        """What was asked for."""
        ...

    @property
    def callback_url(self) -> str:
        """Where its client wants to hear of its end; empty where it does not."""
        ...

    @property
    def callbacks(self) -> Sequence[Tried]:
        """Every try to deliver its callback."""
        ...


@dataclass(frozen=True, kw_only=True)
class History:
    """What one client did at one provider, oldest first."""

    provider: "Provider"
    requests: Sequence[Asked]
    tasks: Sequence[Opened]
    now: float
    """The end of it, on the same clock."""

    def operation(self, request: Asked) -> Operation | None:
        """Give the operation of a request, if it reached one."""
        return self._operations.get(request.operation)

    @cached_property
    def _operations(self) -> Mapping[str, Operation]:
        return {one.id: one for one in self.provider.operations}

    @cached_property
    def _about(self) -> Mapping[str, list[Asked]]:
        """The requests about each task; clients may have thousands of both."""
        found: dict[str, list[Asked]] = {}
        for request in self.requests:
            for task in dict.fromkeys(request.tasks):
                found.setdefault(task, []).append(request)
        return found

    def about(self, task: str) -> list[Asked]:
        """Give the requests about a task: the one that opened it, looks, and downloads."""
        return self._about.get(task, [])

    def submits(self) -> list[Asked]:
        """Give the requests to open a task, whatever came of them."""
        return [one for one in self.requests if self._does(one, Opens)]

    def looks(self, task: str) -> list[Asked]:
        """Give the requests that asked how far a task is."""
        return [one for one in self.about(task) if self.is_look(one)]

    def is_look(self, request: Asked) -> bool:
        """Tell whether a request asks how far tasks are."""
        operation = self.operation(request)
        effect = operation.effect if operation else None
        return isinstance(effect, Finds) and effect.asks

    def tells_end(self, request: Asked, task: Opened) -> bool:
        """Tell whether the answer to a request says that a task is over.

        What a scenario meddled with may say anything.
        """
        is_known = request.at + request.took >= task.finishes and not request.fault
        return is_known and (is_ok(request) or (self.is_look(request) and is_verdict(request)))

    @property
    def currency(self) -> str:
        """What the provider charges in."""
        tariff = self.provider.tariff
        return tariff.currency if tariff else ""

    def fetches(self, task: str) -> list[Asked]:
        """Give the requests for the result of a task under its link."""
        asked = (one for one in self.about(task) if one.method == "GET")
        return [one for one in asked if one.operation == MEDIA or self._does(one, Follows)]

    def opening(self, task: str) -> Asked | None:
        """Give the request that opened a task."""
        return next((one for one in self.about(task) if self._does(one, Opens)), None)

    def _does(self, request: Asked, effect: type) -> bool:
        operation = self.operation(request)
        return operation is not None and isinstance(operation.effect, effect)


def is_ok(request: Asked) -> bool:
    """Tell whether a request was answered with success."""
    return request.status // 100 == OK // 100


def is_verdict(request: Asked) -> bool:
    """Tell whether an answer refuses for good: not because of its client, nor of the server."""
    return request.status // 100 == REFUSAL // 100 and request.status not in CIRCUMSTANCES


def is_film(request: Asked) -> bool:
    """Tell whether the answer to a request was a film."""
    kind = request.answer_headers.get("content-type", "")
    return is_ok(request) and kind.startswith("video/")
