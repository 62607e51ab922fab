"""Reading the OpenAPI files that others publish: JSON, or YAML 1.2 with its core schema.

PyYAML's own loaders read YAML 1.1, where an unquoted `16:9` is 969 and `no` is false. Only its
parser is used here; what a plain word means is looked up below, and no tag makes an object.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from json import detect_encoding, loads
from typing import Any, NoReturn

MOST_NODES = 1_000_000
"""Values in one document, each alias counted for all that it stands for."""
DEEPEST = 200
"""Levels of nesting in one YAML document."""

_TAG = "tag:yaml.org,2002:"
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_CORE: tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...] = (
    ("null", re.compile("null|Null|NULL|~|"), lambda _: None),
    ("bool", re.compile("true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    ("int", re.compile("[-+]?[0-9]+"), int),
    ("int", re.compile("0o[0-7]+|0x[0-9a-fA-F]+"), lambda text: int(text, 0)),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (
        "float",
        re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
        lambda text: float(text.replace(".", "")),
    ),
)
"""The core schema, section 10.3.2 of YAML 1.2.2: tag, pattern, and how the text is read."""


def read_document(text: str | bytes) -> dict[str, Any]:
    """Read a document that is a mapping; `ValueError` says at which line and column it is not."""
    text = (_decoded(text) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    try:
        document = loads(text)
    except (ValueError, RecursionError) as no_json:
        document = _read_yaml(text, no_json)
    if not isinstance(document, dict):
        _refuse(1, 1, "the document is no mapping")
    return document


def _decoded(data: bytes) -> str:
    try:
        return data.decode(detect_encoding(data))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(error.encoding, "replace")
        _refuse(*_position(before), f"this is not {error.encoding}")


def _read_yaml(text: str, no_json: Exception) -> object:
    """Read one YAML document, with the C parser where PyYAML has it."""
    try:
        import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - no stubs; only YAML needs it
    except ModuleNotFoundError:
        raise ValueError(f"not JSON ({no_json}); to read YAML, install PyYAML") from None
    if odd := _UNPRINTABLE.search(text):
        _refuse(*_position(text[: odd.start()]), f"{odd.group()!a} may not stand in YAML")
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return _Reading(event for event in events if hasattr(event, "anchor") or _ends(event)).all()
    except yaml.MarkedYAMLError as error:
        _refuse_at(error.problem_mark or error.context_mark, error.problem or error.context)


def _ends(event: object) -> bool:
    return type(event).__name__ in {"SequenceEndEvent", "MappingEndEvent"}


@dataclass(slots=True)
class _Reading:
    """One pass over the parser's events; those of the stream around the values are left out."""

    events: Iterator[Any]
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    """Each named value, with the number of values in it."""
    nodes: int = 0

    def all(self) -> object:
        first = next(self.events, None)
        document = self.value(first, 0) if first else None
        if (second := next(self.events, None)) is not None:
            _refuse_at(second.start_mark, "a second document begins here")
        return document

    def value(self, event: Any, depth: int) -> object:  # noqa: ANN401 - the library has no types
        """Give the value that begins with an event; aliases share it."""
        if depth > DEEPEST:
            _refuse_at(event.start_mark, f"nested deeper than {DEEPEST} levels")
        before, name = self.nodes, type(event).__name__
        self.nodes += 1
        if name == "AliasEvent":
            value = self.alias(event)
        elif name == "ScalarEvent":
            value = _scalar(event)
        else:
            value = self.collection(event, name, depth + 1)
        if self.nodes > MOST_NODES:
            _refuse_at(event.start_mark, f"more than {MOST_NODES} values, aliases expanded")
        if event.anchor and name != "AliasEvent":
            self.anchors[event.anchor] = value, self.nodes - before
        return value

    def alias(self, event: Any) -> object:  # noqa: ANN401 - the library has no types
        """Give a named value again; one that is still being read cannot hold itself."""
        if event.anchor not in self.anchors:
            _refuse_at(event.start_mark, f"`*{event.anchor}` names no value before it")
        value, size = self.anchors[event.anchor]
        self.nodes += size - 1
        return value

    def collection(self, event: Any, name: str, depth: int) -> object:  # noqa: ANN401 - same
        """Give a list or a mapping; it ends at its own end, as inner ones eat theirs."""
        own = f"{_TAG}seq" if name == "SequenceStartEvent" else f"{_TAG}map"
        if event.tag not in {None, "!", own}:
            _refuse_at(event.start_mark, f"`{event.tag}` is no `{own}`")
        inside = takewhile(lambda event: not _ends(event), self.events)
        if name == "SequenceStartEvent":
            return [self.value(one, depth) for one in inside]
        return {self.key(one, depth): self.value(next(self.events), depth) for one in inside}

    def key(self, event: Any, depth: int) -> str:  # noqa: ANN401 - same
        """Give a key as it is written: `200` is "200"."""
        value = self.value(event, depth)
        if type(event).__name__ == "ScalarEvent":
            return str(event.value)
        if not isinstance(value, str):
            _refuse_at(event.start_mark, "a key must be a word")
        return value


def _scalar(event: Any) -> object:  # noqa: ANN401 - the library has no types
    text, tag = event.value, event.tag
    if tag in {"!", f"{_TAG}str"} or (tag is None and not event.implicit[0]):
        return text
    for name, pattern, read in _CORE:
        if tag in {None, _TAG + name} and pattern.fullmatch(text):
            try:
                return read(text)
            except ValueError as error:  # a number of thousands of digits
                _refuse_at(event.start_mark, str(error))
    if tag is not None:
        _refuse_at(event.start_mark, f"`{tag}` does not fit here, or is not known")
    return text


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refuse_at(mark: Any, problem: str) -> NoReturn:  # noqa: ANN401 - the library has no types
    _refuse(mark.line + 1, mark.column + 1, problem)


def _refuse(line: int, column: int, problem: str) -> NoReturn:
    raise ValueError(f"line {line}, column {column}: {problem}")
