"""`screentest scenarios`: what can be made to go wrong, and whether a file makes sense."""

import json

import pytest

from contracts.kernel.auth import SANDBOX_KEYS
from contracts.kernel.registry import providers
from mockserver.cli import main
from mockserver.commands.serve import summary
from mockserver.scenarios.magic import builtins
from mockserver.settings import Settings


def run(capsys, *arguments):
    main(["scenarios", *arguments])
    return capsys.readouterr().out


def test_everything_is_listed(capsys):
    told = run(capsys)
    causes = [cause for one in providers().values() for cause in one.errors]
    failures = [name for one in providers().values() for name in one.failures]
    for name in [*builtins(), *SANDBOX_KEYS, *causes, *failures]:
        assert name in told


def test_one_provider_can_be_asked_about(capsys):
    told = run(capsys, "--provider", "senseaudio")
    assert "service-busy" in told
    assert "model-offline" not in told
    assert "[screentest: fail [<reason>]]" in told
    assert "screentest-fail[-<reason>]" in told
    assert "screentest-error-<cause>" in told
    assert told.endswith("".join(f"  {one}\n" for one in providers()["senseaudio"].models()))


def test_the_list_can_be_read_by_a_program(capsys):
    listed = json.loads(run(capsys, "--json", "--provider", "venice"))
    assert [one["name"] for one in listed["scenarios"]] == [*builtins()]
    assert listed["providers"]["venice"]["errors"]["model-offline"]["status"] == 503
    assert "moderation" in listed["providers"]["venice"]["failures"]
    assert listed["providers"]["venice"]["models"] == [*providers()["venice"].models()]


def test_a_provider_that_does_not_exist_is_one_line(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["scenarios", "--provider", "venise"])
    assert raised.value.code == 2
    assert "no provider 'venise'; did you mean venice?" in capsys.readouterr().err


def test_a_file_is_checked(capsys, tmp_path):
    path = tmp_path / "faults.toml"
    path.write_text('[[scenario]]\nname = "it"\nwhen = {operation="submit"}\ndo = {lose="half"}')
    told = run(capsys, "check", str(path))
    assert "it: acedata/videos, relaydance/generate, senseaudio/create, venice/queue" in told
    assert told.endswith("1 scenario, nothing wrong\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[scenario]]", "name: Field required"),
        ("x =", "faults.toml"),
        (None, "No such file"),
        ('scenario = ["a"]', "faults.toml: scenario must be a list of tables"),
        (
            '[[scenario]]\nname = "it"\ndo = {error = "oops"}',
            "faults.toml: scenario 'it': do.error: no error 'oops'",
        ),
    ],
)
def test_a_file_that_makes_no_sense_is_one_line(capsys, tmp_path, text, problem):
    path = tmp_path / "faults.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SystemExit) as raised:
        main(["scenarios", "check", str(path)])
    assert raised.value.code == 2
    assert problem in capsys.readouterr().err


def test_the_banner_names_the_scenarios_that_hold():
    settings = Settings(seed=1, scenarios=("drop", "faults.toml"))
    assert summary(settings).endswith("scenarios drop, faults.toml")


def test_the_server_refuses_to_start_with_a_scenario_that_does_not_exist(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["serve", "--scenario", "lose-rset", "--port", "0"])
    assert raised.value.code == 2
    assert "did you mean lose-reset?" in capsys.readouterr().err
