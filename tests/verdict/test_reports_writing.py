"""Writing reports."""

import contextlib
import sys
from json import loads
from pathlib import Path

import pytest

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import Unwritten, as_json, check_places, write
from mockserver.verdict.reports import html as page

from .verdicts import chapter, finding, life, verdict

FILES = {
    "junit": "a.xml",
    "sarif": "a.sarif",
    "markdown": "a.md",
    "json": "a.json",
    "html": "a.html",
}


@pytest.fixture(autouse=True)
def no_summary(monkeypatch):
    """Keep away from the summary of the job that runs these tests."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def test_every_report_that_is_asked_for_is_written_and_named(tmp_path, capsys):
    files = {kind: str(tmp_path / name) for kind, name in FILES.items()}
    write(verdict(chapter()), terminal=True, **files)
    assert {one.name for one in tmp_path.iterdir()} == set(FILES.values())
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("screentest: clean\n")
    assert all(name in err for name in FILES.values())
    assert "\x1b" not in err


def test_nothing_is_written_or_told_that_is_not_asked_for(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(verdict(chapter()), terminal=False)
    assert not [*tmp_path.iterdir()]
    assert capsys.readouterr() == ("", "")


def test_colours_are_for_terminals_whose_user_wants_them(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    write(verdict(chapter()), terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    write(verdict(chapter()), terminal=True)
    coloured, plain = capsys.readouterr().err.split("screentest: ")[0::2]
    assert coloured.startswith("\x1b")
    assert "\x1b" not in plain


def test_the_summary_of_a_job_is_added_to_without_being_asked_for(tmp_path, monkeypatch, capsys):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(verdict(chapter()), terminal=True)
    assert summary.read_text().startswith("before\n## ✅ Screentest: clean\n")
    assert "summary.md" not in capsys.readouterr().err


def test_a_report_takes_the_place_of_an_older_one_in_one_move(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("old")
    file.chmod(0o604)
    write(verdict(chapter()), terminal=False, markdown=str(file))
    assert file.read_text().startswith("## ✅")
    assert file.stat().st_mode & 0o777 == 0o604
    assert [one.name for one in tmp_path.iterdir()] == ["a.md"]


def test_a_new_report_can_be_read_by_whoever_may_read_new_files(tmp_path):
    (tmp_path / "other").touch()
    write(verdict(), terminal=False, json=str(tmp_path / "a.json"))
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_report_that_cannot_be_written_keeps_none_of_the_others_back(tmp_path, capsys):
    away, fine = tmp_path / "away" / "a.html", tmp_path / "a.json"
    with pytest.raises(Unwritten, match=r"there is no folder .*away; make it first"):
        write(verdict(chapter()), terminal=True, html=str(away), json=str(fine))
    assert loads(fine.read_text())["schema"] == "screentest/verdict/1"
    assert "reports   " in capsys.readouterr().err


def test_a_summary_that_cannot_be_added_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "away" / "summary.md"))
    with pytest.raises(Unwritten, match=r"summary\.md: No such file"):
        write(verdict(chapter()), terminal=False)


def test_a_bug_in_one_report_keeps_none_of_the_others_back(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "text", lambda _: 1 / 0)
    with pytest.raises(Unwritten, match=r"a\.html: this report could not be made: ZeroDivision"):
        write(
            verdict(chapter()),
            terminal=False,
            html=str(tmp_path / "a.html"),
            markdown=str(tmp_path / "a.md"),
        )
    assert [one.name for one in tmp_path.iterdir()] == ["a.md"]


def test_places_are_checked_before_a_run_is_spent_on_them(tmp_path, monkeypatch):
    check_places(["", str(tmp_path / "a.md")])
    with pytest.raises(Unwritten, match=r"is a folder(.|\n)*there is no folder"):
        check_places([str(tmp_path), str(tmp_path / "away" / "a.md")])
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(Unwritten, match="nothing can be written in the folder"):
        check_places([str(tmp_path / "a.md")])


def test_one_place_for_two_reports_is_refused_however_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "a.md")
    with pytest.raises(Unwritten, match="is named for more than one file"):
        check_places(["link", "b.md", str(tmp_path / "a.md")])
    check_places(["a.md", "b.md", "", ""])


def test_the_summary_of_a_job_is_a_place_that_is_checked_too(tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    check_places([])
    summary.touch()
    check_places([])
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(Unwritten, match=r"GITHUB_STEP_SUMMARY: .*summary\.md: cannot be written"):
        check_places([])


@pytest.mark.parametrize(("place", "why"), [("", "is a folder"), ("no/file", "there is no folder")])
def test_a_summary_that_can_be_no_file_is_refused(tmp_path, monkeypatch, place, why):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / place))
    with pytest.raises(Unwritten, match=why):
        check_places([])


def test_whoever_does_not_listen_keeps_no_report_back(tmp_path, monkeypatch):
    with Path("/dev/full").open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr("sys.stderr", full)
        write(verdict(chapter()), terminal=True, json=str(tmp_path / "a.json"))
        assert sys.stderr is not full
        with contextlib.suppress(OSError):
            full.close()
    assert loads((tmp_path / "a.json").read_text())["schema"] == "screentest/verdict/1"


def test_half_a_report_is_never_left_behind(tmp_path, monkeypatch):
    file = tmp_path / "a.html"
    file.write_text("old")
    monkeypatch.setattr(page, "text", lambda _: "x" * 100_000 + "\ud800")
    with pytest.raises(Unwritten, match="UnicodeEncodeError"):
        write(verdict(), terminal=False, html=str(file))
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]


def test_json_has_all_of_the_verdict_and_its_sums(tmp_path):
    file, one = tmp_path / "a.json", finding()
    known = finding("acme/known", Severity.NOTE)
    tasks = (life(), life("task-2", finishes=float("inf")), life("task-3", finishes=None))
    given = verdict(chapter(findings=(one, known), tasks=tasks), accepted=(known.fingerprint,))
    write(given, terminal=False, json=str(file))
    told = loads(file.read_text(), parse_constant=pytest.fail)
    assert told["summary"] == {
        "headline": "1 error",
        "findings": {"error": 1, "warning": 0, "note": 0},
        "requests": 4,
        "tasks": 3,
        "would_have_cost": {"USD": 6.2},
    }
    (whole,) = told["chapters"]
    assert [(each["fingerprint"], each["accepted"]) for each in whole["findings"]] == [
        (one.fingerprint, False),
        (known.fingerprint, True),
    ]
    assert [each["finishes"] for each in whole["tasks"]] == [life().finishes, None, None]
    assert told["command"] == ["pytest", "-q", "tests"]


def test_json_of_a_large_run_is_on_one_line(monkeypatch):
    monkeypatch.setattr(as_json, "MOST_INDENTED", 3)
    assert len(as_json.text(verdict(chapter())).splitlines()) == 1
    assert len(as_json.text(verdict()).splitlines()) > 1


def test_what_fails_the_run_is_what_the_junit_report_calls_a_failure(tmp_path):
    file = tmp_path / "a.xml"
    given = verdict(chapter(findings=(finding(severity=Severity.WARNING),)))
    write(given, terminal=False, junit=str(file), fail_on=Severity.WARNING)
    assert "<failure" in file.read_text()
