"""Where published clients contradict the documented APIs; the mock shows it and hides nothing."""

import json
from types import SimpleNamespace
from unittest.mock import Mock

import httpx
import pytest
import respx
import seedance_cli.commands.task
import seedance_cli.core.config
import seedance_cli.core.output
from acedatacloud import AceDataCloud, APIError, ValidationError
from click.testing import CliRunner
from openai import InternalServerError, OpenAI
from rich.console import Console
from seedance_cli.main import cli
from veniceresch import VeniceClient, VeniceError

SILENT = "doubao-seedance-1-0-pro-250528"


@pytest.fixture
def ace(origin):
    with AceDataCloud("any-key", base_url=origin) as client:
        yield client


def test_veniceresch_cannot_wait_for_a_film(origin):
    """`wait_for_completion()` reads JSON, but Venice's finished answer is the MP4 itself.

    What it raises is not even one of its own errors. `retrieve_binary()` is right.
    """
    with VeniceClient(api_key="any-key", base_url=f"{origin}/api/v1") as client:
        queued = client.video.queue(
            model="seedance-2-0-text-to-video", prompt="a cat", duration="5s"
        )
        with pytest.raises(UnicodeDecodeError) as failed:
            client.video.wait_for_completion(
                model=queued.model, queue_id=queued.queue_id, poll_interval_s=0.05
            )
        film = client.video.retrieve_binary(model=queued.model, queue_id=queued.queue_id)

    assert not isinstance(failed.value, VeniceError)
    assert failed.value.object == film


@pytest.mark.parametrize(("model", "missing"), [(SILENT, "content"), (None, "model")])
def test_acedatacloud_video_generate_cannot_ask_for_seedance(ace, model, missing):
    """`video.generate(provider="seedance")` sends `prompt`; the API wants `model` and `content`."""
    with pytest.raises(ValidationError, match=f"{missing} is invalid") as refused:
        ace.video.generate(prompt="a cat", provider="seedance", model=model)

    assert refused.value.status_code == 400


def test_acedatacloud_overrules_the_ratio_of_a_prompt(ace, fetch, probe):
    """The SDK always sends `ratio`, and a field outranks a flag: `--rt` in a prompt is lost.

    The other flags count, as the SDK sends their fields only when they are given.
    """
    text = "a cat --rs 480p --rt 9:16 --dur 3"

    handle = ace.seedance.generate(model=SILENT, content=[{"type": "text", "text": text}])
    handle.wait(poll_interval=0.05)

    assert probe(fetch(*handle.urls()).content) == ((864, 496), 24, 3, False)


def test_seedance_asks_for_a_model_that_the_page_does_not_list(seedance):
    """Without `-m`, `seedance generate` sends a 2.0 model; the API's page lists 1.0 and 1.5."""
    refused = seedance("generate", "a cat")

    assert refused.returncode == 1
    error = json.loads(refused.stdout.removeprefix("Error: "))["error"]
    assert error["code"] == "bad_request"
    assert error["message"].startswith("model is invalid.")


def test_seedance_fails_to_print_the_film_it_waited_for(seedance):
    """Without `--json`, `seedance generate` dies of `created_at`, a number, once it was paid for.

    The task's id is printed before, so the film is not lost.
    """
    died = seedance("generate", "a cat", "-m", SILENT)

    assert died.returncode == 1
    assert "Task ID:" in died.stdout
    assert "NotRenderableError: unable to render int" in died.stderr


def test_seedance_waits_for_a_task_that_does_not_exist(seedance):
    """An unknown task is answered with 200 and `{}`, which `seedance wait` takes for pending."""
    gave_up = seedance("wait", "unknown", "--interval", "1", "--timeout", "1")

    assert gave_up.returncode == 1
    assert "Timeout: task unknown did not complete within 1s" in gave_up.stdout


@pytest.fixture
def seen(origin):
    """Ask the control plane what became of the requests of a key."""

    def ask(key, what):
        told = httpx.get(f"{origin}/_screentest/{what}", params={"key": key}, trust_env=False)
        return told.raise_for_status().json()

    return ask


@pytest.fixture
def stop(origin):
    """Stop the time of a key; gives what lets one of its tasks fail."""

    def tell(key, path, told):
        url = f"{origin}/_screentest/{path}"
        httpx.post(url, params={"key": key}, json=told, trust_env=False).raise_for_status()

    def stop(key):
        tell(key, "clock", {"policy": "manual"})
        return lambda task: tell(key, f"tasks/{task}/fail", {})

    return stop


def test_acedatacloud_pays_three_times_for_a_lost_answer(origin, seen, monkeypatch):
    """A 502 does not say that nothing was done; the SDK posts the paid request again, twice.

    The API takes no key that would tell a second attempt from a second request.
    """
    monkeypatch.setattr("acedatacloud._runtime.transport._backoff_delay", lambda _: 0)
    content = [{"type": "text", "text": "a cat [screentest: lose-502]"}]

    with AceDataCloud("lost-by-ace", base_url=origin) as client, pytest.raises(APIError):
        client.seedance.generate(model=SILENT, content=content)

    assert len(seen("lost-by-ace", "tasks")["tasks"]) == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/video/generations", {"model": "doubao-seedance-2-0-1080p"}),
        (
            "/video/create",
            {
                "model": "doubao-seedance-2-0-260128",
                "duration": 5,
                "resolution": "720p",
                "ratio": "16:9",
            },
        ),
    ],
    ids=["relaydance", "senseaudio"],
)
def test_openai_pays_three_times_for_a_lost_answer(origin, seen, monkeypatch, path, body):
    """The SDK posts again, twice, and sends no key that would tell the attempts from requests."""
    monkeypatch.setattr(OpenAI, "_calculate_retry_timeout", lambda *_: 0)
    text = "a cat [screentest: lose-502]"
    body = body | {"prompt": text, "content": [{"type": "text", "text": text}]}
    key = f"lost-by-openai{path.replace('/', '-')}"

    with OpenAI(api_key=key, base_url=f"{origin}/v1") as client, pytest.raises(InternalServerError):
        client.post(path, cast_to=object, body=body)

    assert len(seen(key, "tasks")["tasks"]) == 3
    for entry in seen(key, "journal")["entries"]:
        assert "idempotency-key" not in entry["headers"]


def test_acedatacloud_waits_for_a_failed_task_without_a_word(origin, stop):
    """`wait()` returns the record of a failed task as it does that of a film; it has no film."""
    fail = stop("failed-for-ace")
    with AceDataCloud("failed-for-ace", base_url=origin) as client:
        handle = client.seedance.generate(model=SILENT, content=[{"type": "text", "text": "a cat"}])
        fail(handle.id)

        record = handle.wait()

    assert record["response"]["success"] is False
    assert handle.done
    assert handle.urls() == []


def test_acedatacloud_turns_to_another_host_than_the_documented_one():
    """The documents say `api.acedata.cloud`; the SDK's default is the vendor's payment gateway."""
    with respx.mock, AceDataCloud("any-key", max_retries=0) as client:
        asked = respx.post(path="/seedance/videos").respond(json={"task_id": "t"})
        client.seedance.generate(model=SILENT, content=[])

    assert asked.calls.last.request.url.host == "x402.acedata.cloud"


@pytest.fixture
def seedance_here(origin, monkeypatch):
    """Run `seedance` in this process, where its pauses take no time; gives what it did."""
    sleep = Mock()
    monkeypatch.setattr(seedance_cli.commands.task, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(seedance_cli.core.config.settings, "api_base_url", origin)
    wide = Console(width=4000)  # its JSON is wrapped like text otherwise
    monkeypatch.setattr(seedance_cli.core.output, "console", wide)
    return lambda key, *words: (CliRunner().invoke(cli, ["--token", key, *words]), sleep)


def test_seedance_never_notices_that_a_task_failed(stop, seedance_here):
    """`seedance wait` looks for a status word; the documented record of a failed task has none.

    It polls until its own time is over, with and without `--json`.
    """
    fail = stop("failed")
    made, _ = seedance_here("failed", "generate", "a cat", "-m", SILENT, "--async", "--json")
    task = json.loads(made.stdout)["task_id"]
    fail(task)

    gave_up, sleep = seedance_here("failed", "wait", task, "--json", "--timeout", "15")

    assert gave_up.exit_code == 1
    assert f"Timeout: task {task} did not complete within 15s" in gave_up.stdout
    assert sleep.call_count == 3


def test_seedance_leaves_brackets_out_of_the_json_it_prints(seedance_here):
    """`--json` goes through a renderer, which takes what stands in brackets for markup."""
    prompt = "a [slow] cat"
    made, _ = seedance_here("bracket", "generate", prompt, "-m", SILENT, "--async", "--json")
    task = json.loads(made.stdout)["task_id"]

    looked, _ = seedance_here("bracket", "task", task, "--json")

    (said,) = json.loads(looked.stdout)["request"]["content"]
    assert said["text"] == "a  cat"


def test_veniceresch_takes_a_word_that_it_does_not_know_for_the_end():
    """Only `PROCESSING` is work to it, though no document says that there will be no other word."""
    with respx.mock, VeniceClient(api_key="any-key") as client:
        respx.post(path="/api/v1/video/retrieve").respond(json={"status": "QUEUED"})
        ended = client.video.wait_for_completion(model="m", queue_id="q")

    assert ended.status == "QUEUED"


def test_a_hand_made_poll_without_the_model_is_refused(origin):
    """Venice asks for `model` beside `queue_id`; its two clients cannot leave it out."""
    with VeniceClient(api_key="polled", base_url=f"{origin}/api/v1") as client:
        queued = client.video.queue(
            model="seedance-2-0-text-to-video", prompt="a cat", duration="5s"
        )

    refused = httpx.post(
        f"{origin}/api/v1/video/retrieve",
        json={"queue_id": queued.queue_id},
        headers={"Authorization": "Bearer polled"},
        trust_env=False,
    )

    assert refused.status_code == 400
    assert refused.headers["x-screentest-rule"] == "venice/retrieve-model"
