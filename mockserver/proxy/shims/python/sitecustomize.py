"""Lets aiohttp heed the proxy of the environment, which it does only if it is told to.

Python imports this as it starts, as its folder is in `PYTHONPATH`. It loads nothing: aiohttp is
changed once the program itself imports it; only an audition has it load what shortens sleeps. A
`sitecustomize` further down the path is run, too. The program may run under another Python than we
do, so this keeps to what 3.8 understands.
"""
# ruff: noqa: INP001 - Python looks for this name in a folder of the path, not in a package

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

CLIENT = "aiohttp.client"
NAME = "sitecustomize"
HASTE = "SCREENTEST_HASTE"
"""What sleeps are divided by; see `screentest_haste`."""


class Finder:
    """Finds aiohttp's client as ever, and sees to it that it is changed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give how that module is loaded, and nothing for any other."""
        if name != CLIENT:
            return None
        from importlib.machinery import PathFinder  # noqa: PLC0415 - as is said above

        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            follow(spec.loader)
        return spec


def follow(loader: object) -> None:
    """Change what a loader loads."""
    load = loader.exec_module  # type: ignore[attr-defined]

    def load_and_change(module: ModuleType) -> None:
        load(module)
        module.ClientSession.__init__.__kwdefaults__["trust_env"] = True

    loader.exec_module = load_and_change  # type: ignore[attr-defined]


def run_next() -> None:
    """Run the module of this name that Python would have run without this one."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - pathlib takes longer to load than all else
    index = sys.path.index(here)
    del sys.path[index]
    ours = sys.modules.pop(NAME)
    try:
        __import__(NAME)
    except ImportError as error:
        if error.name != NAME:
            raise
        sys.modules[NAME] = ours
    finally:
        sys.path.insert(index, here)


def hasten(given: str) -> None:
    """Shorten sleeps, if that is wanted."""
    try:
        factor = float(given)
    except ValueError:
        return
    if factor > 1:
        __import__("screentest_haste").begin(factor)


sys.meta_path.insert(0, Finder())
hasten(os.environ.get(HASTE, ""))
run_next()
