"""Saying how a client broke a contract: what it sent, and what is documented."""

from collections.abc import Iterable, Iterator, Sequence
from json import dumps

from contracts.kernel.checking.findings import Finding
from mockserver import redaction
from mockserver.journal import Digest
from mockserver.naming import unknown
from mockserver.testing.asking import everything
from mockserver.testing.breaking import NO_ROUTE, OURSELVES, Breach, breaches, neglected, rules_of
from mockserver.testing.errors import Misused, Unreadable, Violated, hidden
from mockserver.testing.request import Request, large
from mockserver.testing.wanting import is_named
from mockserver.testing.wording import columns, cut, moment, shown
from mockserver.world import World

__tracebackhide__ = hidden

MOST = 10
"""How many broken rules are told of in full."""


def assert_no_violations(
    world: World, tenant: str, *, ignored: bool = False, allow: Sequence[str] | str = ()
) -> None:
    """Raise `Violated` if the client of a tenant broke a contract.

    That is what a provider refuses for what it is, and tasks that fail later because of a rule; not
    what it refuses because of circumstances, such as a wrong key, an empty balance, a limit on use,
    an unknown task, or a scenario. Fields that a provider silently ignores count only if `ignored`
    is true. `allow` names rules that may be broken: by id, or by pattern: `acme/*`.
    """
    requests = everything(world, tenant)
    patterns = (allow,) if isinstance(allow, str) else allow
    check_patterns(world, patterns)
    found = [*_but(breaches(requests), patterns)]
    if found or ignored:
        silent = [*_but(neglected(requests), patterns)]
        found, silent = ([*found, *silent], []) if ignored else (found, silent)
        if found:
            raise Violated("\n".join(told(found, silent, len(requests))))


def check_patterns(world: World, patterns: Sequence[str]) -> None:
    """Refuse patterns that mean no rule there is, with the nearest one that does."""
    known = [rule for one in world.providers.values() for rule in rules_of(one)] if patterns else []
    for pattern in patterns:
        if not any(is_named(rule, pattern) for rule in [*known, NO_ROUTE]):
            raise Misused(unknown("rule", pattern, known, "screentest rules"))


def _but(found: Iterable[Breach], patterns: Sequence[str]) -> Iterator[Breach]:
    """Give what no pattern allows."""
    for one in found:
        if not any(is_named(one.finding.rule, pattern) for pattern in patterns):
            yield one


def told(found: Sequence[Breach], silent: Sequence[Breach], of: int) -> Iterator[str]:
    """Tell of every broken rule, and of what was ignored besides."""
    groups, wrong = grouped(found), len({one.request.number for one in found})
    yield f"the contract is broken by {wrong} of {of} {'request' if of == 1 else 'requests'}"
    for same in groups[:MOST]:
        yield ""
        yield heading(same[0])
        yield from columns(rows(same))
    if more := groups[MOST:]:
        yield ""
        numbers = ", ".join(
            dict.fromkeys(f"#{one.request.number}" for same in more for one in same)
        )
        yield f"... and {len(more)} more, in {cut(numbers)}"
    yield ""
    if silent:
        yield "accepted, but silently ignored"
        yield from (f"  {line}" for line in hushed(silent))
        yield ""
    rules = dict.fromkeys(one.finding.rule for one in found)
    yield f"to let it pass: allow={dumps([*rules])}"


def grouped(found: Iterable[Breach]) -> list[list[Breach]]:
    """Put together what a client did again and again, first things first."""
    groups: dict[object, list[Breach]] = {}
    for one in found:
        same = one.finding, one.request.provider, one.request.operation
        groups.setdefault(same, []).append(one)
    return list(groups.values())


def heading(breach: Breach) -> str:
    """Say which rule is broken, and what came of it."""
    request, finding = breach
    what = f"{request.provider} {request.operation}".strip() or "screentest"
    if finding.outcome == "ignored":
        return f"{what}: a field is ignored"
    end = ", so the task fails" if finding.outcome == "fails-later" else ""
    return f"{what}: rule {finding.rule} is broken{end}"


def rows(same: Sequence[Breach]) -> Iterator[tuple[str, str]]:
    """Give the lines about one broken rule; what there is nothing to say of is left out."""
    request, finding = same[0]
    again = ", ".join(f"#{one.request.number}" for one in same[1:])
    lines = {
        "request": f"{request}, answered {request.status}, {moment(request.at)}",
        "again": cut(again),
        "sent": sent(request),
        "task": ", ".join(request.tasks),
        "rule": finding.rule if finding.outcome == "ignored" else "",
        "field": finding.field,
        "got": got(finding),
        "wrong": "" if finding.sentence.rstrip(".") in finding.wrong else finding.wrong,
        "says": finding.sentence,
        "source": "" if finding.source is OURSELVES else str(finding.source),
    }
    return ((name, line) for name, line in lines.items() if line)


def got(finding: Finding) -> str:
    """Give the value that is wrong, unless it is a secret."""
    name = finding.field.rpartition(".")[2]
    return redaction.HIDDEN if redaction.is_secret(name) else redaction.text(finding.got)


def sent(request: Request) -> str:
    """Give a body on one line, as far as it was kept, and without the secrets in it."""
    try:
        if not request.body:
            return ""
        return shown(request.json)
    except Unreadable:
        body = request.entry.body
    if isinstance(body, Digest):
        return large(body)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.startswith("multipart/"):
        return f"{len(body):,} bytes of {kind}"
    text = " ".join(body.decode(errors="replace").split())
    return cut(redaction.query(text) if "urlencoded" in kind else redaction.text(text))


def hushed(silent: Iterable[Breach]) -> list[str]:
    """Tell of fields that were ignored, each in a line."""
    return [
        f"{same[0].request.provider} {same[0].request.operation}: {same[0].finding.wrong}"
        f" ({', '.join(f'#{one.request.number}' for one in same)})"
        for same in grouped(silent)[:MOST]
    ]
