"""The verdict as Markdown."""

import re

from markdown_it import MarkdownIt

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import markdown

from .verdicts import HOSTILE, chapter, finding, hostile, verdict

PARSER = MarkdownIt("commonmark").enable("table")


def test_the_summary_has_the_verdict_a_table_and_the_sums():
    given = (finding(), finding("acme/x", Severity.WARNING))
    text = markdown.text(
        verdict(
            chapter(findings=given),
            coverage={"percent": 50.0, "hit": 1, "points": 2},
            refused=("a.example:443", "a.example:443"),
        )
    )
    assert text.startswith("## ❌ Screentest: 1 error, 1 warning\n")
    assert "| ❌ error | <code>screentest/submit-once</code> | the same body" in text
    assert "| ⚠️ warning | <code>acme/x</code> |" in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert "**this run would have cost 6.20 USD**" in text
    assert "Coverage: 50 % of the contract, 1 of 2 points." in text
    assert "Kept away from 1 host: <code>a.example:443</code>." in text


def test_a_clean_run_has_no_table():
    text = markdown.text(verdict(chapter(), command=()))
    assert text.startswith("## ✅ Screentest: clean\n")
    assert "|" not in text


def test_what_is_accepted_is_counted():
    one = finding()
    text = markdown.text(verdict(chapter(findings=(one,)), accepted=(one.fingerprint,)))
    assert "Accepted: 1 finding by the baseline." in text


def test_a_rule_that_is_broken_again_and_again_has_one_row():
    many = tuple(finding(requests=(number,), excerpt="") for number in range(1, 31))
    text = markdown.text(verdict(chapter(findings=many)))
    assert text.count("<code>screentest/submit-once</code> |") == 1
    assert "and 27 more" in text
    assert "screentest/submit-once, 30 times</summary>" in text
    assert "And 10 more times." in text


def test_requests_and_tags_call_no_issue_and_no_person():
    text = markdown.text(verdict(chapter(findings=(finding(what="@image1 has no reference"),))))
    shown = re.sub("(?s)```.*?```", "", text)
    assert not re.search(r"[@#]\w", shown)
    assert "@<!-- -->image1" in shown


def test_what_is_code_in_a_sentence_is_code():
    text = markdown.text(verdict(chapter(findings=(finding(mend="Send `a_b` or `<i>`."),))))
    assert "- **Mend**: Send <code>a&#95;b</code> or <code>&#60;i&#62;</code>.\n" in text


def test_nothing_that_a_client_sent_is_markup():
    tokens = PARSER.parse(markdown.text(hostile()))
    html = [one.content for one in tokens if one.type == "html_block"]
    html += [
        child.content
        for one in tokens
        for child in one.children or ()
        if child.type == "html_inline"
    ]
    tags = {tag.strip("</>") for text in html for tag in re.findall(r"<[^>]*>", text)}
    assert tags == {"code", "details", "summary", "!-- --"}


def test_a_table_has_as_many_cells_in_each_row_as_in_its_head():
    tokens = PARSER.parse(markdown.text(hostile()))
    kinds = [one.type for one in tokens]
    assert kinds.count("td_open") == kinds.count("th_open") == 4


def test_no_excerpt_ends_its_block():
    given = verdict(chapter(findings=(finding(excerpt=f"`````\n{HOSTILE}"),)))
    (block,) = (one for one in PARSER.parse(markdown.text(given)) if one.type == "fence")
    assert block.content.startswith("`````\n</script>")


def test_long_excerpts_are_cut():
    text = markdown.text(verdict(chapter(findings=(finding(excerpt="x" * 9000),))))
    assert len(text) < 5000
    assert "x…\n```" in text


def test_a_summary_is_never_too_long_and_says_what_it_leaves_out():
    many = [finding(f"acme/rule-{number:03}", excerpt="x" * 1000) for number in range(200)]
    many.append(finding("acme/small", Severity.NOTE))
    text = markdown.text(verdict(chapter(findings=tuple(many))))
    assert 50_000 < len(text) <= markdown.LONGEST
    left = re.search(r"the details of (\d+) of the 201 broken rules", text)
    assert int(left[1]) == 201 - text.count("<details>")
    assert " of them altogether" not in text
    assert "acme/rule-000" in text
    assert "this run would have cost" in text


def test_even_rows_are_left_out_where_there_are_very_many():
    many = tuple(finding(f"acme/rule-{number:03}") for number in range(900))
    text = markdown.text(verdict(chapter(findings=many)))
    assert len(text) <= markdown.LONGEST
    left = int(re.search(r"and (\d+) of them altogether", text)[1])
    assert left == 900 - text.count("| ❌ error |")
