"""Findings that are known and accepted: a file beside the code, made to be read in a diff."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from json import dumps, loads
from pathlib import Path
from typing import Any

from mockserver.verdict.finding import Finding

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Row:
    """One finding that is accepted, wherever it occurs, and however often."""

    rule: str
    provider: str
    operation: str
    field: str
    fingerprint: str
    reason: str = ""
    """Why; for people, who write it into the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is accepted."""

    rows: tuple[Row, ...] = ()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """What findings are compared by."""
        return tuple(one.fingerprint for one in self.rows)

    def stale(self, found: Iterable[Finding]) -> list[Row]:
        """Give what is accepted and did not occur."""
        occurred = {one.fingerprint for one in found}
        return [one for one in self.rows if one.fingerprint not in occurred]

    def renewed(self, found: Iterable[Finding]) -> "Baseline":
        """Accept exactly what was found; the reasons that were given before are kept."""
        reasons = {one.fingerprint: one.reason for one in self.rows}
        rows = {row_of(one, reasons.get(one.fingerprint, "")) for one in found}
        return Baseline(rows=tuple(sorted(rows)))

    def text(self) -> str:
        """Give it as it stands in the file."""
        plain = {"version": VERSION, "findings": [asdict(one) for one in sorted(self.rows)]}
        return f"{dumps(plain, indent=2, ensure_ascii=False)}\n"


def row_of(finding: Finding, reason: str = "") -> Row:
    """Give the row that accepts a finding."""
    return Row(
        rule=finding.rule,
        provider=finding.provider,
        operation=finding.operation,
        field=finding.field,
        fingerprint=finding.fingerprint,
        reason=reason,
    )


def read(file: Path) -> Baseline:
    """Read a file; `ValueError` says what is wrong with it, `OSError` that it cannot be read."""
    try:
        given = loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # the latter where it is nested too deeply
        raise ValueError(f"{file} is no baseline: {error}") from None
    if not isinstance(given, dict) or not isinstance(given.get("findings"), list):
        raise ValueError(  # noqa: TRY004 - one kind of error for every file that is none
            f'{file} is no baseline: it has no list of "findings"'
        )
    if (version := given.get("version")) != VERSION:
        raise ValueError(
            f"{file} is a baseline of version {version!r}, not {VERSION}; write it anew"
        )
    rows = [_row(file, number, one) for number, one in enumerate(given["findings"], 1)]
    return Baseline(rows=tuple(rows))


def _row(file: Path, number: int, given: Any) -> Row:  # noqa: ANN401 - JSON
    """Read one row, which has every field, as text."""
    names = [one.name for one in fields(Row)]
    if not isinstance(given, dict) or not set(given) <= set(names):
        raise ValueError(f"{file}, finding {number}: its fields are {', '.join(names)}")
    read_ = {name: given.get(name, "") for name in names}
    if not all(isinstance(one, str) for one in read_.values()) or not read_["fingerprint"]:
        raise ValueError(f"{file}, finding {number}: its fields are text, and it has a fingerprint")
    return Row(**read_)
