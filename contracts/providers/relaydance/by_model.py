"""What depends on the model."""

from collections.abc import Callable

from contracts.kernel.conditions import Condition, Within
from contracts.kernel.rules import ByModel, KnownModel, Rule, Table
from contracts.providers.relaydance.models import RelayModel
from contracts.providers.relaydance.sources import ERRORS_PAGE, GATEWAY, SEED

NO_MODEL = "no-model"
"""The row of the error catalogue for a model that is not there."""


def known(table: Table[RelayModel]) -> KnownModel:
    """Demand a model of the table."""
    return KnownModel(
        id="known-model",
        sentence="`model` is one of those that `GET /v1/models` lists.",
        source=ERRORS_PAGE.at("404", "The list is per key; ours is made from clients' settings."),
        table=table,
        message="Model not found.",
        cause=NO_MODEL,
    )


def by_model(table: Table[RelayModel]) -> tuple[Rule, ...]:
    """Demand a length and a resolution that the model makes."""
    return (
        length(table, "seconds", _seconds),
        ByModel(
            id="model-resolution",
            sentence="`metadata.resolution` is one that the model makes, as its id often says.",
            source=GATEWAY.at("relaydance-video-gateway"),
            table=table,
            asks=lambda row: _resolution(row) if row.resolutions else None,
        ),
    )


def length(
    table: Table[RelayModel], field: str, asks: Callable[[RelayModel], Condition | None]
) -> ByModel:
    """Demand a length that the model makes."""
    return ByModel(
        id=f"model-{field}",
        sentence=f"`{field}` lies in the range of the model.",
        source=SEED.at("seconds", "The range depends on the model; the figures are clients'."),
        table=table,
        asks=asks,
    )


def _seconds(row: RelayModel) -> Condition | None:
    if row.seconds is None:
        return None
    low, high = row.seconds
    return Within("seconds", tuple(map(str, range(low, high + 1))))


def _resolution(row: RelayModel) -> Condition:
    return Within("metadata.resolution", row.resolutions)
