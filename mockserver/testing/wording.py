"""Values in messages: short, on one line, and without the secrets in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from json import dumps

from mockserver import redaction

LONGEST = 400
"""How much of a value is shown, in characters."""
LONGEST_TEXT = 80
"""How much of one text in it."""
MOST_ITEMS = 8
"""How many items of one list."""


PLAIN = str, int, float, list, dict
"""What a secret may be; what is expected of one may be shown."""


class Absent:
    """The type of what stands for a field that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()
"""Expected of a field that must not be sent; `None` stands for null."""


def shown(value: object, name: str = "") -> str:
    """Give a value, or what is expected of one, in the place of a field of this name."""
    return cut(_told(value, name))


def cut(text: str, longest: int = LONGEST) -> str:
    """Give a text as far as there is room for it."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def _told(value: object, name: str) -> str:
    if value and isinstance(value, PLAIN) and redaction.is_secret(name):
        return redaction.HIDDEN
    if isinstance(value, Mapping):
        return "{" + ", ".join(_member(str(key), one) for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return _list(value, name)
    return _leaf(value)


def _member(key: str, value: object) -> str:
    return f"{_text(key)}: {_told(value, key)}"


def _list(value: Sequence[object], name: str) -> str:
    told = [_told(one, name) for one in value[:MOST_ITEMS]]
    if len(value) > MOST_ITEMS:
        told.append(f"... ({len(value):,} items)")
    return f"[{', '.join(told)}]"


def _leaf(value: object) -> str:
    if isinstance(value, str):
        return _text(redaction.url(value))
    if value is None or isinstance(value, bool | int | float):
        return dumps(value)
    if isinstance(value, re.Pattern):
        return f"<matches {value.pattern!r}>"
    if isinstance(value, type):
        return f"<any {value.__name__}>"
    name = getattr(value, "__name__", "").strip("<>")
    return f"<{name}>" if name else repr(value)


def _text(value: str) -> str:
    if len(value) <= LONGEST_TEXT:
        return dumps(value, ensure_ascii=False)
    told = dumps(value[:LONGEST_TEXT], ensure_ascii=False)
    return f'{told[:-1]}..." ({len(value):,} characters)'


def moment(at: float) -> str:
    """Give a moment as a date."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def columns(rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Give rows as lines whose columns stand below each other."""
    table = [*rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [indent + _line(row, widths) for row in table]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
