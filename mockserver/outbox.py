"""Callbacks: posting the end of a task to where its client wants to hear of it."""

import asyncio
from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit
from weakref import WeakKeyDictionary

from contracts.kernel.reply import encode
from contracts.kernel.task import Task
from contracts.kernel.webhooks import Webhook
from mockserver.clock import Clock
from mockserver.logs import log

PATIENCE = 10.0
"""Seconds a receiver has to take a callback and answer it, all in all."""
SENDERS = 64
"""How many callbacks may be under way at once; more wait for their turn."""


class Outbox:
    """Delivers callbacks when they fall due, and only where it is allowed to."""

    def __init__(self, clock: Clock, hosts: AbstractSet[str]) -> None:
        self._clock = clock
        self._hosts = hosts
        self._turns = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()
        """By event loop, as one mock may be driven from several."""
        self._deliveries: set[asyncio.Task[None]] = set()

    def schedule(self, task: Task[Any], webhook: Webhook) -> None:
        """Deliver the end of a task once it has come."""
        if reason := self.objection(task.plan.callback_url):
            log.warning("callback of task %s is not sent: %s", task.id, reason)
            return
        delivery = asyncio.get_running_loop().create_task(self._deliver(task, webhook))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    async def close(self) -> None:
        """Drop what is not delivered yet."""
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    def objection(self, url: str) -> str:
        """Say why a callback must not be sent to this URL; nothing when it may."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            return f"{url!r} is not a URL ({error})"
        if parts.scheme not in {"http", "https"} or not host:
            return f"{url!r} is not an http(s) URL"
        if is_loopback(host) or host in self._hosts or parts.netloc in self._hosts:
            return ""
        return f"{host!r} is not a loopback address (--allow-callbacks {host} would allow it)"

    async def _deliver(self, task: Task[Any], webhook: Webhook) -> None:
        await self._clock.sleep_until(task.finishes)
        url = urlsplit(task.plan.callback_url)
        body = encode(webhook.payload(task, self._clock.now()))
        outcome = await self._post(url, body)
        for pause in webhook.retry_after:
            if not outcome:
                return
            await self._clock.sleep_until(self._clock.now() + pause)
            outcome = await self._post(url, body)
        if outcome:
            log.warning("callback of task %s was given up: %s", task.id, outcome)

    def _turn(self) -> asyncio.Semaphore:
        return self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(SENDERS))

    async def _post(self, url: SplitResult, body: bytes) -> str:
        """Post once, and say what went wrong; nothing when it went well."""
        from mockserver.posting import post  # noqa: PLC0415 - few runs ever post anything

        try:
            async with self._turn(), asyncio.timeout(PATIENCE):
                status = await post(url, body)
        except TimeoutError:
            return f"no answer within {PATIENCE:g} s"
        except (OSError, UnicodeError) as error:
            return f"{type(error).__name__}: {error}"
        return "" if status // 100 == 2 else f"HTTP {status}"  # noqa: PLR2004 - any success


def is_loopback(host: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
