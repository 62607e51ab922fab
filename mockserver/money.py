"""What keys have, what they owe, and what the run would have cost."""

from collections.abc import Iterable, Sequence

from contracts.kernel.errors import Refused
from contracts.kernel.money import MICRO, Charged, Move, Shortfall, moves, net
from contracts.kernel.provider import Provider
from mockserver.store import Account, AnyTask, Store

MOST_TOP_UPS = 1000
"""How many top-ups of one account a ledger shows."""


class Books:
    """The accounts of all keys. Money never runs out unless someone says how much there is."""

    def __init__(self, store: Store, balance: float | None) -> None:
        self._store = store
        self._balance = None if balance is None else round(balance * MICRO)
        """What a new account has."""

    def account(self, tenant: str, provider: Provider, key: str) -> Account:
        """Give the account of a key, a new one if it has none; whoever changes it puts it back."""
        found = self._store.accounts.get(tenant, (provider.id, key))
        return found or Account(balance=self._balance)

    def put(self, tenant: str, provider: Provider, key: str, account: Account) -> None:
        """Keep an account that was changed."""
        self._store.accounts.put(tenant, (provider.id, key), account)

    def balance(self, tenant: str, provider: Provider, key: str, now: float) -> int | None:
        """Give what is left to a key; what is set aside for open tasks is not."""
        account = self.settled(tenant, provider, key, now)
        if account.balance is None:
            return None
        return account.balance + self._owed(account, tenant, provider, now)

    def spendable(self, tenant: str, provider: Provider, key: str, now: float) -> int | None:
        """Give what the key may still spend by its own limit."""
        account = self.settled(tenant, provider, key, now)
        if account.limit is None:
            return None
        return account.limit + self._owed(account, tenant, provider, now)

    def _open(self, account: Account, tenant: str, provider: Provider) -> list[AnyTask]:
        found = (self._store.tasks.get(tenant, (provider.id, id_)) for id_ in account.open)
        return [task for task in found if task]

    def _owed(self, account: Account, tenant: str, provider: Provider, now: float) -> int:
        tariff, tasks = provider.tariff, self._open(account, tenant, provider)
        return sum(net(task, tariff, now) for task in tasks) if tariff else 0

    def settled(self, tenant: str, provider: Provider, key: str, now: float) -> Account:
        """Give the account of a key, with all that is over made final."""
        account, tariff = self.account(tenant, provider, key), provider.tariff
        over = [task for task in self._open(account, tenant, provider) if task.is_over(now)]
        if tariff and over:
            for task in over:
                _settle(account, task, net(task, tariff, now))
            self.put(tenant, provider, key, account)
        return account

    def set(  # noqa: PLR0913 - what there is to say about an account
        self,
        tenant: str,
        provider: Provider,
        key: str,
        *,
        balance: int | None,
        limit: int | None,
        open_tasks: Iterable[AnyTask],
        now: float,
    ) -> None:
        """Say what an account has from now on. Open tasks are yet to be paid for, or paid back."""
        account = self.account(tenant, provider, key)
        account.open = {task.id for task in open_tasks if not task.is_over(now)}
        owed = self._owed(account, tenant, provider, now)
        account.balance = None if balance is None else balance - owed
        account.limit = None if limit is None else limit - owed
        self.put(tenant, provider, key, account)

    def check(self, tenant: str, provider: Provider, key: str, price: int, now: float) -> None:
        """Refuse a key that cannot pay a price; 0 asks only whether there is anything left."""
        if not self._is_counted(tenant, provider, key):
            return
        tariff, least = provider.tariff, max(price, 1)
        balance = self.balance(tenant, provider, key, now)
        left = self.spendable(tenant, provider, key, now)
        over_limit = left is not None and left < least
        if tariff and (over_limit or (balance is not None and balance < least)):
            short = Shortfall(key, price, balance or 0, over_limit)
            raise Refused(tariff.short(short), details={"balance": short.balance, "price": price})

    def _is_counted(self, tenant: str, provider: Provider, key: str) -> bool:
        """Tell whether the money of a key can run out."""
        found = self._store.accounts.get(tenant, (provider.id, key))
        return found.is_finite if found else self._balance is not None

    def charge(self, provider: Provider, task: AnyTask) -> None:
        """Put a new task on the account of its key."""
        if task.cost and self._is_counted(task.tenant, provider, task.key):
            account = self.account(task.tenant, provider, task.key)
            account.open.add(task.id)
            self.put(task.tenant, provider, task.key, account)

    def forget(self, provider: Provider, task: AnyTask, now: float) -> None:
        """Remember what a task came to, as it is about to be forgotten.

        A price that was only set aside is free again.
        """
        tariff = provider.tariff
        if tariff is None or not task.cost:
            return
        aside = tariff.charged is Charged.SUCCEEDED and not task.is_over(now)
        change = 0 if aside else net(task, tariff, now)
        account = self.account(task.tenant, provider, task.key)
        account.forgotten += change
        _settle(account, task, change)
        self.put(task.tenant, provider, task.key, account)

    def top_up(  # noqa: PLR0913, PLR0917 - whose money it is, how much, when, and from where
        self, tenant: str, provider: Provider, key: str, amount: int, now: float, payment: str = ""
    ) -> None:
        """Add money to an account; the same payment only once."""
        account = self.account(tenant, provider, key)
        if payment and any(line.payment == payment for line in account.top_ups):
            return
        if account.balance is not None:
            account.balance += amount
        line = Move(now, "top-up", amount, payment=payment)
        account.top_ups = [*account.top_ups[1 - MOST_TOP_UPS :], line]
        self.put(tenant, provider, key, account)

    def moves(self, tenant: str, provider: Provider, key: str, now: float) -> Sequence[Move]:
        """Give the ledger of a key, newest first."""
        tariff = provider.tariff
        if tariff is None:
            return ()
        lines = list(self.account(tenant, provider, key).top_ups)
        for task in self._store.tasks.of(tenant):
            if task.provider == provider.id and task.key == key:
                lines += moves(task, tariff, now)
        return sorted(lines, key=lambda line: -line.at)


def _settle(account: Account, task: AnyTask, change: int) -> None:
    """Make final what a task has changed, if it was open."""
    if task.id not in account.open:
        return
    account.open.discard(task.id)
    if account.balance is not None:
        account.balance += change
    if account.limit is not None:
        account.limit += change
