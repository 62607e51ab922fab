"""HTML in which every text is escaped: only what was made here is taken for markup."""

from collections.abc import Iterable
from html import escape

from mockserver.verdict.reports.wording import visible

VOID = frozenset({"meta", "input", "br"})
"""Elements that have no end."""


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def text(given: object) -> Markup:
    """Give a text as HTML that shows it, whatever is in it."""
    return given if isinstance(given, Markup) else Markup(escape(visible(str(given))))


def joined(parts: Iterable[object]) -> Markup:
    """Give several pieces one after the other."""
    return Markup("".join(map(text, parts)))


def tag(name: str, /, *content: object, **attributes: object) -> Markup:
    """Give an element: `class_` is the attribute `class`, `data_rule` is `data-rule`.

    Attributes that are None or False are left out, and those that are True have no value.
    """
    told = "".join(
        _attribute(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    opening = f"<{name}{told}>"
    return Markup(opening if name in VOID else f"{opening}{joined(content)}</{name}>")


def _attribute(name: str, value: object) -> str:
    return f" {name}" if value is True else f' {name}="{escape(visible(str(value)))}"'


def rows(given: Iterable[tuple[str, object]]) -> Markup:
    """Give labels with what they stand for; what there is nothing to say of is left out."""
    pairs = (joined((tag("dt", label), tag("dd", value))) for label, value in given if value != "")
    return tag("dl", *pairs)


def table(head: Iterable[object], body: Iterable[Iterable[object]]) -> Markup:
    """Give a table."""
    lines = (tag("tr", *(tag("td", cell) for cell in line)) for line in body)
    heads = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    return tag("div", tag("table", tag("thead", heads), tag("tbody", *lines)), class_="wide")


def folded(
    summary: object, *content: object, is_open: bool = False, **attributes: object
) -> Markup:
    """Give what can be unfolded."""
    return tag("details", tag("summary", summary), *content, open=is_open, **attributes)
