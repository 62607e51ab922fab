"""How a revision is talked to: by its journey, by a little more data, and by what it declares."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, settings
from pydantic import TypeAdapter, ValidationError

import contracts.providers
from contracts.kernel.operation import Carried, Finds, Follows, Keeps, Opens, Operation
from contracts.kernel.provider import Provider
from contracts.kernel.registry import every_revision
from contracts.strategies import valid_bodies

HERE = Path(__file__).parent
MADE_UP = HERE.parent / "made_up"
JOURNEYS = HERE.parent / "conformance" / "journeys"
MORE: Mapping[str, Mapping[str, Any]] = json.loads((HERE / "ways.json").read_text())
DRAWN = 12
"""How many bodies of a revision are drawn, beside those that someone thought of."""
LONGEST_BODY = 2000
FAULTS = (
    "stuck",
    "fail",
    "flap",
    "expire",
    "truncated-video",
    "lose-502",
    "lose-reset",
    "malformed",
    "drop",
    "error rate-limited",
    "look-error rate-limited",
    "look-drop",
)
CALLBACK_FAULTS = ("callback-lost", "callback-late", "callback-twice")
ORIGIN = "http://127.0.0.1:8600"


class Request(NamedTuple):
    """One request, as it goes over the wire."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, eq=False)
class Text:
    """The body of a submit, with a name for people to read."""

    name: str
    message: Mapping[str, Any]
    fault: str = ""
    """The scenario that its prompt asks for."""


def acme() -> Provider:
    """Load the provider that is made up, without entering it into the registry."""
    contracts.providers.__path__.append(str(MADE_UP))
    try:
        return import_module("contracts.providers.acme").PROVIDER
    finally:
        contracts.providers.__path__.remove(str(MADE_UP))


def revisions() -> Sequence[Provider]:
    return (*every_revision(), acme())


@dataclass(frozen=True, eq=False)
class Ways:
    """All that can be said to one revision."""

    provider: Provider

    @cached_property
    def journey(self) -> Mapping[str, Any]:
        names = (self.provider.name, self.provider.id)
        listed = [JOURNEYS / f"{name}.json" for name in names]
        path = next((one for one in listed if one.exists()), MADE_UP / "journey.json")
        return json.loads(path.read_text())

    @property
    def more(self) -> Mapping[str, Any]:
        return MORE.get(self.provider.id, {})

    @cached_property
    def asks(self) -> Sequence[Operation]:
        """The operations that are about one task."""
        operations = self.provider.operations
        return [one for one in operations if isinstance(one.effect, Finds | Follows)]

    @cached_property
    def several(self) -> Operation | None:
        """The operation that is about several tasks."""
        found = self.more.get("several")
        return self.provider.operation(found["operation"]) if found else None

    @cached_property
    def keeps(self) -> Operation | None:
        """The operation that takes a file."""
        operations = self.provider.operations
        return next((one for one in operations if isinstance(one.effect, Keeps)), None)

    def headers(self, name: str) -> tuple[tuple[str, str], ...]:
        """Give the headers of someone's key."""
        given = self.journey["headers"].items()
        return tuple((key.lower(), f"{value}-{name}") for key, value in given)

    def key(self, name: str) -> str:
        """Give the key that the server reads from them."""
        found = self.provider.auth.key(
            {key.encode(): value.encode() for key, value in self.headers(name)}
        )
        assert isinstance(found, str)
        return found

    def request(self, operation: Operation, message: Mapping[str, Any]) -> Request:
        path = operation.path.format(**message)
        if operation.carried is Carried.URL:
            rest = {
                key: value for key, value in message.items() if f"{{{key}}}" not in operation.path
            }
            return Request(operation.method, path, urlencode(rest))
        headers = (("content-type", "application/json"),)
        return Request(operation.method, path, "", headers, json.dumps(message).encode())

    def upload(self, content: bytes) -> Request:
        """Give the request that hands a file over."""
        assert self.keeps
        field = self.keeps.effect.field
        head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\n\r\n'
        body = head.encode() + content + b"\r\n--x--\r\n"
        headers = (("content-type", "multipart/form-data; boundary=x"),)
        return Request(self.keeps.method, self.keeps.path, "", headers, body)

    def about(self, operation: Operation, id_: str, link: str) -> Mapping[str, Any] | None:
        """Give the message that asks about one task, if an operation can be asked so."""
        if isinstance(operation.effect, Follows):
            (field,) = operation.body.model_fields
            return {field: link}
        message = json.loads(
            json.dumps(self.journey["poll"]["message"]).replace("$id", id_ or "nothing")
        )
        try:
            body = TypeAdapter(operation.body).validate_python(message)
        except ValidationError:
            return None
        return message if list(operation.effect.ids(body)) == [id_ or "nothing"] else None

    def about_several(self, ids: Sequence[str]) -> Mapping[str, Any]:
        template = self.more["several"]["message"]
        return {key: list(ids) if value == "$ids" else value for key, value in template.items()}

    def with_callback(self, message: Mapping[str, Any], url: str) -> Mapping[str, Any]:
        """Have the end of a task told to a URL, where a request can ask for that."""
        path = self.more.get("callback")
        if not path or not url:
            return message
        *above, last = path
        made = json.loads(json.dumps(message))
        place = made
        for step in above:
            place = place.setdefault(step, {})
        place[last] = url
        return made

    @cached_property
    def journeys(self) -> Sequence[Text]:
        """The body of the journey, and the one of a call that blocks, if there is one."""
        message = self.journey["submit"]["message"]
        field = self.more.get("blocking")
        blocking = [Text("blocking", {**message, field: False})] if field else []
        return (Text("journey", message), *blocking)

    @cached_property
    def special(self) -> Sequence[Text]:
        """Bodies that someone thought of, where this revision accepts them."""
        texts = list(self.journeys[1:])
        parse = TypeAdapter(self.provider.submit.body).validate_json
        for name, message in self.more.get("special", {}).items():
            with contextlib.suppress(ValidationError):
                parse(json.dumps(message))
                texts.append(Text(name, message))
        return texts

    @cached_property
    def texts(self) -> Sequence[Text]:
        """Bodies to submit: that of the journey, and some that were drawn."""
        return (*self.journeys, *drawn(self.provider.submit))

    @cached_property
    def faults(self) -> Sequence[Text]:
        """Bodies whose prompts ask for something to go wrong."""
        names = [*FAULTS, *(CALLBACK_FAULTS if "callback" in self.more else ())]
        return [self._faulty(text, name) for text in self.journeys for name in names]

    def _faulty(self, text: Text, fault: str) -> Text:
        """Put a directive at the end of a prompt, wherever it stands."""
        body = TypeAdapter(self.provider.submit.body).validate_python(text.message)
        prompt = json.dumps(self.opens.prompt(body))
        directed = json.dumps(f"{json.loads(prompt)} [screentest: {fault}]")
        message = json.loads(json.dumps(text.message).replace(prompt, directed))
        return Text(f"{text.name}, {fault}", message, fault)

    @property
    def opens(self) -> Opens:
        effect = self.provider.submit.effect
        assert isinstance(effect, Opens)
        return effect


def drawn(operation: Operation) -> list[Text]:
    """Draw bodies, the same ones every time; media in them is behind links of someone else."""
    bodies: list[dict[str, Any]] = []

    @settings(
        max_examples=3 * DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(valid_bodies(operation))
    def collect(body: dict[str, Any]) -> None:
        bodies.append(body)

    collect()
    texts = [json.dumps(body) for body in bodies]
    fit = [one for one in texts if "data:" not in one and len(one) < LONGEST_BODY]
    return [Text("drawn", json.loads(one)) for one in dict.fromkeys(fit)][:DRAWN]
