"""What cannot be declared: rules that no schema can say, and the wording of validation errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from pydantic import MISSING, BaseModel

from contracts.kernel.body import value_or
from contracts.kernel.conditions import Draft
from contracts.kernel.violations import Violation

LONGEST_ECHO = 200
"""How much of a wrong value an error repeats."""


def detailed_error(violations: Sequence[Violation]) -> dict[str, Any]:
    """Make a DetailedError: the tree `details` and the list `issues`, in the manner of Zod."""
    issues = [issue(violation) for violation in violations]
    return {
        "error": "Invalid request parameters",
        "details": _tree([(one["path"], one["message"]) for one in issues]),
        "issues": issues,
    }


def _tree(messages: Sequence[tuple[list[str | int], str]]) -> dict[str, Any]:
    """Hang messages on the fields they are about, those about this one under `_errors`."""
    below: dict[str, list[tuple[list[str | int], str]]] = {}
    for path, message in messages:
        if path:
            below.setdefault(str(path[0]), []).append((path[1:], message))
    own = [message for path, message in messages if not path]
    return {name: _tree(inner) for name, inner in below.items()} | {"_errors": own}


def issue(violation: Violation) -> dict[str, Any]:
    """Word one violation as Zod does; clients quote these texts (CLIENTS)."""
    path = list(violation.path)
    if violation.kind == "extra_forbidden":
        key = str(path.pop())
        text = f"Unrecognized key(s) in object: '{key}'"
        return {"code": "unrecognized_keys", "keys": [key], "path": path, "message": text}
    code, message = _zod(violation)
    return {"code": code, "path": path, "message": message}


def _zod(violation: Violation) -> tuple[str, str]:
    kind, context, value = violation.kind, violation.context, violation.value
    if kind == "missing":
        return "invalid_type", "Required"
    if kind == "literal_error" and isinstance(value, bool):
        return "invalid_literal", "Invalid literal value, expected true"
    if kind == "literal_error" and isinstance(value, str | int | float):
        expected = context["expected"].replace(", ", " | ").replace(" or ", " | ")
        received = str(value)[:LONGEST_ECHO]
        message = f"Invalid enum value. Expected {expected}, received '{received}'"
        return "invalid_enum_value", message
    if kind in _WANTED:
        return "invalid_type", f"Expected {_WANTED[kind]}, received {_type_name(value)}"
    if kind in _SIZES:
        code, words = _SIZES[kind]
        return code, words.format(**context)
    return "custom", violation.message


_WANTED = {
    "string_type": "string",
    "bool_type": "boolean",
    "int_type": "number",
    "float_type": "number",
    "list_type": "array",
    "model_type": "object",
    "model_attributes_type": "object",
    "literal_error": "enum",
}
_SIZES = {
    "string_too_short": ("too_small", "String must contain at least {min_length} character(s)"),
    "string_too_long": ("too_big", "String must contain at most {max_length} character(s)"),
    "too_long": ("too_big", "Array must contain at most {max_length} element(s)"),
    "greater_than_equal": ("too_small", "Number must be greater than or equal to {ge}"),
    "less_than_equal": ("too_big", "Number must be less than or equal to {le}"),
}


def _type_name(value: object) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


MOST_TRAVEL = 32 * 360
"""Degrees that a camera may turn in all (SKILLS)."""
FRAMES = 24


@dataclass(frozen=True, slots=True)
class CameraPath:
    """The camera's positions rise in time, and it does not turn too often. No schema can say it."""

    def holds(self, body: Any) -> bool:  # noqa: ANN401 - a body that has the field
        """Tell whether it is true of this body."""
        if body.camera_trajectory is MISSING:
            return True
        pairs = list(pairwise(body.camera_trajectory))
        travel = sum(abs(later.azimuth - one.azimuth) for one, later in pairs)
        return travel <= MOST_TRAVEL and all(one.time < later.time for one, later in pairs)

    def schema(self) -> dict[str, Any]:
        """Say nothing: items cannot be compared in JSON Schema."""
        return {}

    def words(self) -> str:
        """Say it in words."""
        return "`camera_trajectory` rises in time and turns at most 32 times"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return "camera_trajectory"

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give a path that is right, or one of two that are not."""
        wrong: list[list[tuple[int, float]]] = [[(1, 0), (0, 0)], [(0, 0), (1, 12e3)]]
        steps = [(0, 0), (1, 90)] if true else draft.choose(wrong)
        if true and draft.value("camera_trajectory") is MISSING:
            return
        path = [{"time": t, "azimuth": a, "elevation": 0, "distance": 1} for t, a in steps]
        draft.put("camera_trajectory", path)


@dataclass(frozen=True, slots=True)
class UniqueFrames:
    """Keyframes have indices of their own, within the video. No schema can say it."""

    def holds(self, body: Any) -> bool:  # noqa: ANN401 - a body that has the field
        """Tell whether it is true of this body."""
        if body.keyframes is MISSING:
            return True
        frames = [one.frame_index for one in body.keyframes]
        digits = str(value_or(body.duration, "")).removesuffix("s")
        last = FRAMES * float(digits) if digits.isdigit() else inf
        return len(set(frames)) == len(frames) and max(frames, default=0) <= last

    def schema(self) -> dict[str, Any]:
        """Say nothing: items cannot be compared in JSON Schema."""
        return {}

    def words(self) -> str:
        """Say it in words."""
        return "`keyframes` have indices of their own, none past 24 times the duration"

    def blame(self, _body: BaseModel) -> str:
        """Name the field."""
        return "keyframes"

    def make(self, draft: Draft, *, true: bool) -> None:
        """Give one frame, or two at one moment."""
        if true and draft.value("keyframes") is MISSING:
            return
        frame = {"image_url": "https://example.com/cat.png", "frame_index": 0}
        draft.put("keyframes", [frame] * (1 if true else 2))
