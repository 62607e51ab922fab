"""What rules cost: a body checked against its whole contract, beside the same fields alone."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from json import dumps
from statistics import median
from time import perf_counter
from typing import Any

from pydantic import TypeAdapter, create_model

from bench.messages import SUBMIT
from bench.plan import Plan, verdict
from contracts.kernel.body import Body
from contracts.kernel.probing.specimens import as_data_url, image, padded
from contracts.kernel.registry import revision
from contracts.kernel.violations import Contract

MOST_RULES, MOST_LARGE, MOST_IMPORT = 3.0, 2.0, 150.0
"""Targets: two ratios, and milliseconds."""
LARGE = 10_000_000
SUBJECTS = ("venice@2026-06", "venice@2026-10", "acedata", "relaydance", "senseaudio")
WORDS = (
    "a cat on a gondola at dusk, lanterns swaying overhead, handheld camera at shoulder height, "
)


def measure(plan: Plan) -> None:
    """Measure checking and importing, and print a line for each."""
    print(f"{'checking':<26}{'rules µs':>9}{'bare µs':>9}{'ratio':>8}{'target':>8}{'media µs':>10}")
    for name in SUBJECTS:
        operation = revision(name).submit
        text = dumps(typical(name, operation.example or {})).encode()
        compare(plan, f"{name} {len(text)} B", operation.body, operation.id, text, MOST_RULES)
    operation = revision("venice").submit
    text = dumps(large(operation.example or {})).encode()
    compare(plan, f"venice {len(text) / 1e6:.1f} MB", operation.body, "queue", text, MOST_LARGE)
    code = "from contracts.kernel.registry import providers; providers()"
    took = import_time(plan, code) - import_time(plan, "pass")
    print(f"importing contracts: {took:.0f} ms {verdict(took <= MOST_IMPORT)}\n")


def typical(name: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """Make a body of about 600 bytes out of an example."""
    if name == "relaydance":
        return TypeAdapter(dict[str, Any]).validate_json(SUBMIT.body)
    if "prompt" in example:
        return {**example, "resolution": "720p", "audio": True, "prompt": WORDS * 5}
    text = {**example["content"][0], "text": WORDS * 5}
    return {**example, "content": [text]}


def large(example: Mapping[str, Any]) -> dict[str, Any]:
    """Make a body of ten megabytes, most of it an image."""
    picture = padded("png", image("png", 640, 640), LARGE * 3 // 4)
    model = "seedance-2-0-image-to-video"
    return {**example, "model": model, "image_url": as_data_url("image", "png", picture)}


def compare(  # noqa: PLR0913, PLR0917 - a row of the table
    plan: Plan, name: str, body: type[Body], id_: str, text: bytes, most: float
) -> None:
    """Check a body in both ways, and print the line."""
    contract, alone = Contract(body, id_), TypeAdapter(fields_of(body))

    def whole() -> None:
        contract.adapter.validate_json(text)

    def media() -> None:
        for _ in contract.objections(parsed):
            raise RuntimeError(f"{name} is refused")

    def bare() -> None:
        alone.validate_json(text)

    parsed = contract.adapter.validate_json(text)
    with_rules, without = time_both(plan, whole, bare, len(text))
    looking, _ = time_both(plan, media, bare, len(text))
    ratio = with_rules / without
    print(
        f"{name:<26}{with_rules * 1e6:>9.1f}{without * 1e6:>9.1f}{ratio:>8.2f}{most:>8.1f}"
        f"{looking * 1e6:>10.1f}  {verdict(ratio <= most)}"
    )


def fields_of(body: type[Body]) -> type[Body]:
    """Make the same model without rules, and without the place where rules are asked."""
    base = next(one for one in body.__mro__[1:] if "rules" not in vars(one))
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in body.model_fields.items()
    }
    return create_model(body.__name__, __base__=base, **fields)


def time_both(
    plan: Plan, one: Callable[[], None], other: Callable[[], None], size: int
) -> tuple[float, float]:
    """Give the seconds a call of each takes, from slices that alternate."""
    times = max(3, min(plan.checks, 20_000_000 // size))
    pairs = [(slice_of(one, times), slice_of(other, times)) for _ in range(plan.slices)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def slice_of(call: Callable[[], None], times: int) -> float:
    start = perf_counter()
    for _ in range(times):
        call()
    return (perf_counter() - start) / times


def import_time(plan: Plan, code: str) -> float:
    """Give the milliseconds that a fresh interpreter takes to run something, at best."""
    took = []
    for _ in range(plan.slices):
        start = perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        took.append((perf_counter() - start) * 1000)
    return min(took)
