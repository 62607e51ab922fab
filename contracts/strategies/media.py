"""Specimens of media that break a limit, and the places of a body that can carry them."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import sqrt
from typing import Any

from contracts.kernel.conditions import Unmakeable
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.limits import Limit
from contracts.kernel.probing.specimens import film, image, media_type, padded, sound
from contracts.kernel.rules import MODEL
from contracts.strategies.breaking import Step, schema_at, steps_to
from contracts.strategies.drafts import ANY, Drawn, Shape
from contracts.strategies.values import Schema

USUAL = {"image": ("png", 640, 640), "video": ("mp4", 834, 1112), "audio": ("wav", 0, 0)}
"""Format, width and height of a specimen of which nothing else is asked."""
SECONDS, FPS = 3, 24
HIGH = 1500
"""The height of an image whose ratio is asked for: both sides stay in the middle of all limits."""
AREA = 640_000
"""The pixels of a video whose ratio is asked for."""


Serve = Callable[[str, bytes], str]
"""Gives a link to a file of a media type, for fields that take no data URL."""


def places(shape: Shape, rule: MediaRule, serve: Serve | None) -> list[tuple[Limit, str]]:
    """Give the places that may carry what the rule is about, each with its kind."""
    found = []
    for limit in shape.contract.limits:
        schema = link_schema(shape, limit)
        kind = schema.get("x-media", "")
        steps = steps_to(limit)
        about = not rule.fields or (bool(steps) and steps[0][1] in rule.fields)
        if kind and (serve or schema["x-data"]) and about and rule.kind in {"", kind}:
            found.append((limit, kind))
    return found


def link_schema(shape: Shape, limit: Limit) -> Schema:
    """Give the schema of a place, or of its items where it is a list of links."""
    schema = schema_at(shape, limit)
    return shape.values.resolve(schema["items"]) if "items" in schema else schema


def carry(draft: Drawn, rule: MediaRule, serve: Serve | None) -> list[str]:
    """Make a draft carry media that break a rule; give the links to them."""
    limit, kind = draft.choose(places(draft.shape, rule, serve))
    table = rule.table() if rule.table else {}
    minding = [model for model in table if rule.demand(model)]
    if rule.asks:
        draft.put(MODEL, draft.choose(minding))
        draft.pinned[MODEL] = draft.value(MODEL)
    if rule.when:
        rule.when.make(draft, true=True)
    measure = rule.demand(draft.value(MODEL))
    recipes = measure.breaking() if measure else [[{"format": "broken"}], [{"format": "other"}]]
    if not recipes:
        raise Unmakeable
    files = [specimen(kind, tuple(sorted(one.items()))) for one in draft.choose(recipes)]
    urls = [serve(*file) if serve else data_url(*file) for file in files]
    _place(draft, steps_to(limit), urls)
    return urls


def _place(draft: Drawn, steps: list[Step], urls: Sequence[str]) -> None:
    """Put links at a place; a list keeps nothing else of the same kind."""
    fields: list[str] = []
    for at, (tag, step) in enumerate(steps):
        if not step:
            _place_items(draft, ".".join(fields), tag or "", steps[at + 1 :], urls)
            return
        fields.append(step)
    name = ".".join(fields)
    is_list = draft.shape.at(name).get("type") == "array"
    draft.put(name, list(urls) if is_list else urls[0])
    draft.pinned[name] = ANY


def _place_items(draft: Drawn, name: str, tag: str, rest: list[Step], urls: Sequence[str]) -> None:
    """Put links into items of a list, one into each."""
    items = draft.shape.values.resolve(draft.shape.at(name)["items"])
    key = items["discriminator"]["propertyName"] if tag else ""
    present = draft.value(name)
    if isinstance(present, list):
        draft.put(name, [one for one in present if tag and one.get(key) != tag])
    for url in urls:
        draft.add(name, {key: tag} if tag else {})
        here: Any = draft.value(name)[-1]
        for _, step in rest[:-1]:
            here = here.setdefault(step, {})
        here[rest[-1][1]] = url


@lru_cache(maxsize=64)
def specimen(kind: str, recipe: tuple[tuple[str, float | str], ...]) -> tuple[str, bytes]:
    """Give media type and content of a small file as a recipe asks, and usual in all else."""
    wanted: dict[str, Any] = dict(recipe)
    usual, _, _ = USUAL[kind]
    form = wanted.get("format", usual)
    if form == "broken":
        return media_type(kind, usual), b"\0\0\0"
    if form == "other":
        other = "audio" if kind != "audio" else "image"
        return media_type(kind, usual), specimen(other, ())[1]
    width, height = _sides(kind, wanted)
    seconds, fps = wanted.get("seconds", SECONDS), wanted.get("fps", FPS)
    if kind == "image":
        content = image(form, width, height)
    elif kind == "video":
        content = film(form, width, height, seconds, fps)
    else:
        content = sound(form, seconds)
    return media_type(kind, form), padded(form, content, int(wanted.get("size", 0)))


@lru_cache(maxsize=64)
def data_url(kind: str, content: bytes) -> str:
    """Give a file as a data URL."""
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _sides(kind: str, wanted: dict[str, Any]) -> tuple[int, int]:
    """Give width and height: as asked, by their ratio, their number of pixels, or one side."""
    if "ratio" in wanted:
        height = HIGH if kind == "image" else round(sqrt(AREA / wanted["ratio"]))
        return round(wanted["ratio"] * height), height
    if "pixels" in wanted:
        side = round(sqrt(wanted["pixels"]))
        return side, side
    if "short_side" in wanted:
        return int(wanted["short_side"]), int(wanted["short_side"] * 1.2)
    if "long_side" in wanted:
        return int(wanted["long_side"]), int(wanted["long_side"] / 2)
    return USUAL[kind][1:]
