"""The language of scenarios: what one selects, how often it acts, and what it does."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from math import inf
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    model_validator,
)

from mockserver.delivery import MEDIA as MEDIA  # noqa: PLC0414 - part of the language
from mockserver.trouble import CallbackFault, VideoFault

ROLES = ("submit", "look", "download", "any")
"""What an operation is for: to open a task, to ask for one, to fetch a film, or whatever."""
Name = Annotated[str, StringConstraints(pattern="^[!-~]([ -~]*[!-~])?$", max_length=100)]
"""Printable ASCII, as it stands in a header."""


class Part(BaseModel):
    """A part of the language; what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Part):
    """Which requests are meant; what is not said may be anything."""

    provider: str = ""
    """The id of a provider."""
    operation: str = "any"
    """The id of an operation, or a role: `submit`, `look`, `download` or `any`."""
    model: str = ""
    """The id of a model; `*`, `?` and `[...]` are wildcards."""
    key: str = ""
    """The API key, with the same wildcards."""
    prompt: str = ""
    """A part of the text that was asked for; between slashes, a regular expression."""
    nth: StrictInt | list[StrictInt] | str | None = None
    """Which of the requests that all else selects: `2`, `[1, 3]`, `"2-4"`, `"3-"`."""

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        _ = self.spans, self.pattern
        return self

    @cached_property
    def spans(self) -> tuple[tuple[int, float], ...]:
        """First and last of each run of requests that are meant; none where all are."""
        if self.nth is None:
            return ()
        given = self.nth if isinstance(self.nth, list) else [self.nth]
        if not given:
            raise ValueError("nth selects nothing: the list is empty")
        return tuple(_span(str(one)) for one in given)

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """The regular expression that a prompt must match, where it is one."""
        text = self.prompt
        if len(text) < len("/./") or text[0] != "/" or text[-1] != "/":
            return None
        try:
            return re.compile(text[1:-1])
        except re.error as error:
            raise ValueError(f"prompt is no regular expression: {error}") from None

    def is_said(self, prompt: str) -> bool:
        """Tell whether a text is one of those that are meant."""
        return bool(self.pattern.search(prompt)) if self.pattern else self.prompt in prompt

    def comes(self, number: int) -> bool:
        """Tell whether the request of this number is meant."""
        return not self.spans or any(first <= number <= last for first, last in self.spans)


def _span(text: str) -> tuple[int, float]:
    match = re.fullmatch(r"\s*(\d+)\s*(?:(-)\s*(\d*)\s*)?", text)
    if not match:
        raise ValueError(f"nth is a number, a list of them, '2-4' or '3-', not {text!r}")
    first = int(match[1])
    last = (int(match[3]) if match[3] else inf) if match[2] else first
    if first < 1 or last < first:
        raise ValueError(f"nth selects nothing: {text!r} never comes, as the first request is 1")
    return first, last


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text is what a pattern with wildcards means."""
    return pattern in {"", text} or fnmatchcase(text, pattern)


Lost = Literal["reset", "empty", "half", "502", "504", "timeout"]
"""How the answer to a request that was carried out is lost."""
Positive = Annotated[float, Field(gt=0, lt=inf)]


class Do(Part):
    """What happens to a request that is met."""

    error: str | None = None
    """It is refused for this cause, a row of the provider's catalogue of errors."""
    details: dict[str, Any] | None = None
    """What the refusal is made of, where its form shows more than the cause."""
    latency: Positive | None = None
    """Seconds of real time until the answer begins; whatever is to be done is done before."""
    slow: Positive | None = None
    """Bytes of the body per second of real time."""
    drop: Literal["before", "middle"] | None = None
    """The connection ends: before anything is done, or in the middle of the answer's body."""
    lose: Annotated[Lost | None, BeforeValidator(lambda v: str(v) if type(v) is int else v)] = None
    """The task is created and charged, and only then the answer is lost."""
    body: Literal["malformed", "empty"] | None = None
    """The body is cut so that it is no JSON, or there is none."""
    content_type: str | None = Field(default=None, pattern="^[!-~]([ -~]*[!-~])?$")
    """What the answer says it is."""
    task: Literal["stuck", "fail", "flap", "expire"] | None = None
    """What becomes of the task."""
    reason: str | None = None
    """Why the task fails, one of the provider's failures; its first one where none is given."""
    video: VideoFault | None = None
    """What is wrong with the film, though it is delivered as if it were whole."""
    callback: CallbackFault | None = None
    """What becomes of the callback."""
    seconds: Positive | None = None
    """By how much the callback is late, as the provider counts: divided by the speed."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if problem := objection(self.given()):
            raise ValueError(problem)
        return self

    def given(self) -> dict[str, Any]:
        """Give what it says, by name."""
        return {name: value for name, value in self if value is not None}


ANSWERS = ("error", "drop", "lose", "body")
"""What settles an answer: one of these at most."""
OF_TASKS = ("task", "callback", "video")
"""What becomes of a task, which is decided when it is opened."""
NEEDS = {
    "details": ("error", None),
    "reason": ("task", "fail"),
    "seconds": ("callback", "late"),
}
"""What says more about something else, and is nothing without it."""


def objection(given: Mapping[str, Any]) -> str:
    """Say why things cannot happen together; nothing when they can."""
    if not given:
        return "nothing is to be done"
    for name, (other, value) in NEEDS.items():
        if name in given and (other not in given or value not in {None, given[other]}):
            return f"{name} says more about {other}{f' = {value!r}' if value else ''}, and needs it"
    settled = [name for name in ANSWERS if name in given]
    if len(settled) > 1:
        return f"{settled[0]} and {settled[1]} both settle the answer: only one of them can"
    if clash := [name for name in _excluded(given) if name in given]:
        return f"{settled[0]} = {given[settled[0]]!r} leaves nothing for {clash[0]} to happen to"
    return ""


def together(given: Mapping[str, Any], more: Mapping[str, Any]) -> bool:
    """Tell whether what one scenario does and what another does can both happen."""
    return not given.keys() & more.keys() and not objection({**given, **more})


def _excluded(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Give what cannot happen, for want of a task, of an answer, or of its body."""
    if "error" in given:
        return OF_TASKS
    if given.get("drop") == "before":
        return (*OF_TASKS, "content_type", "slow")
    if "lose" in given:
        return ("content_type", "slow")
    return ()


class Scenario(Part):
    """Some requests, and what happens to them."""

    name: Name
    about: str = ""
    when: When = When()
    per: Literal["tenant", "key", "task"] = "tenant"
    """Of what the requests are counted; of a task, only looks and downloads are, and met."""
    times: Annotated[StrictInt, Field(ge=1)] | None = None
    """How often it acts at most, for each of what is counted by."""
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    """How likely it is to act. Equal seeds give equal runs of luck."""
    do: Do
