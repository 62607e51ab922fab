"""The parts of the page: findings, then what each test or client did, money, and coverage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts.kernel.habits import Severity
from mockserver.commands.options import counted
from mockserver.verdict.reports import wording
from mockserver.verdict.reports.grouping import Broken, Case, accepted, broken
from mockserver.verdict.reports.tags import Markup, folded, joined, rows, table, tag
from mockserver.verdict.reports.timeline import timeline, told
from mockserver.verdict.verdict import Chapter, Exchange, Life, Verdict

MOST_CASES = 25
"""So many times of one broken rule are told of."""
MOST_EXCHANGES = 3000
"""So many are shown, beside those that findings name."""
FEWEST = 20
"""So many of each test or client at least."""
MOST_TASKS = 200
"""So many of one test or client are drawn."""
LONGEST_URL = 160


class Ids:
    """What the parts of a page are called, so that one can lead to another."""

    def __init__(self, verdict: Verdict) -> None:
        self._numbers = {id(one): number for number, one in enumerate(verdict.chapters, 1)}

    def chapter(self, chapter: Chapter) -> str:
        """Give the id of a chapter."""
        return f"c{self._numbers[id(chapter)]}"

    def prefix(self, chapter: Chapter) -> str:
        """Give how the ids of its exchanges begin."""
        return f"{self.chapter(chapter)}x"


def findings(verdict: Verdict, ids: Ids) -> Markup:
    """Tell of all that is wrong, worst first."""
    rules = broken(verdict)
    known = accepted(verdict)
    parts = [_rule(one, ids) for one in rules] or [tag("p", "There is nothing to find fault with.")]
    if known:
        summary = f"Accepted: {wording.baseline(verdict)}"
        parts.append(folded(summary, *(_rule(one, ids, is_open=False) for one in known)))
    kinds = [one.value for one in Severity if any(rule.severity == one for rule in rules)]
    return section("Findings", "findings", _filters(kinds) if len(kinds) > 1 else "", *parts)


def section(title: str, name: str, *content: object) -> Markup:
    """Give a part of the page."""
    return tag("section", tag("h2", title), *content, id=name)


def _filters(kinds: Sequence[str]) -> Markup:
    """Let the reader choose; shown only where scripts run."""
    boxes = (
        tag("label", tag("input", type="checkbox", checked=True, data_shows=kind), f" {kind}s ")
        for kind in kinds
    )
    return tag("p", *boxes, class_="filters", hidden=True)


def _rule(one: Broken, ids: Ids, *, is_open: bool = True) -> Markup:
    """Tell of one rule."""
    times = f", {len(one.cases)} times" if len(one.cases) > 1 else ""
    badge = tag("span", one.severity.value, class_=f"badge {one.severity.value}")
    summary = joined([badge, " ", one.first.what, " ", tag("code", one.rule + times)])
    about = [
        ("of", one.whose),
        ("field", one.first.field),
        ("says", one.first.sentence),
        ("why", one.first.why),
        ("mend", one.first.mend),
        ("source", one.first.source),
    ]
    body = [rows(about), tag("ol", *(_case(case, ids) for case in one.cases[:MOST_CASES]))]
    if len(one.cases) > MOST_CASES:
        body.append(tag("p", f"And {len(one.cases) - MOST_CASES} more times."))
    css = f"finding {one.severity.value}"
    return folded(summary, *body, is_open=is_open, class_=css, data_severity=one.severity.value)


def _case(case: Case, ids: Ids) -> Markup:
    """Tell of one time, with links to its requests."""
    links = [_link(ids, case.chapter, number) for number in case.finding.requests]
    name = tag("a", case.chapter.name, href=f"#{ids.chapter(case.chapter)}")
    excerpt = tag("pre", case.finding.excerpt) if case.finding.excerpt else ""
    tasks = f" (task {', '.join(case.finding.tasks)})" if case.finding.tasks else ""
    return tag("li", case.finding.what, tasks, tag("br"), name, " ", *links, excerpt)


def _link(ids: Ids, chapter: Chapter, number: int) -> Markup:
    return joined([tag("a", f"#{number}", href=f"#{ids.prefix(chapter)}{number}"), " "])


def clients(verdict: Verdict, ids: Ids) -> Markup:
    """Tell what each test or client did."""
    room = max(FEWEST, MOST_EXCHANGES // max(1, len(verdict.chapters)))
    search = tag("input", type="search", placeholder="find in exchanges", aria_label="find")
    parts = [_chapter(one, ids, room, verdict) for one in verdict.chapters]
    title = "Tests" if any(one.is_test for one in verdict.chapters) else "Clients"
    return section(title, "clients", tag("p", search, class_="search", hidden=True), *parts)


def _chapter(chapter: Chapter, ids: Ids, room: int, verdict: Verdict) -> Markup:
    """Tell what one of them did: its tasks as pictures, then every exchange."""
    prefix = ids.prefix(chapter)
    count = counted(len(chapter.exchanges), "request")
    cost = wording.money(chapter.would_have_cost)
    summary = joined(
        [
            tag("strong", chapter.name),
            f" {count}, {counted(len(chapter.tasks), 'task')}{f', {cost}' if cost else ''}",
        ]
    )
    return folded(
        summary,
        *(_life(chapter, life, prefix) for life in chapter.tasks[:MOST_TASKS]),
        _more(len(chapter.tasks) - MOST_TASKS, "task"),
        *_exchanges(chapter, prefix, room),
        is_open=len(verdict.chapters) == 1,
        id=ids.chapter(chapter),
        class_="chapter",
    )


def _life(chapter: Chapter, life: Life, prefix: str) -> Markup:
    """Tell of one task."""
    price = wording.money({life.currency: life.cost})
    facts = [f"{life.provider} {life.model}".strip(), told(life), life.failure, price]
    head = tag("p", tag("code", life.id), " ", " · ".join(filter(None, facts)))
    return tag("div", head, timeline(chapter, life, prefix), class_="life")


def _exchanges(chapter: Chapter, prefix: str, room: int) -> Iterator[Markup]:
    """Tell of the first exchanges, and of all that findings name."""
    named = {number for one in chapter.findings for number in one.requests}
    shown = [
        one for place, one in enumerate(chapter.exchanges) if place < room or one.number in named
    ]
    for one in shown:
        yield _exchange(one, prefix)
    yield _more(len(chapter.exchanges) - len(shown), "exchange")


def _more(count: int, noun: str) -> Markup:
    """Say what is left out of the page."""
    if count <= 0:
        return Markup()
    return tag("p", f"{counted(count, f'more {noun}')}: the JSON report has all.")


def _exchange(one: Exchange, prefix: str) -> Markup:
    """Tell of one request and its answer."""
    css = "bad" if one.rule or not 0 < one.status < 400 else "good"  # noqa: PLR2004 - as HTTP has it
    summary = joined(
        [
            f"#{one.number} {one.method} {wording.one_line(one.url, LONGEST_URL)} ",
            tag("span", one.status or "no answer", class_=f"status {css}"),
            *(joined([" ", tag("code", each)]) for each in (one.rule, one.fault) if each),
        ]
    )
    facts = [
        ("at", wording.moment(one.at)),
        ("took", wording.lasting(one.took)),
        ("operation", f"{one.provider} {one.operation}".strip()),
        ("key", one.key),
        ("tasks", ", ".join(one.tasks)),
        ("url", one.url if len(one.url) > LONGEST_URL else ""),
    ]
    asked, answered = _message(one.headers, one.body), _message(one.answer_headers, one.answer)
    parts = [rows(facts), tag("h4", "Request"), asked, tag("h4", "Answer"), answered]
    return folded(summary, *parts, id=f"{prefix}{one.number}", class_="exchange")


def _message(headers: Mapping[str, str], body: str) -> Markup:
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return tag("pre", "\n\n".join(filter(None, [lines, body])) or "nothing")


def ledger(verdict: Verdict) -> Markup:
    """Tell of the money."""
    lines = [_line(chapter, one) for chapter in verdict.chapters for one in chapter.tasks]
    most = MOST_EXCHANGES
    parts = [tag("p", tag("strong", wording.cost(verdict)), ".")]
    if lines:
        head = ("Task", "Of", "Model", "State", "Price")
        parts += [table(head, lines[:most]), _more(len(lines) - most, "line")]
    return section("Ledger", "ledger", *parts)


def _line(chapter: Chapter, one: Life) -> Iterable[object]:
    price = wording.money({one.currency: one.cost}) or "nothing"
    state = f"{one.state}: {one.failure}" if one.failure else one.state
    return tag("code", one.id), chapter.name, f"{one.provider} {one.model}", state, price


def coverage(verdict: Verdict) -> Markup:
    """Tell what of the contracts was exercised; nothing where nobody looked."""
    if not verdict.coverage:
        return Markup()
    parts = [tag("p", wording.coverage(verdict), ".")]
    for name, share in verdict.coverage.get("providers", {}).items():
        head = ("Area", "Exercised", "Never tried", "Share")
        lines = [
            ("all", *_share(share)),
            *((one, *_share(of)) for one, of in share["groups"].items()),
        ]
        parts += [tag("h3", share.get("contract", name)), table(head, lines)]
    return section("Coverage", "coverage", *parts)


def _share(given: Mapping[str, Any]) -> Iterable[object]:
    """Tell of a share: how many of how many, what is missing, and a bar."""
    missing, percent = given["missing"], given["percent"]
    names = tag("ul", *(tag("li", tag("code", one)) for one in missing))
    bar = tag("meter", min=0, max=100, value=percent)
    return (
        f"{given['hit']} of {given['points']}",
        folded(counted(len(missing), "point"), names) if missing else "none",
        joined([bar, f" {percent:g} %"]),
    )
