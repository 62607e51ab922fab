"""Fixtures are data: every file obeys their schema, and none holds more than it may."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import jsonschema_rs
import pytest

from contracts.kernel.registry import providers, revision

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SCHEMA = json.loads((FIXTURES / "schema.json").read_text())
SHEETS = sorted(FIXTURES.glob("*/*.json"))
MEDIA = sorted((FIXTURES / "media").iterdir())
KINDS = {"boundaries.json", "examples.json"}
PROVIDERS = list(providers())


def named(path: Path) -> str:
    return str(path.relative_to(FIXTURES))


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_file_obeys_the_schema(path: Path):
    errors = jsonschema_rs.validator_for(SCHEMA).iter_errors(json.loads(path.read_text()))
    assert [str(error) for error in errors] == []


def test_the_schema_is_one():
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_file_speaks_of_the_provider_it_stands_under(path: Path):
    sheet = json.loads(path.read_text())
    assert sheet["provider"] == path.parent.name
    rules = [row["rule"] for row in sheet.get("boundaries", ())]
    assert [rule for rule in rules if not rule.startswith(f"{path.parent.name}/")] == []


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_nothing_is_listed_twice(path: Path):
    sheet = json.loads(path.read_text())
    keys = [(row["rule"], row["operation"]) for row in sheet.get("boundaries", ())]
    keys += [(row["id"], "") for row in sheet.get("examples", ())]
    assert sorted(set(keys)) == sorted(keys)


def operations(path: Path, holder: Mapping[str, str]) -> set[str]:
    """Give the operations of the revision that a file or an example names, or of the default."""
    name = path.parent.name
    one = revision(f"{name}@{holder['revision']}" if "revision" in holder else name)
    return {each.id for each in one.operations}


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_operations_parts_and_media_exist(path: Path):
    text = path.read_text()
    sheet = json.loads(text)
    examples = sheet.get("examples", ())
    assert [one for one in examples if one["operation"] not in operations(path, one)] == []
    assert {*sheet.get("bases", {})} <= operations(path, sheet)
    assert {row["operation"] for row in sheet.get("boundaries", ())} <= {*sheet.get("bases", {})}
    assert set(re.findall(r'"\$part": "(\w+)"', text)) == set(sheet.get("parts", {}))
    assert set(re.findall(r'"\$media": "([\w.]+)"', text)) <= {one.name for one in MEDIA}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_has_its_files(provider: str):
    names = {one.name for one in (FIXTURES / provider).iterdir()}
    assert names >= KINDS
    assert [one for one in names - KINDS if not one.startswith("boundaries-")] == []


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_file_is_named_after_its_revision(path: Path):
    wanted = json.loads(path.read_text()).get("revision", "")
    assert path.stem.partition("-")[2] == wanted


def test_there_is_nothing_else():
    top = {one.name for one in FIXTURES.iterdir()}
    assert top == {"README.md", "schema.json", "media", *PROVIDERS}


def test_media_is_small_and_its_making_is_told():
    readme = (FIXTURES / "README.md").read_text()
    assert sum(one.stat().st_size for one in MEDIA) < 200_000
    assert [one.name for one in MEDIA if f"| `{one.name}` |" not in readme] == []


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_there_are_no_secrets(path: Path):
    assert re.findall(r"(?i)bearer |\bsk-|api[_-]?key\"|VENICE_\w+_KEY", path.read_text()) == []
