"""The reference page of a provider that does not exist, with a revision that differs in all."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import MISSING, Field
from typing_extensions import TypedDict

import contracts.providers
from contracts.kernel.conditions import Given
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.measures import Span
from contracts.kernel.models import ModelRow
from contracts.kernel.operation import Gives
from contracts.kernel.provider import Provider
from contracts.kernel.source import Confidence, Source
from contracts.kernel.violations import Contract
from contracts.kernel.webhooks import Webhook

MADE_UP = str(Path(__file__).resolve().parents[1] / "made_up")
HEARSAY = Source("a forum", "2026-11", "", Confidence.INFERRED, "The manual says 9 | 10.")


def ids(provider: Provider) -> Iterator[str]:
    """Everything in a revision that has an id."""
    for one in provider.operations:
        contract = Contract(one.body, one.id)
        yield from (limit.id for limit in contract.limits)
        yield from contract.rules
        yield from contract.media
    yield from provider.models()
    yield from (f"{provider.id}/{cause}" for cause in provider.errors)


def section(page: str, title: str) -> str:
    """One section of a page, on one line."""
    return " ".join(page.partition(f"\n## {title}\n")[2].partition("\n## ")[0].split())


@pytest.fixture(scope="module")
def acme() -> Provider:
    """A provider that does not exist."""
    contracts.providers.__path__.append(MADE_UP)
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)


class Shoe(ModelRow):
    size: int
    laces: bool = False
    """Whether it has any."""
    fits: tuple[int, int] | None = None


class Receipt(TypedDict):
    number: int
    state: Literal["paid", "due"]


def shelf() -> dict[str, Shoe]:
    rows = [
        Shoe(id="boot", size=44, laces=True, fits=(43, 45), source="shop", confidence="assumed"),
        Shoe(id="clog", size=40, source="shop", confidence="observed", note="Made of wood"),
    ]
    return {one.id: one for one in rows}


@pytest.fixture(scope="module")
def later(acme) -> Provider:
    """Another revision of it, in which everything is different."""
    submit, poll, _ = acme.operations

    class Part(submit.body):
        pitch: Annotated[int, Field(ge=1)]

    class Submit(submit.body):
        parts: list[Part] | MISSING = MISSING
        volume: Annotated[int, HEARSAY] | MISSING = MISSING
        modes: ClassVar = {"quiet": Given("volume")}
        media: ClassVar = (
            MediaRule(
                id="picture-wide",
                sentence="A picture is wide.",
                source=HEARSAY,
                measure=Span(of="ratio", low=2),
                late="too_narrow",
            ),
        )

    newer = replace(submit, body=Submit, answers=(Gives(Receipt, "paid for", 201),))
    return acme.revised(
        newer,
        replace(poll, id="peek", path="/v9/peek/{job}"),
        replace(newer, id="resubmit"),
        revision="later",
        about="Everything is different.",
        models=shelf,
        webhook=Webhook(payload=lambda *_: {}, retry_after=(), source=HEARSAY),
        lifecycle=replace(acme.lifecycle, words={}, seconds=7),
    )


def test_a_provider_that_does_not_exist_has_a_page(acme, generate):
    page = generate.page((acme,))
    assert {one for one in ids(acme) if f"`{one}`" not in page} == set()
    assert "A key is given as `x-acme-key`." in page
    assert "| succeeded | `in the can` |" in page
    assert "Answer 204, gone: no body." in page
    assert "There are none." in section(page, "Callbacks")
    assert "\n## Models\n" not in page


def test_everything_of_a_second_revision_is_on_the_page(acme, later, generate):
    page = generate.page((acme, later))
    assert {one for one in ids(later) if f"`{one}`" not in page} == set()
    assert "### submit: inside the new fields" in page
    assert "### submit: modes\n" in page
    assert "| `quiet` | `volume` is given |" in page
    assert "### peek: `GET /v9/peek/{job}`" in page
    assert "Answer 201, paid for: `Receipt`." in page
    assert "| `state` | `paid` or `due` | always |" in page


def test_what_a_provider_finds_late_is_told(acme, later, generate):
    page = generate.page((acme, later))
    late = "| A picture is wide. | accepted, then the task fails with `too_narrow` |"
    assert late in page


def test_lives_and_callbacks_that_differ_name_their_revision(acme, later, generate):
    page = generate.page((acme, later))
    assert "| phase | word in `made-up` | word in `later` |" in page
    assert "| waiting | `in line` |  |" in page
    assert "A typical task takes 7 s in `later`, 10% of it waiting (assumed)." in page
    callbacks = section(page, "Callbacks")
    assert "There are none in `made-up`." in callbacks
    assert "ends with one POST to it in `later`. It is tried once." in callbacks


def test_models_have_a_row_with_the_revisions_that_know_them(acme, later, generate):
    models = generate.page((acme, later)).partition("\n## Models\n")[2]
    assert "| model | revisions | size | fits | yes to | more | source |" in models
    assert "| `boot` | later | 44 | 43-45 | laces |  | shop | assumed |  |" in models
    assert "| `clog` | later | 40 |  |  |  | shop | observed | Made of wood |" in models
    assert "- `laces`: Whether it has any.\n" in models


def test_a_note_is_told_once_with_all_that_it_is_about(acme, later, generate):
    found = section(generate.page((acme, later)), "Where sources disagree")
    assert found.count("The manual says 9 | 10.") == 1
    assert "This is about `acme/submit-volume`, `acme/picture-wide`," in found
    assert "callbacks (in `later`). The source is a forum, 2026-11." in found
    assert "- Made of wood. This is about `clog` (in `later`)." in found


def test_what_is_not_documented_is_listed(acme, later, generate):
    found = section(generate.page((acme, later)), "What is inferred or assumed")
    assert re.search(r"- inferred, a forum, 2026-11: .*`acme/picture-wide`", found)
    assert "- assumed, shop: `boot` (in `later`)." in found


def test_an_index_leads_to_a_provider_that_does_not_exist(acme, later, generate):
    index = generate.index({"acme": (acme, later)})
    assert "| [Acme](acme.md) | `acme@made-up` | default | 3 | 6 | 1 | 0 | 0 | 13 |" in index
    assert "| [Acme](acme.md) | `acme@later` | newest | 5 |" in index
