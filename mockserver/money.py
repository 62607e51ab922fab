"""What keys have, what they owe, and what the run would have cost."""

from collections.abc import Iterable, Sequence

from contracts.kernel.errors import Refused
from contracts.kernel.money import MICRO, Move, Shortfall, Tariff, moves, net
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

    def balance(self, account: Account, tariff: Tariff, now: float) -> int | None:
        """Give what is left of an account; what is set aside for open tasks is not."""
        if account.balance is None:
            return None
        self._settle(account, tariff, now)
        return account.balance + sum(net(task, tariff, now) for task in account.open.values())

    def spendable(self, account: Account, tariff: Tariff, now: float) -> int | None:
        """Give what the key may still spend by its own limit."""
        if account.limit is None:
            return None
        self._settle(account, tariff, now)
        return account.limit + sum(net(task, tariff, now) for task in account.open.values())

    def _settle(self, account: Account, tariff: Tariff, now: float) -> None:
        """Make final what is over."""
        for id_, task in list(account.open.items()):
            if task.is_over(now):
                del account.open[id_]
                change = net(task, tariff, now)
                if account.balance is not None:
                    account.balance += change
                if account.limit is not None:
                    account.limit += change

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
    ) -> Account:
        """Say what an account has from now on. Open tasks are yet to be paid for, or paid back."""
        account, tariff = self.account(tenant, provider, key), provider.tariff
        account.open = {task.id: task for task in open_tasks if not task.is_over(now)}
        owed = sum(net(task, tariff, now) for task in account.open.values()) if tariff else 0
        account.balance = None if balance is None else balance - owed
        account.limit = None if limit is None else limit - owed
        self.put(tenant, provider, key, account)
        return account

    def check(self, tenant: str, provider: Provider, key: str, price: int, now: float) -> None:
        """Refuse a key that cannot pay a price; 0 asks only whether there is anything left."""
        tariff = provider.tariff
        account = self._store.accounts.get(tenant, (provider.id, key))
        if tariff is None or (account is None and self._balance is None):
            return
        account = account or Account(balance=self._balance)
        if not account.is_finite:
            return
        least = max(price, 1)
        balance = self.balance(account, tariff, now)
        left = self.spendable(account, tariff, now)
        over_limit = left is not None and left < least
        if over_limit or (balance is not None and balance < least):
            short = Shortfall(key, price, balance or 0, over_limit)
            raise Refused(tariff.short(short), details={"balance": short.balance, "price": price})

    def charge(self, provider: Provider, task: AnyTask) -> None:
        """Put a new task on the account of its key."""
        if self._balance is None and not self._store.accounts.get(
            task.tenant, (provider.id, task.key)
        ):
            return
        account = self.account(task.tenant, provider, task.key)
        if account.is_finite:
            account.open[task.id] = task
            self.put(task.tenant, provider, task.key, account)

    def forget(self, provider: Provider, task: AnyTask, now: float) -> None:
        """Remember what a task came to, as it is about to be forgotten."""
        tariff = provider.tariff
        if tariff is None or not task.cost:
            return
        account = self.account(task.tenant, provider, task.key)
        self._settle(account, tariff, now)
        account.forgotten += net(task, tariff, now)
        self.put(task.tenant, provider, task.key, account)

    def top_up(  # noqa: PLR0913, PLR0917 - whose money it is, how much, when, and from where
        self, tenant: str, provider: Provider, key: str, amount: int, now: float, payment: str = ""
    ) -> Account:
        """Add money to an account; the same payment only once."""
        account = self.account(tenant, provider, key)
        if payment and any(line.payment == payment for line in account.top_ups):
            return account
        if account.balance is not None:
            account.balance += amount
        line = Move(now, "top-up", amount, payment=payment)
        account.top_ups = [*account.top_ups[1 - MOST_TOP_UPS :], line]
        self.put(tenant, provider, key, account)
        return account

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
