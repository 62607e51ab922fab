"""What the door for httpx costs: the whole mock, beside an answer of respx that is always ready."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from json import loads
from statistics import median
from time import process_time

import httpx
import respx

from bench.messages import KEY, SUBMIT, SUBMIT_PATH, Message
from bench.plan import Plan, verdict
from contracts.kernel.provider import Provider
from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.intercept.home import Home
from mockserver.intercept.router import httpx_door
from mockserver.intercept.target import Target
from mockserver.settings import Settings

TARGET = 0.6
"""The share of respx's own speed that we want."""

Slice = Callable[[Message, str, int], float]
Door = Callable[[], AbstractContextManager[object]]


def measure(plan: Plan) -> None:
    """Measure what submits and polls cost clients of both kinds, and print a line for each."""
    print(f"{'intercepting':<16}{'mock µs':>9}{'respx µs':>9}{'ratio':>8}{'target':>8}")
    for kind, run in (("", waiting), (", async", in_a_loop)):
        for name in ("submit", "poll"):
            home = Home()
            compare(plan, f"{name}{kind}", run, home)
            home.close()
    print()


def compare(plan: Plan, name: str, run: Slice, home: Home) -> None:
    """Measure one line in slices that alternate; a mock of its own keeps the others' tasks out."""
    provider = owner(SUBMIT_PATH)
    origin = f"https://{provider.hosts[0]}"
    target = made(provider, home)
    message = finished(target, origin) if name.startswith("poll") else SUBMIT
    ready = answer(target, origin, message)
    doors: tuple[Door, Door] = (lambda: httpx_door(target), lambda: stub(origin, message, ready))
    pairs = []
    for _ in range(plan.slices + 1):  # the first pair only warms up
        pair = []
        for door in doors:
            with door():
                pair.append(run(message, origin, plan.calls))
        pairs.append(pair)
    report(name, pairs[1:])


def report(name: str, pairs: list[list[float]]) -> None:
    ratio = median(plain / mocked for mocked, plain in pairs)
    mocked, plain = (median(several) * 1e6 for several in zip(*pairs, strict=True))
    print(
        f"{name:<16}{mocked:>9.0f}{plain:>9.0f}{ratio:>8.2f}{TARGET:>8.2f}"
        f"  {verdict(ratio >= TARGET)}",
        flush=True,
    )


def owner(path: str) -> Provider:
    """Give the provider that has a path."""
    return next(
        provider
        for provider in providers().values()
        if any(operation.path == path for operation in provider.operations)
    )


def made(provider: Provider, home: Home) -> Target:
    """Make a mock of its own."""
    app = create_app(Settings(seed=1, clock="poll"))
    return Target(app=app, hosts=provider.hosts, tenant="bench", home=home)


def answer(target: Target, origin: str, message: Message) -> httpx.Response:
    """Give the real answer to a message."""
    with httpx_door(target), httpx.Client(base_url=origin) as client:
        response = client.request(
            message.method, message.path, content=message.body, headers=message.headers
        )
    if response.status_code != message.status:
        raise RuntimeError(f"{message.path} answered {response.status_code}: {response.text[:300]}")
    return response


def finished(target: Target, origin: str) -> Message:
    """Submit a task, look at it until it is finished, and give the message that polls it."""
    task = loads(answer(target, origin, SUBMIT).content)["task_id"]
    poll = Message(method="GET", path=f"{SUBMIT_PATH}/{task}", headers=KEY)
    while loads(answer(target, origin, poll).content)["status"] != "succeeded":
        pass
    return poll


def stub(origin: str, message: Message, ready: httpx.Response) -> respx.MockRouter:
    """Have respx give the same answer again and again."""
    router = respx.mock(base_url=origin)
    router.request(message.method, message.path).respond(
        ready.status_code, headers=ready.headers, content=ready.content
    )
    return router


def waiting(message: Message, origin: str, times: int) -> float:
    """Give the seconds of processor time that a call takes a client that waits."""
    with httpx.Client(base_url=origin, headers=message.headers) as client:
        start = process_time()
        for _ in range(times):
            client.request(message.method, message.path, content=message.body)
        return (process_time() - start) / times


def in_a_loop(message: Message, origin: str, times: int) -> float:
    """Give the seconds of processor time that a call takes a client in an event loop."""

    async def ask() -> float:
        async with httpx.AsyncClient(base_url=origin, headers=message.headers) as client:
            start = process_time()
            for _ in range(times):
                await client.request(message.method, message.path, content=message.body)
            return (process_time() - start) / times

    return asyncio.run(ask())
