"""Scenarios without any configuration: directives in a prompt, and special API keys."""

from typing import get_args

import httpx
import pytest

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.scenarios.directory import MOST_CALLED
from mockserver.scenarios.magic import builtins, called, directives, of_key
from mockserver.scenarios.places import Place
from mockserver.scenarios.scenario import Do
from mockserver.settings import Settings
from mockserver.trouble import CallbackFault
from mockserver.world import World

SUBMIT = "/v1/video/generations"
MODEL = "doubao-seedance-2-0-1080p"
ARGUMENTS = {
    "cause": "server-error",
    "seconds": "0.01",
    "bytes": "100000",
    "reason": "sensitive-video",
}
LOST = {"drop", "drop-middle", "lose-reset", "lose-empty", "lose-half", "lose-timeout"}


def spoken(one):
    return f"{one.name} {ARGUMENTS[one.slot[1]]}" if one.slot else one.name


async def submit(client, prompt="p", key="k", **more):
    body = {"model": MODEL, "prompt": prompt, **more}
    headers = {"authorization": f"Bearer {key}"}
    try:
        return await client.post(SUBMIT, json=body, headers=headers)
    except (ConnectionResetError, TimeoutError) as error:
        return error


async def look(client, task, key="k"):
    headers = {"authorization": f"Bearer {key}"}
    try:
        return await client.get(f"{SUBMIT}/{task}", headers=headers)
    except ConnectionResetError as error:
        return error


@pytest.fixture(params=builtins().values(), ids=lambda one: one.name)
def builtin(request):
    return request.param


@pytest.mark.parametrize("way", ["directive", "key", "command line"])
async def test_a_built_in_scenario_acts_however_it_is_asked_for(client, world, clock, builtin, way):
    text, prompt, key = spoken(builtin), "p", "k"
    if way == "directive":
        prompt = f"a cat [screentest: {text}]"
    elif way == "key":
        key = f"screentest-{text.replace(' ', '-')}"
    else:
        world.scenarios.read(text)
    where = {"callback_url": "http://127.0.0.1:8600/_screentest/sink/s"}
    more = {"metadata": where} if builtin.name.startswith("callback") else {}
    first = await submit(client, prompt, key, **more)
    if builtin.name in LOST:
        assert isinstance(first, OSError)
    for task in [*world.store.tasks.of(key)]:
        await look(client, task.id, key)
        clock.turn(1_000)
        try:
            await client.get(task.video_url)
        except ConnectionResetError:
            assert builtin.name == "download-drop"
    told = [entry.fault for entry in world.journal]
    assert text in told or builtin.name.startswith("download")


async def test_a_directive_for_looks_is_remembered_by_its_task(client):
    answer = await submit(client, "[screentest:look-error   server-error] [screentest: html]")
    assert answer.headers["content-type"] == "text/html"
    task = answer.json()["task_id"]
    looks = [(await look(client, task)).status_code for _ in range(2)]
    assert looks == [500, 200]


async def test_a_directive_for_downloads_is_remembered_by_its_task(client, world, clock):
    await submit(client, "[screentest: download-drop]")
    clock.turn(1_000)
    (task,) = world.store.tasks.of("k")
    with pytest.raises(ConnectionResetError):
        await client.get(task.video_url)
    assert (await client.get(task.video_url)).status_code == 200


async def test_trouble_with_a_film_adds_to_what_a_download_meets(client, world, clock):
    await submit(client, "[screentest: truncated-video] [screentest: download-slow 1000000]")
    clock.turn(1_000)
    (task,) = world.store.tasks.of("k")
    answer = await client.get(task.video_url)
    named = "download-slow 1000000, truncated-video"
    assert answer.headers["x-screentest-scenario"] == named
    assert len(answer.content) == len(world.studio.video(task.plan.clip)) // 2


@pytest.mark.parametrize(
    ("prompt", "key", "problem"),
    [
        ("[screentest: lose-rset]", "k", "no scenario 'lose-rset'; did you mean lose-reset?"),
        ("[screentest:]", "k", "no scenario ''"),
        ("[screentest: LOSE-502]", "k", "no scenario 'LOSE-502'; did you mean lose-502?"),
        ("[screentest lose-502] a cat", "k", "did you mean [screentest: lose-502]?"),
        ("[Screentest-LOSE-502]", "k", "did you mean [screentest: lose-502]?"),
        ("a cat [ screentest: lose-502", "k", "did you mean [screentest: lose-502]?"),
        ("[screentest: drop [screentest: drop]", "k", "did you mean [screentest: drop]?"),
        ("[\nSCREENTEST]", "k", "it is [screentest: <scenario>]"),
        ("[screentest: lose-502] [screentest: lose-504]", "k", "'lose-502' and 'lose-504' cannot"),
        ("[screentest: drop] [screentest: stuck]", "k", "'drop' and 'stuck' cannot both happen"),
        ("[screentest: callback-twice]", "k", "callback-twice: the request names no URL for a"),
        ("[screentest: error]", "k", "error needs an argument: error <cause>"),
        ("[screentest: drop now]", "k", "drop takes no argument, and was given 'now'"),
        ("[screentest: error server-eror]", "k", "did you mean server-error?"),
        ("[screentest: fail sensitive-vido]", "k", "did you mean sensitive-video?"),
        ("[screentest: latency soon]", "k", "do.latency"),
        ("p", "screentest-lose-rset", "no scenario 'lose-rset'; did you mean lose-reset?"),
        ("p", "screentest-error", "error needs an argument"),
        ("p", "screentest-error-oops", "no error 'oops'"),
    ],
)
async def test_a_wrong_word_is_refused_loudly(client, world, prompt, key, problem):
    answer = await submit(client, prompt, key)
    assert answer.status_code == 400
    assert answer.headers["x-screentest-rule"] == "screentest/no-scenario"
    assert problem in answer.json()["error"]
    assert world.journal[-1].rule == "screentest/no-scenario"
    assert not world.store.tasks.of(key)


@pytest.mark.parametrize(
    "prompt",
    [
        "[Screentest: lose-502]",
        "[SCREENTEST:lose-502]",
        "[ screentest : lose-502 ]",
        "[\tscreentest: lose-502]",
    ],
)
async def test_case_and_spaces_make_no_difference_to_a_directive(client, world, prompt):
    assert (await submit(client, prompt)).status_code == 502
    assert len(world.store.tasks.of("k")) == 1


@pytest.mark.parametrize("prompt", ["[screentests: drop]", "a screentest: drop", "[a screentest]"])
async def test_a_prompt_may_speak_of_tests(client, prompt):
    assert (await submit(client, prompt)).status_code == 200


async def test_what_happens_one_look_after_another_can_be_asked_for_together(client):
    prompt = "[screentest: look-error server-error] [screentest: look-error rate-limited]"
    task = (await submit(client, prompt)).json()["task_id"]
    looks = [(await look(client, task)).status_code for _ in range(3)]
    assert looks == [500, 429, 200]


async def test_a_wrong_key_is_refused_by_looks_too(client):
    assert (await look(client, "task_x", "screentest-oops")).status_code == 400


async def test_keys_that_are_refused_as_such_are_no_scenarios(client):
    statuses = [
        (await submit(client, key=key)).status_code
        for key in ("screentest-invalid-key", "screentest-no-balance")
    ]
    assert statuses == [401, 403]
    assert (await look(client, "task_x", "screentest-no-balance")).status_code == 404


async def test_only_the_prompt_is_searched_for_directives(client, world):
    body = {"model": MODEL, "prompt": "p", "metadata": {"note": "[screentest: drop]"}}
    headers = {"authorization": "Bearer k"}
    assert (await client.post(SUBMIT, json=body, headers=headers)).status_code == 200
    assert [entry.fault for entry in world.journal] == [""]


def test_what_was_asked_for_is_kept_ready_within_bounds(world):
    for number in range(MOST_CALLED + 1):
        world.scenarios.called(f"latency {number + 1}", providers()["relaydance"])
    assert len(world.scenarios._called) == 1  # noqa: SLF001 - memory shows nowhere else


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("k", ""),
        ("screentest-drop", "drop"),
        ("screentest-drop-middle", "drop-middle"),
        ("screentest-error-rate-limited", "error rate-limited"),
        ("screentest-look-error-no-task", "look-error no-task"),
        ("screentest-fail", "fail"),
        ("screentest-invalid-key", ""),
    ],
)
def test_a_key_names_a_scenario_and_its_argument(key, expected):
    assert of_key(key) == expected


def test_directives_come_in_their_order_and_once():
    prompt = "a [screentest: b] c [screentest:a  x] [screentest: b]"
    assert directives(prompt) == ("b", "a x")


def test_everything_that_can_be_done_to_a_task_or_an_answer_is_built_in():
    done = [called(spoken(one)).do for one in builtins().values()]
    assert {name for do in done for name in do.given()} == {*Do.model_fields} - {"details"}
    assert {do.callback for do in done} - {None} == {*get_args(CallbackFault)}


@pytest.mark.parametrize("name", [one.name for one in builtins().values()])
def test_a_built_in_scenario_is_for_every_provider_that_can_have_it(name):
    one = builtins()[name]
    arguments = {"cause": "no-task", "reason": "expired"}
    text = f"{name} {(ARGUMENTS | arguments)[one.slot[1]]}" if one.slot else name
    world = World(Settings(seed=1))
    create_app(world=world)
    for provider in providers().values():
        suited = Place(provider, provider.submit).suits(called(text).do)
        if suited:
            assert world.scenarios.called(text, provider).places


async def test_a_directive_works_at_every_provider(clock):
    world = World(Settings(seed=1), clock)
    app = create_app(world=world)
    transport = httpx.ASGITransport(app)
    headers = {"authorization": "Bearer k"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        for provider in providers().values():
            body = dict(provider.submit.example)
            text = "[screentest: error rate-limited]"
            if "prompt" in body:
                body["prompt"] = text
            else:
                body["content"] = [{"type": "text", "text": text}]
            answer = await client.post(provider.submit.path, json=body)
            assert answer.status_code == 429
    assert {entry.fault for entry in world.journal} == {"error rate-limited"}
