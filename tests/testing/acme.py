"""A client of the made-up provider, at its real host, as a test would use it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import httpx

import contracts.providers
from contracts.kernel.provider import Provider
from contracts.kernel.registry import chosen
from mockserver.app import create_app
from mockserver.world import World

MADE_UP = str(Path(__file__).resolve().parents[1] / "made_up")
KEY = "test-a-film-is-made-8d4e1a90"
ROOT = "https://api.acme.example/v9"
CAT = {"prompt": "a cat", "seconds": 3}
MUTE = {"prompt": "a cat", "audio_url": "https://cdn.example/purr.mp3?token=abc"}
"""Breaks a rule: there is no image."""


def acme() -> Provider:
    contracts.providers.__path__.append(MADE_UP)
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(MADE_UP)


def served(*contracts: str) -> Mapping[str, Provider]:
    return {**chosen(contracts), "acme": acme()}


@asynccontextmanager
async def client_of(world: World, *contracts: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(world=world, providers=served(*contracts)))
    headers = {"x-acme-key": KEY, "user-agent": "a-client"}
    async with httpx.AsyncClient(transport=transport, base_url=ROOT, headers=headers) as client:
        yield client
    await world.close()


async def submit(client: httpx.AsyncClient, **fields: object) -> str:
    """Open a task, and give its id."""
    return (await client.post("/jobs", json=CAT | fields)).json()["job"]
