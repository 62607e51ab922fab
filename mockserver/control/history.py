"""The journal: what was asked and answered, with filters."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from pydantic import Field
from typing_extensions import TypedDict

from mockserver import redaction
from mockserver.control.endpoint import Call, Whose, expect
from mockserver.control.whose import label_of, providers_of
from mockserver.journal import Digest, Entry
from mockserver.world import World

MOST = 100_000


class BodyTold(TypedDict, total=False):
    """A body: as JSON, as text, as base64, or what is left of a large one; `{}` where empty."""

    json: Any
    text: str
    base64: str
    sha256: str
    size: int
    content_type: str


class EntryTold(TypedDict):
    """One request and how it was answered."""

    number: int
    """Counted from 1, over all there ever were."""
    at: float
    """When it was received, on the clock of its tenant."""
    took: float
    """Seconds until it was answered, on the same clock."""
    tenant: str
    key: str
    provider: str
    operation: str
    """Empty where the path has none."""
    method: str
    path: str
    query: str
    headers: dict[str, str]
    """What is secret is left out: of these, of query, body and answer."""
    body: BodyTold
    status: int
    """0 where no answer was sent."""
    rule: str
    """The rule that refused it; empty when it was accepted."""
    fault: str
    """The scenario that meddled with it."""
    tasks: list[str]
    """The tasks it opened or looked at."""
    answer_headers: dict[str, str]
    answer: BodyTold


class JournalTold(TypedDict):
    """What is remembered, newest last."""

    total: int
    """How many requests there ever were, of whomever."""
    found: int
    """How many of those that are remembered are meant; `limit` may leave some of them out."""
    entries: list[EntryTold]


class EntriesAsked(Whose):
    """Which entries. Everything that is said must hold."""

    provider: str = ""
    operation: str = ""
    status: int | None = None
    rule: str = Field("", description="A rule, or how its id begins, such as acme/.")
    fault: str = Field("", description="A scenario.")
    task: str = ""


class JournalAsked(EntriesAsked):
    """Which entries, since when, and how many of the latest."""

    since: int = Field(0, ge=0, description="Only entries with larger numbers.")
    limit: int = Field(MOST, ge=1, le=MOST, description="The latest so many.")


def see_journal(call: Call[JournalAsked, None]) -> JournalTold:
    """Tell what happened."""
    journal, asked = call.world.journal, call.asked
    wanted = filter_of(call.world, asked)
    found = [one for one in tuple(journal) if one.number > asked.since and wanted(one)]
    entries = [told_of(one) for one in found[-asked.limit :]]
    return {"total": journal.total, "found": len(found), "entries": entries}


def filter_of(world: World, asked: EntriesAsked) -> Callable[[Entry], bool]:
    """Give what tells the entries that are meant from the others."""
    tenant, key = label_of(asked.tenant), label_of(asked.key)
    served = providers_of(world, asked.provider)
    if asked.operation:
        ids = [one.id for provider in served for one in provider.operations]
        expect("operation", asked.operation, dict.fromkeys(ids))
    known = {
        "key": key,
        "provider": asked.provider,
        "operation": asked.operation,
        "status": asked.status,
        "fault": asked.fault,
    }
    exact = [(name, value) for name, value in known.items() if value not in {"", None}]
    rule, task = asked.rule, asked.task

    def is_wanted(entry: Entry) -> bool:
        return (
            all(getattr(entry, name) == value for name, value in exact)
            and (not tenant or label_of(entry.tenant) == tenant)
            and entry.rule.startswith(rule)
            and (not task or task in entry.tasks)
        )

    return is_wanted


def told_of(entry: Entry) -> EntryTold:
    """Tell of an entry."""
    return {
        "number": entry.number,
        "at": entry.at,
        "took": entry.took,
        "tenant": entry.tenant,
        "key": entry.key,
        "provider": entry.provider,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": redaction.query(entry.query.decode("latin-1")),
        "headers": redaction.headers(entry.headers),
        "body": body_told(entry.body, entry.headers),
        "status": entry.status,
        "rule": entry.rule,
        "fault": entry.fault,
        "tasks": [*entry.tasks],
        "answer_headers": redaction.headers(entry.sent),
        "answer": body_told(entry.answer, entry.sent),
    }


def body_told(body: bytes | Digest, headers: Sequence[tuple[bytes, bytes]]) -> BodyTold:
    """Tell of a body in the plainest form that loses nothing but secrets."""
    if isinstance(body, Digest):
        return {"sha256": body.sha256, "size": body.size, "content_type": body.content_type}
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}
    kind = dict(headers).get(b"content-type", b"")
    if b"json" in kind:
        with suppress(ValueError, RecursionError):
            return {"json": redaction.json(text)}
    return {"text": redaction.query(text) if b"urlencoded" in kind else redaction.text(text)}
