"""Redaction: what is told has no secrets in it, and everything else."""

import pytest

from mockserver import redaction
from mockserver.journal import label

SECRET = "0123456789abcdef"


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "proxy-authorization",
        "x-auth",
        "x-api-key",
        "x-api-secret",
        "x-screentest-token",
        "cookie",
        "set-cookie",
        "sign-in-with-x",
        "payment-signature",
        "x-password",
        "x-credential",
        "x-session-id",
        "referer",
    ],
)
def test_a_header_that_may_carry_a_secret_is_told_by_its_name_alone(name):
    assert redaction.headers([(name.encode(), b"s")]) == {name: "…"}


def test_any_other_header_is_told():
    given = [(b"accept", b"*/*"), (b"x-screentest-tenant", SECRET.encode()), (b"host", b"a:1")]
    expected = {"accept": "*/*", "x-screentest-tenant": label(SECRET), "host": "a:1"}
    assert redaction.headers(given) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("key", True),
        ("api_key", True),
        ("apikey", True),
        ("apiKey", True),
        ("API-KEY", True),
        ("accesstoken", True),
        ("X-Amz-Signature", True),
        ("sessionId", True),
        ("client.secret", True),
        ("password", True),
        ("keyframes", False),
        ("keyframe", False),
        ("monkey", False),
        ("max_tokens", False),
        ("completionTokens", False),
        ("author", False),
        ("", False),
    ],
)
def test_a_field_is_secret_by_how_its_name_ends(field, expected):
    assert redaction.is_secret(field) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("a=b&c", "a=b&c"),
        ("a=%20+b&token=s&token=", "a=%20+b&token=…&token=…"),
        ("api%5Fkey=s", "api%5Fkey=…"),
        ("u=http%3A%2F%2Fme%3As%40h%2F", "u=http%3A%2F%2F…%40h%2F"),
    ],
)
def test_a_query_is_told_without_its_secrets(query, expected):
    assert redaction.query(query) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("a man, key=in hand?key=1", "a man, key=in hand?key=1"),
        ("http://h/p?a=b#c", "http://h/p?a=b#c"),
        ("http://me:s@h/p", "http://…@h/p"),
        ("http://me:s@@h/p", "http://…@h/p"),
        ("http://h/@p", "http://h/@p"),
        ("http://h/?token=s&a=b&Signature=s#x", "http://h/?token=…&a=b&Signature=…#x"),
        ("see http://me@h, and https://k:s@i", "see http://…@h, and https://…@i"),
    ],
)
def test_a_url_is_told_without_its_secrets(url, expected):
    assert redaction.url(url) == expected


def test_json_is_told_without_its_secrets():
    given = """{"a": [1, {"token": ["s"], "secret": null, "url": "http://me:s@h"}], "b": "key"}"""
    expected = {"a": [1, {"token": "…", "secret": None, "url": "http://…@h"}], "b": "key"}
    assert redaction.json(given) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("authorization: Bearer s.e-c", "authorization: Bearer …"),
        ("curl -H 'x: bearer s' http://me:s@h", "curl -H 'x: bearer …' http://…@h"),
        ('{"api_key": "s", "a": "b",}', '{"api_key": "…", "a": "b",}'),
        ('{"api_key":"s', '{"api_key":"…"'),
        ("plain", "plain"),
    ],
)
def test_text_is_told_without_its_secrets(text, expected):
    assert redaction.text(text) == expected


@pytest.mark.parametrize("part", ["?", "&", "://", "?=", '"', "\\", "bearer ", "a:", "Aa", "key"])
def test_no_text_takes_long(part):
    text = (part * 4096)[:4096]
    for tell in (redaction.text, redaction.query, redaction.url, redaction.is_secret):
        tell(f"://{text}")
