"""Rules across fields: the check and its JSON Schema say the same of every body."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, ClassVar

import jsonschema_rs
import pytest
from pydantic import MISSING, Field, ValidationError

from contracts.kernel.body import Body
from contracts.kernel.rules import AtMost, Contains, Equals, Excludes, Given, Needs, Rule
from contracts.kernel.source import Source

HERE = Source("this test", "2026-11-21")
RED = Contains("items", {"kind": "a", "colour": "red"})
BLUE = Contains("items", {"kind": "a", "colour": "blue"})
RULES = {
    "needs": Needs(
        id="needs",
        sentence="...",
        source=HERE,
        when=Given("names"),
        any_of=(Given("link"), Equals("mode", "free")),
    ),
    "needs-item": Needs(id="needs-item", sentence="...", source=HERE, when=RED, any_of=(BLUE,)),
    "excludes": Excludes(
        id="excludes",
        sentence="...",
        source=HERE,
        when=Equals("mode", "bound"),
        none_of=(Given("link"), BLUE),
    ),
    "at-most": AtMost(id="at-most", source=HERE, items=RED, most=2),
}


class Item(Body):
    namespace: ClassVar[str] = "test"
    source: ClassVar[Source] = HERE

    kind: str
    colour: str | MISSING = MISSING


def body_with(rule: Rule) -> type[Body]:
    class Ruled(Body):
        namespace: ClassVar[str] = "test"
        source: ClassVar[Source] = HERE

        mode: str = "free"
        link: str | MISSING = MISSING
        names: list[str] | MISSING = MISSING
        items: Annotated[list[Item], Field(max_length=9)] | MISSING = MISSING

        rules: ClassVar[tuple[Rule, ...]] = (rule,)

    return Ruled


SOME = [
    {"kind": "a", "colour": "red"},
    {"kind": "a", "colour": "blue"},
    {"kind": "a"},
    {"kind": "b", "colour": "red"},
]
SHORT_LISTS = [list(made) for length in range(4) for made in product(SOME, repeat=length)]
FIELDS = {
    "mode": ["free", "bound"],
    "link": [None, "x"],
    "names": [None, [], ["n"]],
    "items": [None, *SHORT_LISTS],
}
"""Every value a field of the body may have; None stands for a field that is not there."""


def bodies() -> Iterator[dict]:
    """Every body there is."""
    for values in product(*FIELDS.values()):
        yield {name: value for name, value in zip(FIELDS, values, strict=True) if value is not None}


def accepts(body: type[Body], message: object) -> bool:
    try:
        body.model_validate(message)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", RULES)
def test_a_rule_and_its_schema_agree_on_every_body(name):
    model = body_with(RULES[name])
    schema = jsonschema_rs.validator_for(model.model_json_schema())
    verdicts = [(accepts(model, body), schema.is_valid(body)) for body in bodies()]
    assert set(verdicts) == {(True, True), (False, False)}


def test_a_broken_rule_is_an_error_whose_type_is_its_id():
    with pytest.raises(ValidationError) as caught:
        body_with(RULES["excludes"]).model_validate({"mode": "bound", "link": "x"})
    (error,) = caught.value.errors()
    assert (error["type"], error["msg"]) == ("test/excludes", "...")


def test_the_sentence_of_a_count_is_made_from_it():
    expected = "`items` holds at most 2 items of kind `a`, colour `red`."
    assert RULES["at-most"].sentence == expected


def test_every_rule_in_the_schema_has_its_id():
    schema = body_with(RULES["needs"]).model_json_schema()
    assert [rule["x-rule"] for rule in schema["allOf"]] == ["test/needs"]
