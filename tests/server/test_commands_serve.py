"""Which contracts are served, and where they can be read."""

import click
import pytest

from contracts.kernel.openapi import openapi
from contracts.kernel.registry import every_revision, newest, providers
from mockserver.app import MOST_DOCUMENTS, Documents, create_app
from mockserver.cli import screentest
from mockserver.commands.serve import settings_of, summary
from mockserver.revisions import meant
from mockserver.settings import Settings
from mockserver.welcome import OPENAPI_PATH, welcome

OLD = next(one for one in providers().values() if newest(one.id) is not one)
NEW = newest(OLD.id)


@pytest.mark.parametrize("one", every_revision(), ids=lambda one: one.name)
def test_any_revision_can_be_chosen_from_python(one):
    app = create_app(Settings(contracts=(one.name,)))
    assert app.state.providers[one.id] is one


@pytest.mark.parametrize(
    ("names", "expected"),
    [((), OLD), (("latest",), NEW), (("latest", "seeds"), OLD), (("seeds", NEW.name), NEW)],
)
def test_later_names_win(names, expected):
    assert create_app(Settings(contracts=names)).state.providers[OLD.id] is expected


def test_lenient_models_are_those_that_no_table_has():
    lenient = meant((), "lenient")[OLD.id]
    assert len(lenient.submit.body.rules) == len(OLD.submit.body.rules) - 1


def test_providers_that_are_given_are_served_as_they_are():
    given = {OLD.id: OLD}
    app = create_app(Settings(contracts=("latest",), models="lenient"), providers=given)
    assert app.state.providers is given


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"contracts": "latest"}, "contracts must be a tuple of names, not 'latest'"),
        ({"models": "any"}, "models must be 'strict' or 'lenient', not 'any'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, problem):
    with pytest.raises(ValueError, match=problem):
        Settings(**settings)


def test_a_contract_that_does_not_exist_is_an_error_with_the_nearest_name():
    with pytest.raises(ValueError, match=f"did you mean {OLD.id}"):
        create_app(Settings(contracts=(f"{OLD.id}x",)))


async def test_the_contracts_are_served_as_openapi(door):
    app = create_app(Settings(contracts=(NEW.name,), models="lenient"))
    async with door(app) as client:
        answer = await client.get(f"{OPENAPI_PATH}/{NEW.id}.json")
        again = await client.get(f"{OPENAPI_PATH}/{NEW.id}.json")
        origin = str(client.base_url).rstrip("/")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == openapi(NEW.lenient(), origin)
    assert again.content == answer.content


@pytest.mark.parametrize("name", ["none.json", OLD.id, f"{OLD.id}.yaml", ".json"])
async def test_a_document_that_does_not_exist_is_refused_with_those_that_do(client, name):
    answer = await client.get(f"{OPENAPI_PATH}/{name}")
    assert answer.status_code == 404
    assert answer.headers["x-screentest-rule"] == "screentest/no-document"
    assert answer.json()["error"].endswith(", ".join(f"{one}.json" for one in providers()))


async def test_no_more_documents_are_kept_than_origins_are_plausible(monkeypatch):
    documents = Documents(providers())
    monkeypatch.setattr("contracts.kernel.openapi.openapi", lambda *_: {})
    made = [documents.made(OLD.id, f"http://{n}") for n in range(MOST_DOCUMENTS + 5)]
    assert set(made) == {b"{}"}
    assert documents.made.cache_info().currsize == MOST_DOCUMENTS


def test_the_banner_tells_revisions_and_where_the_contracts_are():
    text = welcome(meant(("latest",)), "http://here")
    assert f"{NEW.title} ({NEW.revision})" in text
    assert f"http://here{OPENAPI_PATH}/<provider>.json ({', '.join(providers())})" in text


CHOSEN = {
    "speed": None,
    "seed": 1,
    "contracts": (),
    "scenarios": (),
    "callback_hosts": (),
    "models": "strict",
}


def test_the_banner_sums_up_what_was_chosen():
    settings = settings_of(CHOSEN | {"clock": "manual", "limits": "documented"})
    assert summary(settings) == (
        "manual clock, speed 1, seed 1, strict about models, documented limits"
    )


def test_a_seed_is_made_up_and_told_where_none_is_given():
    settings = settings_of(CHOSEN | {"seed": None})
    assert summary(settings) == f"speed 75, seed {settings.seed}, strict about models"


def test_several_processes_are_refused_with_the_reason():
    with pytest.raises(click.BadParameter, match="would not know of each other's tasks"):
        screentest.main(["serve", "--workers", "2"], standalone_mode=False)
