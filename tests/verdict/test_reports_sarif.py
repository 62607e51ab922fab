"""The verdict as SARIF."""

from json import loads
from pathlib import Path

import jsonschema_rs
import pytest

from contracts.kernel.habits import Severity
from mockserver.verdict.reports import sarif

from .sarif_schema import SCHEMA
from .verdicts import chapter, exchange, finding, hostile, verdict

VALIDATOR = jsonschema_rs.Draft7Validator(SCHEMA, validate_formats=True)
TEST = "tests/test_a.py::test_a"


def read(given, here):
    """Read a report, and hold it to the schema."""
    log = loads(sarif.text(given, here))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    for one in run["results"]:
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    return run


def place(run, number=0):
    return run["results"][number]["locations"][0]["physicalLocation"]


@pytest.fixture
def repo(tmp_path):
    """A repository with a test file."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "tests").mkdir()
    text = (
        "import os\n\n\ndef test_a():\n    pass\n\n\nclass TestB:\n    x = 1\n\n"
        "    async def test_c(self):\n        pass\n"
    )
    (tmp_path / "tests" / "test_a.py").write_text(text)
    return tmp_path


def test_the_schema_refuses_what_it_does_not_know():
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [], "other": 1})


def test_a_run_without_findings_has_no_results(tmp_path):
    run = read(verdict(chapter()), tmp_path)
    assert run["results"] == []
    assert run["tool"]["driver"]["name"] == "Screentest"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (TEST, 4),
        (f"{TEST}[x-::-y]", 4),
        ("tests/test_a.py::TestB::test_c", 11),
        ("tests/test_a.py::TestB::test_away", 8),
        ("tests/test_a.py::test_away", None),
        ("tests/test_away.py::test_a", None),
        ("tests/test_bad.py::test_a", None),
    ],
)
def test_a_finding_is_anchored_to_the_line_of_its_test(repo, name, line):
    (repo / "tests" / "test_bad.py").write_text("def")
    at = place(read(verdict(chapter(name, findings=(finding(),))), repo))
    assert at["artifactLocation"] == {"uri": name.partition("::")[0], "uriBaseId": "%SRCROOT%"}
    assert at.get("region", {}).get("startLine") == line


def test_every_test_of_a_file_is_found(repo):
    names = (TEST, "tests/test_a.py::TestB::test_c")
    run = read(verdict(*(chapter(name, findings=(finding(),)) for name in names)), repo)
    assert [place(run, number)["region"]["startLine"] for number in (0, 1)] == [4, 11]


def test_paths_begin_at_the_repository_wherever_the_run_began(repo):
    given = verdict(chapter("test_a.py::test_a", findings=(finding(),)), command=())
    at = place(read(given, repo / "tests"))
    assert at == {
        "artifactLocation": {"uri": "tests/test_a.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4},
    }


@pytest.mark.parametrize(
    ("command", "uri"),
    [
        (("python", "tests/test_a.py", "-v"), "tests/test_a.py"),
        (("pytest", "tests/test_a.py::test_a"), "tests/test_a.py"),
        (("/usr/bin/npm", "test"), "npm"),
        (("sh", "-c", "x" * 5000), "sh"),
        (("sh", "\0"), "sh"),
        ((), "screentest"),
    ],
)
def test_what_is_no_test_is_anchored_to_the_file_that_was_run(repo, command, uri):
    run = read(verdict(chapter("key 1", findings=(finding(),)), command=command), repo)
    assert place(run)["artifactLocation"]["uri"] == uri
    assert run["results"][0]["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "key 1", "kind": "resource"}
    ]


def test_files_outside_of_the_repository_keep_their_names(repo):
    name = "../other/test x.py::test_a"
    at = place(read(verdict(chapter(name, findings=(finding(),))), repo))
    assert at["artifactLocation"]["uri"] == "../other/test%20x.py"


def test_without_a_repository_paths_begin_at_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log = loads(sarif.text(verdict(chapter(TEST, findings=(finding(),)))))
    at = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert at["artifactLocation"]["uri"] == "tests/test_a.py"
    assert Path.cwd() == tmp_path


def test_a_rule_is_described_once_and_its_level_is_its_severity(tmp_path):
    given = (finding(), finding("acme/x", Severity.NOTE, mend=""), finding(field="other"))
    run = read(verdict(chapter(findings=given)), tmp_path)
    rules = {one["id"]: one for one in run["tool"]["driver"]["rules"]}
    assert [*rules] == ["screentest/submit-once", "acme/x"]
    assert rules["acme/x"]["defaultConfiguration"] == {"level": "note"}
    assert "mend: Look for the task" in rules["screentest/submit-once"]["help"]["text"]
    assert [one["level"] for one in run["results"]] == ["error", "error", "note"]


def test_what_one_test_did_again_and_again_is_one_result(tmp_path):
    given = verdict(
        chapter(findings=(finding(), finding())), chapter("key-2", findings=(finding(),))
    )
    run = read(given, tmp_path)
    assert [one["occurrenceCount"] for one in run["results"]] == [2, 1]
    assert "charged (2 times).\n#1 POST" in run["results"][0]["message"]["text"]


def test_results_are_told_apart_by_their_test_and_stay_the_same_from_run_to_run(tmp_path):
    def prints(**given):
        chapters = (chapter(name, findings=(finding(**given),)) for name in ("key-1", "key-2"))
        run = read(verdict(*chapters), tmp_path)
        return [one["partialFingerprints"] for one in run["results"]]

    first, second = prints()
    assert first["screentest/v1"] == second["screentest/v1"] == finding().fingerprint
    assert first["primaryLocationLineHash"] != second["primaryLocationLineHash"]
    assert prints(requests=(3,), what="another time") == [first, second]


def test_what_a_baseline_accepts_is_suppressed(tmp_path):
    one = finding("acme/known")
    given = verdict(chapter(findings=(one, finding())), accepted=(one.fingerprint,))
    results = {each["ruleId"]: each for each in read(given, tmp_path)["results"]}
    assert results["acme/known"]["suppressions"][0]["status"] == "accepted"
    assert "suppressions" not in results["screentest/submit-once"]


def test_the_first_request_is_shown_with_its_answer(tmp_path):
    lost = exchange(2, status=0)
    given = (finding(), finding("acme/lost", requests=(2,)), finding("acme/none", requests=(9,)))
    run = read(verdict(chapter(findings=given, exchanges=(exchange(), lost))), tmp_path)
    results = {each["ruleId"]: each for each in run["results"]}
    assert results["screentest/submit-once"]["webRequest"]["method"] == "POST"
    assert results["screentest/submit-once"]["webResponse"] == {"statusCode": 200}
    assert results["acme/lost"]["webResponse"] == {"noResponseReceived": True}
    assert "webRequest" not in results["acme/none"]


def test_a_command_that_failed_is_told_of(tmp_path):
    (told,) = read(verdict(chapter(), exit_code=2), tmp_path)["invocations"]
    assert told["exitCode"] == 2
    assert told["toolExecutionNotifications"][0]["level"] == "error"
    assert "toolExecutionNotifications" not in read(verdict(), tmp_path)["invocations"][0]


def test_braces_and_brackets_mean_nothing_in_a_message(tmp_path):
    one = finding(what="{0} of [a link](https://x.example)", mend="", requests=())
    text = read(verdict(chapter(findings=(one,))), tmp_path)["results"][0]["message"]["text"]
    assert text == r"{{0}} of \[a link\](https://x.example)."


def test_long_texts_are_cut(tmp_path):
    run = read(verdict(chapter(findings=(finding(what="x" * 9000),))), tmp_path)
    assert len(run["results"][0]["message"]["text"]) == 4000


def test_whatever_a_client_sent_the_report_is_valid(tmp_path):
    assert len(read(hostile(), tmp_path)["results"]) == 1
