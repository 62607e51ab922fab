"""The verdict as SARIF 2.1.0, for the views of repositories that show alerts beside code."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mockserver.verdict.reports import wording
from mockserver.verdict.reports.anchors import Anchor, Anchors
from mockserver.verdict.reports.grouping import Broken, Case, accepted, broken, grouped
from mockserver.verdict.verdict import Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION = "2.1.0"
ROOT = "%SRCROOT%"
"""Stands for the root of the repository, wherever it is checked out."""
LONGEST = 4000
"""How much of one message is told, in characters."""


def text(verdict: Verdict, here: Path | None = None) -> str:
    """Give the verdict as SARIF; paths begin at the repository that holds this folder."""
    return dumps(log(verdict, here or Path.cwd()), indent=2) + "\n"


def log(verdict: Verdict, here: Path) -> dict[str, Any]:
    """Give the log with its one run."""
    anchors = Anchors(verdict, here)
    rules = grouped(case for one in (*broken(verdict), *accepted(verdict)) for case in one.cases)
    driver = {
        "name": "Screentest",
        "version": verdict.version,
        "semanticVersion": verdict.version,
        "rules": [_rule(one) for one in rules],
    }
    index = {one.rule: number for number, one in enumerate(rules)}
    results = [
        _result(verdict, same, anchors, index) for rule in rules for same in _alike(rule.cases)
    ]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "screentest/"},
        "invocations": [_invocation(verdict)],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"seed": verdict.seed, "contracts": [*verdict.contracts]},
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(one: Broken) -> dict[str, Any]:
    """Describe a rule to whoever sees an alert of it."""
    first = one.first
    said = {"why": first.why, "mend": first.mend, "source": first.source}
    told = [f"{label}: {value}" for label, value in said.items() if value]
    return {
        "id": one.rule,
        "shortDescription": {"text": _said(first.sentence) or one.rule},
        "fullDescription": {"text": _said("\n".join(filter(None, [first.sentence, first.why])))},
        "help": {"text": _said("\n".join([first.sentence, *told]))},
        "defaultConfiguration": {"level": one.severity.value},
        "properties": {"tags": [*filter(None, ["api-client", first.provider])]},
    }


def _alike(cases: Iterable[Case]) -> Iterator[Sequence[Case]]:
    """Put together what one test, or client, did again and again: it is one alert."""
    found: dict[tuple[int, str], list[Case]] = {}
    for case in cases:
        found.setdefault((id(case.chapter), case.finding.fingerprint), []).append(case)
    yield from found.values()


def _result(
    verdict: Verdict, same: Sequence[Case], anchors: Anchors, index: dict[str, int]
) -> dict[str, Any]:
    """Give one alert."""
    case = same[0]
    one, place = case.finding, f"{case.finding.fingerprint}\n{case.chapter.name}"
    told: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": index[one.rule],
        "level": one.severity.value,
        "message": {"text": _said(_message(same))},
        "locations": [_location(case, anchors.of(case.chapter))],
        "occurrenceCount": len(same),
        "partialFingerprints": {
            "screentest/v1": one.fingerprint,
            # by this name, code scanning tells two alerts of one rule in one file apart
            "primaryLocationLineHash": sha256(place.encode(errors="replace")).hexdigest()[:16]
            + ":1",
        },
        "properties": {
            "provider": one.provider,
            "operation": one.operation,
            "field": one.field,
            "requests": [*one.requests],
            "tasks": [*one.tasks],
            "excerpt": _cut(one.excerpt),
        },
        **_web(case),
    }
    if one.fingerprint in verdict.accepted:
        why = "accepted by the baseline"
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return told


def _message(same: Sequence[Case]) -> str:
    """Say what happened, in which requests, and what was sent."""
    case = same[0]
    again = f" ({len(same)} times)" if len(same) > 1 else ""
    lines = [f"{case.finding.what.rstrip('.')}{again}."]
    lines += [wording.request_line(one) for one in case.exchanges]
    if case.finding.mend:
        lines.append(f"To mend it: {case.finding.mend}")
    return "\n".join(lines)


def _web(case: Case) -> dict[str, Any]:
    """Give the first request that a case shows in, and its answer."""
    for one in case.exchanges:
        asked = {"method": one.method, "target": one.url, "body": {"text": _cut(one.body)}}
        answer = {"statusCode": one.status} if one.status else {"noResponseReceived": True}
        return {"webRequest": asked, "webResponse": answer}
    return {}


def _location(case: Case, anchor: Anchor) -> dict[str, Any]:
    """Give the line of a test, or the file of a client."""
    where: dict[str, Any] = {
        "artifactLocation": {"uri": quote(anchor.path, errors="replace"), "uriBaseId": ROOT}
    }
    if anchor.line:
        where["region"] = {"startLine": anchor.line}
    name = _cut(case.chapter.name)
    kind = "function" if case.chapter.is_test else "resource"
    return {
        "physicalLocation": where,
        "logicalLocations": [{"fullyQualifiedName": name, "kind": kind}],
    }


def _invocation(verdict: Verdict) -> dict[str, Any]:
    """Say what was run; what came of the command does not make the findings less true."""
    told: dict[str, Any] = {
        "commandLine": f"screentest run -- {wording.command(verdict)}",
        "exitCode": verdict.exit_code,
        "executionSuccessful": True,
    }
    if verdict.exit_code:
        text = f"The command ended with exit status {verdict.exit_code}; it may not have done all."
        told["toolExecutionNotifications"] = [{"level": "error", "message": {"text": text}}]
    return told


def _said(given: str) -> str:
    """Give a text as a message: braces mean arguments there, and brackets links."""
    told = _cut(given).replace("{", "{{").replace("}", "}}")
    return told.replace("[", r"\[").replace("]", r"\]") if "](" in told else told


def _cut(given: str) -> str:
    told = wording.visible(given)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
