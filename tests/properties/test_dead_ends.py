"""What cannot be made is given up, not made up."""

import re
from typing import Annotated, ClassVar, Literal

import pytest
from hypothesis import given, settings
from hypothesis.errors import FailedHealthCheck, Unsatisfiable
from pydantic import MISSING, Field

from contracts.kernel.body import Body
from contracts.kernel.conditions import Contains, Fewer, Given
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import Formats
from contracts.kernel.media import ImageLink
from contracts.kernel.operation import Computes, Gate, Operation
from contracts.kernel.rules import Must, Rule
from contracts.kernel.source import Source
from contracts.strategies import bodies_breaking

HERE = Source("this test", "2026-11-21")
NO_SUCH = Contains("kinds", {"type": "b"})


class Kind(Body):
    namespace: ClassVar[str] = "test"
    source: ClassVar[Source] = HERE

    type: Literal["a"]


class Small(Body):
    namespace: ClassVar[str] = "test"
    source: ClassVar[Source] = HERE

    name: str
    code: Annotated[str, Field(pattern="^[a-c]{2}$")] = "aa"
    kinds: list[Kind] | MISSING = MISSING
    image_url: ImageLink

    rules: ClassVar[tuple[Rule, ...]] = (
        Must(id="named", sentence="...", source=HERE, that=Given("name")),
        Must(id="items", sentence="...", source=HERE, that=Fewer(NO_SUCH, 1)),
    )
    media: ClassVar[tuple[MediaRule, ...]] = (
        MediaRule(id="any-format", sentence="...", source=HERE, measure=Formats(("png",))),
    )


OPERATION = Operation(
    id="small",
    summary="...",
    method="POST",
    path="/small",
    body=Small,
    effect=Computes(reply=lambda _: pytest.fail("nothing is sent")),
    gates=(Gate.SIZE, Gate.TYPE, Gate.CONTRACT),
    source=HERE,
    answers=(),
)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("test/named", "a required field cannot be left out"),
        ("test/items", "no item of the list can be of that kind"),
        ("test/any-format", "no example of a wrong format is known"),
    ],
)
def test_a_rule_that_no_body_can_break_has_no_examples(rule: str, why: str):
    @settings(database=None)
    @given(bodies_breaking(OPERATION, rule))
    def never(_body):
        pytest.fail(why)

    with pytest.raises((Unsatisfiable, FailedHealthCheck)):
        never()


def test_a_pattern_is_kept_to():
    @settings(database=None, max_examples=20)
    @given(bodies_breaking(OPERATION, "test/small-name"))
    def kept(body):
        assert re.fullmatch("[a-c]{2}", body.get("code", "aa"))

    kept()
