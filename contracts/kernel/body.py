"""Request bodies: pydantic models that carry the rules no single field can state."""

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

from contracts.kernel.rules import Rule
from contracts.kernel.source import Source


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

    def __init_subclass__(cls, **settings: Any) -> None:  # noqa: ANN401 - pydantic's own
        """Hold a body to its rules after its fields; one without rules costs nothing more."""
        super().__init_subclass__(**settings)
        if "rules" in vars(cls):
            cls._obey = model_validator(mode="after")(cls.obey)  # type: ignore[attr-defined]

    def obey(self) -> Self:
        """Raise the error of the first broken rule, if any."""
        for rule in self.rules:
            if not rule.holds(self):
                raise broken(f"{self.namespace}/{rule.id}", rule.message or rule.sentence)
        return self

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


def broken(rule: str, message: str) -> PydanticCustomError:
    """Make the error of a broken rule; its type is the rule id."""
    return PydanticCustomError(rule, message)


T = TypeVar("T")


def value_or(value: T | MISSING, default: T) -> T:
    """Give the value of an optional field, or what its absence means."""
    return default if value is MISSING else value
