"""Per-model capabilities: rows of a `models.json` that stands in a provider's folder."""

from collections.abc import Mapping
from pkgutil import get_data
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from contracts.kernel.source import Confidence


class ModelRow(BaseModel):
    """What every row has; a provider's row class adds its own columns."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    source: str
    """A key of the table's `sources`, or the document itself."""
    confidence: Confidence
    note: str = ""


Row = TypeVar("Row", bound=ModelRow)


def read_models(package: str, row: type[Row]) -> Mapping[str, Row]:
    """Read the table beside a provider's declarations, by model id, in the order of the file."""
    table = from_json(get_data(package, "models.json") or b"")
    rows = [row.model_validate(one) for one in table["models"]]
    return MappingProxyType({one.id: one for one in rows})
