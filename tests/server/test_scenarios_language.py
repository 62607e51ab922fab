"""The language of scenarios: what a file may say, and how a mistake is told."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts.kernel.registry import providers
from mockserver.scenarios import Do, Scenario, When, load
from mockserver.scenarios.magic import builtins
from mockserver.settings import Settings
from mockserver.world import World

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"
FILE = """
[[scenario]]
name = "overloaded"
about = "The second and the third request are refused."
times = 2
per = "key"
probability = 0.5
when = { provider = "relaydance", operation = "submit", nth = "2-3", prompt = "/cats?/" }
do = { error = "server-error", latency = 0.5 }

[[scenario]]
name = "late"
do = { callback = "late", seconds = 30 }
"""


@pytest.fixture
def world():
    return World(Settings(seed=1))


def written(tmp_path, text):
    path = tmp_path / "faults.toml"
    path.write_text(text)
    return path


def one(do, when="", more=""):
    return f'[[scenario]]\nname = "it"\n{more}\nwhen = {{ {when} }}\ndo = {{ {do} }}'


def test_a_file_says_what_a_program_would(tmp_path):
    assert load(written(tmp_path, FILE)) == [
        Scenario(
            name="overloaded",
            about="The second and the third request are refused.",
            times=2,
            per="key",
            probability=0.5,
            when=When(provider="relaydance", operation="submit", nth="2-3", prompt="/cats?/"),
            do=Do(error="server-error", latency=0.5),
        ),
        Scenario(name="late", do=Do(callback="late", seconds=30)),
    ]


def test_a_file_is_read_by_its_name_or_because_it_is_there(tmp_path, world):
    path = written(tmp_path, FILE)
    other = tmp_path / "no-ending"
    other.write_text(one('drop = "before"'))
    assert [found.name for found in world.scenarios.read(str(path))] == ["overloaded", "late"]
    assert [found.name for found in world.scenarios.read(str(other))] == ["it"]
    with pytest.raises(ValueError, match=r"nowhere\.toml: No such file"):
        world.scenarios.read("nowhere.toml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[scenario", "faults.toml: Expected ']]'"),
        ("", "no scenario: each one begins with [[scenario]]"),
        ("scenario = 1", "no scenario: each one begins"),
        (
            'scenario = ["a"]',
            "scenario must be a list of tables: each one begins with [[scenario]]",
        ),
        ("scenarios = []", "no key 'scenarios'; did you mean scenario?"),
        (
            one('drop = "before"') + "\n" + one('drop = "before"'),
            "two scenarios have the name 'it'",
        ),
        ("[[scenario]]\ndo = { lose = 502 }", "scenario 'without a name': name: Field required"),
        ('[[scenario]]\nname = "it"', "do: Field required"),
        (one('dorp = "before"'), "do.dorp: no key 'dorp'; did you mean drop?"),
        (one('drop = "before"', 'modle = "x"'), "when.modle: no key 'modle'; did you mean model?"),
        (one('drop = "before"', more="tmies = 3"), "tmies: no key 'tmies'; did you mean times?"),
        (one('drop = "never"'), "do.drop: Input should be 'before' or 'middle'"),
        (one(""), "do: nothing is to be done"),
        (one('error = "x", lose = "reset"'), "error and lose both settle the answer"),
        (one('error = "x", task = "stuck"'), "error = 'x' leaves nothing for task to happen to"),
        (one('drop = "before", slow = 1'), "leaves nothing for slow"),
        (one('lose = "half", content_type = "x"'), "leaves nothing for content_type"),
        (one('reason = "x"'), "reason says more about task = 'fail', and needs it"),
        (one('task = "stuck", reason = "x"'), "reason says more about task = 'fail'"),
        (one('drop = "before", details = {}'), "details says more about error, and needs it"),
        (one("seconds = 3"), "seconds says more about callback = 'late'"),
        (one("latency = 0"), "do.latency: Input should be greater than 0"),
        (one("slow = -1"), "do.slow: Input should be greater than 0"),
        (one("latency = inf"), "do.latency: Input should be less than"),
        (one('drop = "before"', "nth = 0"), "when: nth selects nothing: '0' never comes"),
        (one('drop = "before"', "nth = []"), "nth selects nothing: the list is empty"),
        (one('drop = "before"', "nth = [1, 0]"), "nth selects nothing: '0' never comes"),
        (one('drop = "before"', 'nth = "3-2"'), "nth selects nothing: '3-2' never comes"),
        (one('drop = "before"', 'nth = "first"'), "nth is a number, a list of them, '2-4' or '3-'"),
        (one('drop = "before"', "nth = true"), "when.nth"),
        (one('drop = "before"', 'prompt = "/(/"'), "prompt is no regular expression"),
        (one('drop = "before"', more="times = 0"), "times: Input should be greater than or equal"),
        (one('drop = "before"', more="probability = 0"), "probability: Input should be greater"),
        (one('drop = "before"', more="probability = 1.1"), "probability: Input should be less"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path, text, problem):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its text is compared below
        load(written(tmp_path, text))
    assert problem in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "faults.toml"))


@pytest.mark.parametrize(
    ("when", "do", "problem"),
    [
        (
            {"provider": "relaydnce"},
            {"drop": "before"},
            "no provider 'relaydnce'; did you mean rel",
        ),
        (
            {"operation": "sumbit"},
            {"drop": "before"},
            "when.operation: no operation or role 'sumbit'; did you mean submit?",
        ),
        ({"operation": "queue", "provider": "relaydance"}, {"drop": "before"}, "operation or role"),
        ({"model": "doubao-seedance-2-0-1080"}, {"drop": "before"}, "did you mean doubao-seedance"),
        ({"model": "xyz-*"}, {"drop": "before"}, "no model is called anything like 'xyz-*'"),
        ({}, {"error": "server-eror"}, "no error 'server-eror'; did you mean server-error?"),
        ({"provider": "relaydance"}, {"error": "model-offline"}, "no error 'model-offline'"),
        ({}, {"task": "fail", "reason": "moderaton"}, "did you mean moderation?"),
        ({"operation": "look"}, {"task": "stuck"}, "selects nothing: do.task is about a task"),
        ({"operation": "look"}, {"lose": "reset"}, "selects nothing: do.lose is about a task"),
        ({"provider": "senseaudio"}, {"callback": "lost"}, "no callback is ever sent for"),
        ({"operation": "poll"}, {"video": "empty"}, "selects nothing: do.video is about a task"),
        ({"operation": "media"}, {"error": "no-task"}, "nothing of it can happen at"),
        (
            {"operation": "queue"},
            {"task": "fail", "reason": "sensitive-video"},
            "no reason to fail is known for venice/queue",
        ),
        (
            {"operation": "submit"},
            {"error": "rate-limited", "details": {"reset": "x"}},
            "details that 'rate-limited' of venice cannot show: TypeError: ",
        ),
        (
            {"provider": "venice"},
            {"error": "rate-limited", "details": {"limit": "1\r\nset-cookie: a=b"}},
            "details that 'rate-limited' of venice cannot show: a header is one line of ASCII",
        ),
        (
            {"provider": "venice"},
            {"error": "needs-consent", "details": {"roles": 5}},
            "details that 'needs-consent' of venice cannot show: TypeError: ",
        ),
    ],
)
def test_what_selects_nothing_is_an_error_with_the_nearest_name(world, when, do, problem):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its text is compared below
        world.scenarios.add({"name": "it", "when": when, "do": do})
    assert str(raised.value).startswith("scenario 'it': ")
    assert problem in str(raised.value)
    assert world.scenarios.list() == []


def test_details_must_suit_only_the_providers_that_may_show_them(world):
    assert world.scenarios.add(
        {
            "name": "it",
            "when": {"provider": "relaydance"},
            "do": {"error": "rate-limited", "details": {"reset": "x"}},
        }
    )


def test_a_file_with_a_mistake_orders_none_of_its_scenarios(tmp_path, world):
    good, bad = one('drop = "before"'), one('error = "no-such"').replace("it", "other", 1)
    with pytest.raises(ValueError, match=r"toml: scenario 'other': do\.error: no error 'no-such'"):
        world.scenarios.read(str(written(tmp_path, f"{good}\n{bad}")))
    assert world.scenarios.list() == []


def test_of_many_models_the_nearest_are_told_and_where_all_are_listed(world):
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its text is compared below
        world.scenarios.add({"name": "it", "when": {"model": "zzz"}, "do": {"drop": "before"}})
    count = len({model for one in providers().values() for model in one.models()})
    assert "when.model: no model 'zzz'. The nearest are " in str(raised.value)
    assert f"There are {count}: see screentest scenarios --provider <name>" in str(raised.value)


def test_where_one_provider_is_meant_its_own_list_is_pointed_to(world):
    when = {"provider": "venice", "model": "zzz-*"}
    with pytest.raises(ValueError, match="see screentest scenarios --provider venice"):
        world.scenarios.add({"name": "it", "when": when, "do": {"drop": "before"}})


def test_of_several_files_the_one_with_the_mistake_is_named(tmp_path, world):
    good = written(tmp_path, one('drop = "before"'))
    bad = tmp_path / "other.toml"
    bad.write_text(one('drop = "before"', 'provider = "venise"'))
    with pytest.raises(
        ValueError, match=r"other\.toml: scenario 'it': when\.provider: no provider"
    ):
        world.scenarios.order([str(good), str(bad)])


def test_what_is_counted_by_task_must_be_about_tasks_that_are_there(world):
    scenario = Scenario(
        name="it", per="task", when=When(operation="submit"), do=Do(error="no-task")
    )
    with pytest.raises(ValueError, match="or none that looks at a task"):
        world.scenarios.add(scenario)


def test_an_operation_that_no_one_serves_selects_nothing(world):
    world.providers = {"senseaudio": providers()["senseaudio"]}
    world.scenarios.add({"name": "it", "when": {"operation": "look"}, "do": {"drop": "before"}})
    with pytest.raises(ValueError, match="no operation or role 'retrieve'"):
        world.scenarios.add(
            {"name": "x", "when": {"operation": "retrieve"}, "do": {"drop": "before"}}
        )


def test_where_models_are_lenient_any_model_may_be_meant():
    world = World(Settings(seed=1, models="lenient"))
    assert world.scenarios.add(
        {"name": "it", "when": {"model": "tomorrow"}, "do": {"drop": "before"}}
    )


EXAMPLES = re.findall("```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_the_guide_shows_can_be_ordered(tmp_path, world, text):
    path = tmp_path / "guide.toml"
    path.write_text(text)
    assert world.scenarios.read(str(path))


ACTS_ON = GUIDE.read_text().partition("acts on\n")[2].partition("\n#")[0].splitlines()


@pytest.mark.parametrize("name", builtins())
def test_the_guide_tells_what_each_built_in_scenario_acts_on(name):
    (row,) = [line for line in ACTS_ON if f"`{name}`" in line]
    role = builtins()[name].table["when"]["operation"]
    assert {"submit": "submission", "look": "look", "download": "download"}[role] in row


@pytest.mark.parametrize("name", [*When.model_fields, *Do.model_fields, *Scenario.model_fields])
def test_the_guide_tells_of_every_key(name):
    assert f"`{name}`" in GUIDE.read_text()


@pytest.mark.parametrize("name", ["", " x", "x ", "a\nb", "é", "x" * 101])
def test_a_name_can_stand_in_a_header(name):
    with pytest.raises(ValidationError):
        Scenario(name=name, do=Do(drop="before"))


def test_a_role_that_no_served_operation_has_selects_nothing(world):
    venice = providers()["venice"]
    kept = tuple(each for each in venice.operations if each.id in {"queue", "models"})
    world.providers = {"venice": replace(venice, operations=kept)}
    with pytest.raises(ValueError, match="there is no such operation"):
        world.scenarios.add({"name": "it", "when": {"operation": "look"}, "do": {"drop": "before"}})
