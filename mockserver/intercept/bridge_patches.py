"""What is patched in the libraries: the same as by respx, and in its books, but faster."""

import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from respx.mocks import Mocker

from mockserver.intercept.bridge import Asked, Bridge

Alone = Callable[[str], Bridge | None]
"""Gives what answers for a host, where there is no one else to ask."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A method that was replaced, in the form in which respx keeps its own."""

    owner: type
    name: str
    original: Any

    def stop(self) -> None:
        """Put the original back."""
        setattr(self.owner, self.name, self.original)


def patch(mocker: type[Mocker], alone: Alone, core: ModuleType) -> None:
    """Replace methods as respx does, at a tenth of its cost, unless it has done so already.

    What is there now is replaced, and put back, as others may have patched it for a while.
    """
    patches: list[Any] = mocker._patches  # noqa: SLF001 - whichever router stops last goes by this
    if patches:
        return
    for owner in owners(tuple(mocker.targets)):
        for name in mocker.target_methods:
            if method := vars(owner).get(name):  # what is inherited is patched where it is from
                patches.append(Patch(owner, name, method))
                setattr(owner, name, patched(mocker, method, alone, core))


@cache
def owners(targets: tuple[str, ...]) -> tuple[type, ...]:
    """Give the classes that are patched."""
    return tuple(pkgutil.resolve_name(target) for target in targets)


@lru_cache(maxsize=64)
def patched(
    mocker: type[Mocker],
    method: Any,  # noqa: ANN401 - of whatever kind
    alone: Alone,
    core: ModuleType,
) -> Any:  # noqa: ANN401 - as above
    """Give what replaces a method: the way through respx, and one past it for the usual case.

    They are called as those of respx are, which tells its own by their names.
    """
    through = mocker.mock(method)  # type: ignore[no-untyped-call] # respx has no types there

    def mock(self: object, request: Any) -> Any:  # noqa: ANN401 - of the library
        if bridge := alone(request.url.host.decode("ascii")):
            answer = bridge.answer(asked(request, b"".join(request.stream)))
            return core.Response(answer.status, headers=answer.headers, content=answer.stream)
        return through(self, request)

    async def amock(self: object, request: Any) -> Any:  # noqa: ANN401 - as above
        if bridge := alone(request.url.host.decode("ascii")):
            body = b"".join([piece async for piece in request.stream])
            answer = await bridge.answer_async(asked(request, body))
            return core.Response(answer.status, headers=answer.headers, content=answer.stream)
        return await through(self, request)

    return amock if inspect.iscoroutinefunction(through) else mock


def asked(request: Any, body: bytes) -> Asked:  # noqa: ANN401 - of either library
    """Give a request as a bridge takes it."""
    url = request.url
    return Asked(
        request.method.decode("ascii"),
        url.scheme.decode("ascii"),
        url.host.decode("ascii"),
        url.port,
        url.target,
        request.headers,
        body,
        patience(request.extensions),
    )


def patience(extensions: Mapping[str, Any]) -> float | None:
    """Give the seconds that a client waits for the head of an answer, and for each piece of it."""
    seconds: float | None = extensions.get("timeout", {}).get("read")
    return seconds
