"""What the command line `seedance` says to Ace Data Cloud, in this process.

It always sends a ratio. It has no way to send
- a body without a text, or with a text that is not its first item;
- an image without a role, or in another order than first frame, last frame, references;
- `service_tier`, an `async` that is false, or more than 289 frames.
"""

import json

import pytest
import seedance_cli.core.config
import seedance_cli.core.output
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from seedance_cli.main import cli

from contracts.providers import acedata
from contracts.strategies import bodies_breaking, valid_bodies

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
many = settings(max_examples=10, suppress_health_check=HEALTH)
few = settings(max_examples=4, suppress_health_check=HEALTH)

BASE = acedata.PROVIDER.base_url
ROLES = ["first_frame", "last_frame", "reference_image"]
FLAGS = {"ratio": "aspect-ratio"}
UNKNOWN = {"service_tier", "async", "content"}
MOST_FRAMES = 289


@pytest.fixture
def seedance(stage, monkeypatch):
    """Run the command line in this process; gives what it did."""
    monkeypatch.setattr(seedance_cli.core.config.settings, "api_base_url", stage.base(BASE))
    wide = Console(width=100_000)  # it wraps JSON otherwise
    monkeypatch.setattr(seedance_cli.core.output, "console", wide)
    return lambda *words: CliRunner().invoke(cli, ["--token", stage.key, *words])


def is_in_its_order(content):
    kinds = [item.get("role", item["type"]) for item in content]
    order = ["text", *ROLES]
    return (
        kinds[:1] == ["text"]
        and kinds.count("text") == 1
        and kinds == sorted(kinds, key=lambda kind: order.index(kind) if kind in order else -1)
    )


def can_be_said(body):
    return (
        is_in_its_order(body["content"])
        and "service_tier" not in body
        and body.get("async") is not False
        and body.get("frames", 0) <= MOST_FRAMES
        and {"duration", "frames"} - body.keys()
    )


def words(body):
    """Give the command that asks for a body, to be polled."""
    prompt, *images = body["content"]
    said = ["generate", "--async", "--json"]
    for image in images:
        said += [f"--{image['role'].replace('_', '-')}-url", image["image_url"]["url"]]
    for name in body.keys() - UNKNOWN:
        option = FLAGS.get(name, name.replace("_", "-"))
        said += [f"--{option}", str(body[name])]
    return [*said, "--", prompt["text"]]


bodies = valid_bodies("acedata/videos").filter(can_be_said)


@many
@given(bodies)
def test_what_is_asked_for_is_accepted_and_arrives_with_a_ratio(stage, seedance, body):
    made = seedance(*words(body))

    task = json.loads(made.stdout)["task_id"]
    assert stage.sent(task) == {"ratio": "16:9"} | body | {"async": True}


@few
@given(bodies)
def test_waiting_ends_with_the_record_of_the_film(stage, seedance, body):
    task = json.loads(seedance(*words(body)).stdout)["task_id"]

    looked = json.loads(seedance("task", task, "--json").stdout)
    waited = json.loads(seedance("wait", task, "--json").stdout)

    assert looked["response"] == {}
    assert waited == stage.latest("tasks")["answer"]["json"]
    assert waited["response"]["data"]["video_url"]


@few
@given(bodies, st.sampled_from([*acedata.FAILURES]))
def test_a_failure_is_shown_to_who_looks(stage, seedance, body, reason):
    task = json.loads(seedance(*words(body)).stdout)["task_id"]
    stage.fail(task, reason)

    looked = json.loads(seedance("task", task, "--json").stdout)

    assert looked == stage.latest("tasks")["answer"]["json"]
    assert looked["response"]["error"]["code"] == acedata.FAILURES[reason].code


@few
@given(
    st.sampled_from(["known-model", "model-resolution", "model-duration"])
    .flatmap(lambda rule: bodies_breaking("acedata/videos", f"acedata/{rule}"))
    .filter(can_be_said)
)
def test_what_breaks_a_rule_is_refused(stage, seedance, body):
    before = stage.latest("videos")

    refused = seedance(*words(body))

    asked = stage.latest("videos")
    if refused.exit_code == 1:
        assert json.loads(refused.stdout.removeprefix("Error: ")) == asked["answer"]["json"]
    else:
        assert (refused.exit_code, asked) == (2, before)
