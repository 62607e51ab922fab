"""What is found of published clients on an ordinary journey: verified by hand, and nothing else."""

import json
import time
from contextlib import suppress

import httpx
import pytest
import seedance_cli.core.config
import seedance_cli.core.output
from acedatacloud import AceDataCloud
from click.testing import CliRunner
from openai import APIStatusError, OpenAI
from rich.console import Console
from seedance_cli.main import cli
from venice_ai import VeniceClient
from veniceresch import VeniceClient as Resch
from veniceresch import VeniceUnexpectedContentTypeError

from mockserver.testing import screentest
from mockserver.verdict.judging import chapter

# the client warns that it would not read VENICE_* variables; it is given all it needs
pytestmark = pytest.mark.filterwarnings("ignore:pydantic-settings is not installed:UserWarning")

TEXT = "seedance-2-0-text-to-video"
PRIVATE = "grok-imagine-text-to-video-private"
SILENT = "doubao-seedance-1-0-pro-250528"
PAUSE = 5.0


@pytest.fixture
def mock(request):
    with screentest(request.node.nodeid) as mock:
        yield mock


@pytest.fixture
def found(mock):
    """Give the rules that the client of this test broke, each with what was said of it."""

    def look():
        judged = chapter(mock.world, mock.key, "it", is_test=True)
        assert judged.tasks
        return {one.rule: one.what for one in judged.findings}

    return look


async def test_venice_py_has_no_faults(mock, found, tmp_path):
    with mock.time_travel():
        async with VeniceClient(api_key="k", base_url=mock.base_url("venice")) as client:
            wish = {"model": TEXT, "prompt": "a cat", "duration_seconds": 5}
            async with await client.video.run(aspect_ratio="16:9", **wish) as job:
                await job.download(tmp_path / "film.mp4", await job.wait())
    assert found() == {}


def test_veniceresch_waits_two_seconds_where_five_are_advised(mock, found):
    with mock.time_travel(), Resch(api_key="k", base_url=mock.base_url("venice")) as client:
        queued = client.video.queue(model=PRIVATE, prompt="a cat", duration="5s")
        client.video.wait_for_completion(model=queued.model, queue_id=queued.queue_id)
        client.video.download(
            model=queued.model, queue_id=queued.queue_id, download_url=queued.download_url
        )
    assert [*found()] == ["screentest/poll-pace"]
    assert found()["screentest/poll-pace"].endswith("the provider advises 5 s")


def test_veniceresch_has_no_faults_where_its_user_waits_long_enough(mock, found):
    with mock.time_travel(), Resch(api_key="k", base_url=mock.base_url("venice")) as client:
        queued = client.video.queue(model=TEXT, prompt="a cat", duration="5s", aspect_ratio="16:9")
        film = b""
        while not film:
            with suppress(VeniceUnexpectedContentTypeError):
                film = client.video.retrieve_binary(model=queued.model, queue_id=queued.queue_id)
            time.sleep(PAUSE)
    assert found() == {}


def ace(mock, prompt):
    base = mock.base_url("acedata")
    with mock.time_travel(), AceDataCloud("k", base_url=base) as client:
        content = [{"type": "text", "text": prompt}]
        handle = client.seedance.generate(model=SILENT, content=content)
        handle.wait()
        httpx.get(handle.urls()[0]).raise_for_status()


def test_acedatacloud_has_no_faults(mock, found):
    ace(mock, "a cat --rs 480p --dur 3")
    assert found() == {}


def test_acedatacloud_overrules_the_ratio_of_a_prompt(mock, found):
    ace(mock, "a cat --rt 9:16")
    said = "`--rt 9:16` contradicts `ratio`, which is 16:9"
    assert found() == {"acedata/flag-agrees": said}


def test_seedance_cli_has_no_faults(mock, found, monkeypatch):
    settings = seedance_cli.core.config.settings
    monkeypatch.setattr(settings, "api_base_url", mock.base_url("acedata"))
    # its JSON is wrapped like text otherwise
    monkeypatch.setattr(seedance_cli.core.output, "console", Console(width=4000))

    def seedance(*words):
        return json.loads(CliRunner().invoke(cli, ["--token", "k", *words, "--json"]).stdout)

    with mock.time_travel():
        made = seedance("generate", "a cat", "-m", SILENT, "--async")
        film = seedance("wait", made["task_id"])["response"]["data"]["video_url"]
        httpx.get(film).raise_for_status()
    assert found() == {}


def openai(mock, provider):
    return OpenAI(api_key="k", base_url=mock.base_url(provider))


def relaydance(client):
    body = {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat"}
    task = client.post("/video/generations", cast_to=object, body=body)["task_id"]
    while True:
        state = client.get(f"/video/generations/{task}", cast_to=object)
        if state["status"] == "succeeded":
            httpx.get(state["url"]).raise_for_status()
            return
        time.sleep(PAUSE)


def test_openai_has_no_faults_at_relaydance(mock, found):
    with mock.time_travel(), openai(mock, "relaydance") as client:
        relaydance(client)
    assert found() == {}


def test_openai_asks_again_after_a_lost_answer_and_pays_twice(mock, found):
    mock.scenario({"name": "lost", "when": {"operation": "submit", "nth": 1}, "do": {"lose": 504}})
    with mock.time_travel(), openai(mock, "relaydance") as client:
        relaydance(client)
    assert [*found()] == ["screentest/submit-once"]


def test_openai_asks_no_more_where_it_is_told_not_to(mock, found):
    mock.scenario({"name": "lost", "when": {"operation": "submit", "nth": 1}, "do": {"lose": 504}})
    client = openai(mock, "relaydance").with_options(max_retries=0)
    with mock.time_travel(), client, pytest.raises(APIStatusError):
        relaydance(client)
    assert found() == {}


def test_openai_has_no_faults_at_senseaudio(mock, found):
    with mock.time_travel(), openai(mock, "senseaudio") as client:
        body = {
            "model": "doubao-seedance-2-0-260128",
            "content": [{"type": "text", "text": "a cat"}],
            "duration": 5,
            "resolution": "720p",
            "ratio": "16:9",
        }
        task = client.post("/video/create", cast_to=object, body=body)["task_id"]
        query = {"params": {"id": task}}
        while True:
            state = client.get("/video/status", cast_to=object, options=query)
            if state["status"] == "completed":
                break
            time.sleep(PAUSE)
        httpx.get(state["video_url"]).raise_for_status()
    assert found() == {}
