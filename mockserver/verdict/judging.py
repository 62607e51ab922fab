"""Judging what clients did: contracts that they broke, and rules about behaviour."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from json import dumps

from contracts.kernel.habits import Evidence, Habit, Severity
from contracts.kernel.history import History
from contracts.kernel.manners import CATALOGUE
from contracts.kernel.task import Phase
from mockserver import redaction
from mockserver.control.history import BodyTold, body_told
from mockserver.control.ledger import Owner, by_currency, tasks_by_owner, total_of
from mockserver.control.whose import keys_of
from mockserver.journal import label
from mockserver.testing.breaking import Breach, breaches, neglected
from mockserver.testing.explaining import got, grouped
from mockserver.testing.request import Request
from mockserver.testing.wording import cut
from mockserver.verdict.coverage import covered
from mockserver.verdict.finding import Finding, worst_first
from mockserver.verdict.past import Past, PastTask, past_of, pasts
from mockserver.verdict.verdict import Chapter, Exchange, Life, chapter_of
from mockserver.world import World

GENERAL = "screentest"
"""What the id of a general rule begins with."""
IGNORED = f"{GENERAL}/ignored-field"
LATE = "The provider accepts the request, charges it, and fails the task."
REFUSED = "The provider refuses the request, and there is no video."
DROPPED = "The provider drops the field without a word, and the video is not what was asked for."
LONGEST = 20_000
"""How much of a body is told, in characters."""


def chapters(world: World) -> list[Chapter]:
    """Give what every client of a world did, by tenant and key."""
    return [_chapter(one, name_of(one), is_test=False) for one in pasts(world)]


def chapter(world: World, tenant: str, name: str, *, is_test: bool) -> Chapter:
    """Give what happened in a tenant, by whichever key."""
    return _chapter(past_of(world, tenant), name, is_test=is_test)


def name_of(past: Past) -> str:
    """Give what a client is called: the label of its key, and its tenant where that is another."""
    tenant = past.world.labels.of(past.tenant)
    key = past.key or "without a key"
    return key if tenant in {key, ""} else f"{tenant}, {key}"


def _chapter(past: Past, name: str, *, is_test: bool) -> Chapter:
    told = Chapter(
        name=name,
        is_test=is_test,
        findings=tuple(findings(past)),
        exchanges=tuple(exchange_of(one) for one in past.requests),
        tasks=tuple(life_of(past, one) for one in past.tasks),
        would_have_cost=cost_of(past),
        covered=covered(past.world, past.tenant, past.requests),
    )
    secrets = {word for one in past.requests for word in redaction.secrets(one.entry.headers)}
    return chapter_of(redaction.without(asdict(told), sorted(secrets))) if secrets else told


def cost_of(past: Past) -> Mapping[str, float]:
    """Give what a client would have paid, by currency, its open tasks included."""
    world, tenant = past.world, past.tenant
    tasks = tasks_by_owner(world, tenant)
    totals = [
        total_of(world, Owner(tenant, one, one.tariff, key, tasks.get((one.id, key), ())))
        for key in keys_of(world, tenant)
        if past.key in {None, label(key)}
        for one in world.providers.values()
        if one.tariff
    ]
    return by_currency(
        (one["currency"], one["spent"] + one["reserved"])
        for one in totals
        if one["spent"] or one["reserved"]
    )


# Findings


def findings(past: Past) -> list[Finding]:
    """Give everything that a client did wrong, worst first."""
    broken = [_of_contract(same) for same in grouped(breaches(past.requests))]
    dropped = [_of_contract(same) for same in grouped(neglected(past.requests))]
    behaved = [one for history in past.histories.values() for one in of_behaviour(history)]
    return worst_first([*broken, *dropped, *behaved])


def of_behaviour(history: History) -> Iterator[Finding]:
    """Give every time that a client broke a rule about behaviour."""
    provider = history.provider
    for owner, habits in ((GENERAL, CATALOGUE), (provider.id, provider.habits)):
        for habit in habits:
            for evidence in habit.find(history):
                yield _of_habit(
                    f"{owner}/{habit.id.removeprefix(f'{owner}/')}", habit, evidence, history
                )


def _of_habit(rule: str, habit: Habit, evidence: Evidence, history: History) -> Finding:
    operations = dict.fromkeys(one.operation for one in evidence.requests)
    return Finding(
        rule=rule,
        severity=habit.severity,
        what=evidence.what,
        sentence=habit.sentence,
        why=habit.why,
        mend=habit.mend,
        source=str(evidence.source or habit.source),
        provider=history.provider.id,
        operation=next(iter(operations), ""),
        field=evidence.field,
        requests=tuple(one.number for one in evidence.requests),
        tasks=tuple(evidence.tasks),
        excerpt=cut(redaction.text(evidence.excerpt)),
    )


def _of_contract(same: Sequence[Breach]) -> Finding:
    """Give what is wrong with one request, or with several in the same way."""
    request, found = same[0]
    is_ignored = found.outcome == "ignored"
    why = {"ignored": DROPPED, "fails-later": LATE, "refused": REFUSED}[found.outcome]
    return Finding(
        rule=IGNORED if is_ignored else found.rule,
        severity=Severity.WARNING if is_ignored else Severity.ERROR,
        what=found.wrong or found.sentence.removesuffix("."),
        sentence=found.sentence,
        why=why,
        mend=_mend(same[0]),
        source=str(found.source),
        provider=request.provider,
        operation=request.operation,
        field=found.field,
        requests=tuple(dict.fromkeys(one.request.number for one in same)),
        tasks=tuple(dict.fromkeys(id_ for one in same for id_ in one.request.tasks)),
        excerpt=": ".join(filter(None, (found.field, got(found)))),
    )


def _mend(breach: Breach) -> str:
    """Say what to do about a request that breaks a contract."""
    field = breach.finding.field
    if breach.finding.outcome == "ignored":
        return f"Leave `{field}` out, or send it where the provider reads it."
    return f"Send `{field}` as it is documented." if field else "Send what is documented."


# Rows


def exchange_of(request: Request) -> Exchange:
    """Give a request and its answer without what is secret in them."""
    entry = request.entry
    return Exchange(
        number=request.number,
        at=request.at,
        took=request.took,
        key=request.key,
        provider=request.provider,
        operation=request.operation,
        method=request.method,
        url=request.place,
        status=request.status,
        rule=request.rule,
        fault=request.fault,
        tasks=request.tasks,
        headers=redaction.headers(entry.headers),
        body=_text(body_told(entry.body, entry.headers)),
        answer_headers=redaction.headers(entry.sent),
        answer=_text(body_told(entry.answer, entry.sent)),
    )


def _text(told: BodyTold) -> str:
    """Give a body as text, or say what it is."""
    if "json" in told:
        return cut(dumps(told["json"], ensure_ascii=False), LONGEST)
    if "text" in told:
        return cut(told["text"], LONGEST)
    if "base64" in told:
        return f"{len(told['base64'].rstrip('=')) * 3 // 4:,} bytes that are no text"
    if not told:
        return ""
    if not told["size"]:
        return "a body that was never read"
    return f"{told['size']:,} bytes of {told['content_type'] or 'an unknown type'}"


def life_of(past: Past, task: PastTask) -> Life:
    """Give what there is to say of a task."""
    seen, history = task.seen, past.histories[task.provider, task.key]
    return Life(
        id=task.id,
        provider=task.provider,
        model=task.model,
        state=str(task.state),
        created=task.created,
        finishes=seen.finishes,
        cost=task.cost,
        currency=seen.currency,
        failure=_failure(task),
        looks=tuple(one.number for one in history.looks(task.id)),
        fetches=tuple(one.number for one in history.fetches(task.id)),
        callbacks=tuple(_tried(one.status, one.seconds, one.problem) for one in task.callbacks),
    )


def _failure(task: PastTask) -> str:
    """Say why a task failed; nothing where it did not, or not yet."""
    failure = task.seen.failure if task.state is Phase.FAILED else None
    return f"{failure.code}: {failure.message}" if failure else ""


def _tried(status: int, seconds: float, problem: str) -> str:
    """Tell of one try to deliver a callback."""
    return f"{status or redaction.text(problem)} after {seconds:.2f} s"
