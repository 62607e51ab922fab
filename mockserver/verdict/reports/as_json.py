"""The verdict as JSON: all of it, for programs."""

from dataclasses import asdict
from json import dumps
from math import isfinite
from typing import Any

from contracts.kernel.habits import Severity
from mockserver.verdict.finding import Finding
from mockserver.verdict.reports import wording
from mockserver.verdict.verdict import Verdict

SCHEMA = "screentest/verdict/1"
"""Changes with anything that a program might stumble over."""
MOST_INDENTED = 5000
"""Runs with more requests than these are told on one line, which is made much faster."""


def text(verdict: Verdict) -> str:
    """Give the verdict as JSON that every reader can carry."""
    told = plain(verdict)
    indent = 2 if told["summary"]["requests"] <= MOST_INDENTED else None
    return dumps(told, indent=indent, default=str) + "\n"


def plain(verdict: Verdict) -> dict[str, Any]:
    """Give the verdict as plain values, with its schema and its sums."""
    told = verdict.plain()
    for one, chapter in zip(told["chapters"], verdict.chapters, strict=True):
        one["findings"] = [_finding(verdict, each) for each in chapter.findings]
        for life in one["tasks"]:
            is_open = life["finishes"] is None or not isfinite(life["finishes"])
            life["finishes"] = None if is_open else life["finishes"]  # JSON knows no infinity
    return {"schema": SCHEMA, "summary": _summary(verdict), **told}


def _summary(verdict: Verdict) -> dict[str, Any]:
    count = wording.tally(verdict)
    return {
        "headline": wording.headline(verdict),
        "findings": {severity.value: count[severity] for severity in Severity},
        "requests": sum(len(one.exchanges) for one in verdict.chapters),
        "tasks": sum(len(one.tasks) for one in verdict.chapters),
        "would_have_cost": verdict.would_have_cost,
    }


def _finding(verdict: Verdict, one: Finding) -> dict[str, Any]:
    """Give a finding with what a baseline knows it by, and whether one accepts it."""
    known_by = one.fingerprint
    return {**asdict(one), "fingerprint": known_by, "accepted": known_by in verdict.accepted}
