"""What a test is told where its client broke a contract, and where it is silent."""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.kernel.errors import Cause
from contracts.kernel.operation import Carried, Operation
from contracts.kernel.probing import specimens
from contracts.kernel.provider import Provider
from contracts.kernel.quotas import Rate
from contracts.kernel.registry import every_revision, providers
from contracts.kernel.source import Source
from contracts.kernel.violations import Contract
from contracts.strategies import bodies_breaking, breakable
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.settings import Settings
from mockserver.testing.asking import requests_of
from mockserver.testing.breaking import CONTRACT, breaks_contract
from mockserver.testing.errors import Misused, Violated
from mockserver.testing.explaining import assert_no_violations
from mockserver.world import World

from .acme import CAT, KEY, MUTE, ROOT, client_of, submit

AT = "2026-05-28 20:26:40 UTC"
PAGE = "docs.acme.example/video, 2026-11-20 (documented)"
JSON = {"content-type": "application/json"}


@pytest.fixture
async def client(world):
    async with client_of(world) as client:
        yield client


def complaint(world: World, **given: Any) -> str:
    with pytest.raises(Violated) as error:
        assert_no_violations(world, KEY, **given)
    return str(error.value)


async def test_a_broken_rule_is_told_with_what_was_sent_and_what_is_documented(client, world):
    await submit(client)
    await client.post("/jobs", json=MUTE)
    assert complaint(world) == (
        "the contract is broken by 1 of 2 requests\n"
        "\n"
        "acme submit: rule acme/audio-needs-image is broken\n"
        f"  request  #2 POST {ROOT}/jobs, answered 422, {AT}\n"
        '  sent     {"prompt": "a cat", "audio_url": "https://cdn.example/purr.mp3?token=…"}\n'
        "  field    audio_url\n"
        '  got      "https://cdn.example/purr.mp3?token=…"\n'
        "  says     `audio_url` needs an `image_url`.\n"
        f"  source   {PAGE}\n"
        "\n"
        'to let it pass: allow=["acme/audio-needs-image"]'
    )


async def test_everything_that_is_wrong_with_a_request_is_told(client, world):
    await client.post("/jobs", json={"prompt": "", "seconds": 99})
    assert complaint(world) == (
        "the contract is broken by 1 of 1 request\n"
        "\n"
        "acme submit: rule acme/submit-prompt is broken\n"
        f"  request  #1 POST {ROOT}/jobs, answered 422, {AT}\n"
        '  sent     {"prompt": "", "seconds": 99}\n'
        "  field    prompt\n"
        '  got      ""\n'
        "  wrong    `prompt` must be a string of 1 to 100 characters\n"
        "  says     `prompt` is required: a string of 1 to 100 characters.\n"
        f"  source   {PAGE}\n"
        "\n"
        "acme submit: rule acme/submit-seconds is broken\n"
        f"  request  #1 POST {ROOT}/jobs, answered 422, {AT}\n"
        '  sent     {"prompt": "", "seconds": 99}\n'
        "  field    seconds\n"
        "  got      99\n"
        "  wrong    `seconds` must be a whole number, 1 to 10\n"
        "  says     `seconds` is optional: a whole number, 1 to 10.\n"
        f"  source   {PAGE}\n"
        "\n"
        'to let it pass: allow=["acme/submit-prompt", "acme/submit-seconds"]'
    )


async def test_what_is_done_again_and_again_is_told_once(client, world):
    for _ in range(3):
        await client.post("/jobs", json=MUTE)
    text = complaint(world)
    assert text.startswith("the contract is broken by 3 of 3 requests\n")
    assert text.count("is broken\n") == 1
    assert "\n  again    #2, #3\n" in text


async def test_many_broken_rules_are_counted(client, world):
    for number in range(14):
        await client.post("/jobs", json={"prompt": "", "seconds": -number})
    lines = complaint(world).splitlines()
    assert len([line for line in lines if line.endswith("is broken")]) == 10
    assert lines[-3] == "... and 5 more, in #10, #11, #12, #13, #14"


async def test_the_nearest_model_is_told(client, world):
    body = {"model": "seedance-2-0-text-to-vidio", "prompt": "a cat", "duration": "5s"}
    url = "https://api.venice.ai/api/v1/video/queue"
    await client.post(url, json=body, headers={"authorization": f"Bearer {KEY}"})
    text = complaint(world)
    assert "venice queue: rule venice/known-model is broken\n" in text
    assert "; did you mean `seedance-2-0-text-to-video`?\n" in text
    assert '\n  got      "seedance-2-0-text-to-vidio"\n' in text


async def test_a_secret_value_is_not_shown(client, world):
    body = {"job": "x", "token": ["secret"]}
    await client.post("/jobs/cancel", json=body | {"job": {"api_key": "hush"}})
    assert "hush" not in complaint(world)
    assert '"token": …' in complaint(world)


Case = tuple[dict[str, Any], str, list[str]]
CASES: dict[str, Case] = {
    "no-key": (
        {"json": CAT, "headers": {"x-acme-key": "", "x-screentest-tenant": KEY}},
        "acme submit: rule acme/no-key is broken",
        [
            '  sent     {"prompt": "a cat", "seconds": 3}',
            "  wrong    No key was sent; it goes into the header `x-acme-key`",
            "  says     Refused with HTTP 401: no-key.",
        ],
    ),
    "too-large": (
        {"json": {"prompt": "x" * 20_000}},
        "acme submit: rule acme/too-large is broken",
        [
            "  sent     more than the provider allows, and was never read",
            "  wrong    The body is larger than 10,000 bytes",
            "  says     Refused with HTTP 413: too-large.",
        ],
    ),
    "wrong-content-type": (
        {"content": "prompt=x&token=hush", "headers": {"content-type": "text/plain"}},
        "acme submit: rule acme/wrong-content-type is broken",
        [
            "  sent     prompt=x&token=hush",
            "  wrong    The content type is text/plain",
            "  says     Refused with HTTP 415: wrong-content-type.",
        ],
    ),
    "form": (
        {"data": {"prompt": "x", "token": "hush"}},
        "acme submit: rule acme/wrong-content-type is broken",
        [
            "  sent     prompt=x&token=…",
            "  wrong    The content type is application/x-www-form-urlencoded",
            "  says     Refused with HTTP 415: wrong-content-type.",
        ],
    ),
    "no-content-type": (
        {"content": "{}"},
        "acme submit: rule acme/wrong-content-type is broken",
        [
            "  sent     {}",
            "  wrong    The content type is not given, not application/json",
            "  says     Refused with HTTP 415: wrong-content-type.",
        ],
    ),
    "bad-json": (
        {"content": '{"prompt": "x', "headers": JSON},
        "acme submit: rule acme/bad-json is broken",
        [
            '  sent     {"prompt": "x',
            "  wrong    The body is not JSON: EOF while parsing a string, line 1, column 13",
            "  says     Refused with HTTP 400: bad-json.",
        ],
    ),
    "large-bad-json": (
        {"content": "[" + '"xxxxx",' * 1000, "headers": JSON},
        "acme submit: rule acme/bad-json is broken",
        [
            "  sent     8,001 bytes of application/json, of which only the digest is kept",
            "  says     Refused with HTTP 400: bad-json.",
        ],
    ),
    "large-field": (
        {"json": {"prompt": "x" * 5000}},
        "acme submit: rule acme/submit-prompt is broken",
        [
            "  sent     5,013 bytes of application/json, of which only the digest is kept",
            "  field    prompt",
            "  says     `prompt` is required: a string of 1 to 100 characters.",
        ],
    ),
    "large-rule": (
        {"json": {"prompt": "x", "audio_url": "https://x.example/" + "a" * 5000}},
        "acme submit: rule acme/audio-needs-image is broken",
        [
            "  sent     5,047 bytes of application/json, of which only the digest is kept",
            "  says     `audio_url` needs an `image_url`.",
        ],
    ),
    "no-route": (
        {"method": "GET", "url": "/jbos?token=hush"},
        "acme: rule acme/no-route is broken",
        [
            "  wrong    There is no `GET /v9/jbos`; did you mean `GET /v9/jobs/{job}`?",
            "  says     Refused with HTTP 404: no-route.",
        ],
    ),
    "no-method": (
        {"method": "DELETE"},
        "acme: rule acme/no-method is broken",
        [
            "  wrong    `/v9/jobs` takes POST, not DELETE",
            "  says     Refused with HTTP 405: no-method.",
        ],
    ),
}


@pytest.mark.parametrize(("request_", "head", "lines"), CASES.values(), ids=CASES)
async def test_what_no_field_is_to_blame_for_is_told_too(client, world, request_, head, lines):
    await client.request(**{"method": "POST", "url": "/jobs"} | request_)
    told = complaint(world).splitlines()
    assert (told[2], told[4:-2]) == (head, [*lines, f"  source   {PAGE}"])


async def test_a_missing_key_is_told_with_where_it_goes(client, world):
    headers = {"x-screentest-tenant": KEY}
    await client.post(to("acedata", "/seedance/tasks"), json={}, headers=headers)
    assert "  wrong    No key was sent; it goes into `Authorization: Bearer <key>`\n" in (
        complaint(world)
    )


async def test_a_path_that_no_provider_has_is_told_in_our_own_words(client, world):
    await client.get("http://127.0.0.1:8600/nowhere", headers={"x-screentest-tenant": KEY})
    lines = complaint(world).splitlines()
    assert lines[2] == "screentest: rule screentest/no-route is broken"
    assert lines[3] == f"  request  #1 GET http://127.0.0.1:8600/nowhere, answered 404, {AT}"
    assert lines[4].startswith(
        "  wrong    no provider has /nowhere; a Host header tells them apart."
    )
    assert lines[5:] == [
        "  says     Requests go to the hosts of providers, or to paths that only one provider has.",
        "",
        'to let it pass: allow=["screentest/no-route"]',
    ]


# What is no violation


async def test_a_client_that_obeys_is_not_complained_of(client, world):
    task = await submit(client)
    await client.get(f"/jobs/{task}")
    world.end(world.store.tasks.get(KEY, ("acme", task)), world.clock_of(KEY))
    look = await client.get(f"/jobs/{task}")
    await client.get(look.json()["reel"])
    await client.post("/jobs/cancel", json={"job": task})
    await client.get(await upload(client, "a.png", b"x"))
    assert_no_violations(world, KEY)
    assert_no_violations(world, KEY, ignored=True)


async def test_what_others_break_is_not_complained_of(client, world):
    await client.post("/jobs", json=MUTE, headers={"x-acme-key": "another"})
    assert_no_violations(world, KEY)


async def bad_key(client, _world):
    headers = {"x-acme-key": "screentest-invalid-key", "x-screentest-tenant": KEY}
    return await client.post("/jobs", json=CAT, headers=headers)


async def no_balance(client, _world):
    headers = {"x-acme-key": "screentest-no-balance", "x-screentest-tenant": KEY}
    return await client.post("/jobs", json=CAT, headers=headers)


async def too_often(client, world):
    rate = Rate(id="r", operations=("submit",), requests=1, seconds=9, source=Source("x", "2026"))
    world.limit(KEY, (rate,))
    await client.post("/jobs", json=CAT)
    return await client.post("/jobs", json=CAT)


async def no_task(client, _world):
    return await client.get("/jobs/none")


async def an_ordered_refusal(client, world):
    world.scenarios.add({"name": "bad", "do": {"error": "bad-json"}}, KEY)
    return await client.post("/jobs", json=CAT)


async def an_ordered_gateway(client, world):
    world.scenarios.read("lose-502", KEY)
    return await client.post("/jobs", json=CAT)


async def no_scenario(client, _world):
    return await client.post("/jobs", json={"prompt": "[[screentest: nothing-of-the-kind]]"})


async def no_media(client, world):
    task = await submit(client)
    return await client.get(world.store.tasks.get(KEY, ("acme", task)).video_url)


@pytest.mark.parametrize(
    ("happening", "status"),
    [
        (bad_key, 403),
        (no_balance, 402),
        (too_often, 429),
        (no_task, 404),
        (an_ordered_refusal, 400),
        (an_ordered_gateway, 502),
        (no_scenario, 400),
        (no_media, 404),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
async def test_circumstances_are_not_complained_of(client, world, happening, status):
    assert (await happening(client, world)).status_code == status
    assert_no_violations(world, KEY)
    assert_no_violations(world, KEY, ignored=True)


@pytest.mark.parametrize(
    "allow",
    [
        "acme/audio-needs-image",
        ["acme/bad-json", "acme/audio-needs-image"],
        ["acme/*"],
        "acme/",
        ("*-needs-*",),
    ],
)
async def test_rules_that_may_be_broken_are_not_complained_of(client, world, allow):
    await client.post("/jobs", json=MUTE)
    assert_no_violations(world, KEY, allow=allow)
    await client.delete("/nowhere")
    assert "rule acme/audio-needs-image is broken" in complaint(world, allow=["acme/no-route"])


# What is ignored, and what fails later


async def test_ignored_fields_are_told_of_beside_a_violation_alone(client, world):
    await submit(client, sedonds=4)
    await submit(client, sedonds=4)
    assert_no_violations(world, KEY)
    await client.post("/jobs", json=MUTE)
    assert complaint(world).endswith(
        f"  source   {PAGE}\n"
        "\n"
        "accepted, but silently ignored\n"
        "  acme submit: `sedonds` is no known field, and is ignored;"
        " did you mean `seconds`? (#1, #2)\n"
        "\n"
        'to let it pass: allow=["acme/audio-needs-image"]'
    )


async def test_ignored_fields_are_violations_where_a_test_wants_it(client, world):
    task = await submit(client, sedonds=4)
    await client.get(f"/jobs/{task}?verbose=1")
    assert complaint(world, ignored=True) == (
        "the contract is broken by 2 of 2 requests\n"
        "\n"
        "acme submit: a field is ignored\n"
        f"  request  #1 POST {ROOT}/jobs, answered 202, {AT}\n"
        '  sent     {"prompt": "a cat", "seconds": 3, "sedonds": 4}\n'
        f"  task     {task}\n"
        "  rule     acme/submit\n"
        "  field    sedonds\n"
        "  wrong    `sedonds` is no known field, and is ignored; did you mean `seconds`?\n"
        "  says     The body is an object.\n"
        f"  source   {PAGE}\n"
        "\n"
        "acme poll: a field is ignored\n"
        f"  request  #2 GET {ROOT}/jobs/{task}?verbose=1, answered 200, {AT}\n"
        f"  task     {task}\n"
        "  rule     acme/poll\n"
        "  field    verbose\n"
        "  wrong    `verbose` is no known field, and is ignored\n"
        "  says     The body is an object.\n"
        f"  source   {PAGE}\n"
        "\n"
        'to let it pass: allow=["acme/submit", "acme/poll"]'
    )
    assert_no_violations(world, KEY, ignored=True, allow=["acme/submit", "acme/poll"])


def to(provider: str, path: str) -> str:
    return f"https://{providers()[provider].hosts[0]}{path}"


async def upload(client: httpx.AsyncClient, name: str, content: bytes) -> str:
    """Put a file where the mock serves it."""
    files = {"file": (name, content)}
    headers = {"authorization": f"Bearer {KEY}"}
    answer = await client.post(to("relaydance", "/v1/files"), files=files, headers=headers)
    return answer.json()["url"]


async def test_a_task_that_fails_because_of_a_rule_is_a_violation(world):
    async with client_of(world, "acedata@2026-10") as client:
        url = await upload(client, "a.wav", specimens.sound("wav", 0.5))
        picture = {"type": "image_url", "image_url": {"url": "https://cdn.example/a.png"}}
        sound = {"type": "audio_url", "audio_url": {"url": url}, "role": "reference_audio"}
        body = {
            "model": "doubao-seedance-2-0-260128",
            "content": [picture | {"role": "reference_image"}, sound],
            "async": True,
        }
        headers = {"authorization": f"Bearer {KEY}"}
        answer = await client.post(to("acedata", "/seedance/videos"), json=body, headers=headers)
        assert answer.status_code == 200
        lines = complaint(world).splitlines()
    task = answer.json()["task_id"]
    assert lines[:2] == ["the contract is broken by 1 of 2 requests", ""]
    assert lines[2] == "acedata videos: rule acedata/audio-seconds is broken, so the task fails"
    assert f"  task     {task}" in lines
    assert "  field    content[1].audio_url.url" in lines
    assert "  says     A reference sound lasts 2 to 15 s." in lines


async def test_what_is_wrong_with_media_that_the_mock_serves_is_told(client, world):
    url = await upload(client, "a.png", b"not a picture")
    body = {"model": "doubao-seedance-2-0-260128", "duration": 4, "resolution": "480p"}
    body |= {"ratio": "1:1", "content": [{"type": "image", "url": url, "role": "reference"}]}
    headers = {"authorization": f"Bearer {KEY}"}
    answer = await client.post(to("senseaudio", "/v1/video/create"), json=body, headers=headers)
    assert answer.status_code == 400
    text = complaint(world)
    assert "senseaudio create: rule senseaudio/media-readable is broken\n" in text
    assert "\n  field    content[0].url\n" in text
    assert "\n  wrong    `content[0].url` " in text


async def test_a_form_is_told_of_by_the_rule_it_breaks(client, world):
    headers = {"authorization": f"Bearer {KEY}"}
    files = {"other": ("a.png", b"\xff\x00")}
    answer = await client.post(to("relaydance", "/v1/files"), files=files, headers=headers)
    text = complaint(world)
    size = answer.request.headers["content-length"]
    assert "relaydance files: rule relaydance/files-file is broken\n" in text
    assert "\n  says     `file` is required: " in text
    assert f"\n  sent     {size} bytes of multipart/form-data\n" in text


async def test_a_form_of_another_type_is_told_of(client, world):
    headers = {"authorization": f"Bearer {KEY}"}
    await client.post(to("relaydance", "/v1/files"), json={}, headers=headers)
    wrong = "The content type is application/json, not multipart/form-data"
    assert f"\n  wrong    {wrong}\n" in complaint(world)


# For every provider


def test_no_rule_has_the_name_of_a_refusal():
    taken = [
        id_
        for provider in every_revision()
        for operation in provider.operations
        for id_ in statements(operation)
        if id_.partition("/")[2] in provider.errors
    ]
    assert taken == []


def test_what_breaks_a_contract_is_none_of_the_circumstances():
    assert set(Cause) - CONTRACT == {
        Cause.BAD_KEY,
        Cause.NO_BALANCE,
        Cause.RATE_LIMITED,
        Cause.NO_TASK,
    }


@cache
def statements(operation: Operation) -> dict[str, Any]:
    contract = Contract(operation.body, operation.id)
    return {**{one.id: one for one in contract.limits}, **contract.rules, **contract.media}


JSON_OPERATIONS = [
    (one, operation)
    for one in providers().values()
    for operation in one.operations
    if operation.carried is Carried.JSON
]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.mark.parametrize(
    ("provider", "operation"),
    JSON_OPERATIONS,
    ids=[f"{one.name}/{operation.id}" for one, operation in JSON_OPERATIONS],
)
def test_every_broken_rule_is_told_by_id_sentence_and_source(
    provider: Provider, operation: Operation, runner: asyncio.Runner
):
    world = World(Settings(seed=1), Clock("manual", start=1_780_000_000.0))
    transport = httpx.ASGITransport(create_app(world=world, providers={provider.id: provider}))
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
    headers = JSON | {"authorization": f"Bearer {KEY}", "x-screentest-tenant": KEY}
    rules = [one for one in breakable(operation) if not one.endswith("-size")]  # those are slow

    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def told(data):
        rule = data.draw(st.sampled_from(rules))
        body = data.draw(bodies_breaking(operation, rule))
        world.forget(KEY)
        content = json.dumps(body)
        runner.run(
            client.request(operation.method, operation.path, content=content, headers=headers)
        )
        text = complaint(world)
        stated = statements(operation)[rule]
        assert f"{provider.id} {operation.id}: rule {rule} is broken" in text
        assert f"\n  says     {stated.sentence}\n" in text
        assert f"\n  source   {stated.source}\n" in text

    told()
    runner.run(client.aclose())


PATHS = sorted({one.path for provider in providers().values() for one in provider.operations})
TYPES = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
]
ODD = ["/v1/../x", "/%00%ff", "/v1/a%0Ab", "/_screentest/media/x.mp4"]
requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "HEAD", "POST", "DELETE", "PATCH"]),
        "url": st.sampled_from([*PATHS, *ODD]),
        "params": st.dictionaries(st.text(max_size=3), st.text(max_size=9), max_size=2),
        "content": st.binary(max_size=20)
        | st.sampled_from([b"[" * 4000, b"[" * 9000, b"{}", b"[]", b"null", b'{"prompt": NaN}']),
        "headers": st.fixed_dictionaries(
            {"x-screentest-tenant": st.just(KEY)},
            optional={
                "content-type": st.sampled_from(TYPES),
                "authorization": st.sampled_from(["", "Bearer k", "Basic k"]),
                "host": st.sampled_from(["api.venice.ai", "api.relaydance.com", "nobody.example"]),
            },
        ),
    }
)  # fmt: skip


def test_whatever_was_sent_can_be_told_of(runner: asyncio.Runner):
    world = World(Settings(seed=1), Clock("manual", start=1_780_000_000.0))
    transport = httpx.ASGITransport(create_app(world=world))
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    @given(st.lists(requests, min_size=1, max_size=3))
    def told(several):
        world.forget(KEY)
        for one in several:
            runner.run(client.request(**one))
        seen, said = requests_of(world, KEY), ""
        assert len(repr(seen).splitlines()) == len(seen) + 1
        try:
            assert_no_violations(world, KEY, ignored=True)
        except Violated as error:
            said = str(error)
        assert [one for one in seen if breaks_contract(one) and f"#{one.number}" not in said] == []

    told()
    runner.run(client.aclose())


@pytest.mark.usefixtures("client")
async def test_a_rule_that_does_not_exist_cannot_be_allowed(world):
    with pytest.raises(
        Misused, match="no rule 'acme/submit-promt'; did you mean acme/submit-prompt"
    ):
        assert_no_violations(world, KEY, allow=["acme/*", "acme/submit-promt"])
