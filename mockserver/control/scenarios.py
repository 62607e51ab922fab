"""Scenarios: those that hold, and more of them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import TypedDict

from mockserver.control.endpoint import Call, Form, Unfit, Whose, absent
from mockserver.control.whose import tenant_of
from mockserver.scenarios import Scenario
from mockserver.world import World


class AsScenario:
    """Shows the form of a scenario in the schema; what is wrong with one is said by its loader."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Give the schema of a scenario."""
        return handler(Scenario.__pydantic_core_schema__)


Plain = Annotated[dict[str, Any], AsScenario()]


class ScenariosTold(TypedDict):
    """Scenarios, in the order in which they are tried."""

    tenant: str
    """Whose they are; empty for those of the world."""
    scenarios: list[Plain]


class ScenariosForgotten(TypedDict):
    """Scenarios that do not hold any more."""

    tenant: str
    """Whose they were; empty for those of the world."""
    forgotten: list[Plain]


def in_full(given: object) -> object:
    """Refuse the name of a built-in scenario where one in full is expected, with a hint."""
    if isinstance(given, str):
        why = 'a scenario in full belongs here; of a built-in one, say "use": "{name}"'
        raise PydanticCustomError("built_in", why, {"name": given})
    return given


class Forgetting(Whose):
    """Which scenarios are meant."""

    name: str = Field("", description="The name of one; without it, all are meant.")


class Adding(Form):
    """A scenario in full, or a built-in one by its name, with its argument if it has one."""

    scenario: Annotated[Plain | None, BeforeValidator(in_full)] = None
    use: str = Field("", description="Such as `slow` or `fail expired`.")


def told_of(world: World, tenant: str) -> ScenariosTold:
    """Tell of the scenarios of a tenant, or of the world."""
    found = world.scenarios.list(tenant)
    dumped = [one.model_dump(mode="json", exclude_unset=True) for one in found]
    return {"tenant": world.labels.of(tenant), "scenarios": dumped}


def list_scenarios(call: Call[Whose, None]) -> ScenariosTold:
    """Tell which scenarios hold for everyone, or for one tenant only."""
    return told_of(call.world, tenant_of(call.world, call.asked))


def add_scenario(call: Call[Whose, Adding]) -> ScenariosTold:
    """Let a scenario hold from now on; one of the same name is replaced."""
    world, told, tenant = call.world, call.told, tenant_of(call.world, call.asked)
    if bool(told.use) is (told.scenario is not None):
        raise Unfit("say either a scenario, or which built-in one to use")
    try:
        world.scenarios.add(told.use if told.scenario is None else told.scenario, tenant)
    except ValueError as error:
        raise Unfit(str(error), "no-scenario") from None
    return told_of(world, tenant)


def clear_scenarios(call: Call[Forgetting, None]) -> ScenariosForgotten:
    """Forget the scenarios of the world or of one tenant, or only the one named; tells which."""
    tenant = tenant_of(call.world, call.asked)
    if call.asked.name:
        return forget_one(call.world, call.asked.name, tenant)
    gone = told_of(call.world, tenant)
    call.world.scenarios.clear(tenant)
    return {"tenant": gone["tenant"], "forgotten": gone["scenarios"]}


def forget_one(world: World, name: str, tenant: str) -> ScenariosForgotten:
    """Forget one scenario; the others keep their order and their counts."""
    try:
        gone = world.scenarios.remove(name, tenant)
    except ValueError as error:
        raise absent(str(error)) from None
    dumped = gone.model_dump(mode="json", exclude_unset=True)
    return {"tenant": world.labels.of(tenant), "forgotten": [dumped]}
