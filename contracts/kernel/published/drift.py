"""What a provider changed: its published OpenAPI document against the one we generate."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contracts.kernel.published.changes import Change, Kind, differing, words
from contracts.kernel.published.facts import both, sequence
from contracts.kernel.published.flattening import Flat, Path, flatten, follow, mapping, written

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def drift(published: Mapping[str, Any], ours: Mapping[str, Any]) -> list[Change]:
    """Give each difference, ordered by our operations and their fields, new operations last.

    What ours marks with `x-undocumented: true` may be missing from the published document. A
    `$ref` that leads nowhere is a `ValueError`.
    """
    known, others = list(_operations(ours)), list(_operations(published))
    pairs = _paired(known, others)
    changes = [change for one in known for change in _compared(one, pairs.get(one.name))]
    unknown = {one.name for one in others} - {one.name for one in pairs.values()}
    return changes + [_of_operation("operation-added", name) for name in sorted(unknown)]


class _Operation(NamedTuple):
    """One operation of a document, with what it needs to be looked up there."""

    document: Mapping[str, Any]
    method: str
    path: str
    prefix: str
    """The path of the server's URL, to which the path is relative."""
    parameters: list[Any]
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def template(self) -> str:
        """The path without the names of its parameters."""
        return re.sub(r"\{[^}]*\}", "{}", self.path)

    def body(self) -> Flat:
        """Flatten the JSON body; there is nothing to flatten where there is none."""
        content = mapping(self.resolved(self.said.get("requestBody")).get("content"))
        for media_type, carried in content.items():
            if str(media_type).partition(";")[0].strip() == "application/json":
                return flatten(self.document, mapping(carried).get("schema"))
        return {}

    def query(self) -> Flat:
        """Flatten the query parameters."""
        flat: Flat = {}
        for one in map(self.resolved, self.parameters):
            if one.get("in") == "query":
                own = {what: True for what, key in _OF_PARAMETER.items() if one.get(key) is True}
                schema = flatten(self.document, one.get("schema"))
                schema[()] = both(schema[()], own)
                flat |= {(f".?{one.get('name')}", *path): said for path, said in schema.items()}
        return flat

    def statuses(self) -> list[str]:
        """Give the statuses of the responses, ranges as `4XX`."""
        codes = [str(one).upper() for one in mapping(self.said.get("responses"))]
        return sorted(one for one in codes if re.fullmatch("[1-5][0-9X]{2}", one))

    def resolved(self, value: object) -> Mapping[str, Any]:
        """Give what a reference names, where it is one."""
        reference = mapping(value).get("$ref")
        return mapping(value if reference is None else follow(self.document, reference))


_OF_PARAMETER = {"required": "required", "undocumented": "x-undocumented"}


def _operations(document: Mapping[str, Any]) -> Iterator[_Operation]:
    for path, item in mapping(document.get("paths")).items():
        for method in _METHODS:
            if isinstance(said := mapping(item).get(method), Mapping):
                holders = (said, item, document)
                servers = next((one["servers"] for one in holders if one.get("servers")), None)
                url = mapping((sequence(servers) or [None])[0]).get("url", "")
                yield _Operation(
                    document=document,
                    method=method.upper(),
                    path=str(path),
                    prefix=urlsplit(str(url)).path.rstrip("/"),
                    parameters=sequence(item.get("parameters")) + sequence(said.get("parameters")),
                    said=said,
                )


_FITS: tuple[Callable[[_Operation, _Operation], bool], ...] = (
    lambda mine, other: other.template == mine.template,
    lambda mine, other: other.prefix + other.template == mine.template,
    # A path of parameters alone is the end of too many others.
    lambda mine, other: (
        mine.template.endswith(other.template) and other.template.strip("{}/") != ""
    ),
)
"""How a published path may be ours: as it is, below the server's path, or as the end of it."""


def _paired(known: list[_Operation], others: list[_Operation]) -> dict[str, _Operation]:
    """Find the published operation for each of ours, by our name; each is used once."""
    pairs: dict[str, _Operation] = {}
    for fits in _FITS:
        for mine in known:
            taken = {one.name for one in pairs.values()}
            free = [one for one in others if one.name not in taken and one.method == mine.method]
            fitting = [one for one in free if fits(mine, one)]
            if fitting and mine.name not in pairs:
                pairs[mine.name] = max(fitting, key=lambda one: len(one.template))
    return pairs


def _of_operation(kind: Kind, name: str) -> Change:
    return Change(name, "", kind, "operation", None, None)


def _compared(mine: _Operation, other: _Operation | None) -> Iterator[Change]:
    """Give the changes of one of our operations."""
    if other is None:
        if mine.said.get("x-undocumented") is not True:
            yield _of_operation("operation-removed", mine.name)
        return
    yield from _fields(mine.name, mine.body(), other.body())
    yield from _fields(mine.name, mine.query(), other.query())
    for status in other.statuses():
        if not any(_is_same(status, one) for one in mine.statuses()):
            yield Change(mine.name, "", "status-added", "status", None, status)


def _is_same(one: str, other: str) -> bool:
    """Tell whether a status is, or may be, another: 404 is one of `4XX`."""
    return all(a == b or "X" in {a, b} for a, b in zip(one, other, strict=True))


def _fields(operation: str, ours: Flat, published: Flat) -> Iterator[Change]:
    """Give the changes of the fields; below a field that is new or gone there is no more to say."""
    for path in sorted(ours | published, key=written):
        name = written(path)
        if any(_is_closed_off(path[:end], ours, published) for end in range(len(path))):
            continue
        if path not in ours:
            yield Change(operation, name, "added", "field", None, words(published[path]))
        elif path in published:
            for what, one, other in differing(ours[path], published[path]):
                yield Change(operation, name, "changed", what, one, other)
        elif "undocumented" not in ours[path]:
            yield Change(operation, name, "removed", "field", words(ours[path]), None)


def _is_closed_off(path: Path, ours: Flat, published: Flat) -> bool:
    """Tell whether one side has nothing here, or did not look any further."""
    if (path in ours) != (path in published):
        return True
    return any("cut" in flat.get(path, {}) for flat in (ours, published))
