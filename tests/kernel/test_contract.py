"""Limits and violations: every error finds the field it is about."""

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import MISSING, ConfigDict, Field, ValidationError

from contracts.kernel.body import Body, Whole, value_or
from contracts.kernel.source import Confidence, Source
from contracts.kernel.violations import MOST_VIOLATIONS, Contract

PAGE = Source("a page", "2026-11-21")
OTHER = Source("another page", "2026-11-22", "a section", Confidence.OBSERVED, "A note.")


class Base(Body):
    namespace: ClassVar[str] = "test"
    source: ClassVar[Source] = PAGE


class Text(Base):
    source: ClassVar[Source] = OTHER
    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]
    text: str


class Picture(Base):
    type: Literal["picture"]
    link: Annotated[str, Field(pattern="^https?://")]


class Order(Base):
    name: Annotated[str, Field(min_length=1, max_length=3), OTHER]
    size: Annotated[int, Field(ge=1, le=5), Whole] | MISSING = MISSING
    factor: Annotated[Literal[1, 2], Whole] | MISSING = MISSING
    weight: Annotated[float, Field(ge=0)] | MISSING = MISSING
    tags: Annotated[list[str], Field(max_length=2)] | MISSING = MISSING
    parts: list[Annotated[Text | Picture, Field(discriminator="type")]] | MISSING = MISSING


CONTRACT = Contract(Order, "order")


def broken(message: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        CONTRACT.adapter.validate_python(message)
    return [(one.rule, one.field) for one in CONTRACT.violations(caught.value)]


@pytest.mark.parametrize(
    ("patch", "rule", "field"),
    [
        ({"name": ""}, "order-name", "name"),
        ({"name": None}, "order-name", "name"),
        ({"size": 6}, "order-size", "size"),
        ({"size": "5"}, "order-size", "size"),
        ({"size": True}, "order-size", "size"),
        ({"factor": 3}, "order-factor", "factor"),
        ({"factor": True}, "order-factor", "factor"),
        ({"tags": ["a", "b", "c"]}, "order-tags", "tags"),
        ({"tags": ["a", 1]}, "order-tags", "tags[1]"),
        ({"tags": "a"}, "order-tags", "tags"),
        ({"parts": [{"type": "text", "text": 1}]}, "order-parts-text-text", "parts[0].text"),
        ({"parts": [{"type": "text"}]}, "order-parts-text-text", "parts[0].text"),
        (
            {"parts": [{"type": "text", "text": "", "x": 1}]},
            "order-parts-text",
            "parts[0].x",
        ),
        (
            {"parts": [{"type": "picture", "link": "ftp://x"}]},
            "order-parts-picture-link",
            "parts[0].link",
        ),
        ({"parts": [{"type": "sound"}]}, "order-parts", "parts[0]"),
        ({"parts": [1]}, "order-parts", "parts[0]"),
    ],
)
def test_an_error_names_its_rule_and_its_field(patch, rule, field):
    assert broken({"name": "n"} | patch) == [(f"test/{rule}", field)]


@pytest.mark.parametrize("patch", [{"size": 5.0}, {"factor": 2.0}, {"size": 1}])
def test_whole_numbers_are_integers_however_they_are_written(patch):
    accepted = CONTRACT.adapter.validate_python({"name": "n"} | patch)
    assert accepted.model_dump() == {"name": "n"} | patch


def test_a_body_that_is_no_object_breaks_the_limit_of_the_body():
    assert broken([]) == [("test/order", "")]


def test_violations_are_a_sequence_like_any_other():
    with pytest.raises(ValidationError) as caught:
        CONTRACT.adapter.validate_python({"name": 1, "size": 9, "factor": 7})
    violations = CONTRACT.violations(caught.value)
    assert [one.field for one in violations] == ["name", "size", "factor"]
    assert violations[-1] == violations[1:][-1]
    assert len(violations[:2]) == 2


def test_violations_are_counted_no_further_than_anyone_reads():
    assert len(broken({"name": "n", "parts": [1] * 1000})) == MOST_VIOLATIONS


def test_limits_say_what_a_field_must_be_and_where_that_is_stated():
    limits = {limit.id: limit for limit in CONTRACT.limits}
    name = limits["test/order-name"]
    assert name.sentence == "`name` is required: a string of 1 to 3 characters."
    assert name.source == OTHER
    assert str(name.source) == "another page, a section, 2026-11-22 (observed)"
    assert limits["test/order-size"].sentence == "`size` is optional: a whole number, 1 to 5."
    assert limits["test/order-size"].source == PAGE
    assert limits["test/order-factor"].sentence == "`factor` is optional: one of `1`, `2`."
    assert limits["test/order-weight"].sentence == "`weight` is optional: a number, at least 0."
    assert limits["test/order-parts-text-text"].source == OTHER
    assert limits["test/order-parts-text"].sentence == (
        "An item `parts[text]` is an object with no other fields."
    )


def test_an_absent_field_has_the_value_of_its_absence():
    order = Order(name="n")
    assert value_or(order.size, 4) == 4
    assert value_or(Order(name="n", size=2).size, 4) == 2
