"""The verdict as JUnit XML."""

from xml.etree.ElementTree import fromstring

import pytest

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import junit

from .verdicts import chapter, exchange, finding, hostile, verdict

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"failure", "skipped", "system-out"},
    "failure": set(),
    "skipped": set(),
    "system-out": set(),
}
NEEDED = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "skipped": {"message", "type"},
}


def read(given, *options):
    """Read a report, and hold it to what readers of JUnit XML know."""
    root = fromstring(junit.text(given, *options))  # noqa: S314 - our own
    for one in root.iter():
        assert {child.tag for child in one} <= CHILDREN[one.tag]
        optional = {"file"} if one.tag == "testcase" else set()
        assert (
            NEEDED.get(one.tag, set()) <= set(one.keys()) <= NEEDED.get(one.tag, set()) | optional
        )
    for one in (root, *root):
        cases = root.findall(".//testcase")
        assert int(one.get("tests")) == len(cases)
        assert int(one.get("failures")) == sum(case.find("failure") is not None for case in cases)
    return root


def cases(root):
    """Give what became of each case, by its names."""
    return {
        (one.get("classname"), one.get("name")): next((child.tag for child in one), "passed")
        for one in root.iter("testcase")
    }


def test_each_rule_that_was_broken_is_a_case_and_so_is_a_test_that_broke_none():
    test = chapter(
        "tests/test_a.py::test_a",
        findings=(finding(), finding(), finding("acme/x", Severity.WARNING)),
    )
    assert cases(read(verdict(test, chapter("tests/test_a.py::test_b"), chapter()))) == {
        ("screentest", "the command itself ends well"): "passed",
        ("tests/test_a.py::test_a", "screentest/submit-once"): "failure",
        ("tests/test_a.py::test_a", "acme/x"): "skipped",
        ("tests/test_a.py::test_b", "keeps every rule"): "passed",
        ("key-1", "keeps every rule"): "passed",
    }


@pytest.mark.parametrize(
    ("fail_on", "failures"),
    [(None, 0), (Severity.ERROR, 1), (Severity.WARNING, 2), (Severity.NOTE, 3)],
)
def test_failures_are_what_fails_the_run(fail_on, failures):
    given = [finding(f"acme/{one}", one) for one in Severity]
    root = read(verdict(chapter(findings=tuple(given))), fail_on)
    assert int(root.get("failures")) == failures


def test_what_is_accepted_is_skipped_and_says_so():
    one = finding()
    root = read(verdict(chapter(findings=(one,)), accepted=(one.fingerprint,)))
    skipped = root.find(".//skipped")
    assert skipped.get("message").startswith("accepted by the baseline: the same body")
    assert root.get("failures") == "0"


def test_a_command_that_failed_is_a_failure_of_its_own():
    root = read(verdict(exit_code=4))
    assert root.find(".//failure").get("message") == "pytest -q tests ended with exit status 4"
    assert (
        read(verdict(exit_code=4, command=())).find(".//failure").get("message").startswith("it ")
    )


def test_a_failure_tells_what_happened_in_which_requests_and_how_to_mend_it():
    text = read(verdict(chapter(findings=(finding(),)))).find(".//failure").text
    assert text.splitlines() == [
        "the same body was submitted twice, 0.4 s apart, and both were charged (#1, #2)",
        "  #1 POST https://api.acme.example/v1/videos, answered 200",
        "  #2 POST https://api.acme.example/v1/videos, answered 200",
        '  {"prompt": "a cat"}',
        "rule    screentest/submit-once (acme submit)",
        "says    A paid request whose answer was lost is looked up before it is sent again.",
        "why     Each request that was accepted is paid for.",
        "mend    Look for the task that the first request opened.",
        "source  docs.acme.example/video, 2026-11 (documented)",
    ]


def test_a_rule_without_a_provider_or_requests_is_told_without_them():
    one = finding(provider="", operation="", requests=(), excerpt="")
    lines = read(verdict(chapter(findings=(one,)))).find(".//failure").text.splitlines()
    assert lines[:2] == [one.what, "rule    screentest/submit-once"]


def test_the_file_of_a_test_is_named():
    root = read(verdict(chapter("tests/test_a.py::test_a"), chapter("act-1", is_test=True)))
    assert [one.get("file") for one in root.iter("testcase")] == [None, "tests/test_a.py", None]


def test_a_rule_that_is_broken_many_times_is_not_told_without_end():
    many = tuple(finding(requests=(number,)) for number in range(1, 31))
    text = read(verdict(chapter(findings=many))).find(".//failure").text
    assert "and 10 more times" in text


def test_the_suite_says_what_was_run():
    root = read(verdict(chapter(exchanges=(exchange(),))))
    values = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert values["command"] == "pytest -q tests"
    assert values["would-have-cost"] == "6.20 USD"


def test_whatever_a_client_sent_the_report_is_xml():
    root = read(hostile())
    assert "</script><script>alert(1)</script>" in root.find(".//failure").text
    assert r"\x1b[31m" in root.find(".//failure").get("message")
