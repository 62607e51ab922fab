"""Replacing what libraries do for a while, from the moment they are loaded."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Patch = Callable[[ModuleType], None]
Function = Callable[..., Any]


class Patches:
    """Replacements that are taken back together."""

    def __init__(self) -> None:
        self._awaited: list[tuple[str, Patch]] = []
        self._undoing: list[Callable[[], None]] = []

    def when_loaded(self, name: str, patch: Patch) -> None:
        """Patch a module: now if it is loaded, or else as soon as it is."""
        if module := sys.modules.get(name):
            patch(module)
        else:
            self._awaited.append((name, patch))
            _watch.add(name, patch)

    def replace(self, owner: type, name: str, make: Callable[[Function], Function]) -> None:
        """Put in the place of a method what `make` makes of it."""
        original, is_own = getattr(owner, name), name in vars(owner)
        made = make(original)
        setattr(owner, name, made)

        def undo() -> None:
            if vars(owner).get(name) is not made:
                return  # someone patched over it, and will find it inert
            if is_own:
                setattr(owner, name, original)
            else:
                delattr(owner, name)

        self._undoing.append(undo)

    def undo(self) -> None:
        """Take everything back, the last one first."""
        while self._awaited:
            _watch.remove(*self._awaited.pop())
        while self._undoing:
            self._undoing.pop()()


@contextmanager
def patching() -> Iterator[Patches]:
    """Patch libraries until the block ends."""
    patches = Patches()
    try:
        yield patches
    finally:
        patches.undo()


class Watch(MetaPathFinder):
    """Sees modules being loaded that someone waits for."""

    def __init__(self) -> None:
        self._awaited: list[tuple[str, Patch]] = []
        self._finding: set[str] = set()

    def add(self, name: str, patch: Patch) -> None:
        """Wait for a module."""
        self._awaited.append((name, patch))
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def remove(self, name: str, patch: Patch) -> None:
        """Wait no longer."""
        self._awaited.remove((name, patch))
        if not self._awaited and self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module as all others do, and see to it that its patches follow."""
        # a finder of someone else may do the same, and ask everyone in its turn
        if name in self._finding or not any(name == awaited for awaited, _ in self._awaited):
            return None
        self._finding.add(name)
        try:
            others = [finder for finder in sys.meta_path if finder is not self]
            specs = (finder.find_spec(name, path, target) for finder in others)
            spec = next(filter(None, specs), None)
        finally:
            self._finding.discard(name)
        if spec and spec.loader:
            spec.loader = Noticing(spec, spec.loader, self)
        return spec

    def loaded(self, module: ModuleType) -> None:
        """Patch a module in the order in which that was asked for."""
        for name, patch in list(self._awaited):
            if name == module.__name__:
                patch(module)


class Noticing(Loader):
    """Loads a module as its own loader does, and says so."""

    def __init__(self, spec: ModuleSpec, loader: Loader, watch: Watch) -> None:
        self._spec = spec
        self._loader = loader
        self._watch = watch

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what other loaders have differs
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Step aside, and run the module."""
        self._spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._watch.loaded(module)


_watch = Watch()
