"""Habits of what is asked for, as providers declare their own: they are data with a few words."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.kernel.habits import Evidence
from contracts.kernel.history import Asked, History

Fields = Mapping[str, Any]
Find = Callable[[History], Iterator[Evidence]]


def accepted(history: History) -> Iterator[tuple[Asked, Fields]]:
    """Give the requests that opened a task, with what they asked for."""
    for one in history.submits():
        if one.tasks and not one.rule and isinstance(one.fields, Mapping):
            yield one, one.fields


Look = Callable[[Fields], Iterable[tuple[str, str]]]
"""Gives what is wrong with the fields of a request: paths, each with a sentence."""


def fields(look: Look) -> Find:
    """Find accepted requests with something wrong in them, each wrong thing told once."""

    def find(history: History) -> Iterator[Evidence]:
        found: dict[tuple[str, str], list[Asked]] = {}
        for request, given in accepted(history):
            for wrong in look(given):
                found.setdefault(wrong, []).append(request)
        for (path, what), requests in found.items():
            tasks = tuple(id_ for one in requests for id_ in one.tasks)
            yield Evidence(what, requests, tasks=tasks, field=path)

    return find


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One kind of citation in a prompt: `@image1` for the first of the images."""

    word: str
    """`image`; the case of letters makes no difference."""
    count: Callable[[Fields], int]
    """How many there are to be cited."""
    field: str
    """Where they stand."""

    def cited(self, prompt: str) -> set[int]:
        """Give the numbers that a prompt cites."""
        found = re.findall(rf"(?<!\w)@{self.word}(\d{{1,3}})(?!\w)", prompt, re.IGNORECASE)
        return {int(one) for one in found}


def dangling(tags: Sequence[Tag]) -> Look:
    """Look for citations of what is not there."""

    def look(given: Fields) -> Iterator[tuple[str, str]]:
        for tag in tags:
            there = tag.count(given)
            for number in sorted(tag.cited(str(given.get("prompt", "")))):
                if not 1 <= number <= there:
                    cites = f"The prompt cites `@{tag.word}{number}`"
                    yield "prompt", f"{cites}, and there are {there} to be cited so"

    return look


def uncited(tags: Sequence[Tag]) -> Look:
    """Look for references that a prompt leaves out, although it cites others of their kind."""

    def look(given: Fields) -> Iterator[tuple[str, str]]:
        for tag in tags:
            cited = tag.cited(str(given.get("prompt", "")))
            left = [one for one in range(1, tag.count(given) + 1) if one not in cited]
            if cited and left:
                some = f"The prompt cites some of `{tag.field}`"
                yield tag.field, f"{some}, and never {_named(tag, left)}"

    return look


def _named(tag: Tag, numbers: Sequence[int]) -> str:
    return ", ".join(f"`@{tag.word}{one}`" for one in numbers)


def data_urls(given: object, path: str = "") -> Iterator[tuple[str, int]]:
    """Give the data URLs in a body by path, with their length in characters."""
    if isinstance(given, str):
        if given.startswith("data:"):
            yield path, len(given)
    elif isinstance(given, Mapping):
        for name, one in given.items():
            yield from data_urls(one, f"{path}.{name}" if path else str(name))
    elif isinstance(given, list):
        for place, one in enumerate(given):
            yield from data_urls(one, f"{path}[{place}]")
