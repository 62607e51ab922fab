"""What Python runs as it starts, for aiohttp."""

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest

from mockserver.proxy.environment import PYTHON

FILE = Path(PYTHON) / "sitecustomize.py"


@pytest.fixture
def start(monkeypatch):
    """Run it as Python does, with some folders further down the path; gives the module."""

    def starting(*folders):
        monkeypatch.setattr(sys, "path", [PYTHON, *map(str, folders)])
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
        spec = spec_from_file_location("sitecustomize", FILE)
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "sitecustomize", module)
        spec.loader.exec_module(module)
        return module

    return starting


def test_it_waits_for_aiohttp_and_touches_nothing_else(start):
    module = start()
    finder = sys.meta_path[0]
    assert isinstance(finder, module.Finder)
    assert finder.find_spec("json", None) is None
    assert finder.find_spec(module.CLIENT, aiohttp.__path__).name == module.CLIENT
    assert finder not in sys.meta_path


def test_where_aiohttp_is_not_installed_it_is_not_found(start):
    module = start()
    assert sys.meta_path[0].find_spec(module.CLIENT, []) is None


def test_what_is_loaded_heeds_the_environment_by_default(start):
    class Session:
        def __init__(self, *, trust_env=False):
            self.heeds = trust_env

    loader = SimpleNamespace(exec_module=lambda module: setattr(module, "ClientSession", Session))
    loaded = SimpleNamespace()
    start().follow(loader)
    loader.exec_module(loaded)
    assert loaded.ClientSession().heeds
    assert not loaded.ClientSession(trust_env=False).heeds


def test_another_module_of_that_name_is_run_too(start, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.path.append('more')")
    start(tmp_path)
    assert sys.path == [PYTHON, str(tmp_path), "more"]
    assert sys.modules["sitecustomize"].__file__ == str(tmp_path / "sitecustomize.py")


def test_without_another_one_it_stays(start):
    assert start() is sys.modules["sitecustomize"]


def test_what_another_one_misses_is_not_hidden(start, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import there_is_no_such_module")
    with pytest.raises(ImportError, match="there_is_no_such_module"):
        start(tmp_path)


def test_a_program_that_needs_none_of_it_loads_hardly_more_than_before(bare):
    def loaded(**more):
        code = "import sys; print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=bare | more,
            capture_output=True,
            text=True,
            check=True,
        )
        return set(done.stdout.split())

    assert loaded(PYTHONPATH=PYTHON) - loaded() <= {"sitecustomize", "__future__"}
