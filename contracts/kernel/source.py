"""Where a fact comes from, and how sure it is."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Confidence(StrEnum):
    """How a fact is known, strongest first."""

    DOCUMENTED = "documented"
    """The provider's own page or schema says so."""
    OBSERVED = "observed"
    """The live service, or a recording of it, was seen to behave so."""
    INFERRED = "inferred"
    """Clients or upstream documents imply it."""
    ASSUMED = "assumed"
    """Every document is silent; this is our choice, and `note` says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place that states a fact.

    Put it into `Annotated` metadata to give a single field a source of its own; a field without
    one takes the source of its body.
    """

    document: str
    read: str
    """When the document was published or read, as YYYY-MM or YYYY-MM-DD."""
    section: str = ""
    confidence: Confidence = Confidence.DOCUMENTED
    note: str = ""
    """What other sources say differently, or why an assumption was made."""

    def __str__(self) -> str:
        """One readable line, as error messages and reference pages print it."""
        where = f", {self.section}" if self.section else ""
        return f"{self.document}{where}, {self.read} ({self.confidence.value})"

    def at(self, section: str, note: str = "") -> "Source":
        """Give another section of the same document."""
        return Source(self.document, self.read, section, self.confidence, note)

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Show the source beside the field in every schema made from it."""
        return handler(core_schema) | {"x-source": asdict(self)}
