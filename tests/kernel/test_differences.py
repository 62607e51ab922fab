"""Differences between two revisions: what must change, what may be used, what comes back."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import MISSING, ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

import contracts.providers
from contracts.kernel.auth import Bearer
from contracts.kernel.body import Body
from contracts.kernel.comparing.difference import Difference, Group
from contracts.kernel.comparing.differences import differences
from contracts.kernel.comparing.narrowing import Verdict, verdict
from contracts.kernel.comparing.rule_differences import compared
from contracts.kernel.conditions import AllOf, AnyOf, Condition, Given, Lacks, Longest, Within
from contracts.kernel.errors import Cause, ErrorCase
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import Formats, Measure, Span, Total
from contracts.kernel.models import ModelRow
from contracts.kernel.operation import Carried, Gives
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision, revision
from contracts.kernel.reply import Video
from contracts.kernel.rules import ByModel, KnownModel, Must, Rule
from contracts.kernel.source import Source
from contracts.kernel.task import Phase
from contracts.kernel.webhooks import Webhook
from contracts.strategies import valid_bodies

MADE_UP = str(Path(__file__).parents[1] / "made_up")
PAGE = Source("a page", "2026-11-21")


def numbered(value: object) -> str:
    """Name a parameter by what it is, without the address it happens to stand at."""
    return re.sub(" at 0x[0-9a-f]+", "", str(value))


@pytest.fixture(scope="module")
def acme() -> Provider:
    contracts.providers.__path__.append(MADE_UP)
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)


def told(old: Provider, new: Provider) -> list[tuple[str, str]]:
    """All differences, as group and sentence."""
    return [(one.group.name, one.sentence) for one in differences(old, new)]


class Base(Body):
    namespace: ClassVar[str] = "acme"
    source: ClassVar[Source] = PAGE


class Closed(Base):
    model_config = ConfigDict(extra="forbid")


class Red(Closed):
    type: Literal["red"]


class Blue(Closed):
    type: Literal["blue"]
    depth: int | MISSING = MISSING


class Part(Base):
    name: str


class NamedPart(Closed):
    name: str
    label: str


COLOUR = Annotated[Red | Blue, Field(discriminator="type")]


def between(acme: Provider, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """The differences between two bodies of the first operation, made of these members."""
    bodies = [type("Submit", (Base,), {"__module__": __name__, **one}) for one in (old, new)]
    before, after = (
        replace(acme, operations=(replace(acme.submit, body=one), *acme.operations[1:]))
        for one in bodies
    )
    return differences(before, after)


def fields(**types: object) -> dict[str, Any]:
    """Members of a body: optional fields of these types."""
    optional = {name: one | MISSING for name, one in types.items()}  # type: ignore[operator]
    return {"__annotations__": optional, **dict.fromkeys(types, MISSING)}


def required(**types: object) -> dict[str, Any]:
    return {"__annotations__": types}


def text(most: int) -> object:
    return Annotated[str, Field(max_length=most)]


def matching(pattern: str) -> object:
    return Annotated[str, Field(pattern=pattern)]


def rough(pattern: str) -> object:
    return Annotated[str, Field(pattern=pattern, json_schema_extra={"x-words": "a word"})]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (fields(), fields(x=str), ("MAY", "new: `x` is optional: a string.")),
        (fields(), required(x=str), ("MUST", "new: `x` is required: a string.")),
        (fields(x=str), fields(), ("MUST", "gone: `x` is ignored")),
        (fields(x=str), required(x=str), ("MUST", "`x` is required, was optional")),
        (required(x=str), fields(x=str), ("MAY", "`x` is optional, was required")),
        (
            fields(x=text(3)),
            fields(x=text(5)),
            (
                "MAY",
                "`x` is a string of at most 5 characters, was a string of at most 3 characters",
            ),
        ),
        (
            fields(x=text(5)),
            fields(x=text(3)),
            (
                "MUST",
                "`x` is a string of at most 3 characters, was a string of at most 5 characters",
            ),
        ),
        (
            fields(x=Literal["a", "b"]),
            fields(x=Literal["a", "c"]),
            ("MUST", "`x` may no longer be `b` and may be `c`, too"),
        ),
        (fields(x=Literal["a"]), fields(x=Literal["a", "c"]), ("MAY", "`x` may be `c`, too")),
        (fields(x=Literal["a", "c"]), fields(x=Literal["a"]), ("MUST", "`x` may no longer be `c`")),
        (
            fields(x=rough("^a")),
            fields(x=rough("^b")),
            ("MUST", "`x` is a word, by another pattern than before"),
        ),
        (
            fields(x=Part),
            fields(x=NamedPart),
            ("MUST", "`x` is an object with no other fields, was an object"),
        ),
        (fields(x=Part), fields(x=NamedPart), ("MUST", "new: `x.label` is required: a string.")),
        (fields(x=NamedPart), fields(x=Red), ("MUST", "gone: `x.name` is refused")),
        (
            fields(x=list[Part]),
            fields(x=list[NamedPart]),
            ("MUST", "new: `x[].label` is required: a string."),
        ),
        (
            fields(x=list[Red]),
            fields(x=list[COLOUR]),
            ("MAY", "new: An item `x[blue]` is an object with no other fields."),
        ),
        (
            fields(x=list[COLOUR]),
            fields(x=list[Red]),
            ("MUST", "gone: `x[blue]` is refused"),
        ),
    ],
)
def test_a_change_of_a_field_is_told(acme, old, new, expected):
    found = [(one.group.name, one.sentence) for one in between(acme, old, new)]
    assert expected in found


def test_below_a_field_that_is_new_or_gone_nothing_is_told(acme):
    parts = fields(x=list[Part])
    assert len(between(acme, fields(), parts)) == len(between(acme, parts, fields())) == 1


def test_a_body_that_takes_no_other_fields_any_more_is_a_change(acme):
    closed = {"model_config": ConfigDict(extra="forbid")}
    (found,) = between(acme, fields(), fields() | closed)
    assert (found.group, found.id) == (Group.MUST, "acme/submit")
    assert found.sentence == "The body is an object with no other fields, was an object"


def no_rule(id_: str, field: str) -> Must:
    sentence = f"`{field}` is not sent."
    return Must(id=id_, sentence=sentence, source=PAGE, that=Lacks((field,)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((), (no_rule("a", "x"),), ("MUST", "new: `x` is not sent.")),
        ((no_rule("a", "x"),), (), ("MAY", "gone: `x` is not sent.")),
        ((), (no_rule("a", "y"),), ("MAY", "new: `y` is not sent. (new fields only)")),
        (
            (no_rule("a", "x"),),
            (replace(no_rule("a", "x"), sentence="Leave `x` out."),),
            ("ANSWERS", "in other words: Leave `x` out. It was: `x` is not sent."),
        ),
        (
            (no_rule("a", "x"),),
            (replace(no_rule("a", "x"), that=Lacks(("x", "y"))),),
            (
                "MUST",
                "`x` is not sent. (now: none of `x`, `y` is given, was: none of `x` is given)",
            ),
        ),
        (
            (no_rule("a", "x"),),
            (replace(no_rule("a", "x"), message="No x!"),),
            ("ANSWERS", "refused with the words: No x!"),
        ),
        (
            (no_rule("a", "x"),),
            (replace(no_rule("a", "x"), that=Given("x")),),
            ("MUST", "`x` is not sent. (now: `x` is given, was: none of `x` is given)"),
        ),
    ],
)
def test_a_change_of_a_rule_is_told(acme, old, new, expected):
    same = fields(x=str)
    more = fields(x=str, y=str)
    found = between(acme, same | {"rules": old}, more | {"rules": new})
    assert expected in [(one.group.name, one.sentence) for one in found]


class Row(ModelRow):
    most: int | None = None
    hidden: str = ""


def table(**most: int | None) -> dict[str, Row]:
    rows = {name: Row(id=name, source="a page", confidence="documented") for name in most}
    return {name: row.model_copy(update={"most": most[name]}) for name, row in rows.items()}


def by_model(rows: Mapping[str, Row]) -> ByModel:
    def asks(row: Row) -> Condition | None:
        return None if row.most is None else Longest("prompt", row.most)

    return ByModel(
        id="length", sentence="It fits the model.", source=PAGE, table=lambda: rows, asks=asks
    )


def known(rows: Mapping[str, Row]) -> KnownModel:
    return KnownModel(id="known", sentence="It is known.", source=PAGE, table=lambda: rows)


def with_models(acme: Provider, rows: Mapping[str, Row], *rules: Rule) -> Provider:
    body = acme.submit.body.ruled_by(rules)
    operations = (replace(acme.submit, body=body), *acme.operations[1:])
    return replace(acme, operations=operations, models=lambda: rows)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"a": 5, "b": 5, "c": 5},
            {"a": 3, "b": 4, "c": 5},
            [
                (
                    "MUST",
                    (
                        "It fits the model. (2 models: `a`, `b`; `a` now: `prompt` has at most 3"
                        " characters, was: `prompt` has at most 5 characters)"
                    ),
                )
            ],
        ),
        (
            {"a": 5, "b": 5},
            {"a": 5, "b": 9},
            [
                (
                    "MAY",
                    (
                        "It fits the model. (1 model: `b`; now: `prompt` has at most 9 characters,"
                        " was: `prompt` has at most 5 characters)"
                    ),
                )
            ],
        ),
        (
            {"a": 5, "b": 6},
            {"a": 4, "b": None},
            [
                (
                    "MUST",
                    (
                        "It fits the model. (1 model: `a`; now: `prompt` has at most 4 characters,"
                        " was: `prompt` has at most 5 characters)"
                    ),
                ),
                (
                    "MAY",
                    (
                        "It fits the model. (1 model: `b`; now: no limit,"
                        " was: `prompt` has at most 6 characters)"
                    ),
                ),
            ],
        ),
        (
            {"a": 5, "b": None},
            {"a": 4, "b": 4},
            [
                (
                    "MUST",
                    (
                        "It fits the model. (all 2 models; `a` now: `prompt` has at most 4"
                        " characters, was: `prompt` has at most 5 characters)"
                    ),
                )
            ],
        ),
        ({"a": 5}, {"a": 5, "z": 1}, [("MAY", "1 model new: `z`")]),
    ],
)
def test_rules_by_model_are_compared_model_by_model(acme, old, new, expected):
    before, after = table(**old), table(**new)
    found = told(
        with_models(acme, before, by_model(before)), with_models(acme, after, by_model(after))
    )
    assert found == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"a": 5, "b": 5}, ("MUST", "new: It fits the model.")),
        ({"a": 5, "b": None}, ("MUST", "new: It fits the model. (1 model: `a`)")),
        ({"a": None, "b": None}, ("MAY", "new: It fits the model. (new models only)")),
    ],
)
def test_a_new_rule_is_for_the_models_that_it_binds(acme, rows, expected):
    made = table(**rows)
    assert told(with_models(acme, made), with_models(acme, made, by_model(made))) == [expected]


def test_models_that_are_gone_must_change_where_others_are_refused(acme):
    before, after = table(a=1, b=1, c=1), table(c=1, d=1)
    found = told(with_models(acme, before, known(before)), with_models(acme, after, known(after)))
    assert found == [("MUST", "2 models gone: `a`, `b`"), ("MAY", "1 model new: `d`")]


def test_models_that_are_gone_are_no_matter_where_any_is_taken(acme):
    before, after = table(a=1), table()
    assert told(with_models(acme, before), with_models(acme, after)) == []


def test_a_demand_to_know_the_model_must_change(acme):
    rows = table(a=1)
    found = told(with_models(acme, rows), with_models(acme, rows, known(rows)))
    assert found == [("MUST", "new: It is known.")]


def test_long_lists_of_models_are_cut_and_kept_as_data(acme):
    before, after = table(**dict.fromkeys("abcdefgh", 1)), table(x=1)
    (gone, _) = differences(
        with_models(acme, before, known(before)), with_models(acme, after, known(after))
    )
    assert gone.sentence == "8 models gone: `a`, `b`, `c`, `d`, `e` and 3 more"
    assert gone.models == tuple("abcdefgh")


def test_long_demands_are_cut(acme):
    rows = table(a=1)

    def rule(*values: int) -> ByModel:
        return replace(by_model(rows), asks=lambda _: Within("seconds", values))

    found = told(
        with_models(acme, rows, rule(*range(200))), with_models(acme, rows, rule(*range(100)))
    )
    assert found[0][1].count("...") == 2


def about_media(measure: Measure | None, **more: Any) -> MediaRule:
    values = {"id": "clip", "sentence": "A clip is fine.", "source": PAGE, "measure": measure}
    return MediaRule(**{**values, **more})


SHORT, LONG = Span(of="seconds", high=5), Span(of="seconds", high=9)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((), (about_media(SHORT),), ("MUST", "new: A clip is fine.")),
        (
            (),
            (about_media(SHORT, late="x"),),
            ("MUST", "new: A clip is fine. It is accepted, and fails later."),
        ),
        ((about_media(SHORT),), (), ("MAY", "gone: A clip is fine.")),
        (
            (about_media(SHORT),),
            (about_media(LONG),),
            ("MAY", "A clip is fine. (now: at most 9 s, was: at most 5 s)"),
        ),
        (
            (about_media(SHORT),),
            (about_media(None, sentence="Any clip."),),
            ("MAY", "Any clip. It was: A clip is fine. (now: no limit, was: at most 5 s)"),
        ),
    ],
)
def test_a_change_of_a_rule_for_media_is_told(acme, old, new, expected):
    found = between(acme, {"media": old}, {"media": new})
    assert [(one.group.name, one.sentence) for one in found] == [expected]


class Odd:
    """A demand that no schema can say."""

    def schema(self) -> dict[str, Any]:
        return {}


class Strange(Odd):
    """Another one."""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, Verdict.SAME),
        (None, SHORT, Verdict.NARROWER),
        (SHORT, None, Verdict.WIDER),
        (LONG, SHORT, Verdict.NARROWER),
        (SHORT, Span(of="seconds", high=5, exclusive=True), Verdict.OTHER),
        (SHORT, Span(of="size", high=5), Verdict.OTHER),
        (Total(of="seconds", high=5), Total(of="seconds", high=4), Verdict.NARROWER),
        (Formats(("mp4",)), Formats(("mp4", "mov")), Verdict.WIDER),
        (AnyOf((Given("a"), Given("b"))), AllOf((Given("a"), Given("b"))), Verdict.NARROWER),
        (Odd(), Odd(), Verdict.SAME),
        (Odd(), Strange(), Verdict.OTHER),
    ],
    ids=numbered,
)
def test_demands_are_narrower_wider_or_other(old, new, expected):
    assert compared(old, new) is expected


STRING: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}


def listed(*values: object) -> dict[str, Any]:
    return {"enum": list(values)}


def having(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (STRING, STRING | {"maxLength": 3}, Verdict.NARROWER),
        (STRING | {"minLength": 2}, STRING | {"minLength": 3}, Verdict.NARROWER),
        (STRING | {"maxLength": 3}, STRING | {"minLength": 2}, Verdict.OTHER),
        ({}, STRING, Verdict.NARROWER),
        (WHOLE, {"type": "number"}, Verdict.WIDER),
        (WHOLE, STRING, Verdict.OTHER),
        (WHOLE | {"minimum": 1}, WHOLE | {"minimum": 0}, Verdict.WIDER),
        (WHOLE | {"exclusiveMinimum": 0}, WHOLE | {"exclusiveMinimum": 1}, Verdict.OTHER),
        (STRING | {"pattern": "a"}, STRING | {"pattern": "b"}, Verdict.OTHER),
        (STRING | {"pattern": "a"}, STRING, Verdict.WIDER),
        (STRING, listed("a"), Verdict.NARROWER),
        (listed("5s", "9s"), STRING | {"pattern": "^[0-9]s$"}, Verdict.WIDER),
        (listed("5s", "x"), STRING | {"pattern": "^[0-9]s$"}, Verdict.OTHER),
        (listed("abc"), STRING | {"maxLength": 2}, Verdict.OTHER),
        (listed(1, 2), WHOLE | {"maximum": 2}, Verdict.WIDER),
        (listed(1, 3), WHOLE | {"maximum": 2}, Verdict.OTHER),
        (listed(1), {"type": "number"}, Verdict.WIDER),
        (listed(1), STRING, Verdict.OTHER),
        ({"enum": [True]}, {"type": "boolean"}, Verdict.WIDER),
        (listed(1), {"not": {"minimum": 5}}, Verdict.OTHER),
        (listed("a"), {"allOf": [STRING]}, Verdict.OTHER),
        (STRING, {"anyOf": [STRING, WHOLE]}, Verdict.WIDER),
        ({"anyOf": [STRING, WHOLE]}, WHOLE, Verdict.NARROWER),
        ({"type": "array"}, {"type": "array", "items": STRING}, Verdict.NARROWER),
        ({}, {"allOf": [STRING]}, Verdict.NARROWER),
        ({}, False, Verdict.NARROWER),
        (False, True, Verdict.WIDER),
        (True, STRING, Verdict.NARROWER),
        (having(a=STRING), having(a=listed("x")), Verdict.NARROWER),
        (having(), having() | {"required": ["a"]}, Verdict.NARROWER),
        (having(), having() | {"additionalProperties": False}, Verdict.NARROWER),
        (
            having() | {"additionalProperties": False},
            having(a=STRING) | {"additionalProperties": False},
            Verdict.WIDER,
        ),
        ({"properties": {"a": False}}, {}, Verdict.WIDER),
    ],
)
def test_schemas_are_narrower_wider_or_other(old, new, expected):
    assert verdict(old, new) is expected
    back = {Verdict.NARROWER: Verdict.WIDER, Verdict.WIDER: Verdict.NARROWER}
    assert verdict(new, old) is back.get(expected, expected)


class Reel(TypedDict):
    job: int
    cost: float


def with_answers(acme: Provider, *answers: Gives) -> Provider:
    return acme.revised(replace(acme.submit, answers=answers))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            (Gives(Reel, "accepted", 202),),
            ["accepted: fields new `cost`, gone `state`, `reel`, other `job`"],
        ),
        (
            (Gives(Video, "accepted", 202),),
            ["accepted: fields new `Video`, gone `job`, `state`, `reel`"],
        ),
        ((Gives(NoneType, "never", 204),), ["no longer: 202, accepted", "new: 204, never"]),
    ],
)
def test_a_change_of_an_answer_is_told(acme, answers, expected):
    found = told(acme, with_answers(acme, *answers))
    assert found == [("ANSWERS", sentence) for sentence in expected]


def test_a_change_of_a_status_is_told(acme):
    (accepted,) = acme.submit.answers
    found = told(acme, with_answers(acme, Gives(accepted.form, "accepted", 200)))
    assert found == [("ANSWERS", "accepted: 200, was 202")]


def refusing(status: int, word: str) -> ErrorCase:
    return ErrorCase(when="a reason", status=status, body=lambda _: {"no": word}, source=PAGE)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (refusing(404, "no-task"), []),
        (refusing(410, "no-task"), ["a reason: HTTP 410 (was 404)"]),
        (refusing(404, "gone"), ['a reason: HTTP 404 {"no": "gone"}']),
        (refusing(410, "gone"), ['a reason: HTTP 410 (was 404) {"no": "gone"}']),
    ],
    ids=numbered,
)
def test_a_change_of_an_error_is_told(acme, case, expected):
    found = told(acme, acme.revised(errors={Cause.NO_TASK: case}))
    assert found == [("ANSWERS", sentence) for sentence in expected]


def test_errors_come_and_go(acme):
    more = acme.revised(errors={"tired": refusing(503, "tired")})
    assert told(acme, more) == [("ANSWERS", "new: HTTP 503, a reason")]
    assert told(more, acme) == [("ANSWERS", "gone: a reason")]


CALLBACK = Webhook(payload=lambda *_: {}, retry_after=(2.0,), source=PAGE)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, CALLBACK, ["callbacks are sent"]),
        (CALLBACK, None, ["no callbacks are sent"]),
        (CALLBACK, replace(CALLBACK, payload=lambda *_: {}), ["callbacks have another payload"]),
        (
            CALLBACK,
            replace(CALLBACK, retry_after=(1.0, 5.5)),
            ["callbacks are tried again after: 1 s, 5.5 s"],
        ),
        (CALLBACK, replace(CALLBACK, retry_after=()), ["callbacks are tried again after: never"]),
    ],
    ids=["new", "gone", "payload", "pauses", "no pause"],
)
def test_a_change_of_callbacks_is_told(acme, before, after, expected):
    found = told(replace(acme, webhook=before), replace(acme, webhook=after))
    assert found == [("ANSWERS", sentence) for sentence in expected]


def other_words(acme: Provider) -> Provider:
    words = {**acme.lifecycle.words, Phase.WORKING: "shooting"}
    del words[Phase.WAITING]
    return replace(acme, lifecycle=replace(acme.lifecycle, words=words))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            other_words,
            [
                ("ANSWERS", "the word for a task, waiting: no word, was `in line`"),
                ("ANSWERS", "the word for a task, working: `shooting`, was `on set`"),
            ],
        ),
        (
            lambda acme: replace(acme, headers={"x-a": "1", "x-b": "2"}),
            [("ANSWERS", "headers of every answer: x-a: 1, x-b: 2")],
        ),
        (
            lambda acme: replace(acme, base_url="https://acme.example/v10"),
            [("MUST", "the base URL is https://acme.example/v10, was https://api.acme.example/v9")],
        ),
        (
            lambda acme: replace(acme, auth=Bearer()),
            [
                ("MUST", "keys are no longer taken by `x-acme-key`"),
                ("MAY", "keys are taken by `bearer`, too"),
            ],
        ),
        (
            lambda acme: replace(acme, body_limit=5000),
            [("MUST", "a body may have 5,000 bytes, was 10,000")],
        ),
        (
            lambda acme: replace(acme, body_limit=20_000),
            [("MAY", "a body may have 20,000 bytes, was 10,000")],
        ),
        (
            lambda acme: replace(acme, operations=acme.operations[:2]),
            [("MUST", "gone: POST /v9/jobs/cancel")],
        ),
        (
            lambda acme: acme.revised(replace(acme.submit, id="make", path="/v9/make")),
            [("MAY", "new: POST /v9/make. Ask for a video.")],
        ),
        (
            lambda acme: acme.revised(replace(acme.submit, path="/v9/make")),
            [("MUST", "POST /v9/make (json), was POST /v9/jobs (json)")],
        ),
        (
            lambda acme: acme.revised(replace(acme.submit, gates=acme.submit.gates[::-1])),
            [
                (
                    "ANSWERS",
                    "checked in the order: balance, consent, contract, type, size, key",
                )
            ],
        ),
        (
            lambda acme: acme.revised(replace(acme.submit, example={"prompt": "a cat"})),
            [("ANSWERS", 'an example: {"prompt": "a cat"}')],
        ),
        (lambda acme: acme.revised(replace(acme.submit, example=None)), []),
        (lambda acme: acme, []),
    ],
)
def test_any_other_change_is_told(acme, change, expected):
    assert told(acme, change(acme)) == expected


def test_two_providers_are_not_compared(acme):
    other = every_revision()[0]
    with pytest.raises(ValueError, match="are of two providers"):
        differences(acme, other)


REVISIONS = [one.name for one in every_revision()]


@pytest.mark.parametrize("name", REVISIONS)
def test_a_revision_does_not_differ_from_itself(name):
    assert differences(revision(name), revision(name)) == []


@pytest.mark.parametrize("name", REVISIONS)
def test_groups_stand_in_order_and_what_is_won_one_way_is_lost_the_other(name):
    new = revision(name)
    old = revision(new.id)
    there, back = differences(old, new), differences(new, old)
    order = list(Group)
    assert there == sorted(there, key=lambda one: order.index(one.group))
    gone = {one.id for one in there if one.sentence.startswith("gone: `")}
    assert gone <= {one.id for one in back if one.sentence.startswith("new: `")}


@pytest.mark.parametrize("name", REVISIONS)
def test_being_lenient_asks_nothing_of_a_client(name):
    found = differences(revision(name), revision(name).lenient())
    assert {one.group for one in found} <= {Group.MAY}


PAIRS = [
    (old, new, each.id)
    for old in every_revision()
    for new in every_revision()
    for each in old.operations
    if old.id == new.id and old is not new and each.carried is Carried.JSON
]


def asks_for_changes(old: Provider, new: Provider, operation: str) -> bool:
    return any(
        one.group is Group.MUST and one.operation in {"", operation}
        for one in differences(old, new)
    )


KEPT = [pair for pair in PAIRS if not asks_for_changes(*pair)]


@pytest.mark.parametrize(
    ("old", "new", "operation"), KEPT, ids=lambda one: getattr(one, "name", one)
)
@given(data=st.data())
def test_where_nothing_must_change_what_was_valid_still_is(old, new, operation, data):
    sent = data.draw(valid_bodies(old.operation(operation)))
    TypeAdapter(new.operation(operation).body).validate_json(json.dumps(sent))
