"""Rules and conditions: the check, its JSON Schema and its making say the same of every body."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Annotated, ClassVar

import jsonschema_rs
import pytest
from pydantic import MISSING, Field, ValidationError

from contracts.kernel.body import Body
from contracts.kernel.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Contains,
    Each,
    Equals,
    Fewer,
    Given,
    Implies,
    Lacks,
    Longest,
    Matches,
    Not,
    OneOf,
    Shorter,
    Unmakeable,
    Within,
)
from contracts.kernel.models import ModelRow
from contracts.kernel.rules import Among, ByModel, KnownModel, Must, Rule, at_most, excludes, needs
from contracts.kernel.source import Confidence, Source
from contracts.kernel.violations import Contract

HERE = Source("this test", "2026-11-21")
RED = Contains("items", {"kind": "a", "colour": "red"})
BLUE = Contains("items", {"kind": "a", "colour": "blue"})
NESTED = Contains("options.items", {"colour": "red"})
SHORT = Matches(
    name="link", pattern="^x.?$", form="one or two letters", good=("x", "xy"), bad=("xyz",)
)

CONDITIONS: dict[str, tuple[Condition, tuple[str, ...]]] = {
    "given": (Given("link"), ("link",)),
    "given-list": (Given("names"), ("names",)),
    "given-below": (Given("options.shade"), ("options",)),
    "given-list-below": (Given("options.names"), ("options",)),
    "equals": (Equals("mode", "bound"), ("mode",)),
    "equals-number": (Equals("count", 1), ("count",)),
    "equals-boolean": (Equals("flag", value=True), ("flag",)),
    "equals-below": (Equals("options.shade", "red"), ("options",)),
    "one-of": (OneOf("mode", ("bound", "loose")), ("mode",)),
    "one-of-optional": (OneOf("link", ("x", "xyz")), ("link",)),
    "within": (Within("link", ("x", "xyz")), ("link",)),
    "within-numbers": (Within("count", (1, 3)), ("count",)),
    "within-nothing": (Within("link", ()), ("link",)),
    "within-below": (Within("options.shade", ("red",)), ("options",)),
    "between": (Between("count", 1, 3), ("count",)),
    "between-one": (Between("count", 2, 2), ("count",)),
    "between-and-also": (Between("count", 2, 3, (-1, 5)), ("count",)),
    "between-and-its-neighbour": (Between("count", 1, 3, (0,)), ("count",)),
    "longest": (Longest("link", 2), ("link",)),
    "longest-is-nothing": (Longest("link", 0), ("link",)),
    "longest-below": (Longest("options.shade", 3), ("options",)),
    "contains": (RED, ("items",)),
    "contains-by-one-key": (Contains("items", {"kind": "b"}), ("items",)),
    "contains-below": (NESTED, ("options",)),
    "fewer": (Fewer(RED, 1), ("items",)),
    "fewer-is-none": (Fewer(RED, 0), ("items",)),
    "fewer-below": (Fewer(NESTED, 1), ("options",)),
    "shorter": (Shorter("names", 1), ("names",)),
    "shorter-items": (Shorter("items", 2), ("items",)),
    "shorter-below": (Shorter("options.names", 1), ("options",)),
    "matches": (SHORT, ("link",)),
    "each": (Each("items", ("colour",)), ("items",)),
    "each-of-several": (Each("items", ("colour", "size")), ("items",)),
    "each-below": (Each("options.items", ("colour",)), ("options",)),
    "lacks": (Lacks(("link",)), ("link", "names")),
    "lacks-several": (Lacks(("link", "names", "options")), ("link", "names", "options")),
    "not": (Not(Given("link")), ("link",)),
    "not-not": (Not(Not(Between("count", 1, 3))), ("count",)),
    "any-of": (AnyOf((Given("link"), RED, Equals("mode", "bound"))), ("mode", "link", "items")),
    "all-of": (AllOf((Given("link"), Shorter("names", 1))), ("link", "names")),
    "implies": (Implies(Equals("mode", "bound"), Given("link")), ("mode", "link")),
    "implies-not": (
        Implies(Given("link"), Not(AnyOf((Given("names"), Given("options.shade"))))),
        ("link", "names", "options"),
    ),
    "implies-items": (Implies(RED, BLUE), ("items",)),
}
"""Conditions, and the fields that each is about."""


class Row(ModelRow):
    """What one model asks of `count`, `link` and `items`."""

    span: tuple[int, int] | None = None
    needs_link: bool = False


def row(name: str, **fields: object) -> Row:
    return Row(id=name, source="this test", confidence=Confidence.ASSUMED, **fields)


TABLE = {
    "small": row("small", span=(1, 2)),
    "tiny": row("tiny", span=(1, 2)),
    "large": row("large", span=(3, 5), needs_link=True),
    "content": row("content"),
}
GIVEN = {"id": "a-rule", "sentence": "A sentence.", "source": HERE}


def table() -> dict[str, Row]:
    return TABLE


def counted(one: Row) -> Condition | None:
    return Between("count", *one.span) if one.span else None


KNOWN = KnownModel(**GIVEN, table=table)
COUNTED = ByModel(**GIVEN, table=table, asks=counted)
LINKED = ByModel(
    **GIVEN, table=table, asks=lambda one: Given("link") if one.needs_link else None, message="No."
)
RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    "needs": (
        needs(**GIVEN, when=Given("names"), any_of=(Given("link"), Equals("mode", "free"))),
        ("mode", "link", "names"),
    ),
    "needs-item": (needs(**GIVEN, when=RED, any_of=(BLUE,)), ("items",)),
    "excludes": (
        excludes(**GIVEN, when=Equals("mode", "bound"), none_of=(Given("link"), BLUE)),
        ("mode", "link", "items"),
    ),
    "at-most": (at_most(id="a-rule", source=HERE, items=RED, most=2), ("items",)),
    "must": (Must(**GIVEN, that=Given("link")), ("link",)),
    "known-model": (KNOWN, ("model",)),
    "by-model": (COUNTED, ("model", "count")),
    "by-model-with-words": (LINKED, ("model", "link")),
}
"""Rules, and the fields that each is about."""


class Thing(Body):
    namespace: ClassVar[str] = "test"
    source: ClassVar[Source] = HERE


class Item(Thing):
    kind: str | MISSING = MISSING
    colour: str | MISSING = MISSING
    size: int | MISSING = MISSING


class Options(Thing):
    shade: str | MISSING = MISSING
    names: list[str] | MISSING = MISSING
    items: list[Item] | MISSING = MISSING


class Whole(Thing):
    model: str
    mode: str
    link: str | MISSING = MISSING
    count: int | MISSING = MISSING
    flag: bool | MISSING = MISSING
    names: list[str] | MISSING = MISSING
    items: Annotated[list[Item], Field(max_length=9)] | MISSING = MISSING
    options: Options | MISSING = MISSING


def body_with(*rules: Rule) -> type[Whole]:
    return Whole.ruled_by(rules)


SOME = [
    {"kind": "a", "colour": "red"},
    {"kind": "a", "colour": "blue"},
    {"kind": "a", "size": 1},
    {"kind": "a"},
    {"kind": "b", "colour": "red"},
]
NAMES = [[], ["n"], ["n", "m"]]
BELOW = [
    {},
    *({"names": names} for names in NAMES),
    *({"items": items} for items in ([], SOME[:1], SOME[2:], SOME)),
    {"names": ["n"], "items": SOME},
]
VALUES = {
    "model": ["small", "tiny", "large", "content", "unknown", ""],
    "mode": ["free", "bound"],
    "link": [None, "", "x", "xy", "xyz"],
    "count": [None, *range(-2, 8)],
    "flag": [None, True, False],
    "names": [None, *NAMES],
    "items": [None, *[list(made) for n in range(4) for made in product(SOME, repeat=n)]],
    "options": [
        None,
        *({"shade": shade} | rest for shade in ("red", "blue") for rest in BELOW),
        *BELOW,
    ],
}
"""Every value that a field of the body may have; None stands for a field that is not there."""
ALWAYS = {"model": "content", "mode": "free"}


def bodies(fields: tuple[str, ...]) -> Iterator[dict]:
    """Every body that differs in these fields."""
    for values in product(*(VALUES[name] for name in fields)):
        made = {name: one for name, one in zip(fields, values, strict=True) if one is not None}
        yield deepcopy(ALWAYS | made)


def accepts(body: type[Body], message: object) -> bool:
    try:
        body.model_validate(message)
    except ValidationError:
        return False
    return True


def verdicts(rule: Rule, fields: tuple[str, ...]) -> set[tuple[bool, bool]]:
    """Hold every body against a rule in both its forms."""
    model = body_with(rule)
    schema = jsonschema_rs.validator_for(model.model_json_schema())
    return {(accepts(model, one), schema.is_valid(one)) for one in bodies(fields)}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_and_its_schema_agree_on_every_body(name):
    condition, fields = CONDITIONS[name]
    assert verdicts(Must(**GIVEN, that=condition), fields) == {(True, True), (False, False)}


@pytest.mark.parametrize("name", CONDITIONS)
def test_the_opposite_of_a_condition_agrees_with_its_schema_too(name):
    condition, fields = CONDITIONS[name]
    assert verdicts(Must(**GIVEN, that=Not(condition)), fields) == {(True, True), (False, False)}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_and_its_schema_agree_on_every_body(name):
    assert verdicts(*RULES[name]) == {(True, True), (False, False)}


class Sketch:
    """A body in the making that takes the first way, or the second, and so on."""

    def __init__(self, body: dict, turn: int) -> None:
        self.body = body
        self.turn = turn

    def value(self, name):
        here = self.body
        for step in name.split("."):
            if step not in here:
                return MISSING
            here = here[step]
        return here

    def put(self, name, value):
        *parents, last = name.split(".")
        here = self.body
        for step in parents:
            here = here.setdefault(step, {})
        here[last] = deepcopy(value)

    def drop(self, name):
        if name in ALWAYS:
            raise Unmakeable
        *parents, last = name.split(".")
        here = self.value(".".join(parents)) if parents else self.body
        if here is not MISSING:
            here.pop(last, None)

    def fill(self, name, *, avoiding=()):
        options = VALUES.get(name) or {"options.shade": ["red", "blue"]}.get(name, [["n"]])
        self.put(name, self.choose([v for v in options if v not in (None, [], *avoiding)]))

    def add(self, name, item):
        items = self.value(name)
        new = {"kind": "a", **item} if name.endswith("items") else "n"
        self.put(name, [*([] if items is MISSING else items), new])

    def choose(self, options):
        return options[self.turn % len(options)]

    def attempt(self, ways):
        first = self.turn % len(ways)
        before = deepcopy(self.body)
        for way in [*ways[first:], *ways[:first]]:
            try:
                return way()
            except Unmakeable:
                self.body = deepcopy(before)
        raise Unmakeable

    def satisfies(self, condition):
        return condition.holds(Whole.model_validate(self.body))

    def fitting(self, models):
        return models[self.turn :]


def made(one: Condition | Rule, body: dict, turn: int, *, true: bool) -> dict | None:
    """Give the body that was made of a body; nothing where there is no way."""
    sketch = Sketch(deepcopy(body), turn)
    try:
        one.make(sketch, true=true)
    except Unmakeable:
        return None
    return sketch.body


@pytest.mark.parametrize("true", [True, False])
@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_made_true_or_false_of_every_body(name, true):
    condition, fields = CONDITIONS[name]
    results = [made(condition, one, turn, true=true) for one in bodies(fields) for turn in range(3)]
    holding = {condition.holds(Whole.model_validate(one)) for one in results if one is not None}
    assert holding == {true}


@pytest.mark.parametrize("true", [True, False])
@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_obeyed_or_broken_by_what_it_makes_of_every_body(name, true):
    rule, fields = RULES[name]
    model = body_with(rule)
    results = [made(rule, one, turn, true=true) for one in bodies(fields) for turn in range(5)]
    assert {accepts(model, one) for one in results if one is not None} == {true}


def test_what_is_true_already_is_left_as_it_is():
    condition, fields = CONDITIONS["between-and-also"]
    before = [one for one in bodies(fields) if 2 <= one.get("count", 2) <= 3]
    assert [made(condition, one, 0, true=True) for one in before] == before


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (Within("link", ()), True),
        (Between("count", 1, 3, (0, 4)), False),
        (AllOf((Given("count"), Within("link", ()))), True),
        (Given("mode"), False),
        (AllOf((Given("mode"), Given("model"))), False),
        (AnyOf((Given("count"), Given("mode"))), False),
        (Implies(Given("link"), Given("mode")), False),
    ],
)
def test_there_is_no_way_where_there_is_none(condition, true):
    assert made(condition, ALWAYS | {"link": "x"}, 0, true=true) is None


def test_a_model_is_changed_where_what_it_asks_for_cannot_be_had():
    stubborn = ByModel(**GIVEN, table=table, asks=lambda one: _never(one.needs_link))
    assert made(stubborn, ALWAYS | {"model": "large"}, 0, true=True)["model"] == "small"


def test_there_is_no_model_to_change_to_where_none_is_content():
    hopeless = ByModel(**GIVEN, table=table, asks=lambda _: _never(wanted=True))
    assert made(hopeless, ALWAYS | {"model": "large"}, 0, true=True) is None


def _never(wanted: bool) -> Condition | None:  # noqa: FBT001 - what a row says
    """What no body can be made to fulfil: the mode is required."""
    return Not(Given("mode")) if wanted else None


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Given("options.shade"), "`options.shade` is given"),
        (Equals("mode", "bound"), "`mode` is `bound`"),
        (Equals("flag", value=True), "`flag` is `True`"),
        (Within("count", (1, 3)), "`count` is one of `1`, `3`"),
        (Between("count", 4, 12), "`count` is 4 to 12"),
        (Between("count", 4, 12, (-1,)), "`count` is 4 to 12 or `-1`"),
        (Longest("link", 2500), "`link` has at most 2500 characters"),
        (RED, "`items` has an item of kind `a`, colour `red`"),
        (Fewer(RED, 2), "`items` holds at most 2 items of kind `a`, colour `red`"),
        (Shorter("names", 4), "`names` has at most 4 items"),
        (SHORT, "`link` is one or two letters"),
        (Each("items", ("colour", "size")), "each item of `items` has `colour` or `size`"),
        (Lacks(("link", "names")), "none of `link`, `names` is given"),
        (Among(table), "`model` is one of those in the table of models"),
        (Not(Given("link")), "it is not so that `link` is given"),
        (AnyOf((Given("link"), Given("names"))), "`link` is given or `names` is given"),
        (AllOf((Given("link"), Given("names"))), "`link` is given and `names` is given"),
        (
            Implies(Equals("mode", "bound"), Given("link")),
            "where `mode` is `bound`, `link` is given",
        ),
    ],
)
def test_a_condition_says_what_it_is(condition, words):
    assert condition.words() == words


@pytest.mark.parametrize(
    ("condition", "fields", "field"),
    [
        (Given("options.shade"), {}, "options.shade"),
        (Equals("mode", "bound"), {}, "mode"),
        (Within("link", ("x",)), {"link": "y"}, "link"),
        (Between("count", 4, 12), {"count": 3}, "count"),
        (Longest("link", 1), {"link": "xy"}, "link"),
        (NESTED, {}, "options.items"),
        (Fewer(NESTED, 0), {"options": {"items": SOME}}, "options.items"),
        (Shorter("names", 0), {"names": ["n"]}, "names"),
        (SHORT, {"link": "abc"}, "link"),
        (Each("items", ("size",)), {"items": SOME}, "items"),
        (Lacks(("link", "names")), {"names": []}, "names"),
        (Lacks(("link", "names")), {"names": [], "link": "x"}, "link"),
        (Lacks(("link", "names")), {}, ""),
        (Among(table), {"model": "unknown"}, "model"),
        (Not(Given("link")), {"link": "x"}, "link"),
        (AnyOf((Given("link"), RED)), {}, "link"),
        (AllOf((Given("link"), Given("names"), RED)), {"link": "x"}, "names"),
        (AllOf((Given("mode"), Given("model"))), {}, ""),
        (AnyOf((Given("mode"),)), {}, ""),
        (Implies(Equals("mode", "free"), Given("link")), {}, "link"),
    ],
)
def test_a_condition_names_the_field_to_blame(condition, fields, field):
    assert condition.blame(Whole.model_validate(ALWAYS | fields)) == field


def test_a_model_that_is_not_in_the_table_is_not_among_it():
    among = Among(table)
    known = [among.holds(Whole.model_validate(ALWAYS | {"model": one})) for one in VALUES["model"]]
    assert known == [True, True, True, True, False, False]
    assert among.schema() == KNOWN.schema() == {"properties": {"model": {"enum": list(TABLE)}}}


@pytest.mark.parametrize("true", [True, False])
def test_a_model_is_made_one_of_the_table_or_none_of_it(true):
    body = Whole.model_validate(made(Among(table), ALWAYS, 1, true=true))
    assert Among(table).holds(body) is true


def broken(*rules: Rule, **fields: object) -> tuple[str, str, str]:
    """Give the id, the field and the words of the violation of a body."""
    contract = Contract(body_with(*rules), "order")
    with pytest.raises(ValidationError) as caught:
        contract.adapter.validate_python(ALWAYS | fields)
    (violation,) = contract.violations(caught.value)
    return violation.rule, violation.field, violation.message


@pytest.mark.parametrize(
    ("rule", "fields", "field", "message"),
    [
        (Must(**GIVEN, that=Given("link")), {}, "link", "A sentence."),
        (Must(**GIVEN, that=Given("link"), message="Link?"), {}, "link", "Link?"),
        (
            Must(**GIVEN, that=Given("link"), subject=Equals("mode", "x")),
            {},
            "mode",
            "A sentence.",
        ),
        (
            needs(**GIVEN, when=Given("names"), any_of=(Given("link"),)),
            {"names": ["n"]},
            "names",
            "A sentence.",
        ),
        (
            excludes(**GIVEN, when=NESTED, none_of=(Given("link"),), message="Not both."),
            {"link": "x", "options": {"items": SOME}},
            "options.items",
            "Not both.",
        ),
        (
            at_most(id="a-rule", source=HERE, items=RED, most=0),
            {"items": SOME},
            "items",
            "`items` holds at most 0 items of kind `a`, colour `red`.",
        ),
        (KNOWN, {"model": "unknown"}, "model", "A sentence."),
        (
            KnownModel(**GIVEN, table=table, message="No such model."),
            {"model": "unknown"},
            "model",
            "No such model.",
        ),
        (
            COUNTED,
            {"model": "small", "count": 3},
            "count",
            "this model asks that `count` is 1 to 2",
        ),
        (LINKED, {"model": "large"}, "link", "No."),
        (
            ByModel(**GIVEN, table=table, asks=counted, subject=Equals("mode", "x")),
            {"model": "large", "count": 2},
            "mode",
            "this model asks that `count` is 3 to 5",
        ),
    ],
)
def test_a_broken_rule_names_itself_its_field_and_what_is_wrong(rule, fields, field, message):
    assert broken(rule, **fields) == ("test/a-rule", field, message)


def test_of_several_broken_rules_the_first_is_named():
    first = Must(id="first", sentence="First.", source=HERE, that=Given("link"))
    second = Must(id="second", sentence="Second.", source=HERE, that=Given("names"))
    assert broken(first, second) == ("test/first", "link", "First.")
    assert broken(second, first) == ("test/second", "names", "Second.")


def test_the_demands_of_a_model_are_put_together_once():
    model = body_with(KNOWN, COUNTED, LINKED)
    asked = {one: [rule for _, rule, _ in model.checks(one)] for one in [*TABLE, "unknown"]}
    assert asked == {
        "small": [COUNTED],
        "tiny": [COUNTED],
        "large": [COUNTED, LINKED],
        "content": [],
        "unknown": [KNOWN],
    }
    assert model.checks("large") is model.checks("large")
    assert model.checks("unknown") is model.checks("another") is model.checks(None)


def test_rules_tell_models_apart_that_are_in_their_table():
    told = [[rule.tells_apart(one) for one in ("small", "unknown")] for rule in (KNOWN, COUNTED)]
    assert told == [[True, False]] * 2
    assert Must(**GIVEN, that=RED).tells_apart("small") is False


def test_models_that_are_asked_for_the_same_stand_together():
    assert COUNTED.groups() == [
        (Between("count", 1, 2), ["small", "tiny"]),
        (Between("count", 3, 5), ["large"]),
    ]
    assert [case["if"]["properties"]["model"]["enum"] for case in COUNTED.schema()["allOf"]] == [
        ["small", "tiny"],
        ["large"],
    ]


def test_the_sentence_of_a_count_is_made_from_it():
    expected = "`items` holds at most 2 items of kind `a`, colour `red`."
    assert RULES["at-most"][0].sentence == expected


def test_every_rule_in_the_schema_has_its_id():
    schema = body_with(RULES["needs"][0], KNOWN).model_json_schema()
    assert [rule["x-rule"] for rule in schema["allOf"]] == ["test/a-rule", "test/a-rule"]
