"""Published documents are read as JSON and YAML 1.2 say, and refused by line and column."""

import json
import sys
from math import isnan

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.kernel.published.documents import MOST_NODES, read_document

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
DOCUMENTS = st.dictionaries(
    st.text(),
    st.recursive(
        SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
    ),
    max_size=3,
)
BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], ids=["c-parser", "python-parser"])
def _parser(request, monkeypatch):
    """Both parsers of PyYAML: the second is all there is where it was built without libyaml."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")


def outcome(text: str | bytes) -> str:
    """What came of reading: a type, or the first word of the refusal."""
    try:
        return type(read_document(text)).__name__
    except ValueError as error:
        return str(error).partition(" ")[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("16:9", "16:9"),
        ("1:1", "1:1"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("2026-06-12", "2026-06-12"),
        ("2026-06-12T10:00:00Z", "2026-06-12T10:00:00Z"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("tRUE", "tRUE"),
        ("=", "="),
        ("<<", "<<"),
        ("true", True),
        ("False", False),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("-5", -5),
        ("+5", 5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", float("inf")),
        ("-.Inf", float("-inf")),
        ("", None),
        ("~", None),
        ("Null", None),
        ("''", ""),
        ("'5'", "5"),
        ("! 5", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!!float 5", 5.0),
        ("!!null ''", None),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
@pytest.mark.usefixtures("_parser")
def test_a_word_means_what_the_core_schema_says(written, value):
    read = read_document(f"key: {written}")["key"]
    assert (type(value), value) == (type(read), read)


def test_a_number_may_be_none():
    assert isnan(read_document("key: .NaN")["key"])


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("200: x", {"200": "x"}),
        ("{true: 1, ~: 2, 1.50: 3, no: 4}", {"true": 1, "~": 2, "1.50": 3, "no": 4}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("&word a: b\n*word : c", {"a": "c"}),
        ("a: &one [1, {b: 2}]\nc: *one", {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}),
        ("a: &one 1\nb: &one 2\nc: *one", {"a": 1, "b": 2, "c": 2}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("{'a': [],}", {"a": []}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        ("\ufeffa: 1", {"a": 1}),
        (b"\xef\xbb\xbfa: 1", {"a": 1}),
        ("a: \u00e9".encode("utf-16"), {"a": "\u00e9"}),
    ],
)
@pytest.mark.usefixtures("_parser")
def test_a_document_is_a_mapping_of_words(text, document):
    assert read_document(text) == document


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, column 1: the document is no mapping"),
        ("[1]", "line 1, column 1: the document is no mapping"),
        ("- 1", "line 1, column 1: the document is no mapping"),
        ("a: 1\nb: c: d", "line 2, column 5: mapping values are not allowed"),
        ('{"a": 1,\n "b": }}', "line 2, column 8: "),
        ("a: 1\n---\nb: 2", "line 3, column 1: a second document begins here"),
        ("a: *b", "line 1, column 4: `*b` names no value before it"),
        ("a: &b [1, *b]", "line 1, column 11: `*b` names no value before it"),
        ("a: &b 5\n*b : 1", "line 2, column 1: a key must be a word"),
        ("? [a]\n: 1", "line 1, column 3: a key must be a word"),
        ("a: !!int x", "line 1, column 4: `tag:yaml.org,2002:int` does not fit here"),
        ("a: !!timestamp 2026-06-12", "line 1, column 4: `tag:yaml.org,2002:timestamp` "),
        ("a: !thing x", "line 1, column 4: `!thing` "),
        ("a: !!python/name:os.system ''", "line 1, column 4: "),
        ("a: !!python/object/apply:os.system [x]", "line 1, column 4: "),
        ("a: !!python/object/new:os.x {b: c}", "line 1, column 4: "),
        ("a:\n- \x01", "line 2, column 3: '\\x01' may not stand in YAML"),
        (b"a: 1\nb: \xff", "line 2, column 4: this is not utf-8"),
        (f"a:\n  {'1' * 5000}", "line 2, column 3: Exceeds the limit"),
        ("[" * 100_000, "line 1, column 202: nested deeper than 200 levels"),
        ('{"a":' * 100_000, "line 1, column 1002: nested deeper than 200 levels"),
        (BOMB, f"line 7, column 20: more than {MOST_NODES} values, aliases expanded"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.usefixtures("_parser")
def test_a_refusal_names_line_and_column(text, problem):
    with pytest.raises(ValueError, match=r"^line ") as caught:
        read_document(text)
    assert problem in str(caught.value)


@given(DOCUMENTS)
def test_json_is_read_as_json(document):
    assert read_document(json.dumps(document)) == document


@given(DOCUMENTS)
def test_what_is_quoted_in_yaml_is_read_as_written(document):
    text = yaml.safe_dump(document, default_style='"', allow_unicode=False)
    assert read_document(f"# not JSON\n{text}") == document


@given(st.text() | st.binary())
@example("a: \ufeff")
@example("a: \ud800")
@example("%YAML 2.0\n---\na: 1")
def test_whatever_comes_is_a_mapping_or_refused_by_line(text):
    assert outcome(text) in {"dict", "line"}


def test_yaml_without_its_library_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read_document('{"a": 1}') == {"a": 1}
    with pytest.raises(ValueError, match="to read YAML, install"):
        read_document("a: 1")
