"""The life of a task as a picture: when it was opened, looked at, over, fetched and called back."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, isfinite, log10
from typing import NamedTuple

from contracts.kernel.task import Phase
from mockserver.commands.options import counted
from mockserver.verdict.reports.tags import Markup, tag
from mockserver.verdict.reports.wording import lasting, request_line
from mockserver.verdict.verdict import Chapter, Exchange, Life

LEFT, RIGHT = 90, 980
"""Where the axis begins and ends, of a thousand."""
LANE = 22
MOST_TICKS = 6
STEPS = (10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
"""How many seconds there may be between two labels, where they are many."""
DAY = STEPS[-1]
MOST_MARKS = 400
"""So many of one kind are drawn."""
STEP = 14
"""How far apart callbacks stand, whose time is not known, only their order."""


class Mark(NamedTuple):
    """One moment."""

    at: float
    title: str
    href: str = ""


class Scale(NamedTuple):
    """From moments to places."""

    start: float
    end: float

    def x(self, at: float) -> float:
        """Give the place of a moment."""
        span = self.end - self.start
        return LEFT if span <= 0 else round(LEFT + (at - self.start) / span * (RIGHT - LEFT), 1)

    def ticks(self) -> Iterator[float]:
        """Give the moments to be labelled, at round numbers of seconds."""
        span = self.end - self.start
        if span <= 0:
            yield self.start
            return
        step = _step(span / MOST_TICKS)
        for number in range(int(span / step) + 1):
            yield self.start + number * step


def _step(least: float) -> float:
    """Give a round number of seconds that is at least so large."""
    if least > DAY:
        return ceil(least / DAY) * DAY
    power = 10.0 ** floor(log10(least))
    decimals = (power * times for times in (1, 2, 5, 10))
    return next(step for step in (decimals if least <= STEPS[0] else STEPS) if step >= least)


def timeline(chapter: Chapter, life: Life, prefix: str) -> Markup:
    """Draw the life of a task; marks lead to exchanges, whose ids begin with this prefix."""
    known = {one.number: one for one in chapter.exchanges}
    looks = [*_marks(life.looks, known, prefix, life)]
    fetches = [*_marks(life.fetches, known, prefix, life)]
    over = end(life)
    moments = [
        life.created,
        *(mark.at for mark in (*looks, *fetches)),
        *([] if over is None else [over]),
    ]
    scale = Scale(min(moments), max(moments))
    lanes = [("task", [*_bar(life, over, scale)])]
    lanes += [("looks", [_dot(mark, scale, "look") for mark in looks])] if looks else []
    lanes += [("fetches", [_dot(mark, scale, "fetch") for mark in fetches])] if fetches else []
    begin = scale.end if over is None else over
    lanes += [("callbacks", [*_calls(life.callbacks, scale.x(begin))])] if life.callbacks else []
    return _picture(lanes, scale, told(life))


def end(life: Life) -> float | None:
    """Give when a task was over; None while it is not."""
    is_open = life.state in {Phase.WAITING, Phase.WORKING}
    return None if is_open or not isfinite(life.finishes or 0) else life.finishes


def told(life: Life) -> str:
    """Tell the same in words."""
    over = end(life)
    after = "" if over is None else f" after {lasting(over - life.created)}"
    counts = {"look": len(life.looks), "fetch": len(life.fetches), "callback": len(life.callbacks)}
    words = {"fetch": "fetches"}
    parts = [
        f"{count} {words[noun]}" if noun in words and count != 1 else counted(count, noun)
        for noun, count in counts.items()
        if count
    ]
    return ", ".join([f"{life.state}{after}", *(parts or ["never looked at"])])


def _marks(
    numbers: Sequence[int], known: Mapping[int, Exchange], prefix: str, life: Life
) -> Iterator[Mark]:
    """Give the moments of requests that were kept."""
    for number in numbers[:MOST_MARKS]:
        if one := known.get(number):
            after = lasting(one.at - life.created)
            yield Mark(
                one.at, f"{request_line(one)}, {after} after it was opened", f"#{prefix}{number}"
            )


def _bar(life: Life, over: float | None, scale: Scale) -> Iterator[Markup]:
    """Draw from the opening to the end; a task without one goes on."""
    start, end = scale.x(life.created), scale.x(scale.end if over is None else over)
    shape = {"x": start, "y": -5, "width": max(end - start, 3), "height": 10, "rx": 3}
    css = f"bar {life.state}" if over is not None else "bar open"
    yield tag("rect", tag("title", told(life)), class_=css, **shape)


def _dot(mark: Mark, scale: Scale, css: str) -> Markup:
    dot = tag("circle", tag("title", mark.title), class_=css, cx=scale.x(mark.at), cy=0, r=4.5)
    return tag("a", dot, href=mark.href)


def _calls(callbacks: Sequence[str], start: float) -> Iterator[Markup]:
    """Draw tries to call back one beside the other, from the end of the task on."""
    shown = callbacks[: (RIGHT - LEFT) // STEP]
    first = min(start, RIGHT - STEP * len(shown))
    for number, title in enumerate(shown):
        x = first + number * STEP
        css = "call good" if title.startswith("2") else "call bad"
        yield tag("path", tag("title", title), class_=css, d=f"M{x:g} 5 l5 -10 l5 10 z")


def _picture(lanes: Sequence[tuple[str, Sequence[Markup]]], scale: Scale, label: str) -> Markup:
    """Put lanes below each other, and the axis under them."""
    height = LANE * len(lanes) + 24
    parts = [_axis(scale, LANE * len(lanes))]
    for number, (name, marks) in enumerate(lanes):
        place = f"translate(0 {LANE * number + LANE // 2})"
        parts.append(tag("g", tag("text", name, x=0, y=4), *marks, transform=place))
    return tag(
        "svg", *parts, viewBox=f"0 0 1000 {height}", role="img", aria_label=label, class_="timeline"
    )


def _axis(scale: Scale, y: int) -> Markup:
    """Draw time, from the first moment on."""
    parts = [tag("path", class_="axis", d=f"M{LEFT} {y} H{RIGHT}")]
    for at in scale.ticks():
        x = scale.x(at)
        parts.append(tag("path", class_="tick", d=f"M{x} 0 V{y + 4}"))
        parts.append(tag("text", lasting(at - scale.start), x=x, y=y + 18, text_anchor="middle"))
    return tag("g", *parts)
