"""Where published clients contradict the documented APIs; the mock shows it and hides nothing."""

import json

import pytest
from acedatacloud import AceDataCloud, ValidationError
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
