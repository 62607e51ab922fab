"""Findings that are accepted, in a file that people read and edit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.kernel.habits import Severity
from mockserver.verdict.baseline import Baseline, read, row_of
from mockserver.verdict.finding import Finding

texts = st.text(max_size=8)
findings = st.builds(
    Finding,
    rule=texts,
    provider=texts,
    operation=texts,
    field=texts,
    severity=st.sampled_from(Severity),
    what=texts,
    sentence=st.just(""),
    why=st.just(""),
    mend=st.just(""),
    source=st.just(""),
)
several = st.lists(findings, max_size=5)


def finding(rule="acme/audio-needs-image", **fields):
    plain = dict.fromkeys(("what", "sentence", "why", "mend", "source"), "")
    return Finding(rule=rule, severity=Severity.ERROR, provider="acme", **plain | fields)


@given(several)
def test_a_baseline_accepts_exactly_what_it_was_written_for(found):
    written = Baseline().renewed(found)
    assert set(written.fingerprints) == {one.fingerprint for one in found}
    assert written.stale(found) == []
    assert written.stale([]) == list(written.rows)


@given(several)
def test_a_file_is_read_as_it_was_written(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("baseline") / "known.json"
    written = Baseline().renewed(found)
    file.write_text(written.text(), encoding="utf-8")
    assert read(file) == written


@given(several, st.randoms())
def test_the_text_depends_on_what_is_known_alone(found, random):
    shuffled = found * 2
    random.shuffle(shuffled)
    assert Baseline().renewed(found).text() == Baseline().renewed(shuffled).text()


def test_a_row_can_be_read_by_people():
    text = Baseline().renewed([finding(operation="submit", field="audio_url")]).text()
    assert json.loads(text) == {
        "version": 1,
        "findings": [
            {
                "rule": "acme/audio-needs-image",
                "provider": "acme",
                "operation": "submit",
                "field": "audio_url",
                "fingerprint": finding(operation="submit", field="audio_url").fingerprint,
                "reason": "",
            }
        ],
    }


def test_reasons_are_kept_and_what_is_stale_is_dropped():
    kept, gone, fresh = finding("acme/a"), finding("acme/b"), finding("acme/c")
    before = Baseline(rows=(row_of(kept, "they said so"), row_of(gone, "until May")))
    after = before.renewed([kept, fresh])
    assert [(one.rule, one.reason) for one in after.rows] == [
        ("acme/a", "they said so"),
        ("acme/c", ""),
    ]
    assert [one.rule for one in before.stale([kept, fresh])] == ["acme/b"]


ROW = {"fingerprint": "0", "rule": "acme/a"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is no baseline: Expecting"),
        ("[]", 'it has no list of "findings"'),
        ("[" * 100_000, "is no baseline: "),
        ('{"version": 1}', 'it has no list of "findings"'),
        ('{"version": 2, "findings": []}', "of version 2, not 1"),
        (json.dumps({"version": 1, "findings": [ROW, 7]}), "finding 2: its fields are rule"),
        (json.dumps({"version": 1, "findings": [ROW | {"why": ""}]}), "finding 1: its fields are"),
        (json.dumps({"version": 1, "findings": [ROW | {"reason": 1}]}), "its fields are text"),
        (json.dumps({"version": 1, "findings": [{"rule": "acme/a"}]}), "it has a fingerprint"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused_with_the_reason(tmp_path, text, why):
    file = tmp_path / "known.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=why) as refused:
        read(file)
    assert str(refused.value).startswith(str(file))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "known.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="is no baseline"):
        read(file)
