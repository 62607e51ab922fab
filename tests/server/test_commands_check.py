"""`screentest check`, as a user runs it."""

import io
import json
from types import SimpleNamespace

import pytest

from contracts.kernel.checking.findings import Finding
from contracts.kernel.checking.messages import Target
from contracts.kernel.registry import providers
from contracts.kernel.source import Source
from mockserver.cli import main

FIRST = next(iter(providers().values()))
NAME = f"{FIRST.id}/{FIRST.submit.id}"
GOOD = dict(FIRST.submit.example)
BAD = {**GOOD, "model": 5}
RULE = f"{FIRST.id}/{FIRST.submit.id}-model"


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run the command on a file of this text; gives status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, *options: str, file: str = "f.json") -> SimpleNamespace:
        (tmp_path / file).write_text(text)
        status = 0
        try:
            main(["check", file, *options])
        except SystemExit as stopped:
            status = stopped.code
        out, err = capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err)

    return run


def lines(*bodies: object) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in bodies)


def har(*calls: tuple[str, str, object]) -> str:
    entries = [
        {
            "request": {
                "method": method,
                "url": url,
                "postData": {"mimeType": "application/json", "text": json.dumps(body)},
            }
        }
        for method, url, body in calls
    ]
    return json.dumps({"log": {"entries": entries}})


def test_a_clean_file_is_one_line_and_exit_status_zero(run):
    done = run(json.dumps(GOOD), "--operation", NAME)
    assert (done.status, done.out) == (0, "1 message checked: nothing wrong\n")


def test_a_finding_says_where_what_and_by_which_source(run):
    done = run(lines(GOOD, BAD), "--operation", NAME)
    first, rule, field, got, says, source, blank, summary = done.out.splitlines()
    assert done.status == 1
    assert first == "f.json:2: `model` must be a string"
    assert rule == f"  rule      {RULE} ({FIRST.name}/{FIRST.submit.id})"
    assert (field, got, blank) == ("  field     model", "  got       5", "")
    assert says == "  says      `model` is required: a string."
    assert source.startswith("  source    ")
    assert summary == "2 messages checked: 1 refused"


def test_the_same_as_json(run):
    done = run(lines(GOOD, BAD), "--operation", NAME, "--json")
    told = json.loads(done.out)
    (message,) = told.pop("messages")
    assert done.status == 1
    assert told == {"checked": 2, "refused": 1, "fails-later": 0, "ignored": 0, "skipped": {}}
    assert (message["file"], message["line"]) == ("f.json", 2)
    assert message["findings"][0]["rule"] == RULE
    assert set(message["findings"][0]["source"]) >= {"document", "read", "confidence"}


def test_standard_input_is_a_file_too(monkeypatch, capsys):
    text = io.TextIOWrapper(io.BytesIO(json.dumps(BAD).encode()))
    monkeypatch.setattr("sys.stdin", text)
    with pytest.raises(SystemExit) as stopped:
        main(["check", "-", "--operation", NAME])
    assert stopped.value.code == 1
    assert capsys.readouterr().out.startswith("<stdin>: `model` must be a string\n")


def test_a_recording_is_held_to_the_operations_at_its_urls(run):
    url = f"https://{FIRST.hosts[0]}{FIRST.submit.path}"
    calls = [("POST", url, GOOD), ("POST", url, BAD), ("GET", "https://example.com/", None)]
    done = run(har(*calls), file="f.har")
    first, *_, summary = done.out.splitlines()
    assert done.status == 1
    assert first == f"f.har: entry 1 (POST {url}): `model` must be a string"
    assert summary == ("2 messages checked: 1 refused; 1 skipped (1 no operation of a provider)")


def test_a_recording_of_other_things_says_so(run):
    done = run(har(("GET", "https://example.com/", None)), file="f.har")
    assert done.status == 0
    assert done.out.startswith("0 messages checked: no operation found; 1 skipped")


def test_what_was_skipped_is_in_the_json_too(run):
    done = run(har(("GET", "https://example.com/", None)), "--json", file="f.har")
    told = json.loads(done.out)
    assert told["skipped"] == {"no operation of a provider": 1}
    assert told["messages"] == [
        {
            "file": "f.har",
            "entry": 0,
            "request": "GET https://example.com/",
            "skipped": "no operation of a provider",
        }
    ]


def test_fields_without_effect_are_warnings(run):
    done = run(json.dumps({**GOOD, "zzz": 1}), "--operation", NAME)
    assert done.status == 0
    assert done.out.startswith("f.json: warning: `zzz` is no known field, and is ignored\n")
    assert done.out.endswith("1 message checked: 1 with fields that are ignored\n")


LATER = Finding(
    "fails-later", "x", "acme/late", "`x` is long", "", "It is short.", Source("a page", "2026")
)


def test_what_is_accepted_and_fails_later_is_a_warning(run, monkeypatch):
    monkeypatch.setattr(Target, "check", lambda *_: iter([LATER]))
    done = run(json.dumps(GOOD), "--operation", NAME)
    assert done.status == 0
    assert done.out.startswith("f.json: accepted, then fails: `x` is long\n")
    assert done.out.endswith("1 message checked: 1 accepted and failed later\n")


@pytest.mark.parametrize("models", ["strict", "lenient"])
def test_models_may_be_held_to_the_table_or_not(run, models):
    done = run(json.dumps({**GOOD, "model": "no-such"}), "--operation", NAME, "--models", models)
    assert done.status == (1 if models == "strict" else 0)


def test_another_revision_may_be_meant(run):
    named = run(json.dumps(GOOD), "--operation", f"{FIRST.name}/{FIRST.submit.id}", "--json")
    latest = run(lines(BAD), "--operation", NAME, "--contract", "latest", "--json")
    assert named.status == 0
    newest = json.loads(latest.out)["messages"][0]["operation"]
    assert newest.startswith(f"{FIRST.id}@")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["f.json"], "a body does not tell its --operation; name one, such as "),
        (["f.json", "--operation", NAME + "s"], f"no operation '{NAME}s'; did you mean `{NAME}`?"),
        (["f.json", "--operation", NAME, "--contract", "x"], "no contract 'x'"),
        (["none.json", "--operation", NAME], "none.json: No such file or directory"),
        ([".", "--operation", NAME], ".: Is a directory"),
        (["f.json", "--operation", NAME, "--models", "x"], "Invalid value for '--models'"),
        (["empty.json", "--operation", NAME], "empty.json is empty"),
    ],
)
def test_misuse_is_one_line_and_exit_status_two(run, tmp_path, capsys, options, message):
    run(json.dumps(GOOD), "--operation", NAME)
    (tmp_path / "empty.json").write_text("")
    with pytest.raises(SystemExit) as stopped:
        main(["check", *options])
    (line,) = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert line.startswith(f"screentest: {message}")
