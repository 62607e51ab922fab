"""The verdict on a terminal."""

import re

import click
import pytest

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import terminal

from .verdicts import chapter, exchange, finding, hostile, life, verdict

NOTE = {"severity": Severity.NOTE}


def told(given, width=80, **more):
    return terminal.lines(given, colour=False, width=width, **more)


def test_a_clean_run_is_told_in_a_few_lines():
    assert told(verdict(chapter())) == [
        "screentest: clean",
        "  ran       pytest -q tests (4.2 s)",
        "",
        "1 client, 4 requests, 1 task; this run would have cost 6.20 USD",
    ]


def test_a_finding_is_told_with_its_requests_and_how_to_mend_it():
    text = "\n".join(told(verdict(chapter("key-1", findings=(finding(field="prompt"),))), 100))
    assert text.splitlines()[0] == "screentest: 1 error"
    assert (
        """
error: the same body was submitted twice, 0.4 s apart, and both were charged
  rule      screentest/submit-once (acme submit)
  in        key-1
  requests  #1 POST https://api.acme.example/v1/videos, answered 200
            #2 POST https://api.acme.example/v1/videos, answered 200
  tasks     task-1
  field     prompt
  excerpt   {"prompt": "a cat"}
  says      A paid request whose answer was lost is looked up before it is sent again.
  why       Each request that was accepted is paid for.
  mend      Look for the task that the first request opened.
  source    docs.acme.example/video, 2026-11 (documented)
"""
        in text
    )


def test_a_rule_that_is_broken_again_and_again_is_told_once():
    many = tuple(finding(requests=(number,)) for number in range(1, 31))
    lines = told(verdict(chapter(findings=many)), 100)
    assert sum(line.startswith("error: ") for line in lines) == 1
    assert "  rule      screentest/submit-once (acme submit), broken 30 times" in lines
    place = lines.index("  again     key-1: #2")
    assert lines[place + 1 : place + 3] == ["            key-1: #3", "            and 27 more"]


def test_the_worst_comes_first_and_what_is_accepted_is_only_counted():
    known = finding("acme/known")
    given = (
        finding("acme/small", **NOTE),
        finding("acme/wide", Severity.WARNING),
        finding(),
        known,
    )
    lines = told(verdict(chapter(findings=given), accepted=(known.fingerprint,)))
    kinds = [found[1] for line in lines if (found := re.match(r"(\w+): the same", line))]
    assert kinds == ["error", "warning", "note"]
    assert lines[0] == "screentest: 1 error, 1 warning, 1 note"
    assert "  accepted  1 finding by the baseline" in lines
    assert not any("acme/known" in line for line in lines)


def test_tests_and_clients_are_counted_apart():
    wrong = chapter("tests/test_a.py::test_a", findings=(finding(),))
    fine = chapter("tests/test_a.py::test_b")
    assert told(verdict(wrong, fine))[0] == "screentest: 1 error in 1 of 2 tests"
    assert told(verdict(wrong, fine, chapter()))[0] == "screentest: 1 error in 1 test"
    assert told(verdict(wrong, chapter(), fine))[-1].startswith("2 tests and 1 client, 12 requests")


def test_a_run_that_asked_for_nothing_is_not_called_clean():
    assert told(verdict())[0] == "screentest: no request reached the mock"
    assert told(verdict())[-1] == "0 clients, 0 requests, 0 tasks; this run would have cost nothing"


def test_a_command_that_failed_is_never_hidden():
    line = told(verdict(chapter(), exit_code=3))[0]
    assert line == "screentest: clean; the command itself ended with exit status 3"


def test_the_sums_name_what_else_there_is():
    lines = told(
        verdict(
            chapter(
                exchanges=(exchange(rule="acme/x", status=400),), would_have_cost={"Credits": 0.004}
            ),
            command=(),
            refused=("a.example:443", "a.example:443", *(f"{n}.example" for n in range(6))),
            coverage={"percent": 43.5, "hit": 120, "points": 276},
        ),
        written=["a.html", "b.xml"],
    )
    assert lines[1:] == [
        "  ran       4.2 s",
        "",
        "1 client, 1 request (1 refused), 1 task; this run would have cost 0.004 Credits",
        "  coverage  43.5 % of the contract, 120 of 276 points",
        "  kept away a.example:443, 0.example, 1.example, 2.example, 3.example, and 2",
        "            more",
        "  reports   a.html",
        "            b.xml",
    ]


def test_coverage_of_nothing_is_told_as_that():
    lines = told(verdict(chapter(), coverage={"percent": 0.0, "hit": 0, "points": 0}))
    assert "  coverage  nothing of any contract was exercised" in lines


def test_long_lists_of_requests_and_excerpts_are_cut():
    one = finding(requests=(1, 2, 3, 4), excerpt="\n".join(map(str, range(9))), operation="")
    lines = told(verdict(chapter(findings=(one,))))
    assert "            and 1 more" in lines
    assert "            ... and 3 more lines" in lines


def test_requests_that_were_not_kept_are_named_by_number():
    one = finding(requests=tuple(range(70, 80)), provider="", operation="", tasks=())
    lines = told(verdict(chapter(findings=(one,))))
    assert "  requests  #70, #71, #72, #73, #74, #75, and 4 more" in lines
    assert "  rule      screentest/submit-once" in lines


def test_faults_and_missing_answers_are_told_of():
    asked = exchange(1, status=0, fault="acme-lost", url="https://api.acme.example/" + "x" * 200)
    lines = told(verdict(chapter(findings=(finding(requests=(1,)),), exchanges=(asked,))), 200)
    assert any(line.endswith("…, not answered (acme-lost)") for line in lines)


@pytest.mark.parametrize("width", [1, 40, 77, 500])
def test_no_line_is_longer_than_the_terminal_is_wide(width):
    given = verdict(
        chapter(findings=(finding(), finding(what="x" * 300))), command=("run", "y" * 200)
    )
    assert max(map(len, told(given, width))) <= max(40, min(width, 100))


def test_the_names_of_reports_are_never_broken():
    name = f"reports/{'x' * 90}.html"
    assert told(verdict(chapter()), 40, written=[name])[-1] == f"  reports   {name}"


def test_the_width_is_that_of_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    lines = terminal.lines(verdict(chapter(findings=(finding(),))), colour=False)
    assert 40 < max(map(len, lines)) <= 50


def test_colours_change_nothing_but_the_looks():
    given = verdict(chapter(findings=(finding(), finding("acme/x", Severity.WARNING))))
    coloured = terminal.lines(given, colour=True, width=80)
    assert "\x1b[31m" in coloured[0]
    assert [click.unstyle(line) for line in coloured] == told(given)


@pytest.mark.parametrize(
    ("given", "colour"),
    [
        (verdict(chapter()), 32),
        (verdict(), 33),
        (verdict(chapter(findings=(finding(severity=Severity.WARNING),))), 33),
        (verdict(chapter(findings=(finding(**NOTE),))), 36),
        (verdict(chapter(), exit_code=1), 31),
    ],
)
def test_the_colour_of_the_headline_is_that_of_the_worst(given, colour):
    assert f"\x1b[{colour}m" in terminal.lines(given, colour=True, width=80)[0]


def test_nothing_that_a_client_sent_does_anything_to_the_terminal():
    text = "\n".join(told(hostile()))
    assert "\x1b" not in text
    assert r"\x1b[31m" in text


def test_times_are_told_as_people_say_them():
    spans = {0: "0 s", 0.25: "250 ms", 61: "61 s", 145.4: "2 min 25 s", 7200: "2 h"}
    for seconds, words in spans.items():
        assert f"({words})" in told(verdict(chapter(), seconds=seconds))[1]


def test_money_of_several_currencies_is_not_added_up():
    one = chapter(would_have_cost={"USD": 1234.5, "Credits": 2})
    line = told(verdict(one, chapter(tasks=(life(),), would_have_cost={"USD": 0.0})), 100)[-1]
    assert line.endswith("would have cost 1,234.50 USD, 2.00 Credits")
