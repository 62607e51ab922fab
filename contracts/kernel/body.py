"""Request bodies: pydantic models that carry the rules no single field can state."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar, Self, TypeVar

from pydantic import (
    MISSING,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from contracts.kernel.conditions import Condition
from contracts.kernel.inspecting import MediaRule
from contracts.kernel.rules import MODEL, Rule
from contracts.kernel.source import Source

Check = tuple[Callable[[BaseModel], bool], Rule, Condition]
"""What must hold, of which rule it is the demand, and in which words."""


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON value may arrive here
    """Read 5.0 as 5, as JSON Schema does, and keep true from passing as 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Whole = BeforeValidator(_whole)
"""Annotation, the last one, for integers as JSON knows them: 5 and 5.0, neither "5" nor true."""


def _boolean(value: Any) -> Any:  # noqa: ANN401 - any JSON value may arrive here
    """Keep 1 from passing as true where only true will do."""
    if not isinstance(value, bool):
        raise PydanticCustomError("bool_type", "Input should be a valid boolean")
    return value


Boolean = BeforeValidator(_boolean)
"""Annotation, the last one, for literals of true and false."""


class Body(BaseModel):
    """The body, or the query, of one kind of request.

    Types are strict: a number is not a string. An absent optional field is `MISSING`, and `null`
    is refused unless a field says otherwise. Unknown fields are dropped; a body that keeps or
    refuses them says so in its `model_config`.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, defer_build=True)

    namespace: ClassVar[str]
    """The provider's id, which prefixes every rule id."""
    source: ClassVar[Source]
    """Where the fields are documented, unless one has a source of its own."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    media: ClassVar[tuple[MediaRule, ...]] = ()
    """Limits on media, held to by those who can look into it; no part of parsing."""
    modes: ClassVar[Mapping[str, Condition]] = {}
    """The ways to use it, by name, for those who want examples of each: `text`, `references`."""
    _checks: ClassVar[dict[str | None, tuple[Check, ...]]] = {}
    """What the rules demand, by model; `None` stands for every model that is in no table."""

    def __init_subclass__(cls, **settings: Any) -> None:  # noqa: ANN401 - pydantic's own
        """Hold a body to its rules after its fields; one without rules costs nothing more."""
        super().__init_subclass__(**settings)
        cls._checks = {}
        if "rules" in vars(cls):
            cls._obey = model_validator(mode="after")(cls.obey)  # type: ignore[attr-defined]

    def obey(self) -> Self:
        """Raise the error of the first broken rule, if any; its type is the rule id."""
        model = getattr(self, MODEL, None)
        checks = self._checks.get(model)
        for holds, rule, condition in self.checks(model) if checks is None else checks:
            if not holds(self):
                field = (rule.subject or condition).blame(self)
                says = {"says": rule.complaint(condition), "field": field}
                raise PydanticCustomError(f"{self.namespace}/{rule.id}", "{says}", says)
        return self

    @classmethod
    def checks(cls, model: str | None) -> tuple[Check, ...]:
        """Give what the rules demand of a body with this model; put together once for each."""
        key = model if any(rule.tells_apart(model) for rule in cls.rules) else None
        found = cls._checks.get(key)
        if found is None:
            demands = [(rule, rule.demand(model)) for rule in cls.rules]
            found = tuple((one.holds, rule, one) for rule, one in demands if one)
            cls._checks[key] = found
        return found

    @classmethod
    def ruled_by(cls, rules: tuple[Rule, ...]) -> "type[Self]":
        """Give the same body under other rules."""
        return type(cls.__name__, (cls,), {"__module__": cls.__module__, "rules": rules})

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add the source of the fields, and the rules, each with its id."""
        schema = handler(core_schema)
        own = handler.resolve_ref_schema(schema)
        own["x-source"] = asdict(cls.source)
        if cls.rules:
            own["allOf"] = [
                rule.schema() | {"x-rule": f"{cls.namespace}/{rule.id}"} for rule in cls.rules
            ]
        return schema


T = TypeVar("T")


def value_or(value: T | MISSING, default: T) -> T:
    """Give the value of an optional field, or what its absence means."""
    return default if value is MISSING else value
