"""Answers: what a provider sends when it says yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A JSON answer. What a provider leaves out is `MISSING`; `null` is an answer of its own."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    def to_bytes(self) -> bytes:
        """Give the body as it goes over the wire."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True)


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
