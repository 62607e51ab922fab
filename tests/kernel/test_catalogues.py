"""What every provider declares of bad days: errors, failures, prices and limits that hang together.

A scenario may provoke any error and any failure by its name, so each must stand for itself.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_core import from_json, to_json

import contracts.providers
from contracts.kernel.errors import Cause, ErrorCase, Refusal
from contracts.kernel.openapi_refusals import causes
from contracts.kernel.operation import Gate
from contracts.kernel.provider import EXPIRED, Provider
from contracts.kernel.quotas import Concurrency, ErrorBudget, Rate
from contracts.kernel.registry import every_revision, revision
from contracts.kernel.source import Confidence, Source

MADE_UP = str(Path(__file__).parents[1] / "made_up")
NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
SOURCE = Source("no document", "2026-11")


def acme() -> Provider:
    contracts.providers.__path__.append(MADE_UP)
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)


PROVIDERS = [*every_revision(), acme()]
ROWS = [(one, cause, case) for one in PROVIDERS for cause, case in one.errors.items()]


@pytest.fixture(params=PROVIDERS, ids=lambda one: one.name)
def provider(request: pytest.FixtureRequest) -> Provider:
    return request.param


def provoked(cause: str) -> Refusal:
    """A refusal of which nothing is known but its cause."""
    return Refusal(cause, None, (), {}, lambda: "id-1", lambda: "http://h/p", 1_780_000_000.0)


@pytest.mark.parametrize(
    ("cause", "case"),
    [row[1:] for row in ROWS],
    ids=[f"{one.name}/{cause}" for one, cause, _ in ROWS],
)
def test_every_error_can_be_provoked_without_details(cause: str, case: ErrorCase):
    body = from_json(to_json(case.body(provoked(cause))))
    headers = case.headers(provoked(cause)) if case.headers else {}
    assert isinstance(body, dict)
    assert body
    assert [one for one in (*headers, *headers.values()) if not isinstance(one, str)] == []
    assert 400 <= case.status < 600


def test_names_are_in_kebab_case(provider):
    names = [*provider.errors, *provider.failures, *(one.id for one in provider.quotas)]
    assert [one for one in names if not NAME.fullmatch(one)] == []


def test_nothing_by_itself_leads_to_a_row_on_demand(provider):
    reached = {cause for one in provider.operations for cause in causes(provider, one)}
    on_demand = {cause for cause, case in provider.errors.items() if case.on_demand}
    assert reached & on_demand == set()
    assert reached | on_demand | {Cause.NO_ROUTE} == set(provider.errors)


def test_every_task_can_take_too_long(provider):
    assert provider.failures[EXPIRED].message


def test_a_failure_that_refuses_a_look_has_a_row(provider):
    rows = {one.cause for one in provider.failures.values() if one.cause}
    assert rows <= set(provider.errors)


def test_every_failure_says_where_it_is_from(provider):
    assert [name for name, one in provider.failures.items() if one.source is None] == []


def test_what_is_assumed_of_bad_days_has_a_reason(provider):
    life = provider.lifecycle
    stated = [
        *(one.source for one in provider.failures.values()),
        *(one.source for one in provider.quotas),
        provider.tariff.source,
        life.media_source,
        life.task_source,
    ]
    weak = [one for one in stated if one and one.confidence is Confidence.ASSUMED]
    assert [one for one in weak if not one.note] == []


def test_the_example_of_a_provider_has_a_price(provider):
    submit = provider.submit
    body = submit.body.model_validate(submit.example)
    price = provider.tariff.price(body, submit.effect.plan(body))
    assert isinstance(price, int)
    assert price > 0


def test_limits_count_operations_that_are_there(provider):
    counted = {id_ for one in provider.quotas if isinstance(one, Rate) for id_ in one.operations}
    assert counted <= {one.id for one in provider.operations}
    assert {one.cause for one in provider.quotas} <= set(provider.errors)


def test_a_scenario_can_tell_the_text_that_was_asked_for(provider):
    submit = provider.submit
    body = submit.body.model_validate(submit.example)
    assert submit.effect.prompt(body) in str(submit.example)
    assert len(submit.effect.prompt(body)) > 5


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (
            Rate(id="a", operations=("poll",), requests=1, seconds=1, cause="x", source=SOURCE),
            {"poll"},
        ),
        (Concurrency(id="b", tasks=1, cause="x", source=SOURCE), {"submit"}),
        (
            ErrorBudget(
                id="c",
                failures=1,
                seconds=1,
                blocks=1,
                counts=lambda *_: True,
                cause="x",
                source=SOURCE,
            ),
            {"submit", "poll", "cancel"},
        ),
    ],
)
def test_a_limit_may_refuse_what_it_counts(quota, expected):
    limited = acme().revised(errors={"x": acme().errors[Cause.INVALID]}, quotas=(quota,))
    assert {one.id for one in limited.operations if "x" in causes(limited, one)} == expected


def test_an_error_budget_holds_where_a_key_is_asked_for(provider):
    budgets = {one.cause for one in provider.quotas if isinstance(one, ErrorBudget)}
    open_operations = [one for one in provider.operations if Gate.KEY not in one.gates]
    assert [one.id for one in open_operations if budgets & set(causes(provider, one))] == []


def test_a_dialect_says_no_in_its_own_form():
    case = revision("relaydance@new-api").errors["server-error"]
    documented = revision("relaydance").errors["server-error"]
    assert case.body(provoked("server-error"))["error"]["type"] == "new_api_error"
    assert documented.body(provoked("server-error"))["error"]["type"] == "server_error"
