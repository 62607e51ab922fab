"""Libraries are patched when they are loaded, and are as before afterwards."""

import importlib
import inspect
import sys
from importlib.util import find_spec

import pytest

from mockserver.intercept.patching import Patches, patching

SOURCE = "class Base:\n    def who(self): return 'original'\n\nclass Heir(Base): pass\n"
NAME = "screentest_made_up_library"


@pytest.fixture(autouse=True)
def _library(tmp_path, monkeypatch):
    (tmp_path / f"{NAME}.py").write_text(SOURCE)
    (tmp_path / f"{NAME}_folder").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield
    sys.modules.pop(NAME, None)
    sys.modules.pop(f"{NAME}_folder", None)


def saying(patches, word, owner="Base"):
    """Make a patch after which `who` says a word beside what it said."""

    def make(original):
        return lambda self: f"{word} {original(self)}"

    return lambda module: patches.replace(getattr(module, owner), "who", make)


def load():
    return importlib.import_module(NAME)


def test_a_loaded_module_is_patched_at_once():
    library = load()

    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new"))
        assert library.Base().who() == "new original"

    assert library.Base().who() == "original"


def test_a_module_is_patched_when_it_is_loaded():
    with patching() as patches:
        patches.when_loaded(f"{NAME}_of_another_name", saying(patches, "wrong"))
        patches.when_loaded(NAME, saying(patches, "new"))
        assert NAME not in sys.modules
        library = load()
        assert library.Base().who() == "new original"

    assert library.Base().who() == "original"


def test_a_patched_module_looks_like_any_other():
    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new"))
        assert find_spec(NAME).loader.get_source(NAME) == SOURCE
        library = load()

    assert type(library.__loader__) is type(importlib.import_module("json").__loader__)
    assert library.__spec__.loader is library.__loader__
    assert inspect.getsource(library) == SOURCE


def test_patches_are_made_in_the_order_they_were_asked_for():
    with patching() as outer, patching() as inner:
        outer.when_loaded(NAME, saying(outer, "outer"))
        inner.when_loaded(NAME, saying(inner, "inner"))
        library = load()
        assert library.Base().who() == "inner outer original"
        inner.undo()
        assert library.Base().who() == "outer original"

    assert library.Base().who() == "original"


def test_an_inherited_method_is_inherited_again():
    library = load()

    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new", owner="Heir"))
        assert library.Heir().who() == "new original"

    assert "who" not in vars(library.Heir)


def test_what_others_patched_over_it_stays(monkeypatch):
    library = load()

    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new"))
        ours = library.Base.who
        monkeypatch.setattr(library.Base, "who", lambda self: f"their {ours(self)}")
        assert library.Base().who() == "their new original"

    assert library.Base().who() == "their new original"


def test_nothing_waits_for_modules_when_no_one_asks():
    before = list(sys.meta_path)

    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new"))
        patches.when_loaded("json", lambda _: None)
        assert sys.meta_path != before

    assert sys.meta_path == before
    assert load().Base().who() == "original"


def test_it_does_not_matter_who_else_restores_the_finders():
    before = list(sys.meta_path)

    with patching() as patches:
        patches.when_loaded(NAME, saying(patches, "new"))
        sys.meta_path[:] = before

    assert sys.meta_path == before


@pytest.mark.parametrize("name", [f"{NAME}_missing", f"{NAME}_folder"])
def test_what_has_no_code_is_found_or_not_as_ever(name):
    before = find_spec(name) is None

    with patching() as patches:
        patches.when_loaded(name, saying(patches, "new"))
        assert (find_spec(name) is None) == before


class Asking:
    """A finder that asks all others, as those of some tracing libraries do."""

    def __init__(self):
        self._is_asking = False

    def find_spec(self, name, _path=None, _target=None):
        if self._is_asking:
            return None
        self._is_asking = True
        try:
            return find_spec(name)
        finally:
            self._is_asking = False


@pytest.mark.parametrize("place", [0, 1])
def test_other_finders_that_ask_everyone_are_no_trouble(place):
    patches = Patches()
    patches.when_loaded(NAME, saying(patches, "new"))
    sys.meta_path.insert(place, Asking())
    try:
        assert load().Base().who() == "new original"
    finally:
        patches.undo()
