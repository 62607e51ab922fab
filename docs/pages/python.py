"""The Python side: fixtures, classes and errors, read off the source with its docstrings.

Nothing is imported, as the page is written where only the server is installed, too.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from pages.writing import bullet, contents, prose, table

ROOT = Path(__file__).resolve().parents[2]
NOTICE = "<!-- Written by `make docs` from the docstrings. Do not edit. -->"
PLUGIN = "mockserver/pytest_plugin.py"
TESTING = "mockserver/testing"
EXPORTS = f"{TESTING}/__init__.py"
WITHOUT_PYTEST = (f"{TESTING}/stage.py", "screentest")
CLASSES = (
    (f"{TESTING}/mock.py", "Mock"),
    (f"{TESTING}/options.py", "Options"),
    (f"{TESTING}/request.py", "Request"),
    (f"{TESTING}/request.py", "Requests"),
    (f"{TESTING}/wanting.py", "Wants"),
    (f"{TESTING}/task.py", "SeenTask"),
    (f"{TESTING}/travel/__init__.py", "Travel"),
    ("mockserver/sinks.py", "Sink"),
    ("mockserver/sinks.py", "Arrival"),
    ("contracts/kernel/quotas.py", "Rate"),
    ("contracts/kernel/quotas.py", "Concurrency"),
    ("contracts/kernel/quotas.py", "ErrorBudget"),
)
"""What a test holds, or makes, in the order of the page."""
ERRORS = (
    ("mockserver/intercept/target.py", ("NotMocked",)),
    (f"{TESTING}/errors.py", ()),
    (f"{TESTING}/travel/journey.py", ("Stranded",)),
)
"""Where errors are declared, and which; none named means all."""
HEADING = re.compile(r"^    # ([A-Z].*)$", re.MULTILINE)
"""A comment that parts the methods of a class."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python() -> str:
    """Write the page."""
    sections = [*_fixtures(), *_without_pytest()]
    for file, name in CLASSES:
        sections += _class(file, name)
    sections += _errors()
    head = [NOTICE, "# Python", ""]
    head += prose(
        "What a test may ask of the mock, and tell it.",
        "[The tutorial](../tutorial.md) shows it in use.",
    )
    return "\n".join([*head, *contents(sections), *sections])


def _fixtures() -> Iterator[str]:
    yield from ("## Fixtures", "")
    for one in _declared(PLUGIN):
        if isinstance(one, Function) and _is_fixture(one) and not one.name.startswith("_"):
            scope = ", for the whole session" if "session" in _decorators(one) else ""
            yield from bullet(f"`{one.name}`{scope}: {_said(one)}")
    yield ""


def _without_pytest() -> Iterator[str]:
    file, name = WITHOUT_PYTEST
    function = _named(file, name)
    assert isinstance(function, Function)  # noqa: S101 - as it stands there
    yield from ("## Without pytest", "")
    yield from prose(f"`{_call(function)}`, from `{_module(file, name)}`, is for a `with` block.")
    yield from prose(_said(function))


def _class(file: str, name: str) -> Iterator[str]:
    """Write a class: where it is, what it is, and what it has."""
    one = _named(file, name)
    assert isinstance(one, ast.ClassDef)  # noqa: S101 - as it stands there
    yield from (f"## {name}", "")
    yield from prose(f"`from {_module(file, name)} import {name}`")
    yield from prose(_said(one))
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    above = one.lineno
    for line, member in _members(one):
        between = "\n".join(lines[above:line])
        for title in HEADING.findall(between):
            yield from ("", f"**{title}**", "")
        above = line
        yield from bullet(member)
    yield ""


def _members(one: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Give what is public in a class, and in which line."""
    for here, after in pairwise([*one.body, ast.Pass()]):
        match here:
            case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                yield here.lineno, _field(name, here, _text(after))
            case ast.FunctionDef(name="__init__"):
                yield from _made(here)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if not here.name.startswith("_"):
                yield here.lineno, f"{_head(here)}: {_said(here)}"


def _made(init: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Give the attributes that have a type, or a docstring, of their own."""
    for here, after in pairwise([*init.body, ast.Pass()]):
        text = _text(after)
        match here:
            case ast.Assign(targets=[ast.Attribute(attr=name)]) if text:
                yield here.lineno, _shown(name, text)
            case ast.AnnAssign(target=ast.Attribute(attr=name)) if not name.startswith("_"):
                yield here.lineno, _shown(f"{name}: {_type(here.annotation)}", text)


def _field(name: str, one: ast.AnnAssign, text: str) -> str:
    value = f" = {ast.unparse(one.value)}" if one.value else ""
    return _shown(f"{name}: {_type(one.annotation)}{value}", text)


def _shown(code: str, text: str) -> str:
    return f"`{code}`: {text}" if text else f"`{code}`"


def _head(one: Function) -> str:
    """Write how a method is called, or what a property gives."""
    if "property" in _decorators(one):
        return f"`{one.name}: {_type(one.returns)}`"
    waits = "await " if isinstance(one, ast.AsyncFunctionDef) else ""
    return f"`{waits}{_call(one)} -> {_type(one.returns)}`"


def _call(one: Function) -> str:
    return f"{one.name}({', '.join(_parameters(one.args))})"


def _parameters(given: ast.arguments) -> Iterator[str]:
    """Write the parameters of a function, but for the one that it belongs to."""
    plain = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    for one, default in zip(plain, defaults, strict=True):
        if one.arg not in {"self", "cls"}:
            yield _parameter(one, default)
    if given.vararg:
        yield f"*{_parameter(given.vararg)}"
    elif given.kwonlyargs:
        yield "*"
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _parameter(one, default)
    if given.kwarg:
        yield f"**{_parameter(given.kwarg)}"


def _parameter(one: ast.arg, default: ast.expr | None = None) -> str:
    value = f" = {ast.unparse(default)}" if default else ""
    return f"{one.arg}: {_type(one.annotation)}{value}"


def _errors() -> Iterator[str]:
    yield from ("## Errors", "")
    yield from prose("All of them are assertions, so that no client takes them for a bad network.")
    found = (
        (file, one)
        for file, names in ERRORS
        for one in _declared(file)
        if isinstance(one, ast.ClassDef) and (not names or one.name in names)
    )
    rows = (
        (f"`{one.name}`", ", ".join(f"`{_type(base)}`" for base in one.bases), _said(one))
        for _, one in found
    )
    yield from table(("error", "is a", "says that"), rows)


# Reading the source


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _declared(file: str) -> Sequence[ast.stmt]:
    return _tree(file).body


def _named(file: str, name: str) -> ast.stmt:
    return next(one for one in _declared(file) if getattr(one, "name", "") == name)


def _module(file: str, name: str) -> str:
    """Give where a name is imported from: the package of all tests, if it is there."""
    shared = {
        alias.name
        for one in _declared(EXPORTS)
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    }
    where = EXPORTS if name in shared else file
    return where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _decorators(one: Function) -> str:
    return " ".join(map(ast.unparse, one.decorator_list))


def _is_fixture(one: Function) -> bool:
    return _decorators(one).startswith("pytest.fixture")


def _said(one: Function | ast.ClassDef) -> str:
    return " ".join((ast.get_docstring(one) or "").split())


def _text(one: ast.stmt) -> str:
    """Give the text that a statement is, as below a field."""
    match one:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
    return ""


def _type(one: ast.expr | None) -> str:
    """Write an annotation; some are quoted, as what they name comes later."""
    if isinstance(one, ast.Constant) and isinstance(one.value, str):
        return one.value
    return ast.unparse(one) if one else ""
