"""Clients of httpx and httpx2 at the providers' real hosts, with no socket in between."""

import asyncio
import json

import pytest

from contracts.kernel.registry import providers
from mockserver.app import create_app
from mockserver.intercept.router import httpx_door
from mockserver.intercept.target import NotMocked, Target
from mockserver.settings import Settings

PROVIDER = providers()["relaydance"]
ORIGIN = f"https://{PROVIDER.hosts[0]}"
SUBMIT = f"{ORIGIN}/v1/video/generations"
BODY = {"model": "doubao-seedance-2-0-480p", "prompt": "p", "seconds": "4"}
HEADERS = {"authorization": "Bearer any key"}
ELSEWHERE = "https://elsewhere.example/v1?q=1"


@pytest.fixture
def door(target):
    with httpx_door(target):
        yield


def submit(caller, directive="", **options):
    body = BODY | {"prompt": f"p {directive and f'[screentest: {directive}]'}"}
    return caller.send("POST", SUBMIT, json=body, headers=HEADERS, **options)


def tasks(world, tenant="test-it"):
    return [task.id for task in world.store.tasks.of(tenant)]


@pytest.mark.usefixtures("door")
def test_a_task_is_submitted_polled_and_its_film_downloaded(caller, world):
    status, _, body = submit(caller)
    task = json.loads(body)["task_id"]
    answers = [
        json.loads(caller.send("GET", f"{SUBMIT}/{task}", headers=HEADERS)[2]) for _ in range(3)
    ]
    film = caller.send("GET", answers[-1]["url"])
    assert (status, tasks(world)) == (200, [task])
    assert answers[-1]["status"] == "succeeded"
    assert answers[-1]["url"].startswith(ORIGIN)
    assert film[2][4:8] == b"ftyp"
    assert film[1]["content-length"] == str(len(film[2]))


@pytest.mark.parametrize("provider", providers().values(), ids=providers())
@pytest.mark.usefixtures("door")
def test_every_host_of_every_provider_is_answered_for_whatever_key(provider, lib, world, tls):
    path = next(one.path for one in provider.operations if one.id == provider.submit.id)
    with lib.Client(verify=tls) as client:
        for host in provider.hosts:
            assert client.post(f"https://{host}{path}", json={}).status_code >= 400
    assert [(one.provider, one.tenant) for one in world.journal] == [
        (provider.id, "test-it") for _ in provider.hosts
    ]


@pytest.mark.parametrize(
    ("lost", "error", "words"),
    [
        ("lose-reset", "ReadError", r"^\[Errno 104\] Connection reset by peer$"),
        ("lose-empty", "RemoteProtocolError", "^Server disconnected without sending a response.$"),
        ("lose-half", "RemoteProtocolError", r"body \(received 36 bytes, expected 72\)$"),
        ("lose-timeout", "ReadTimeout", "timed out"),
        ("latency 30", "ReadTimeout", "timed out"),
    ],
)
@pytest.mark.usefixtures("door")
def test_a_lost_answer_fails_as_it_would_on_the_wire(caller, world, lost, error, words):
    wait = 0.05 if error == "ReadTimeout" else 5.0
    with pytest.raises(getattr(caller.lib, error), match=words):
        submit(caller, lost, timeout=wait)
    assert len(tasks(world)) == 1


@pytest.mark.usefixtures("door")
def test_an_answer_that_comes_late_but_in_time_is_an_answer(caller, world):
    _, _, body = submit(caller, "latency 0.02", timeout=5.0)
    assert tasks(world) == [json.loads(body)["task_id"]]


@pytest.mark.usefixtures("door")
def test_a_slow_answer_comes_in_pieces(caller):
    pieces = []
    _, _, body = submit(caller, "slow 600", on_piece=pieces.append)
    assert [len(one) for one in pieces] == [60, 12]
    assert json.loads(body)["status"] == "submitted"


@pytest.mark.usefixtures("door")
def test_a_host_that_nobody_answers_for_is_refused_and_said_so(caller, target):
    with pytest.raises(NotMocked, match=r"^screentest refused GET https://elsewhere\.example/v1\?"):
        caller.send("GET", ELSEWHERE)
    assert [(one.what, one.host) for one in target.refused] == [
        (f"GET {ELSEWHERE}", "elsewhere.example")
    ]


@pytest.mark.usefixtures("door")
def test_a_refusal_is_no_error_that_a_client_would_try_again_after(lib, target, tls):
    def stubborn(client):
        for _ in range(3):
            try:
                return client.get(ELSEWHERE)
            except lib.HTTPError:
                continue
        return None

    with lib.Client(verify=tls) as client, pytest.raises(NotMocked):
        stubborn(client)
    assert len(target.refused) == 1


@pytest.mark.usefixtures("door")
def test_requests_to_this_machine_really_go_there(caller, serve, target):
    origin = serve(create_app(Settings(seed=1)))
    status, _, body = caller.send("GET", origin)
    assert (status, target.refused) == (200, [])
    assert origin.encode() in body


@pytest.mark.usefixtures("door")
def test_a_client_that_waits_in_the_midst_of_a_loop_is_answered(lib, world, tls):
    async def careless():
        with lib.Client(verify=tls) as client:
            return client.post(SUBMIT, json=BODY, headers=HEADERS)

    assert asyncio.run(careless()).json()["task_id"] in tasks(world)


@pytest.mark.usefixtures("door")
def test_many_requests_at_once_are_answered_side_by_side(lib, world, tls):
    async def all_at_once():
        async with lib.AsyncClient(verify=tls) as client:
            body = BODY | {"prompt": "[screentest: latency 0.02]"}
            return await asyncio.gather(
                *[client.post(SUBMIT, json=body, headers=HEADERS) for _ in range(50)]
            )

    answers = asyncio.run(all_at_once())
    assert sorted(one.json()["task_id"] for one in answers) == sorted(tasks(world))


def test_of_two_doors_the_inner_one_answers(caller, target, world):
    inner = Target(app=target.app, hosts=target.hosts, tenant="test-inner", home=target.home)
    with httpx_door(target):
        with httpx_door(inner):
            submit(caller)
            with pytest.raises(NotMocked):
                caller.send("GET", ELSEWHERE)
        submit(caller)
    assert [len(tasks(world, name)) for name in ("test-inner", "test-it")] == [1, 1]
    assert [len(one.refused) for one in (inner, target)] == [1, 0]
