"""Reports: one verdict, told on a terminal, in files for machines, and on a page."""

from mockserver.verdict.reports.saving import Unwritten, check_places
from mockserver.verdict.reports.writing import write

__all__ = ["Unwritten", "check_places", "write"]
