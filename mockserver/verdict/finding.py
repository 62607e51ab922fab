"""One finding of a verdict, ready to be told in any form."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from contracts.kernel.habits import Severity

ORDER = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One time that a client broke a rule, of a contract or about behaviour. Plain values only."""

    rule: str
    """Its full id: `acme/audio-needs-image`, or `screentest/submit-once` for a general one."""
    severity: Severity
    what: str
    """What happened, in a sentence."""
    sentence: str
    """The rule."""
    why: str
    mend: str
    source: str
    provider: str
    operation: str = ""
    field: str = ""
    requests: tuple[int, ...] = ()
    """The numbers of the requests it shows in, in their chapter."""
    tasks: tuple[str, ...] = ()
    excerpt: str = ""

    @property
    def fingerprint(self) -> str:
        """What stays the same from run to run: a baseline goes by it."""
        said = f"{self.rule}\n{self.provider}\n{self.operation}\n{self.field}"
        return sha256(said.encode(errors="replace")).hexdigest()[:16]

    def is_at_least(self, severity: Severity) -> bool:
        """Tell whether it matters at least so much."""
        return ORDER.index(self.severity) <= ORDER.index(severity)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Give findings in the order in which people want to read them."""
    return sorted(findings, key=lambda one: (ORDER.index(one.severity), one.rule, one.requests))
