"""Recording and replay: what clients asked for, kept without secrets, held to other revisions."""

import json
from base64 import b64encode
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.kernel.comparing.difference import Group
from contracts.kernel.comparing.differences import differences
from contracts.kernel.registry import providers, revision
from contracts.strategies import valid_bodies
from mockserver.cli import main
from mockserver.verdict.recorded import Recorded, read, with_media, without_media
from mockserver.verdict.recording import record, recording
from mockserver.verdict.replaying import Outcome, replay

FIXTURES = Path(__file__).parents[2] / "fixtures"
OLD, NEW = revision("venice@2026-06"), revision("venice@2026-10")
VIDEO, RELAY = "/api/v1/video", "/v1/video/generations"
GOOD = {
    "model": "seedance-2-0-text-to-video",
    "prompt": "a cat",
    "duration": "5s",
    "aspect_ratio": "16:9",
}
KEY = "sk-live-0123456789abcdef"
CLIP = (FIXTURES / "media" / "clip.mp4").read_bytes()
LONG = b64encode(bytes(5000)).decode()
CHANGES = differences(OLD, NEW)
MUST = {one.id for one in CHANGES if one.group is Group.MUST}
MAY = {one.id for one in CHANGES if one.group is Group.MAY}
SCHEMA = json.loads((FIXTURES / "schema.json").read_text())


def schema_with_refusals():
    """The schema of fixtures, where an example may also be one that breaks a rule."""
    schema = deepcopy(SCHEMA)
    example = schema["$defs"]["example"]["properties"]
    example["valid"] = {"type": "boolean"}
    example["breaks"] = {"type": "string", "pattern": "^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$"}
    return schema


async def queue(client, **fields):
    return await client.post(f"{VIDEO}/queue", json=GOOD | fields)


def sheets(directory):
    return [json.loads(one.read_text()) for one in sorted(directory.glob("[!m]*/*.json"))]


def messages(directory):
    return [one["examples"][0]["message"] for one in sheets(directory)]


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "recorded"


@pytest.fixture
def run(capsys):
    """Run the command; gives status, output and errors."""

    def run(*arguments: object) -> SimpleNamespace:
        status = 0
        try:
            main(["replay", *map(str, arguments)])
        except SystemExit as stopped:
            status = stopped.code
        out, err = capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err)

    return run


# What is kept


async def test_an_accepted_request_is_a_valid_fixture(client, world, kept):
    await queue(client)
    assert record(world, kept).written == 1
    (sheet,) = sheets(kept)
    assert list(jsonschema_rs.validator_for(SCHEMA).iter_errors(sheet)) == []
    (example,) = sheet["examples"]
    assert (example["message"], example["valid"]) == (GOOD, True)
    assert (example["operation"], example["revision"]) == ("queue", "2026-06")
    assert example["what"] == "Sent by a client, and answered with 200."


async def test_a_refused_request_names_the_rule_that_it_broke(client, world, kept):
    await queue(client, duration="99s")
    record(world, kept)
    (sheet,) = sheets(kept)
    assert (sheet["examples"][0]["valid"], sheet["examples"][0]["breaks"]) == (
        False,
        "venice/queue-duration",
    )
    validator = jsonschema_rs.validator_for(schema_with_refusals())
    assert list(validator.iter_errors(sheet)) == []


async def test_equal_requests_are_kept_once_also_where_two_tasks_are_looked_at(client, world, kept):
    for _ in range(2):
        task = (await queue(client)).json()["queue_id"]
        for _ in range(2):
            body = {"model": GOOD["model"], "queue_id": task}
            await client.post(f"{VIDEO}/retrieve", json=body)
    assert record(world, kept).written == 2
    assert record(world, kept).written == 0
    assert [one["examples"][0]["operation"] for one in sheets(kept)] == ["queue", "retrieve"]


async def test_the_fields_of_a_url_are_a_message(client, world, kept):
    await client.get(f"{RELAY}/task_1?more=1")
    record(world, kept)
    assert messages(kept) == [{"task_id": "task_1", "more": "1"}]


@pytest.mark.parametrize("rule", ["", "venice/queue-prompt"])
async def test_what_was_refused_for_another_reason_is_still_judged(client, world, kept, rule):
    client.headers["authorization"] = "Bearer screentest-invalid-key"
    answer = await queue(client, prompt=5 if rule else "a cat")
    record(world, kept)
    (sheet,) = sheets(kept)
    assert answer.status_code == 401
    assert sheet["examples"][0].get("breaks", "") == rule


async def test_a_url_that_was_refused_for_another_reason_is_still_judged(client, world, kept):
    await client.get("/v1/video/status", headers={"authorization": "Bearer screentest-invalid-key"})
    record(world, kept)
    assert sheets(kept)[0]["examples"][0]["breaks"] == "senseaudio/status-id"


async def test_an_answer_that_never_came_is_told(client, world, kept):
    world.scenarios.add({"name": "s", "when": {"operation": "queue"}, "do": {"drop": "before"}})
    with pytest.raises(ConnectionResetError):
        await queue(client)
    record(world, kept)
    assert sheets(kept)[0]["examples"][0]["what"] == "Sent by a client, and not answered."


async def test_a_large_medium_stands_in_a_file_and_comes_back_as_it_was(client, world, kept):
    url = f"data:video/mp4;base64,{b64encode(CLIP).decode()}"
    fields = {"model": "seedance-2-0-reference-to-video", "reference_video_urls": [url]}
    answer = await queue(client, **fields)
    assert answer.is_success
    record(world, kept)
    (medium,) = (kept / "media").iterdir()
    assert messages(kept)[0]["reference_video_urls"] == [{"$media": medium.name}]
    assert medium.read_bytes() == CLIP
    (sheet,) = sheets(kept)
    assert list(jsonschema_rs.validator_for(SCHEMA).iter_errors(sheet)) == []
    (one,) = read(kept)
    assert one.message == GOOD | fields


@pytest.mark.parametrize(
    "url",
    [
        f"data:image/webp;base64,{LONG}",
        f"data:image/png;base64,{LONG}!",
        f"data:image/png;base64,{LONG[:4100]}AB==",
        "x" * 5000,
    ],
    ids=["another type", "not base64", "spelt oddly", "no data"],
)
def test_what_a_file_cannot_say_stays_in_its_message(url):
    media = {}
    assert without_media({"a": [url]}, media) == {"a": [url]}
    assert media == {}


@given(st.binary(min_size=4000, max_size=4200), st.sampled_from(["image/png", "video/mp4"]))
@settings(max_examples=10)
def test_media_is_the_same_after_it_stood_in_a_file(content, kind):
    url = f"data:{kind};base64,{b64encode(content).decode()}"
    media = {}
    said = without_media({"a": [{"b": url}], "c": 1}, media)
    assert all(one == content for one in media.values())
    assert (str(said).count("$media"), len(media)) == (1, 1)


# What is not kept


async def test_no_secret_is_in_any_file(client, world, kept):
    client.headers["authorization"] = f"Bearer {KEY}"
    client.headers["cookie"] = "session=cookie-secret-1"
    await queue(
        client,
        prompt=f"a cat with the key {KEY}",
        api_key="body-secret-1",
        nested=[{f"key {KEY}": KEY}],
        image_url="https://user:pass-secret-1@example.com/a.png?X-Amz-Signature=signature-1",
        model="seedance-2-0-image-to-video",
    )
    await client.get(f"{RELAY}/task_1?token=query-secret-1")
    assert record(world, kept).written == 2
    text = "".join(one.read_text() for one in kept.rglob("*.json"))
    secrets = [KEY, "cookie-secret-1", "body-secret-1", "pass-secret-1", "query-secret-1"]
    assert [one for one in [*secrets, "signature-1"] if one in text] == []
    assert "a cat with the key" in text


async def test_what_cannot_be_said_in_a_file_is_counted(client, world, kept):
    headers = {"content-type": "application/json"}
    await client.post(f"{VIDEO}/queue", content=b"{", headers=headers)
    await client.post(f"{VIDEO}/queue", content=b"[]", headers=headers)
    await client.post(f"{VIDEO}/queue", content=b'{"a": NaN}', headers=headers)
    await client.post(f"{VIDEO}/queue", content=b"[" * 300 + b"]" * 300, headers=headers)
    deep = b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"
    await client.post(f"{VIDEO}/queue", content=deep, headers=headers)
    await queue(client, **{"$odd": 1})
    await queue(client, prompt=[*range(3000)])
    await client.post("/v1/files", files={"file": ("a.png", b"x", "image/png")})
    await client.get("/nowhere")
    tally = record(world, kept)
    assert (tally.written, tally.problem) == (0, "")
    assert dict(tally.left_out) == {
        "no JSON": 1,
        "no JSON object": 2,
        "a number that JSON does not know": 1,
        "nested too deeply": 1,
        "a key that begins with $": 1,
        "large, and refused": 1,
        "a form": 1,
    }


async def test_a_request_that_only_its_secret_makes_valid_is_left_out(client, world, kept):
    client.headers["x-api-key"] = GOOD["model"]
    await queue(client)
    tally = record(world, kept)
    assert dict(tally.left_out) == {"a secret in it decides whether it is valid": 1}


async def test_a_disk_that_fails_ends_the_recording_and_not_the_request(client, world, kept):
    kept.write_text("a file where a directory should be")
    with recording(world, kept) as tally:
        assert (await queue(client)).is_success
        assert (await queue(client, prompt="b")).is_success
    assert str(kept) in tally.problem
    assert tally.written == 0


async def test_a_running_recording_outlives_what_the_world_forgets(client, world, kept):
    client.headers["x-screentest-tenant"] = "someone-of-this-name"
    with recording(world, kept) as tally:
        await queue(client, prompt="p" * 5000)
        world.forget("someone-of-this-name")
    await queue(client, prompt="later")
    assert tally.written == 1
    assert [len(one["prompt"]) for one in messages(kept)] == [5000]


# Reading


def keep(directory, name="venice/a.json", **parts):
    """Write a file of one recorded request."""
    example = {"direction": "request", "operation": "queue", "message": GOOD, "valid": True}
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"provider": "venice", "examples": [example | parts]}))


@pytest.mark.parametrize("provider", providers())
def test_fixtures_can_be_read_as_recordings(provider):
    mine = [one for one in read(FIXTURES) if one.provider == provider]
    told = json.loads((FIXTURES / provider / "examples.json").read_text())["examples"]
    assert len(mine) == len([one for one in told if one["direction"] == "request"])
    assert "$media" not in json.dumps([one.message for one in mine])


def test_an_empty_directory_is_misuse(run, tmp_path):
    done = run(tmp_path)
    assert (done.status, done.err) == (2, f"screentest: {tmp_path} holds no recorded request\n")


@pytest.mark.parametrize("text", ["{", "[]", '{"examples": [{}]}', '{"examples": [5]}'])
def test_a_file_of_another_form_is_misuse(run, tmp_path, text):
    (tmp_path / "venice").mkdir()
    (tmp_path / "venice" / "a.json").write_text(text)
    done = run(tmp_path)
    assert done.status == 2
    assert "a.json is no file of recorded requests" in done.err


@pytest.mark.parametrize("depth", [*range(300, 1000, 50), 100_000])
def test_a_request_that_is_nested_too_deeply_is_misuse_or_held_to_its_contract(
    run, tmp_path, depth
):
    keep(tmp_path)
    file = tmp_path / "venice" / "a.json"
    file.write_text(file.read_text().replace('"a cat"', "[" * depth + "]" * depth))
    done = run(tmp_path)
    assert done.status in {1, 2}
    assert ("recursion" in done.err or "too deeply" in done.err) == (done.status == 2)
    assert done.status == 2 or depth < 1000


def test_a_check_that_goes_too_deep_is_misuse(run, tmp_path, monkeypatch):
    def too_deep(*_):
        raise RecursionError

    keep(tmp_path)
    monkeypatch.setattr("mockserver.verdict.replaying.replay", too_deep)
    done = run(tmp_path)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"screentest: {tmp_path} holds a request that is nested too deeply\n"


def test_a_medium_that_is_missing_is_misuse(run, tmp_path):
    keep(tmp_path, message={"image_url": {"$media": "../../a.png"}})
    done = run(tmp_path)
    assert (done.status, done.out) == (2, "")
    assert str(tmp_path / "media" / "a.png") in done.err


def test_a_provider_that_is_not_there_is_misuse(run, tmp_path):
    keep(tmp_path, name="venetia/a.json")
    sheet = tmp_path / "venetia" / "a.json"
    sheet.write_text(sheet.read_text().replace('"venice"', '"venetia"'))
    done = run(tmp_path)
    assert done.status == 2
    assert "no provider 'venetia'; did you mean venice?" in done.err


# Replay


MONTH = (
    {},
    {"prompt": "  "},
    {"no_such_field": 1},
    {"model": "grok-imagine-text-to-video"},
    {"resolution": "2k"},
    {"duration": "99s"},
)
"""What a client asked for in June: bodies over the good one."""


async def test_a_month_of_traffic_meets_the_differences_that_are_named(client, world, kept, run):
    for fields in MONTH:
        await queue(client, **fields)
    assert record(world, kept).written == len(MONTH)
    done = run(kept, "--contract", "venice@2026-10", "--json")
    told = json.loads(done.out)
    assert done.status == 1
    assert told["totals"] == {
        "replayed": 6,
        "operation-gone": 0,
        "newly-refused": 3,
        "newly-accepted": 0,
        "still-refused": 2,
        "still-valid": 1,
    }
    rules = {
        each["rule"]
        for one in told["requests"]
        if one["outcome"] == "newly-refused"
        for each in one["refusals"]
    }
    assert rules == {"venice/queue-prompt", "venice/queue", "venice/known-model"}
    assert rules <= MUST


@given(valid_bodies("venice@2026-06/queue"))
@settings(max_examples=settings.default.max_examples // 2)
def test_whatever_is_newly_refused_is_a_difference_that_is_named(body):
    recorded = Recorded(
        file="f", provider="venice", revision="2026-06", operation="queue", message=body, breaks=""
    )
    (done,) = replay([recorded], {"venice": NEW})
    assert done.outcome in {Outcome.STILL_VALID, Outcome.NEWLY_REFUSED}
    assert done.is_loss == bool(done.refusals)
    assert {one.rule for one in done.refusals[:1]} <= MUST
    (same,) = replay([recorded], {"venice": OLD})
    assert (same.outcome, same.is_new) == (Outcome.STILL_VALID, False)


async def test_traffic_against_its_own_revision_is_as_it_was(client, world, kept, run):
    for fields in MONTH:
        await queue(client, **fields)
    record(world, kept)
    done = run(kept, "--fail-on-new")
    assert (done.status, done.out) == (
        0,
        "6 requests replayed against venice@2026-06: 2 refused as before, 4 valid as before\n",
    )


def test_a_loss_is_told_with_rule_and_source(run, tmp_path):
    keep(tmp_path, message=GOOD | {"prompt": " "}, revision="2026-06")
    done = run(tmp_path, "--contract", "latest")
    lines = done.out.splitlines()
    file = tmp_path / "venice" / "a.json"
    assert done.status == 1
    assert lines[0] == f"{file}: was accepted, and is refused by venice@2026-10"
    assert lines[1] == "  operation venice/queue"
    assert "  rule      venice/queue-prompt" in lines
    assert '  got       " "' in lines
    assert any(line.startswith("  source    ") for line in lines)
    assert lines[-1] == "1 request replayed against venice@2026-10: 1 newly refused"


def test_what_was_refused_and_is_accepted_is_a_change_and_no_loss(run, tmp_path):
    message = {"model": "topaz-video-upscale", "video_url": "https://example.com/a.mp4"}
    broke = "venice/quote-duration"
    keep(tmp_path, operation="quote", message=message, revision="2026-06", breaks=broke)
    done = run(tmp_path, "--contract", "latest")
    assert done.status == 0
    assert "a.json: was refused, and is accepted by venice@2026-10" in done.out
    assert f"  broke     {broke}" in done.out
    assert broke in MAY
    assert run(tmp_path, "--contract", "latest", "--fail-on-new").status == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"revision": "2026-06", "breaks": "venice/reference-video-seconds"},
        {"revision": "1999", "breaks": "venice/queue-prompt"},
        {"revision": "2026-10", "breaks": "venice/gone", "operation": "no-more"},
    ],
    ids=["media behind a link", "a revision unknown", "an operation it never had"],
)
def test_a_refusal_that_the_file_does_not_explain_is_not_taken_back(parts):
    told = {"file": "f", "provider": "venice", "operation": "queue", "message": GOOD} | parts
    later = OLD.revised(replace(OLD.operation("queue"), id="no-more"))
    (done,) = replay([Recorded(**told)], {"venice": later})
    assert (done.outcome, done.is_new) == (Outcome.STILL_REFUSED, False)


def test_an_operation_that_is_gone_is_a_loss_where_it_was_accepted(run, tmp_path):
    keep(tmp_path, operation="no-more")
    done = run(tmp_path)
    assert done.status == 1
    assert "a.json: its operation is gone by venice@2026-06" in done.out
    assert done.out.endswith(
        "1 request replayed against venice@2026-06: 1 without their operation\n"
    )
    keep(tmp_path, operation="no-more", breaks="venice/no-more")
    assert run(tmp_path).status == 0
    assert run(tmp_path, "--fail-on-new").status == 1


def test_what_is_ignored_only_now_is_a_warning(run, tmp_path):
    body = {"model": GOOD["model"], "duration": "5s"}
    keep(
        tmp_path, operation="quote", message=body | {"reference_image_count": 1}, revision="2026-10"
    )
    told = "a.json: has a field ignored now by venice@2026-06"
    done = run(tmp_path)
    assert (done.status, told in done.out) == (0, True)
    assert done.out.endswith("1 valid as before, 1 of these accepted with something newly wrong\n")
    assert run(tmp_path, "--fail-on-new").status == 1
    (one,) = json.loads(run(tmp_path, "--json").out)["requests"]
    assert [each["outcome"] for each in one["warnings"]] == ["ignored"]


def test_what_was_wrong_before_is_no_warning(run, tmp_path):
    body = {"model": GOOD["model"], "duration": "5s", "no_such_field": 1}
    keep(tmp_path, operation="quote", message=body, revision="2026-06")
    keep(tmp_path, "venice/b.json", operation="quote", message=body, revision="1999")
    done = run(tmp_path, "--contract", "latest", "--fail-on-new")
    assert (done.status, "ignored" in done.out) == (0, False)


def test_models_may_be_held_to_what_holds_for_all(run, tmp_path):
    keep(tmp_path, message=GOOD | {"model": "brand-new"})
    assert run(tmp_path).status == 1
    assert run(tmp_path, "--models", "lenient").status == 0


def test_the_fields_of_a_url_are_held_to_their_contract(run, tmp_path):
    keep(tmp_path, operation="models", message={"type": "video"})
    keep(tmp_path, "venice/b.json", operation="models", message={"type": "film"}, breaks="x")
    done = run(tmp_path)
    assert done.out.endswith("1 refused as before, 1 valid as before\n")


def test_media_comes_from_beside_the_folders(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.mp3").write_bytes(b"sound")
    assert with_media([{"a": {"$media": "a.mp3"}}, 1], tmp_path) == [
        {"a": "data:audio/mpeg;base64,c291bmQ="},
        1,
    ]
