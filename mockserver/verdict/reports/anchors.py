"""Where in a repository a finding belongs: the line of a test, or the file that was run."""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mockserver.verdict.verdict import Chapter, Verdict

DEFINITIONS = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef


class Anchor(NamedTuple):
    """A place in a file."""

    path: str
    """From the root of the repository, with slashes."""
    line: int
    """0 where it is not known."""


class Anchors:
    """Finds the places of tests, and reads each file once."""

    def __init__(self, verdict: Verdict, here: Path) -> None:
        self._here = here.resolve()
        self._root = _root(self._here)
        self._trees: dict[Path, ast.Module | None] = {}
        self._command = self._of_command(verdict.command)

    def of(self, chapter: Chapter) -> Anchor:
        """Give the place of a test; of all else, the file that the command runs."""
        path, found, names = chapter.name.partition("::")
        if not (chapter.is_test and found):
            return self._command
        return Anchor(self._from_root(path), self._line(self._here / path, names))

    def _of_command(self, command: Iterable[str]) -> Anchor:
        """Give the first file of the repository that a command names, else the command."""
        words = [*command]
        for word in words:
            if self._is_ours(word.partition("::")[0]):
                return Anchor(self._from_root(word.partition("::")[0]), 0)
        return Anchor(Path(words[0]).name if words else "screentest", 0)

    def _is_ours(self, word: str) -> bool:
        try:
            file = (self._here / word).resolve()
            return file.is_file() and file.is_relative_to(self._root)
        except (OSError, ValueError):  # a word may be anything
            return False

    def _from_root(self, path: str) -> str:
        """Give a path as the repository has it, whatever folder the run began in."""
        file = (self._here / path).resolve()
        return file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else path

    def _line(self, file: Path, names: str) -> int:
        if file not in self._trees:
            self._trees[file] = _tree(file)
        tree: ast.AST | None = self._trees[file]
        line = 0
        for name in names.partition("[")[0].split("::"):
            tree = next((one for one in _inside(tree) if one.name == name), None)
            line = tree.lineno if isinstance(tree, DEFINITIONS) else line
        return line


def _root(here: Path) -> Path:
    """Give the folder of the repository; where there is none, this one."""
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), here)


def _tree(file: Path) -> ast.Module | None:
    """Read a file of Python; None where it is not there, or is none."""
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _inside(
    tree: ast.AST | None,
) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Give what is defined directly in a module or class."""
    return (one for one in getattr(tree, "body", ()) if isinstance(one, DEFINITIONS))
