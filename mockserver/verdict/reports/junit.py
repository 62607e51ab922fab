"""The verdict as JUnit XML: a case for each rule that a test or client broke.

What fails the run is a failure, and all else is skipped with a message: the views of merge requests
show both, and hide what is printed by cases that pass.
"""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contracts.kernel.habits import Severity
from mockserver.verdict.finding import worst_first
from mockserver.verdict.reports import wording
from mockserver.verdict.reports.grouping import Broken, Case, grouped
from mockserver.verdict.verdict import Chapter, Verdict

CLEAN = "keeps every rule"
"""The name of the case of a test, or client, that broke none."""
MOST_CASES = 20
"""So many times of one broken rule are told of."""


def text(verdict: Verdict, fail_on: Severity | None = Severity.ERROR) -> str:
    """Give the verdict as XML; findings of this severity or worse are failures."""
    root = Element("testsuites", name="screentest")
    suite = SubElement(root, "testsuite", name="screentest")
    _properties(suite, verdict)
    suite.append(_command(verdict))
    for chapter in verdict.chapters:
        suite.extend(_cases(verdict, chapter, fail_on))
    for one in (suite, root):
        _count(one, suite, verdict.seconds)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def _count(one: Element, suite: Element, seconds: float) -> None:
    one.set("tests", str(len(suite.findall("testcase"))))
    one.set("failures", str(len(suite.findall("testcase/failure"))))
    one.set("errors", "0")
    one.set("time", f"{seconds:.3f}")
    if one is suite:
        one.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _properties(suite: Element, verdict: Verdict) -> None:
    """Say what was run, and what it came to."""
    values = {
        "command": wording.command(verdict),
        "version": verdict.version,
        "seed": str(verdict.seed),
        "contracts": ", ".join(verdict.contracts),
        "would-have-cost": wording.money(verdict.would_have_cost),
        "coverage": wording.coverage(verdict),
    }
    holder = SubElement(suite, "properties")
    for name, value in values.items():
        SubElement(holder, "property", name=name, value=wording.visible(value))


def _command(verdict: Verdict) -> Element:
    """Give the case of the command itself."""
    case = _case("screentest", "the command itself ends well", verdict.seconds)
    if verdict.exit_code:
        message = f"{wording.command(verdict) or 'it'} ended with exit status {verdict.exit_code}"
        SubElement(case, "failure", type="command", message=message).text = message
    return case


def _cases(verdict: Verdict, chapter: Chapter, fail_on: Severity | None) -> Iterator[Element]:
    """Give a case for every rule that was broken in a chapter, or one that none was."""
    cases = [Case(chapter, one) for one in worst_first(chapter.findings)]
    known = [one for one in cases if one.finding.fingerprint in verdict.accepted]
    fresh = [one for one in cases if one.finding.fingerprint not in verdict.accepted]
    for rule in grouped(fresh):
        is_failure = fail_on is not None and rule.first.is_at_least(fail_on)
        yield _broken(chapter, rule, "failure" if is_failure else "skipped", rule.severity.value)
    for rule in grouped(known):
        yield _broken(chapter, rule, "skipped", "accepted by the baseline")
    if not chapter.findings:
        yield _of(chapter, CLEAN)


def _broken(chapter: Chapter, rule: Broken, outcome: str, lead: str) -> Element:
    """Give the case of one rule."""
    suffix = " (accepted)" if lead != rule.severity.value else ""
    case = _of(chapter, rule.rule + suffix)
    told = SubElement(case, outcome, message=f"{lead}: {wording.one_line(rule.first.what)}")
    told.set("type", wording.visible(rule.rule))
    body = wording.visible("\n".join(_told(rule)))
    # a reader of failures shows their text; of what is skipped it shows the message only
    (told if outcome == "failure" else SubElement(case, "system-out")).text = body
    return case


def _told(rule: Broken) -> Iterator[str]:
    for case in rule.cases[:MOST_CASES]:
        yield f"{case.finding.what} ({case.numbers})" if case.numbers else case.finding.what
        yield from (f"  {wording.request_line(one)}" for one in case.exchanges)
        yield from (f"  {line}" for line in case.finding.excerpt.splitlines())
    if len(rule.cases) > MOST_CASES:
        yield f"and {len(rule.cases) - MOST_CASES} more times"
    first = rule.first
    rows: Mapping[str, str] = {
        "rule": f"{rule.rule} ({rule.whose})" if rule.whose else rule.rule,
        "says": first.sentence,
        "why": first.why,
        "mend": first.mend,
        "source": first.source,
    }
    yield from (f"{label:<8}{value}" for label, value in rows.items() if value)


def _of(chapter: Chapter, name: str) -> Element:
    """Give a case of a test or client."""
    case = _case(chapter.name, name, 0)
    path, found, _ = chapter.name.partition("::")
    if chapter.is_test and found:
        case.set("file", wording.visible(path))
    return case


def _case(whose: str, name: str, seconds: float) -> Element:
    return Element(
        "testcase",
        classname=wording.visible(whose),
        name=wording.visible(name),
        time=f"{seconds:.3f}",
    )
