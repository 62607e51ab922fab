"""The general catalogue of rules about behaviour: what is asked of a client of any provider."""

from contracts.kernel.habits import Habit
from contracts.kernel.manners.callbacks import CALLBACKS
from contracts.kernel.manners.charging import CHARGING
from contracts.kernel.manners.consenting import CONSENTING
from contracts.kernel.manners.fetching import FETCHING
from contracts.kernel.manners.keys import KEYS
from contracts.kernel.manners.polling import POLLING

CATALOGUE: tuple[Habit, ...] = (
    *CHARGING,
    *FETCHING,
    *CONSENTING,
    *KEYS,
    *POLLING,
    *CALLBACKS,
)
"""In the order in which people read them: money first."""
