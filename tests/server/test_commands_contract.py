"""`screentest contract`, `openapi` and `rules`, as a user runs them."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from contracts.kernel.openapi import openapi
from contracts.kernel.registry import every_revision, newest, providers
from contracts.kernel.violations import Contract
from mockserver.cli import main

REVISIONS = every_revision()
OLD = next(one for one in providers().values() if newest(one.id) is not one)
NEW = newest(OLD.id)


@pytest.fixture
def run(capsys):
    """Run a command; gives status, output and errors."""

    def run(*arguments: str) -> SimpleNamespace:
        status = 0
        try:
            main(arguments)
        except SystemExit as stopped:
            status = stopped.code
        out, err = capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err)

    return run


@pytest.mark.parametrize("one", REVISIONS, ids=lambda one: one.name)
def test_every_revision_is_listed_with_what_it_is(run, one):
    lines = run("contract", "list").out.splitlines()
    (line,) = [each for each in lines if each.startswith(f"{one.name} ")]
    assert line.endswith(f"{one.about} [{one.source}]")
    marks = line.removesuffix(f"{one.about} [{one.source}]").split(maxsplit=1)[1:]
    assert ("dialect" in "".join(marks)) == one.dialect
    assert ("default" in "".join(marks)) == (providers()[one.id] is one)
    assert ("newest" in "".join(marks)) == (newest(one.id) is one)


def test_the_list_as_json_has_the_same_revisions(run):
    told = json.loads(run("contract", "list", "--json").out)
    assert [one["name"] for one in told] == [one.name for one in REVISIONS]
    assert told[0]["operations"] == [each.id for each in REVISIONS[0].operations]


def test_a_diff_tells_what_must_change_first(run):
    done = run("contract", "diff", OLD.id, NEW.name)
    first, _, head, *rest = done.out.splitlines()
    assert done.status == 0
    assert first == f"From {OLD.name} to {NEW.name}"
    assert head.startswith("must change: ")
    assert any(line.startswith("may use: ") for line in rest)
    assert any(line.startswith("answers and errors: ") for line in rest)
    assert rest[0].startswith(f"  {OLD.id}/")
    assert rest[0].endswith(")]")


def test_a_diff_as_json_has_the_same_differences(run):
    told = json.loads(run("contract", "diff", OLD.name, NEW.name, "--json").out)
    assert (told["old"], told["new"]) == (OLD.name, NEW.name)
    lines = run("contract", "diff", OLD.name, NEW.name).out.splitlines()
    assert len(told["differences"]) == len([line for line in lines if line.startswith("  ")])
    assert told["differences"][0]["group"] == "must change"


def test_a_diff_of_nothing_says_so(run):
    done = run("contract", "diff", OLD.name, OLD.name)
    assert done.out == f"From {OLD.name} to {OLD.name}\nno differences\n"


def published(tmp_path: Path, *, more: bool = False) -> str:
    """Write our own document as what a provider publishes, perhaps with one operation more."""
    document = openapi(OLD)
    if more:
        document["paths"]["/brand/new"] = {"get": {}}
    path = tmp_path / "published.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_our_own_document_is_no_drift(run, tmp_path):
    done = run("contract", "drift", "--openapi", published(tmp_path), OLD.name)
    assert (done.status, done.out) == (0, "no drift\n")


def test_drift_is_told_by_operation_and_exit_status_one(run, tmp_path):
    done = run("contract", "drift", "--openapi", published(tmp_path), NEW.name)
    lines = done.out.splitlines()
    assert done.status == 1
    assert lines[0] == f"{NEW.submit.method} {NEW.submit.path}"
    assert lines[1].startswith("  ")
    assert lines[-1].endswith(" changes")


@pytest.mark.parametrize(
    ("options", "status", "note", "last"),
    [
        ([], 0, ", which are no drift", "no drift"),
        (["--strict"], 1, "", "1 change"),
    ],
)
def test_new_operations_are_drift_for_the_strict(run, tmp_path, options, status, note, last):
    file = published(tmp_path, more=True)
    done = run("contract", "drift", OLD.name, "--openapi", file, *options)
    assert done.status == status
    assert done.out.splitlines() == [
        f"1 operation that {OLD.name} does not have{note}:",
        "  GET /brand/new",
        "",
        last,
    ]


@pytest.mark.parametrize(("name", "is_drift"), [(OLD.name, False), (NEW.name, True)])
def test_drift_as_json(run, tmp_path, name, is_drift):
    done = run("contract", "drift", name, "--openapi", published(tmp_path), "--json")
    told = json.loads(done.out)
    assert (told["contract"], told["drift"]) == (name, is_drift)
    assert bool(told["changes"]) == is_drift
    assert done.status == int(is_drift)


@pytest.mark.parametrize("one", REVISIONS, ids=lambda one: one.name)
def test_the_document_of_a_revision_is_printed(run, one):
    assert json.loads(run("openapi", one.name).out) == openapi(one)


def test_the_document_may_go_into_a_file_and_be_lenient(run, tmp_path):
    file = tmp_path / "out.json"
    done = run("openapi", OLD.id, "-o", str(file), "--models", "lenient")
    assert (done.status, done.out) == (0, "")
    assert json.loads(file.read_text()) == openapi(OLD.lenient())


def ids_of(name: str) -> list[str]:
    (one,) = [each for each in REVISIONS if each.name == name]
    found = []
    for each in one.operations:
        contract = Contract(each.body, each.id)
        found += [*contract.rules, *contract.media, *(limit.id for limit in contract.limits)]
    return found


@pytest.mark.parametrize("one", REVISIONS, ids=lambda one: one.name)
def test_every_rule_is_told_with_sentence_and_source(run, one):
    told = json.loads(run("rules", one.name, "--json").out)
    assert [rule["id"] for each in told for rule in each["rules"]] == ids_of(one.name)
    assert {each["contract"] for each in told} == {one.name}
    lines = run("rules", one.name).out.splitlines()
    rows = [line for line in lines if line.startswith("    ")]
    assert [row.split(": ")[0].strip() for row in rows] == ids_of(one.name)
    assert [row for row in rows if not row.endswith(")]")] == []


def test_without_a_name_the_rules_of_all_defaults_are_told(run):
    told = json.loads(run("rules", "--json").out)
    assert {each["contract"] for each in told} == {one.name for one in providers().values()}
    assert run("rules").out.startswith(f"{told[0]['contract']}/{told[0]['operation']}: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["contract", "diff", "a", "b"], "no contract 'a'"),
        (["contract", "diff", REVISIONS[0].name, REVISIONS[-1].name], f"{REVISIONS[0].name} and "),
        (["contract", "diff", "a"], "Missing argument 'NEW'"),
        (["contract", "drift", OLD.name], "Missing option '--openapi'"),
        (["contract", "drift", OLD.name, "--openapi", "none"], "none: No such file or directory"),
        (["contract", "drift", OLD.name, "--openapi", __file__], f"{__file__}: line "),
        (["contract", "drift", "x", "--openapi", __file__], "no contract 'x'"),
        (["openapi", OLD.id + "x"], f"no contract '{OLD.id}x'; did you mean {OLD.id}?"),
        (["openapi"], "Missing argument 'NAME'"),
        (["openapi", OLD.id, "-o", "/none/x"], "/none/x: No such file or directory"),
        (["rules", "x"], "no contract 'x'"),
    ],
)
def test_misuse_is_one_line_and_exit_status_two(run, arguments, message):
    done = run(*arguments)
    (line,) = done.err.splitlines()
    assert done.status == 2
    assert line.startswith(f"screentest: {message}")


def test_a_group_without_a_command_shows_what_there_is(run):
    done = run("contract")
    assert done.status == 2
    assert "drift" in done.err
