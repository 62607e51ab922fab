"""Expecting requests: what fits, and what is said where nothing does."""

import json
import re
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.testing.errors import Misused, Unmet
from mockserver.testing.expecting import expect
from mockserver.testing.matching import differences
from mockserver.testing.wording import ABSENT, shown

from .acme import CAT, KEY, MUTE, ROOT, client_of, submit


@pytest.fixture
async def client(world):
    async with client_of(world) as client:
        yield client


def is_even(number: int) -> bool:
    return number % 2 == 0


RAISED = (
    "<is_even>, which raised TypeError: unsupported operand type(s) for %: 'NoneType' and 'int'"
)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}),
        ([{"a": 1}, ANY], [{"a": 1, "b": 2}, None]),
        (({"a": 1},), [{"a": 1, "b": 2}]),
        (re.compile("cat"), "a cat"),
        (str, "a cat"),
        (int, 5),
        (bool, True),
        (object, False),
        (type(None), None),
        (is_even, 4),
        (lambda text: text.startswith("a"), "a cat"),
        (pytest.approx(0.3), 0.1 + 0.2),
        (pytest.approx({"a": 0.3}), {"a": 0.1 + 0.2}),
        (ANY, True),
        (5, 5.0),
        (None, None),
        ({"a": ABSENT}, {}),
        ({"a": ABSENT}, {"b": None}),
    ],
)
def test_what_fits_has_no_differences(expected, got):
    assert list(differences(expected, got, "json")) == []


@pytest.mark.parametrize(
    ("expected", "got", "found"),
    [
        ({"a": 1}, {"a": 2}, [("json.a", "1", "2")]),
        ({"a": 1}, {}, [("json.a", "1", "nothing: it was not sent")]),
        ({"a": None}, {}, [("json.a", "null", "nothing: it was not sent")]),
        ({"a": ANY}, {}, [("json.a", "<ANY>", "nothing: it was not sent")]),
        ({"a": ABSENT}, {"a": None}, [("json.a", "ABSENT", "null")]),
        ({"a": {"b": 1}}, {"a": 5}, [("json.a", '{"b": 1}', "5")]),
        ({"a": {"b": 1}}, {"a": {"b": "x"}}, [("json.a.b", "1", '"x"')]),
        ([1, 2], [1, 3], [("json[1]", "2", "3")]),
        ([1], [2, 3], [("json", "1 items", "2: [2, 3]"), ("json[0]", "1", "2")]),
        ([1], {"a": 1}, [("json", "[1]", '{"a": 1}')]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [("json.a[0].b", "1", "2")]),
        (1, True, [("json", "1", "true")]),
        (True, 1, [("json", "true", "1")]),
        (0.0, False, [("json", "0.0", "false")]),
        (int, True, [("json", "<any int>", "true")]),
        (float, True, [("json", "<any float>", "true")]),
        (bool, 1, [("json", "<any bool>", "1")]),
        (re.compile("dog"), "a cat", [("json", "<matches 'dog'>", '"a cat"')]),
        (re.compile("5"), 5, [("json", "<matches '5'>", "5")]),
        (is_even, 5, [("json", "<is_even>", "5")]),
        (lambda _: False, 5, [("json", "<lambda>", "5")]),
        (is_even, None, [("json", RAISED, "null")]),
        ({"a": {"api_key": "one"}}, {"a": {"api_key": "two"}}, [("json.a.api_key", "…", "…")]),
        ({"tokens": {"key": [ABSENT]}}, {"tokens": {"key": ["x"]}}, [
            ("json.tokens.key[0]", "ABSENT", "…")
        ]),
    ],
)  # fmt: skip
def test_each_thing_that_differs_is_told_with_its_place(expected, got, found):
    assert [tuple(one) for one in differences(expected, got, "json")] == found


bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(bodies)
def test_every_body_is_as_it_is(body):
    assert list(differences(body, body, "json")) == []


@given(st.dictionaries(st.text(max_size=3), bodies, min_size=1), st.data())
def test_a_part_of_a_body_is_enough_and_no_field_of_it_is_passed_over(body, data):
    left_out = data.draw(st.sampled_from(sorted(body)))
    part = {name: value for name, value in body.items() if name != left_out}
    assert list(differences(part, body, "json")) == []
    (missed,) = differences(body, part, "json")
    assert missed.where == f"json.{left_out}"
    (kept,) = differences(part | {left_out: ABSENT}, body, "json")
    assert kept.where == f"json.{left_out}"


@given(bodies)
def test_whatever_is_shown_is_short_and_on_one_line(body):
    text = shown(body)
    assert len(text) <= 403
    assert "\n" not in text
    if len(text) < 80 and "…" not in text:
        assert json.loads(text) == body


def test_long_values_are_cut_and_secrets_left_out():
    assert shown("x" * 81) == '"' + "x" * 80 + '..." (81 characters)'
    assert shown([*range(10)]) == "[0, 1, 2, 3, 4, 5, 6, 7, ... (10 items)]"
    assert shown(["x" * 80] * 8)[400:] == "..."
    assert shown({"url": "https://a:b@h/p?token=c", "api_key": "k", "max_tokens": 5}) == (
        '{"url": "https://…@h/p?token=…", "api_key": …, "max_tokens": 5}'
    )


async def test_what_is_expected_is_given(client, world):
    first, second = await submit(client), await submit(client, prompt="a dog")
    assert [one.task for one in expect(world, KEY, "acme/submit")] == [first, second]
    assert [one.task for one in expect(world, KEY, "submit", times=2)] == [first, second]
    assert expect(world, KEY, json={"prompt": re.compile("dog")}, times=1).only.task == second
    assert expect(world, KEY, "poll", times=0) == []
    assert expect(world, KEY, "submit", since=1).only.task == second


async def test_of_a_request_that_was_not_made_the_nearest_one_is_told(client, world):
    first = await submit(client)
    second = await submit(client, seconds=7, image_url="https://cdn.example/a.png")
    await client.get(f"/jobs/{second}")
    await client.post("/jobs", json=MUTE)
    await client.post("/jobs", content="no JSON", headers={"content-type": "application/json"})
    wanted: dict[str, Any] = {
        "status": 202,
        "headers": {"User-Agent": re.compile("^me/")},
        "json": {"prompt": "a cat", "seconds": 7, "image_url": ABSENT},
    }
    with pytest.raises(Unmet) as error:
        expect(world, KEY, "acme/submit", **wanted)
    assert str(error.value) == (
        "expected a request to acme/submit with status 202,"
        """ headers {"User-Agent": <matches '^me/'>},"""
        ' json {"prompt": "a cat", "seconds": 7, "image_url": ABSENT}, and there are none among 5\n'
        "the nearest is\n"
        f"  #1  POST  {ROOT}/jobs  202  acme submit  {first}\n"
        "    headers.User-Agent  expected  <matches '^me/'>\n"
        '                        got       "a-client"\n'
        "    json.seconds        expected  7\n"
        "                        got       3\n"
        "there are also\n"
        f"  #2  POST  {ROOT}/jobs               202  acme submit  {second}\n"
        f"  #4  POST  {ROOT}/jobs               422  acme submit  acme/audio-needs-image\n"
        f"  #5  POST  {ROOT}/jobs               400  acme submit  acme/bad-json\n"
        f"  #3  GET   {ROOT}/jobs/{second}  200  acme poll    {second}"
    )


async def test_requests_that_are_as_expected_but_too_few_are_told_last(client, world):
    task = await submit(client)
    await client.get("/jobs/none")
    with pytest.raises(Unmet) as error:
        expect(world, KEY, "acme/submit", times=2)
    assert str(error.value) == (
        "expected 2 requests to acme/submit, and there is 1 among 2\n"
        "the nearest of the others is\n"
        f"  #2  GET  {ROOT}/jobs/none  404  acme poll  acme/no-task\n"
        "    operation  expected  acme/submit\n"
        "               got       acme/poll\n"
        "as expected is\n"
        f"  #1  POST  {ROOT}/jobs  202  acme submit  {task}"
    )
    await submit(client)
    with pytest.raises(Unmet, match=r"expected 3 .* there are 2 among 3(\n.*)*\nas expected are\n"):
        expect(world, KEY, "acme/submit", times=3)


async def test_requests_that_are_too_many_are_told(client, world):
    tasks = [await submit(client), await submit(client)]
    lines = "".join(
        f"\n  #{number}  POST  {ROOT}/jobs  202  acme submit  {task}"
        for number, task in enumerate(tasks, 1)
    )
    with pytest.raises(Unmet) as once:
        expect(world, KEY, "submit", times=1)
    assert str(once.value) == f"expected one request to submit, and there are 2 among 2{lines}"
    with pytest.raises(Unmet) as never:
        expect(world, KEY, provider="acme", method="POST", times=0)
    assert str(never.value) == (
        f"expected no requests to acme with method POST, and there are 2 among 2{lines}"
    )


async def test_where_nothing_was_asked_that_is_said(client, world):
    await client.post("/jobs", json=CAT, headers={"x-acme-key": "another"})
    with pytest.raises(Unmet, match=r"^expected a request to poll, and no request was made$"):
        expect(world, KEY, "poll")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"provider": "venice"}, ["provider  expected  venice", "got       acme"]),
        ({"method": "get"}, ["method  expected  GET", "got       POST"]),
        ({"path": "/v1/*"}, ["path  expected  /v1/*", "got       /v9/jobs"]),
        ({"status": 200}, ["status  expected  200", "got       422"]),
        ({"rule": ""}, ["rule  expected  none", "got       acme/audio-needs-image"]),
        ({"task": "job-1"}, ["task  expected  job-1", "got       none"]),
        ({"query": {"page": "2"}}, ['query.page  expected  "2"', 'got       "1"']),
        ({"headers": {"X-No": str}}, ["headers.X-No  expected  <any str>", "got       nothing"]),
        (
            {"headers": {"X-Acme-Key": ABSENT}},
            ["headers.X-Acme-Key  expected  ABSENT", 'got       "test…'],
        ),
    ],
)  # fmt: skip
async def test_each_part_of_a_request_is_told_by_its_name(client, world, wanted, told):
    await client.post("/jobs?page=1&token=hush", json=MUTE)
    with pytest.raises(Unmet) as error:
        expect(world, KEY, **wanted)
    lines = str(error.value).splitlines()
    assert [lines[3].strip(), lines[4].strip()[: len(told[1])]] == told


async def test_keys_can_be_told_apart_and_are_not_shown(client, world):
    await client.post("/jobs", json=CAT, headers={"authorization": f"Bearer {KEY}"})
    with pytest.raises(Unmet) as error:
        expect(world, KEY, headers={"Authorization": "Bearer another-key-altogether"})
    text = str(error.value)
    assert KEY not in text
    assert "another-key-altogether" not in text
    assert 'headers.Authorization  expected  "Bearer anot…ab926247"' in text
    assert 'got       "Bearer test…' in text


async def test_a_request_without_a_body_is_no_json(client, world):
    await client.get("/jobs/none")
    with pytest.raises(Unmet, match=r'json  expected  \{"a": 1\}\n *got .* is no JSON: \'\'$'):
        expect(world, KEY, json={"a": 1})


async def test_many_differences_are_cut(client, world):
    await client.post("/jobs", json=CAT)
    with pytest.raises(Unmet) as error:
        expect(world, KEY, json={f"field-{number}": 1 for number in range(13)})
    lines = str(error.value).splitlines()
    assert (len(lines), lines[-1]) == (24, "    ... and 3 more differences")


@pytest.mark.usefixtures("client")
async def test_what_cannot_be_asked_for_is_refused(world):
    with pytest.raises(Misused, match="no operation 'acme/pol'; did you mean acme/poll"):
        expect(world, KEY, "acme/pol", times=0)
