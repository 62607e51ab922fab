"""What an endpoint of the control plane is made of, and how it says no."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

from contracts.kernel.task import OURS
from mockserver.naming import unknown
from mockserver.world import World

ROOT = f"/{OURS}"
MOST = 10_000
"""How many rows one answer tells of."""


class Form(BaseModel):
    """What a request says; a field that is not known is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Whose(Form):
    """Which tenant is meant; a tenant is a key unless clients name it otherwise."""

    tenant: str = Field("", description="A tenant, by its name or by the label of its key.")
    key: str = Field("", description="An API key, or its label; alone it names its tenant.")


Asked = TypeVar("Asked", bound=Form)
Told = TypeVar("Told", bound=Form | None)


@dataclass(frozen=True, slots=True)
class Call(Generic[Asked, Told]):
    """One request: what its path and query ask for, and what its body tells."""

    world: World
    asked: Asked
    told: Told
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the table that routes and document are made from."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """Below the root."""
    summary: str
    handle: Callable[..., Any]
    """Gives an answer, or an application that answers; at once or when it is awaited."""
    asks: type[Form] = Form
    """The parameters of path and query."""
    takes: type[Form] | None = None
    """The body."""
    gives: Any
    """The form of the answer, the media type of one that is no JSON, or None for no content."""
    status: int = HTTPStatus.OK
    """What it answers with when all is well."""

    @property
    def id(self) -> str:
        """The name of the operation, unique among all."""
        return self.handle.__name__


class Unfit(Exception):  # noqa: N818 - an answer, not an error
    """A request that cannot be met, and why."""

    def __init__(
        self, why: str, rule: str = "unfit", status: int = HTTPStatus.BAD_REQUEST, allow: str = ""
    ) -> None:
        super().__init__(why)
        self.rule = rule
        self.status = status
        self.allow = allow
        """The methods that there are instead."""


def absent(what: str) -> Unfit:
    """Give the refusal for a thing that is not there."""
    return Unfit(what, "not-there", HTTPStatus.NOT_FOUND)


def conflict(why: str) -> Unfit:
    """Give the refusal for what cannot be done as things are."""
    return Unfit(why, "conflict", HTTPStatus.CONFLICT)


def expect(what: str, word: str, known: Iterable[str]) -> str:
    """Give a word back that is known, or refuse it with the nearest one that is."""
    names = [*known]
    if word in names:
        return word
    raise Unfit(unknown(what, word, names))
