"""What a request costs, when it is charged, and what comes back when it fails.

Amounts are whole numbers of millionths of the provider's currency, so that sums are exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from contracts.kernel.errors import Cause
from contracts.kernel.source import Source
from contracts.kernel.task import Phase, Plan, Task

MICRO = 1_000_000
"""How many of our units make one of the currency."""


def micros(amount: float) -> int:
    """Give an amount of the currency in our units."""
    return round(amount * MICRO)


class Charged(StrEnum):
    """The moment at which a request is paid for."""

    ACCEPTED = "accepted"
    """At once; a failed task is paid back unless the tariff says otherwise."""
    SUCCEEDED = "succeeded"
    """Only when the task succeeds. Until then its price is set aside."""


class Shortfall(NamedTuple):
    """Why a request cannot be paid for, for a tariff that has several words for it."""

    key: str
    price: int
    """0 where the request was not read yet."""
    balance: int
    over_limit: bool
    """The key's own spend limit forbids it; its account could pay."""


def no_balance(_: Shortfall) -> str:
    """Give the usual row of the catalogue."""
    return Cause.NO_BALANCE


def unrefunded(task: Task[Any]) -> bool:
    """Tell whether the failure of a task says that its charge is kept."""
    return task.plan.failure is not None and not task.plan.failure.refunded


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """How a provider charges."""

    currency: str
    """`USD`, `CNY`, `credits`: what one unit of the ledger is called."""
    price: Callable[[Any, Plan], int]
    """The price of an accepted request, in millionths of the currency."""
    charged: Charged
    keeps: Callable[[Task[Any]], bool] = unrefunded
    """Whether the charge of this failed task is kept; asked only where it was charged at once."""
    short: Callable[[Shortfall], str] = no_balance
    """The row of the catalogue for a request that cannot be paid for."""
    source: Source


class Move(NamedTuple):
    """One line of a ledger."""

    at: float
    kind: str
    """`top-up`, `charge` or `refund`."""
    amount: int
    """Signed: what the balance changes by."""
    task: str = ""
    model: str = ""
    settled: bool = True
    """Whether it is final; a price that is only set aside is not."""
    payment: str = ""
    """What it was paid with."""


def moves(task: Task[Any], tariff: Tariff, now: float) -> Sequence[Move]:
    """Give the lines that a task has brought to the ledger up to a moment."""
    if not task.cost:
        return ()
    phase, model = task.phase(now), str(getattr(task.request, "model", ""))
    if tariff.charged is Charged.SUCCEEDED:
        if phase is Phase.FAILED:
            return ()
        over = phase is Phase.SUCCEEDED
        at = task.finishes if over else task.created
        return (Move(at, "charge", -task.cost, task.id, model, settled=over),)
    charge = Move(task.created, "charge", -task.cost, task.id, model)
    if phase is not Phase.FAILED or tariff.keeps(task):
        return (charge,)
    return (charge, Move(task.finishes, "refund", task.cost, task.id, model))


def net(task: Task[Any], tariff: Tariff, now: float) -> int:
    """Give what a task has changed the balance by, up to a moment; cheaper than its lines."""
    if task.phase(now) is not Phase.FAILED:
        return -task.cost
    kept = tariff.charged is Charged.ACCEPTED and tariff.keeps(task)
    return -task.cost if kept else 0


class Purse(Protocol):
    """The money of one key at one provider, as an operation about money sees it."""

    @property
    def balance(self) -> int | None:
        """What is left, in millionths; None where it never runs out."""
        ...

    def moves(self) -> Sequence[Move]:
        """Give the ledger, newest first."""
        ...

    def top_up(self, amount: int, payment: str) -> int:
        """Add money, and give the new balance; a payment that was added before adds nothing."""
        ...
