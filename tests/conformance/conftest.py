"""Every provider there is, and one that is made up, with a way through each revision."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

import contracts.providers
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import providers

HERE = Path(__file__).parent
MADE_UP = HERE.parent / "made_up"
IDS = [*providers(), "acme"]


@pytest.fixture(scope="session")
def with_acme() -> Mapping[str, Provider]:
    """The registry with one more folder in its package, and no other change."""
    contracts.providers.__path__.append(str(MADE_UP))
    providers.cache_clear()
    try:
        return providers()
    finally:
        contracts.providers.__path__.remove(str(MADE_UP))
        providers.cache_clear()


@pytest.fixture(params=IDS)
def provider(request: pytest.FixtureRequest, with_acme: Mapping[str, Provider]) -> Provider:
    return with_acme[request.param]


@pytest.fixture
def served(with_acme: Mapping[str, Provider], provider: Provider) -> Mapping[str, Provider]:
    """The registry, with the revision under test in the place of its provider's default."""
    return {**with_acme, provider.id: provider}


@dataclass(frozen=True)
class Journey:
    """The way from submit to media at one provider, read from data."""

    provider: Provider
    data: Mapping[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return self.data["headers"]

    def operation(self, step: str) -> Operation:
        name = self.data[step]["operation"]
        return next(one for one in self.provider.operations if one.id == name)

    async def send(self, client: httpx.AsyncClient, step: str, task: str = "") -> httpx.Response:
        """Send the request of a step, with the task's id where it belongs."""
        operation = self.operation(step)
        text = json.dumps(self.data[step]["message"]).replace("$id", task)
        message = json.loads(text)
        path = operation.path.format(**message)
        if operation.carried is Carried.URL:
            query = {
                key: value for key, value in message.items() if f"{{{key}}}" not in operation.path
            }
            return await client.get(path, params=query, headers=self.headers)
        return await client.post(path, json=message, headers=self.headers)

    def pick(self, answer: object, name: str) -> Any:
        """Give the part of an answer that the data names; nothing where it is not there."""
        for step in self.data[name].split("."):
            answer = answer.get(step) if isinstance(answer, dict) else None
        return answer


@pytest.fixture
def journey(provider: Provider) -> Journey:
    """The way through a revision: its own, else that of its provider's default."""
    listed = [HERE / "journeys" / f"{name}.json" for name in (provider.name, provider.id)]
    path = next((one for one in listed if one.exists()), MADE_UP / "journey.json")
    return Journey(provider, json.loads(path.read_text()))
