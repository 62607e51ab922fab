"""Scenarios for people without any configuration: directives in a prompt, and special API keys."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from contracts.kernel.auth import SANDBOX_KEYS
from mockserver.journal import OURS
from mockserver.naming import nearest, unknown
from mockserver.scenarios.files import from_mapping, tables
from mockserver.scenarios.scenario import Scenario
from mockserver.trouble import DIRECTIVE, NoScenario

BUILTIN = "builtin.toml"
BEGINNING = re.compile(r"(?i)\[\s*screentest(?![a-z0-9])")
"""What begins so is meant as a directive, and is a mistake where it is none."""
SPOKEN = re.compile(r"(?i)\[\s*screentest\s*:([^\[\]]*)\]")
WORD = re.compile(r"[\w-]+")
SHOWN = 40
"""So many characters of a mistake are told."""
SLOT = re.compile("<(.+)>")
"""A value that stands for the argument."""


class Builtin(NamedTuple):
    """A scenario that comes with the server, and may take an argument."""

    table: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return str(self.table["name"])

    @property
    def about(self) -> str:
        """What happens."""
        return str(self.table["about"])

    @property
    def slot(self) -> tuple[str, str] | None:
        """The key of `do` that the argument is for, and what the argument is."""
        for key, value in self.table["do"].items():
            if match := SLOT.fullmatch(str(value)):
                return key, match[1]
        return None

    @property
    def needs_argument(self) -> bool:
        """Whether there is nothing to be done without an argument."""
        return self.slot is not None and len(self.table["do"]) == 1

    @property
    def form(self) -> str:
        """How it is written, with what its argument is."""
        if self.slot is None:
            return self.name
        word = f"<{self.slot[1]}>"
        return f"{self.name} {word if self.needs_argument else f'[{word}]'}"

    def scenario(self, argument: str) -> Scenario:
        """Give the scenario with its argument in place."""
        do = dict(self.table["do"])
        if argument and self.slot is None:
            raise ValueError(f"{self.name} takes no argument, and was given {argument!r}")
        if self.slot is not None:
            key, what = self.slot
            if not argument and self.needs_argument:
                raise ValueError(f"{self.name} needs an argument: {self.name} <{what}>")
            do = {**do, key: argument} if argument else {k: do[k] for k in do if k != key}
        name = f"{self.name} {argument}".strip()
        return from_mapping({**self.table, "name": name, "do": do})


@cache
def builtins() -> Mapping[str, Builtin]:
    """Give the scenarios that come with the server, by name."""
    text = files("mockserver.scenarios").joinpath(BUILTIN).read_text(encoding="utf-8")
    return {one.name: one for one in map(Builtin, tables(text))}


def called(text: str) -> Scenario:
    """Give the scenario that is called so: a name, and after it the argument it takes."""
    name, _, argument = " ".join(text.split()).partition(" ")
    if name not in builtins():
        raise NoScenario(unknown("scenario", name, builtins()))
    try:
        return builtins()[name].scenario(argument)
    except ValueError as error:
        raise NoScenario(str(error)) from None


def directives(prompt: str) -> tuple[str, ...]:
    """Give what a prompt asks for, in its order; `NoScenario` tells what only looks like it."""
    asked = (_spoken(prompt, one) for one in BEGINNING.finditer(prompt))
    return tuple(dict.fromkeys(asked))


def _spoken(prompt: str, beginning: re.Match[str]) -> str:
    """Give what one directive asks for."""
    if match := SPOKEN.match(prompt, beginning.start()):
        return " ".join(match[1].split())
    rest, closing, _ = prompt[beginning.end() :][:SHOWN].partition("]")
    word = WORD.search(rest)
    meant = nearest(word[0].lstrip("-_"), builtins()) if word else ""
    wanted = f"did you mean {DIRECTIVE} {meant}]?" if meant else f"it is {DIRECTIVE} <scenario>]"
    said = f"{beginning[0]}{rest}{closing}"
    raise NoScenario(f"{said!r} is no directive, for want of a colon or a bracket; {wanted}")


def of_key(key: str) -> str:
    """Give what a special API key asks for; nothing where it is an ordinary one."""
    if not key.startswith(OURS) or key in SANDBOX_KEYS:
        return ""
    wanted = key.removeprefix(OURS)
    for name in _longest_first():
        if builtins()[name].slot and wanted.startswith(f"{name}-"):
            return f"{name} {wanted[len(name) + 1 :]}"
    return wanted


def _longest_first() -> Iterator[str]:
    """Give the names so that none is taken for the beginning of another."""
    yield from sorted(builtins(), key=len, reverse=True)
