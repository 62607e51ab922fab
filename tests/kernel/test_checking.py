"""Checking messages in files: what is read, what it is held to, and what is found."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import MISSING, ConfigDict, Field

import contracts.providers
from contracts.kernel.body import Body
from contracts.kernel.checking.captures import messages
from contracts.kernel.checking.findings import Finding
from contracts.kernel.checking.messages import Checked, Targets, check, targets
from contracts.kernel.conditions import Longest
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import Formats, Span
from contracts.kernel.media import ImageLink
from contracts.kernel.models import ModelRow
from contracts.kernel.operation import Carried
from contracts.kernel.probing.specimens import as_data_url, image
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, providers
from contracts.kernel.rules import ByModel, KnownModel, Must, Rule
from contracts.kernel.source import Source

MADE_UP = str(Path(__file__).parents[1] / "made_up")
PAGE = Source("a page", "2026-11-21")
ROWS = {"reel-1": ModelRow(id="reel-1", source="a page", confidence="documented")}
GIF = as_data_url("image", "gif", image("gif", 100, 100))


class AcmeBody(Body):
    namespace: ClassVar[str] = "acme"
    source: ClassVar[Source] = PAGE


class Words(AcmeBody):
    type: Literal["words"]
    words: str


class Photo(AcmeBody):
    model_config = ConfigDict(extra="forbid")

    type: Literal["photo"]
    where: str


class Extra(AcmeBody):
    colour: str | MISSING = MISSING


class Submit(AcmeBody):
    model: str
    prompt: Annotated[str, Field(min_length=1)]
    extra: Extra | MISSING = MISSING
    parts: list[Annotated[Words | Photo, Field(discriminator="type")]] | MISSING = MISSING
    picture: ImageLink | MISSING = MISSING
    late: ImageLink | MISSING = MISSING
    loud: ImageLink | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        KnownModel(
            id="known-model",
            sentence="The model is known.",
            source=PAGE,
            table=lambda: ROWS,
            message="No such model.",
        ),
        ByModel(
            id="length",
            sentence="The prompt fits the model.",
            source=PAGE,
            table=lambda: ROWS,
            asks=lambda _: Longest("prompt", 9),
        ),
        Must(
            id="colour",
            sentence="A colour has at most 3 letters.",
            source=PAGE,
            that=Longest("extra.colour", 3),
        ),
    )
    media: ClassVar[tuple[MediaRule, ...]] = (
        MediaRule(
            id="small",
            sentence="A picture is small.",
            source=PAGE,
            fields=("picture",),
            measure=Span(of="short_side", high=50),
        ),
        MediaRule(
            id="no-gif",
            sentence="It is a PNG.",
            source=PAGE,
            fields=("late",),
            measure=Formats(("png",)),
            late="FAILED",
        ),
        MediaRule(
            id="loud",
            sentence="It is quiet.",
            source=PAGE,
            fields=("loud",),
            measure=Formats(("png",)),
            message="Too loud!",
        ),
    )


@pytest.fixture(scope="module")
def acme() -> Provider:
    contracts.providers.__path__.append(MADE_UP)
    try:
        made = import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)
    submit = replace(made.submit, body=Submit)
    form = replace(made.operation("cancel"), id="send", path="/v9/files", carried=Carried.FORM)
    look = replace(made.operation("poll"), id="list", path="/v9/jobs/all")
    return made.revised(submit, form, look)


@pytest.fixture
def everything(acme: Provider) -> Targets:
    return targets({"acme": acme})


@pytest.fixture
def submit(acme: Provider) -> Targets:
    return targets({"acme": acme}, "acme/submit")


NOT_EMPTY = "`prompt` must be a string that is not empty"
IGNORED = "is no known field, and is ignored"


def body(**fields: object) -> dict[str, Any]:
    return {"model": "reel-1", "prompt": "a cat", **fields}


def lines(*rows: object) -> list[bytes]:
    """A file of these lines, values as JSON."""
    texts = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    return [text + b"\n" for text in texts]


def found(against: Targets, *rows: object, file: str = "bodies.jsonl") -> list[Finding]:
    return [one for checked in check(lines(*rows), file, against) for one in checked.findings]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"prompt": "x"}, ("acme/submit-model", "model", "`model` is required", "")),
        (body(prompt=5), ("acme/submit-prompt", "prompt", NOT_EMPTY, "5")),
        ([1], ("acme/submit", "", "The body must be an object", "[1]")),
        (
            body(model="reel-2"),
            ("acme/known-model", "model", "No such model; did you mean `reel-1`?", '"reel-2"'),
        ),
        (body(model="x"), ("acme/known-model", "model", "No such model", '"x"')),
        (
            body(prompt="0123456789"),
            (
                "acme/length",
                "prompt",
                "this model asks that `prompt` has at most 9 characters",
                '"0123456789"',
            ),
        ),
        (
            body(extra={"colour": "blue"}),
            ("acme/colour", "extra.colour", "must hold: A colour has at most 3 letters", '"blue"'),
        ),
        (
            body(parts=[{"type": "photo", "where": "x", "wher": 1}]),
            (
                "acme/submit-parts-photo",
                "parts[0].wher",
                "`parts[0].wher` is not a known field; did you mean `where`?",
                "1",
            ),
        ),
        (
            body(picture=GIF),
            (
                "acme/small",
                "picture",
                "`picture` has a shorter side of 100 px: at most 50 px",
                f'"{GIF}"',
            ),
        ),
        (body(loud=GIF), ("acme/loud", "loud", "Too loud!", f'"{GIF}"')),
        (
            body(prompt=["x" * 200]),
            ("acme/submit-prompt", "prompt", NOT_EMPTY, '["' + "x" * 98 + "..."),
        ),
        (
            body(prompt="", extra="y" * 300),
            ("acme/submit-prompt", "prompt", NOT_EMPTY, '""'),
        ),
    ],
    ids=str,
)
def test_what_is_refused_is_named(submit, sent, expected):
    first = found(submit, sent)[0]
    assert (first.rule, first.field, first.wrong, first.got) == expected
    assert (first.outcome, first.source) == ("refused", PAGE)


def test_what_fails_later_is_told_apart(submit):
    (one,) = found(submit, body(late=GIF))
    assert (one.outcome, one.rule) == ("fails-later", "acme/no-gif")
    assert one.wrong == "`late` is gif: one of png"
    assert one.sentence == "It is a PNG."


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (body(promt=1), ("promt", f"`promt` {IGNORED}; did you mean `prompt`?")),
        (body(zzz=1), ("zzz", f"`zzz` {IGNORED}")),
        (
            body(extra={"hue": 1, "colour": "red"}),
            ("extra.hue", f"`extra.hue` {IGNORED}"),
        ),
        (
            body(
                parts=[
                    {"type": "photo", "where": "words"},
                    {"type": "words", "words": "photo", "by": 1},
                ]
            ),
            ("parts[1].by", f"`parts[1].by` {IGNORED}"),
        ),
    ],
    ids=str,
)
def test_fields_that_have_no_effect_are_told(submit, sent, expected):
    (one,) = found(submit, sent)
    assert (one.field, one.wrong) == expected
    assert one.outcome == "ignored"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"model": }', "expected value, line 3, column 11"),
        (b'{"model": NaN}', "`NaN` is no JSON value, line 3, column 11"),
        (b'{"a": "NaN", "b": -Infinity}', "`-Infinity` is no JSON value, line 3, column 19"),
        (b'{"model"', "EOF while parsing an object, line 3, column 8"),
        (b'{"NaN', "EOF while parsing a string, line 3, column 5"),
    ],
    ids=str,
)
def test_what_is_not_json_is_told_with_its_place(submit, text, expected):
    (one,) = found(submit, body(), b"", text)
    assert one.wrong == f"The body is not JSON: {expected}"
    assert one.rule == "acme/bad-json"
    assert one.sentence == "Refused with HTTP 400: bad-json."


def test_a_string_may_speak_of_numbers_that_are_none(submit):
    assert found(submit, body(prompt="NaN \\")) == []


def test_a_body_that_is_too_large_is_refused_for_that_alone(submit):
    (one,) = found(submit, body(prompt="x" * 10_000))
    assert (one.rule, one.wrong) == ("acme/too-large", "The body is larger than 10,000 bytes")


PRETTY = json.dumps(body(), indent=2).encode()


@pytest.mark.parametrize(
    ("data", "file", "expected"),
    [
        (PRETTY, "body.json", ["body.json"]),
        (b"\xef\xbb\xbf" + PRETTY, "body.json", ["body.json"]),
        (b'{"a": 1}\n', "x", ["x"]),
        (b'{"a": 1}\n\n', "x.jsonl", ["x.jsonl:1"]),
        (b'\n{"a": 1}\n\n{"a": 2}', "x", ["x:2", "x:4"]),
        (b'{"a": {}\n}\n', "x", ["x"]),
        (b'{"a":\n1}\n', "x.NDJSON", ["x.NDJSON:1", "x.NDJSON:2"]),
        (b'{"log": {"entries": 5}}', "x", ["x"]),
        (b'{"log": {"entries": }}', "x", ["x"]),
        (b'{"log": {"entries": [{}]}}', "x", ["x: entry 0 ( )"]),
        (b'{"log": {"entries": [null]}}', "x.har", ["x.har: entry 0 ( )"]),
    ],
    ids=str,
)
def test_files_are_read_as_what_they_are(data, file, expected):
    assert [str(one.place) for one in messages(data.splitlines(keepends=True), file)] == expected


@pytest.mark.parametrize(
    ("data", "file", "problem"),
    [
        (b"", "x", "x is empty"),
        (b" \n\n", "x.jsonl", "x.jsonl is empty"),
        ('{"a": 1}'.encode("utf-16"), "x", "x is not UTF-8"),
        (b"{", "x.har", "x.har is no HAR file: EOF while parsing an object"),
        (b"{}", "x.har", "x.har is no HAR file: it has no log.entries"),
    ],
    ids=str,
)
def test_files_that_hold_no_messages_are_an_error(data, file, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        messages(data.splitlines(keepends=True), file)


def entry(url: str, method: str = "GET", text: str | None = None, kind: str = "") -> dict:
    """One HAR entry."""
    posted = {} if text is None else {"postData": {"mimeType": kind, "text": text}}
    return {"request": {"method": method, "url": url, **posted}}


def recorded(against: Targets, *entries: object) -> list[Checked]:
    har = json.dumps({"log": {"entries": entries}}).encode()
    return list(check([har], "x.har", against))


@pytest.mark.parametrize(
    ("one", "operation"),
    [
        (entry("https://api.acme.example/v9/jobs", "POST", "{}"), "acme@made-up/submit"),
        (entry("http://127.0.0.1:8600/v9/jobs", "post", "{}"), "acme@made-up/submit"),
        (entry("https://api.acme.example:443/v9/jobs/a%20b?x=1"), "acme@made-up/poll"),
        (entry("https://api.acme.example/v9/jobs/all"), "acme@made-up/list"),
        (entry("/v9/jobs/7", "HEAD"), "acme@made-up/poll"),
    ],
    ids=str,
)
def test_a_recorded_request_is_held_to_the_operation_at_its_url(everything, one, operation):
    (checked,) = recorded(everything, one)
    assert (checked.operation, checked.skipped) == (operation, "")


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (entry("https://example.com/"), "no operation of a provider"),
        (entry("https://api.acme.example/v9/jobs"), "no operation of a provider"),
        (entry("http://[/v9/jobs", "POST"), "no operation of a provider"),
        ("nonsense", "no operation of a provider"),
        (entry("https://api.acme.example/v9/files", "POST", "x"), "a form"),
    ],
    ids=str,
)
def test_recorded_requests_that_cannot_be_checked_are_skipped(everything, one, reason):
    (checked,) = recorded(everything, one)
    assert (checked.skipped, checked.findings) == (reason, ())


def test_an_operation_that_is_named_filters(submit):
    (checked,) = recorded(submit, entry("https://api.acme.example/v9/jobs/7"))
    assert checked.skipped == "not acme@made-up/submit"


def test_a_path_that_several_providers_have_needs_a_host(acme):
    twin = replace(acme, id="twin", base_url="https://twin.example")
    both = targets({"acme": acme, "twin": twin})
    unclear, clear = recorded(both, entry("/v9/jobs/7"), entry("https://twin.example/v9/jobs/7"))
    assert unclear.skipped == "several providers have this path"
    assert clear.operation == "twin@made-up/poll"


def test_a_recorded_body_has_a_content_type(everything):
    url = "https://api.acme.example/v9/jobs"
    text = json.dumps(body())
    kinds = ("application/json; charset=utf-8", "", "text/plain")
    good, silent, bad = recorded(everything, *(entry(url, "POST", text, kind) for kind in kinds))
    assert (good.findings, silent.findings) == ((), ())
    assert bad.findings[0].wrong == "The content type is text/plain"
    assert bad.findings[0].rule == "acme/wrong-content-type"


def test_a_recorded_request_without_its_body_is_not_json(everything):
    (checked,) = recorded(everything, entry("https://api.acme.example/v9/jobs", "POST"))
    assert checked.findings[0].rule == "acme/bad-json"


def test_fields_of_a_url_are_checked(acme):
    class Look(AcmeBody):
        job: Annotated[str, Field(max_length=3)]
        page: str

    one = targets({"acme": acme.revised(replace(acme.operation("poll"), body=Look))})
    broken, odd, good = recorded(
        one, entry("/v9/jobs/1234"), entry("/v9/jobs/1?page=2&pge=3"), entry("/v9/jobs/1?page=2")
    )
    assert [each.field for each in broken.findings] == ["job", "page"]
    assert [each.wrong for each in odd.findings] == [f"`pge` {IGNORED}; did you mean `page`?"]
    assert good.findings == ()


def test_the_fields_of_a_url_may_stand_in_a_file(acme):
    poll = targets({"acme": acme}, "acme/poll")
    assert found(poll, {"job": "1"}) == []
    assert found(poll, {"job": 1})[0].field == "job"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("acme/sbmit", r"no operation 'acme/sbmit'; did you mean `acme/submit`\? There are: acme/"),
        ("zzz", r"no operation 'zzz'\. There are: acme/"),
    ],
)
def test_an_operation_that_does_not_exist_is_an_error(acme, name, problem):
    with pytest.raises(ValueError, match=problem):
        targets({"acme": acme}, name)


def test_a_body_alone_does_not_tell_its_operation(everything):
    with pytest.raises(ValueError, match="name one, such as acme/submit"):
        found(everything, body())


def test_a_form_is_not_checked(acme):
    with pytest.raises(ValueError, match="acme@made-up/send takes a form"):
        found(targets({"acme": acme}, "acme/send"), body())


def test_with_lenience_any_model_will_do(acme):
    lenient = targets({"acme": acme}, "acme/submit", lenient=True)
    assert found(lenient, body(model="reel-9", prompt="x" * 50)) == []


NAMED = [f"{one.name}/{each.id}" for one in every_revision() for each in one.operations]


@pytest.mark.parametrize("name", NAMED)
def test_every_operation_of_every_revision_has_a_name(name):
    against = targets(providers(), name)
    assert against.only.name == name


EXAMPLES = [
    (f"{one.name}/{each.id}", each.example)
    for one in every_revision()
    for each in one.operations
    if each.example
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_our_own_examples_are_clean(name, example):
    assert found(targets(providers(), name), dict(example)) == []


def test_a_revision_without_a_name_is_the_one_that_is_meant(acme):
    newer = MappingProxyType({"acme": replace(acme, revision="newer")})
    assert targets(newer, "acme/submit").only.name == "acme@newer/submit"
