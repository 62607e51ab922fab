"""Answers: what a provider sends when it says yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import to_json

Answer = Mapping[str, Any]
"""A JSON object. Each form has a `TypedDict` of its own; what may be missing is `NotRequired`."""


def encode(answer: Answer) -> bytes:
    """Give an answer as it goes over the wire; request bodies may be parts of it."""
    return to_json(answer, by_alias=True)


@dataclass(frozen=True, slots=True)
class Video:
    """The raw bytes of a task's result stand for an answer."""


class Reply(NamedTuple):
    """What an operation answers: JSON, the video itself, or nothing."""

    body: Answer | Video | None
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    forgets_media: bool = False
    """The media of the task is deleted once this answer has been made."""
