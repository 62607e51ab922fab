"""One difference between the document a provider publishes and ours, and its sentence."""

from collections.abc import Callable, Iterator
from json import loads
from typing import Any, Literal, NamedTuple

from contracts.kernel.published.facts import LIMITS, Facts, json_text, may_be

Kind = Literal[
    "added", "removed", "changed", "status-added", "operation-added", "operation-removed"
]


class Change(NamedTuple):
    """Something that the published document says and ours does not, or the other way round."""

    operation: str
    """`POST /api/v1/video/queue`, as we write it; as published where we do not have it."""
    path: str
    """The field: `content[image_url].url`, `?type` in a query, nothing for the whole body."""
    kind: Kind
    what: str
    """`field`, `status`, `operation`, or the fact that changed: `enum`, `maxLength`, `required`."""
    ours: Any
    published: Any
    """Both values; none where nothing is said, words where a field is new."""

    @property
    def sentence(self) -> str:
        """The difference in one plain sentence; the operation stands beside it."""
        name = f"`{self.path}`" if self.path else "The body"
        match self.kind:
            case "operation-added":
                return f"`{self.operation}` is new"
            case "operation-removed":
                return f"`{self.operation}` is gone"
            case "status-added":
                return f"Status {self.published} is new"
            case "added":
                return f"{name} is new: {self.published}"
            case "removed":
                return f"{name} is gone"
        return f"{name} {_saying(self.what, self.ours, self.published)}"


def differing(ours: Facts, published: Facts) -> Iterator[tuple[str, Any, Any]]:
    """Give the name of each fact that differs, with both values."""
    for what in ("required", "type", "enum", *LIMITS):
        one, other = _value(what, ours), _value(what, published)
        if _comparable(one) != _comparable(other) and not _is_implied(what, ours, published):
            yield what, one, other


def _is_implied(what: str, ours: Facts, published: Facts) -> bool:
    """Tell whether a fact goes without saying.

    Listed values show their types. A schema inside itself is described where it is first met, save
    whether it is required here.
    """
    if "cut" in ours or "cut" in published:
        return what != "required"
    if what == "type" and "enum" in ours and "enum" in published:
        return may_be("null", ours) == may_be("null", published)
    return False


def words(facts: Facts) -> str:
    """Say what a field must be: `an array of at most 10, required`."""
    types = _list_types(_value("type", facts))
    span = _span([facts.get(what) for what in _LOW], [facts.get(what) for what in _HIGH])
    unit = " characters" if span and facts.keys() & {"minLength", "maxLength"} else ""
    said = _quoted(_value("enum", facts)) if "enum" in facts else f"{types}{span}{unit}"
    return f"{said}, required" if "required" in facts else said


_LOW = ("minLength", "minItems", "minimum")
_HIGH = ("maxLength", "maxItems", "maximum")


def _span(lows: list[Any], highs: list[Any]) -> str:
    low = next((one for one in lows if one is not None), None)
    high = next((one for one in highs if one is not None), None)
    if low is not None and high is not None:
        return f" of {low} to {high}"
    if high is not None:
        return f" of at most {high}"
    return f" of at least {low}" if low is not None else ""


def _value(what: str, facts: Facts) -> Any:  # noqa: ANN401 - facts are of many types
    """Give a fact as it is reported: what is simply true or not as such, sets in order."""
    if what in {"required", "closed"}:
        return what in facts
    if what == "type" and what in facts:
        return tuple(sorted(facts[what], key=lambda name: (name == "null", name)))
    if what == "enum" and what in facts:
        return tuple(loads(text) for text in facts[what])
    return facts.get(what)


def _comparable(value: Any) -> object:  # noqa: ANN401 - same
    """Give something that is equal where the order of values is all that differs."""
    return sorted(map(json_text, value)) if isinstance(value, tuple) else value


def _saying(what: str, ours: Any, published: Any) -> str:  # noqa: ANN401 - same
    """Say how a fact changed, to be read after the field."""
    if what in _LIMITS:
        return _limit(what, ours, published)
    return _SAYINGS[what](ours, published)


def _limit(what: str, ours: float | None, published: float | None) -> str:
    said = f"has no `{what}`" if published is None else _LIMITS[what].format(published)
    said = said.removesuffix("s") if published == 1 else said
    return f"{said}, we say {'no limit' if ours is None else ours}"


_LIMITS = {
    "minLength": "needs {} characters",
    "maxLength": "may have {} characters",
    "minItems": "needs {} items",
    "maxItems": "may have {} items",
    "minimum": "must be at least {}",
    "maximum": "may be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
}


def _enum(ours: tuple[Any, ...] | None, published: tuple[Any, ...] | None) -> str:
    if ours is None or published is None:
        return f"is {_quoted(published)}, we say {_quoted(ours)}"
    new = [one for one in published if json_text(one) not in map(json_text, ours)]
    gone = [one for one in ours if json_text(one) not in map(json_text, published)]
    said = [("has new values", new), ("has lost values", gone)]
    return " and ".join(f"{lead}: {_listed(values)}" for lead, values in said if values)


def _quoted(values: tuple[Any, ...] | None) -> str:
    if values is None:
        return "any value"
    return f"one of {_listed(values)}" if len(values) > 1 else f"exactly {_listed(values)}"


def _listed(values: Any) -> str:  # noqa: ANN401 - same
    return ", ".join(f"`{one if isinstance(one, str) else json_text(one)}`" for one in values)


def _list_types(types: tuple[str, ...] | None) -> str:
    names = [_ARTICLES.get(one, one) for one in types or ()]
    return " or ".join(names) or "anything"


_ARTICLES = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

_SAYINGS: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda ours, published: f"is {_list_types(published)}, we say {_list_types(ours)}",
    "required": lambda _, published: (
        "is required, we say optional" if published else "is optional, we say required"
    ),
    "closed": lambda _, published: (
        "takes no other fields, we say it does"
        if published
        else "takes other fields, we say it does not"
    ),
    "enum": _enum,
}
