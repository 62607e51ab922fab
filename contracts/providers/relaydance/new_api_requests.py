"""What the gateway reads beside what RelayDance documents."""

from typing import Annotated, ClassVar, Literal

from pydantic import MISSING, Field

from contracts.kernel.body import Whole
from contracts.kernel.conditions import AnyOf, Condition, Given, Within
from contracts.kernel.rules import Rule
from contracts.kernel.source import Source
from contracts.providers.relaydance import requests as documented
from contracts.providers.relaydance.by_model import length
from contracts.providers.relaydance.models import RelayModel, models
from contracts.providers.relaydance.requests import MOST_SECONDS, SECONDS
from contracts.providers.relaydance.sources import GATEWAY

NUMERIC = f"^({'|'.join(SECONDS)})$"


class Metadata(documented.Metadata):
    """Vendor parameters, handed on to the upstream."""

    source: ClassVar[Source] = GATEWAY

    resolution: Literal["480p", "720p", "1080p", "4k"] | MISSING = MISSING  # type: ignore[assignment]  # wider


def _seconds(row: RelayModel) -> Condition | None:
    """Hold `seconds` to the model's range where nothing goes before it."""
    allowed = Within("seconds", _texts(row))
    return AnyOf((Given("duration"), allowed)) if row.seconds else None


def _duration(row: RelayModel) -> Condition | None:
    texts = _texts(row)
    return Within("duration", (*map(int, texts), *texts)) if texts else None


def _texts(row: RelayModel) -> tuple[str, ...]:
    low, high = row.seconds or (1, 0)
    return tuple(SECONDS[low - 1 : high])


class Generate(documented.Generate):
    """`POST /v1/video/generations`, with the gateway's own `duration`, which goes first."""

    source: ClassVar[Source] = GATEWAY

    duration: (
        Annotated[
            Annotated[int, Field(ge=1, le=MOST_SECONDS), Whole]
            | Annotated[str, Field(pattern=NUMERIC, examples=[*SECONDS])],
            Field(json_schema_extra={"x-words": f"whole seconds, 1 to {MOST_SECONDS}"}),
        ]
        | MISSING
    ) = MISSING
    metadata: Metadata | MISSING = MISSING

    rules: ClassVar[tuple[Rule, ...]] = (
        *(rule for rule in documented.Generate.rules if rule.id != "model-seconds"),
        length(models, "seconds", _seconds),
        length(models, "duration", _duration),
    )
