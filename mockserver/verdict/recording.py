"""Keeping what clients asked for: each distinct request as a file, without what is secret.

Headers are not kept, and no answers. Prompts and media are, as they were sent.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from threading import Lock
from typing import Any

from contracts.kernel.checking.captures import Message, Place
from contracts.kernel.checking.messages import Target
from contracts.kernel.operation import Carried
from mockserver import __version__, redaction
from mockserver.clock import real_now
from mockserver.control.whose import names
from mockserver.journal import Entry, label
from mockserver.testing.errors import Unreadable
from mockserver.testing.request import Request
from mockserver.verdict.carrying import fields_of
from mockserver.verdict.points import targets_of
from mockserver.verdict.recorded import Unfitting, name_of, place_of, without_media, write
from mockserver.world import World


@dataclass(slots=True)
class Tally:
    """What came of recording."""

    written: int = 0
    """How many requests were not there before."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many could not be kept, by reason."""
    problem: str = ""
    """Why it ended early, where it did."""


@dataclass(slots=True)
class Recorder:
    """Writes the requests of a world to a directory."""

    world: World
    directory: Path
    tally: Tally = field(default_factory=Tally)
    _lock: Lock = field(default_factory=Lock)

    def take(self, entry: Entry) -> None:
        """Keep one request, if it is for an operation; trouble with the disk ends recording."""
        provider = self.world.providers.get(entry.provider)
        target = targets_of(provider).get(entry.operation) if provider else None
        if target is None or self.tally.problem:
            return
        with self._lock:
            try:
                self._keep(target, entry)
            except Unfitting as error:
                self.tally.left_out[str(error)] += 1
            except RecursionError:
                self.tally.left_out["nested too deeply"] += 1
            except OSError as error:
                self.tally.problem = f"{error.filename}: {error.strerror}"

    def _keep(self, target: Target, entry: Entry) -> None:
        request = Request(entry, entry.number, self._tenant(entry), self.world)
        said = _said(target, request)
        plain, media = _scrubbed(said, entry), dict[str, bytes]()
        message, breaks = without_media(plain, media), _broken(target, said, request)
        sheet = _sheet(target, request, message, breaks)
        file = place_of(self.directory, sheet)
        if file.exists():
            return
        if not breaks and _objection(target, plain):
            raise Unfitting("a secret in it decides whether it is valid")
        write(file, sheet, media)
        self.tally.written += 1

    def _tenant(self, entry: Entry) -> str:
        """Give the tenant behind a label."""
        known = (one for one in names(self.world) if label(one) == entry.tenant)
        return next(known, entry.tenant)


def record(world: World, directory: Path) -> Tally:
    """Keep what a world remembers of its requests; `OSError` becomes the problem of the tally."""
    recorder = Recorder(world, directory)
    for entry in tuple(world.journal):
        recorder.take(entry)
    return recorder.tally


@contextmanager
def recording(world: World, directory: Path) -> Iterator[Tally]:
    """Keep every request from here to the end of the block, however many the journal forgets."""
    recorder = Recorder(world, directory)
    listeners = world.journal.listeners
    take = recorder.take
    listeners.add(take)
    try:
        yield recorder.tally
    finally:
        listeners.discard(take)


# What is kept


def _said(target: Target, request: Request) -> dict[str, Any]:
    """Give what a request said; `Unfitting` where that is no object, or is not known."""
    if target.operation.carried is Carried.FORM:
        raise Unfitting("a form")
    try:
        said = fields_of(target, request)
    except Unreadable:
        known = isinstance(request.entry.body, bytes)
        raise Unfitting("no JSON" if known else "large, and refused") from None
    if not isinstance(said, dict):
        raise Unfitting("no JSON object")
    return said


def _scrubbed(said: Mapping[str, Any], entry: Entry) -> Any:  # noqa: ANN401 - JSON
    """Leave out what is secret: by its name, in URLs, and the keys of the request itself."""
    try:
        plain = redaction.json(dumps(said))
    except ValueError:
        raise Unfitting("a number that JSON does not know") from None
    return redaction.without(plain, redaction.secrets(entry.headers))


def _broken(target: Target, said: Mapping[str, Any], request: Request) -> str:
    """Give the rule of the contract that a request breaks, whatever else it was refused for."""
    contract, rule = target.contract, request.rule
    stated = {*contract.rules, *contract.media, *(one.id for one in contract.limits)}
    if not rule or rule in stated:
        return rule
    return _objection(target, said)


def _objection(target: Target, said: Mapping[str, Any]) -> str:
    """Give the first rule that refuses a message, as far as it tells by itself."""
    if target.operation.carried is Carried.URL:
        found = target.check_fields(said)
    else:
        found = target.check(Message(Place(""), dumps(said).encode()))
    return next((one.rule for one in found if one.outcome == "refused"), "")


def _sheet(target: Target, request: Request, message: Any, breaks: str) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Give a request as a file of fixtures has it."""
    provider, operation = target.provider, target.operation
    alike = redaction.without(message, [*request.tasks])
    verdict = {"valid": False, "breaks": breaks} if breaks else {"valid": True}
    came = f"answered with {request.status}" if request.status else "not answered"
    example = {
        "id": name_of(operation.id, provider.name, operation.id, alike, breaks),
        "what": f"Sent by a client, and {came}.",
        "direction": "request",
        "operation": operation.id,
        "revision": provider.revision,
        "source": {
            "document": f"recorded by Screentest {__version__}",
            "read": datetime.fromtimestamp(real_now(), UTC).date().isoformat(),
        },
        "message": message,
        **verdict,
    }
    return {"provider": provider.id, "examples": [example]}
