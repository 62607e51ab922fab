"""The page about Python: whatever a test can reach is on it, as it stands in the source."""

import inspect
import re
from dataclasses import fields

import pytest

from contracts.kernel import quotas
from mockserver import pytest_plugin, testing
from mockserver.testing import errors
from mockserver.testing.request import Request, Requests
from mockserver.testing.task import SeenTask
from mockserver.testing.travel import Travel
from mockserver.testing.wanting import Wants

HELD = (testing.Mock, testing.Options, Request, Requests, SeenTask, Travel)
LIMITS = (quotas.Rate, quotas.Concurrency, quotas.ErrorBudget)


@pytest.fixture(scope="module")
def page(pages):
    return pages["python.md"]


def section(page, title):
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def has(text, name):
    """Tell whether a list has a name, as an attribute or as a method."""
    return re.search(rf"^- `(await )?{name}[:(`]", text, re.MULTILINE)


@pytest.mark.parametrize("kind", [*HELD, *LIMITS], ids=lambda kind: kind.__name__)
def test_whatever_is_public_in_a_class_is_told(kind, page):
    public = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
    inherited = set(dir(tuple)) if kind is Requests else set()
    text = section(page, kind.__name__)
    assert {name for name in public - inherited if not has(text, name)} == set()
    where = "mockserver.testing" if kind.__name__ in testing.__all__ else kind.__module__
    assert f"`from {where} import {kind.__name__}`" in text


@pytest.mark.parametrize("kind", [testing.Options, *LIMITS], ids=lambda kind: kind.__name__)
def test_the_fields_of_what_a_test_makes_stand_in_their_order(kind, page):
    named = re.findall(r"^- `(\w+):", section(page, kind.__name__), re.MULTILINE)
    assert named == [one.name for one in fields(kind)]


def test_all_that_can_be_wanted_is_told(page):
    text = section(page, "Wants")
    assert {name for name in Wants.__annotations__ if not has(text, name)} == set()


def test_every_error_of_a_test_is_in_the_table(page):
    rows = set(re.findall(r"^\| `(\w+)` \|", section(page, "Errors"), re.MULTILINE))
    known = {name for name, one in vars(errors).items() if isinstance(one, type)}
    assert rows == known | {"NotMocked", "Stranded"}


def test_every_fixture_is_told(page):
    told = re.findall(r"^- `(\w+)`", section(page, "Fixtures"), re.MULTILINE)
    given = [name for name in vars(pytest_plugin) if name.startswith("screentest")]
    assert told == given


def test_a_method_shows_how_it_is_called_and_what_it_says(page):
    text = " ".join(section(page, "Mock").split())
    assert "`await aadvance(seconds: float = 0.0) -> None`: Let time pass" in text
    assert "`callback_url(provider: str, name: str = 'callbacks') -> str`" in text
    assert "`time_travel(*, speed: float = 1.0" in text
    assert " **Time** - `clock: Clock`: Its time." in text


def test_links_lead_somewhere(page, writing):
    titles = {f"#{writing.anchor(one)}" for one in re.findall("^## (.*)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(([^)]+)\)", page)) == titles | {"../tutorial.md"}
