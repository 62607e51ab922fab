"""The requests of a test, as the journal of the mock kept them."""

import json
import re

import httpx
import pytest

from mockserver.testing.asking import Request, requests_of
from mockserver.testing.errors import Misused, Unmet, Unreadable

from .acme import CAT, KEY, MUTE, ROOT, client_of, submit

LONG = "https://cdn.example/" + "a" * 5000
"""A link that makes a body too large to be kept in the journal, and not too large to be sent."""


@pytest.fixture
async def client(world):
    async with client_of(world) as client:
        yield client


async def test_a_request_is_seen_as_it_was_sent_and_answered(client, world, clock):
    answer = await client.post("/jobs?a=1&b=&a=2", json=CAT, headers={"x-token": "secret"})
    seen = requests_of(world, KEY).only
    assert (seen.method, seen.path, seen.url) == ("POST", "/v9/jobs", f"{ROOT}/jobs?a=1&b=&a=2")
    assert (seen.provider, seen.operation) == ("acme", "submit")
    assert seen.query == {"a": "2", "b": ""}
    assert (seen.headers["X-Acme-Key"], seen.headers["x-token"]) == (KEY, "secret")
    assert (seen.body, seen.json) == (answer.request.content, CAT)
    assert (seen.number, seen.at, seen.took) == (1, clock.now(), 0.0)
    assert (seen.status, seen.rule, seen.fault) == (202, "", "")
    assert (seen.answer, seen.answer_json) == (answer.content, answer.json())
    assert seen.answer_headers["content-type"] == "application/json"
    assert (seen.task, seen.tasks) == (answer.json()["job"], (answer.json()["job"],))


async def test_requests_of_others_are_not_seen(client, world):
    await client.post("/jobs", json=CAT, headers={"x-acme-key": "another"})
    await client.post("/jobs", json=CAT, headers={"x-screentest-tenant": "someone"})
    assert requests_of(world, KEY) == []
    assert len(requests_of(world, "another")) == 1
    assert len(requests_of(world, "someone")) == 1


async def test_requests_with_other_keys_belong_to_who_is_named_as_their_tenant(client, world):
    headers = {"x-acme-key": "another", "x-screentest-tenant": KEY}
    await client.post("/jobs", json=CAT, headers=headers)
    assert requests_of(world, KEY).only.headers["x-acme-key"] == "another"


@pytest.fixture
async def story(client, world):
    """A film is made: refused, accepted, looked at, and fetched."""
    await client.post("/jobs", json=MUTE)
    task = await submit(client)
    await client.get(f"/jobs/{task}")
    world.end(world.store.tasks.get(KEY, ("acme", task)), world.clock_of(KEY))
    look = await client.get(f"/jobs/{task}?verbose=1")
    await client.get(look.json()["reel"])
    return task


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"operation": "acme/submit"}, [1, 2]),
        ({"operation": "submit"}, [1, 2]),
        ({"operation": "submit", "provider": "acme"}, [1, 2]),
        ({"operation": "submit", "provider": "venice"}, []),
        ({"operation": "media"}, [5]),
        ({"operation": "acme/media"}, [5]),
        ({"provider": "acme"}, [1, 2, 3, 4, 5]),
        ({"provider": "venice"}, []),
        ({"method": "post"}, [1, 2]),
        ({"path": "/v9/jobs"}, [1, 2]),
        ({"path": "/v9/jobs/*"}, [3, 4]),
        ({"status": 422}, [1]),
        ({"status": 202, "method": "POST"}, [2]),
        ({"rule": "acme/audio-needs-image"}, [1]),
        ({"rule": "acme/"}, [1]),
        ({"rule": "*-image"}, [1]),
        ({"rule": ""}, [2, 3, 4, 5]),
        ({"json": {"prompt": re.compile("cat")}}, [1, 2]),
        ({"json": CAT}, [2]),
        ({"query": {"verbose": "1"}}, [4]),
        ({"headers": {"User-Agent": "a-client"}}, [1, 2, 3, 4, 5]),
        ({"since": 3}, [4, 5]),
        ({"status": None, "method": "", "task": ""}, [1, 2, 3, 4, 5]),
    ],
)
@pytest.mark.usefixtures("story")
async def test_requests_are_chosen_by_all_that_is_said_of_them(world, wanted, numbers):
    assert [one.number for one in requests_of(world, KEY, **wanted)] == numbers


async def test_requests_are_chosen_by_their_task_and_by_what_came_before(world, story):
    about = requests_of(world, KEY, task=story)
    assert [one.number for one in about] == [2, 3, 4, 5]
    assert [one.number for one in requests_of(world, KEY, since=about[1])] == [4, 5]


@pytest.mark.parametrize(
    ("operation", "wanted", "said"),
    [
        ("acme/submi", {}, "no operation 'acme/submi'; did you mean acme/submit? There are: ace"),
        ("sumbit", {}, "no operation 'sumbit'; did you mean submit? There are: videos, tasks, "),
        ("", {"provider": "acmee"}, "no provider 'acmee'; did you mean acme? There are: acedata, "),
        ("", {"methods": "GET"}, "no argument 'methods'; did you mean method? There are: "),
    ],
)
@pytest.mark.usefixtures("client")
async def test_names_of_nothing_are_refused_with_the_nearest(world, operation, wanted, said):
    with pytest.raises(Misused) as error:
        requests_of(world, KEY, operation, **wanted)
    assert str(error.value).startswith(said)
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, AssertionError)


@pytest.mark.usefixtures("story")
async def test_several_requests_are_a_sequence(world):
    every = requests_of(world, KEY)
    assert [one.number for one in every] == [1, 2, 3, 4, 5]
    assert (every.first, every.last) == (every[0], every[-1])
    assert every[1:3] == [every[1], every[2]]
    assert every[1:2].only is every[1]
    assert every[4] in every
    assert every == requests_of(world, KEY)
    assert hash(every) == hash(requests_of(world, KEY))
    assert every != 5
    assert every[0] not in {*every[1:], 5}
    with pytest.raises(IndexError, match="there is no request 5 of 5 requests\n  #1 "):
        every[5]


@pytest.mark.usefixtures("story")
async def test_the_only_request_is_neither_none_nor_one_of_several(world):
    assert requests_of(world, KEY, status=422).only.number == 1
    with pytest.raises(Unmet) as several:
        _ = requests_of(world, KEY, "acme/submit").only
    assert str(several.value) == (
        "expected one request to acme/submit, not several."
        " There are 2 requests to acme/submit\n"
        f"  #1  POST  {ROOT}/jobs  422  acme submit  acme/audio-needs-image\n"
        f"  #2  POST  {ROOT}/jobs  202  acme submit  {requests_of(world, KEY)[1].task}"
    )
    for name in ("only", "first", "last"):
        with pytest.raises(Unmet, match=r"^no request to cancel with status 200 was made$"):
            getattr(requests_of(world, KEY, "cancel", status=200), name)


async def test_what_is_shown_of_requests_has_no_secrets_in_it(client, world):
    await client.get("/jobs/none?token=hush&page=2")
    (only,) = requests_of(world, KEY)
    assert only.url == f"{ROOT}/jobs/none?token=hush&page=2"
    assert repr(only) == (
        f"<Request #1 GET {ROOT}/jobs/none?token=…&page=2 404 acme poll acme/no-task>"
    )


async def test_a_long_list_is_cut(client, world):
    for _ in range(12):
        await client.get("/jobs/none")
    lines = repr(requests_of(world, KEY)).splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("12 requests", "  ... and 2 more", 12)
    assert repr(requests_of(world, KEY)[:1]).startswith("1 request\n  #1  GET")


async def test_a_request_to_no_provider_is_seen_too(client, world):
    await client.get("http://127.0.0.1:8600/no/where", headers={"x-screentest-tenant": KEY})
    seen = requests_of(world, KEY).only
    assert (seen.provider, seen.operation, seen.task) == ("", "", "")
    assert seen.url == "http://127.0.0.1:8600/no/where"
    assert repr(seen).endswith("404 nobody screentest/no-route>")


async def test_of_a_url_without_a_host_the_path_is_known(client, world):
    await client.get("/jobs/a b")
    seen = requests_of(world, KEY).only
    assert Request(seen.entry._replace(headers=()), 1, KEY, world).url == "/v9/jobs/a%20b"


async def test_what_a_scenario_did_is_seen(client, world):
    world.scenarios.read("lose-502", KEY)
    await client.post("/jobs", json=CAT)
    seen = requests_of(world, KEY).only
    assert seen.fault == "lose-502"
    assert repr(seen).endswith("(lose-502)>")


async def test_a_large_body_is_known_where_it_opened_a_task(client, world):
    body = CAT | {"image_url": LONG}
    await client.post("/jobs", json=body)
    assert requests_of(world, KEY).only.json == body


async def test_of_a_large_body_that_opened_no_task_it_is_said_that_it_was_not_kept(client, world):
    await client.post("/jobs", json={"prompt": "x" * 5000})
    with pytest.raises(Unreadable) as error:
        _ = requests_of(world, KEY).only.json
    assert str(error.value) == (
        f"the body of request #1 POST {ROOT}/jobs is 5,013 bytes of application/json,"
        " of which only the digest is kept"
    )


async def test_of_a_large_body_about_a_task_it_is_said_that_it_was_not_kept(client, world):
    body = {"job": await submit(client), "padding": "x" * 5000}
    await client.post("/jobs/cancel", content=json.dumps(body), headers={"content-type": ""})
    await client.post("/jobs/cancel", json=body)
    for seen in requests_of(world, KEY, "cancel"):
        with pytest.raises(Unreadable, match=r"of which only the digest is kept$"):
            _ = seen.body


async def test_of_a_body_that_was_never_read_that_is_said(client, world):
    await client.post("/jobs", json={"prompt": "x" * 20_000})
    with pytest.raises(Unreadable, match=r"is more than the provider allows, and was never read$"):
        _ = requests_of(world, KEY).only.body


async def test_of_a_large_answer_it_is_said_that_it_was_not_kept(client, world):
    await client.get("/jobs/none?" + "x" * 5000)
    await client.get("http://127.0.0.1:8600/" + "x" * 5000, headers={"x-screentest-tenant": KEY})
    with pytest.raises(Unreadable, match=r"^the answer to request #2 GET .* bytes of application/"):
        _ = requests_of(world, KEY).last.answer


async def test_what_is_no_json_is_told_without_its_secrets(client, world):
    await client.post("/jobs", content=b'{"token": "hush", "prompt": "a')
    with pytest.raises(Unreadable) as error:
        _ = requests_of(world, KEY).only.json
    assert str(error.value) == (
        f"the body of request #1 POST {ROOT}/jobs is no JSON: "
        """'{"token": "…", "prompt": "a'"""
    )
    await client.post("/jobs/cancel", json={"job": await submit(client)})
    with pytest.raises(Unreadable, match=r"^the answer of request #3 .* is no JSON: ''$"):
        _ = requests_of(world, KEY, "cancel").only.answer_json


async def test_operations_may_be_called_by_what_they_are_for(screentest):
    wish = {"model": "doubao-seedance-2-0-1080p", "prompt": "a cat"}
    root, key = screentest.base_url("relaydance"), {"authorization": "Bearer k"}
    async with httpx.AsyncClient(headers=key) as client:
        await client.get("https://api.venice.ai/api/v1/models")
        await client.get("https://api.venice.ai/nowhere")
        task = (await client.post(f"{root}/video/generations", json=wish)).json()["task_id"]
        for _ in range(3):
            url = (await client.get(f"{root}/video/generations/{task}")).json().get("url")
        await client.get(url)
    found = {role: len(screentest.requests(role)) for role in ("submit", "look", "download")}
    assert found == {"submit": 1, "look": 3, "download": 1}
    assert len(screentest.expect("relaydance/look")) == 3
    assert screentest.requests("venice/look") == []


async def test_a_status_is_a_number(screentest):
    with pytest.raises(Misused, match="status must be a number, not '200'"):
        screentest.expect(status="200")
