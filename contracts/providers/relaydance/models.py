"""The model table of RelayDance."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from contracts.kernel.models import ModelRow, read_models


class RelayModel(ModelRow):
    """One model id, and what is known of it."""

    resolution: str | None = None
    """The resolution that the id stands for, where it names one."""
    resolutions: tuple[str, ...] = ()
    """What `metadata.resolution` may be; nothing is known where there is none."""
    seconds: tuple[int, int] | None = None
    generate_audio: Literal["optional", "always", "never", "unknown"] = "unknown"


@cache
def models() -> Mapping[str, RelayModel]:
    """Give the table, read once."""
    return read_models(__package__, RelayModel)
