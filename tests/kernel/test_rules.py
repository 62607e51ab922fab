"""Rules across fields: the check and its JSON Schema say the same of every body."""

from typing import Annotated, ClassVar

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
items = st.lists(st.sampled_from(SOME), max_size=5)
bodies = st.fixed_dictionaries(
    {"mode": st.sampled_from(["free", "bound"])},
    optional={"link": st.just("x"), "names": st.lists(st.just("n"), max_size=2), "items": items},
)


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
    seen = set()

    @settings(max_examples=300)
    @given(bodies)
    def agree(message):
        accepted = accepts(model, message)
        assert accepted == schema.is_valid(message)
        seen.add(accepted)

    agree()
    assert seen == {True, False}


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
