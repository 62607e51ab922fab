"""The generator of the reference pages, which stands in no package."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """`docs/generate.py`, which finds its modules by `sys.path`."""
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = module_from_spec(spec)
    path = sys.path.copy()
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.fixture(scope="session")
def writing(generate: ModuleType) -> ModuleType:  # noqa: ARG001 - it makes them importable
    """How the pages write tables, sentences and values."""
    return import_module("pages.writing")


@pytest.fixture(scope="session")
def pages(generate: ModuleType) -> dict[str, str]:
    """Every page by its name."""
    return generate.pages()
