"""Faults on demand: which requests meet one, and what happens to them then.

Nothing here is imported before a scenario, a directive in a prompt or a special key shows up.
"""

from mockserver.scenarios.directory import Scenarios
from mockserver.scenarios.files import load
from mockserver.scenarios.scenario import Do, Scenario, When

__all__ = ["Do", "Scenario", "Scenarios", "When", "load"]
