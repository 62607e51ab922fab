"""What a client says first."""

from base64 import b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.proxy.head import Head, authority_of, parse

OPEN = b"CONNECT api.acme.example:443 HTTP/1.1\r\nHost: api.acme.example:443"


def basic(text):
    return b"\r\nProxy-Authorization: Basic " + b64encode(text)


def test_a_head_says_what_is_wanted_and_for_whom():
    expected = Head(
        method="CONNECT", target="api.acme.example:443", host="api.acme.example:443", tenant="anna"
    )
    assert parse(OPEN + basic(b"anna:x")) == expected


def test_without_credentials_it_is_for_nobody():
    assert parse(OPEN).tenant == ""


@pytest.mark.parametrize("name", ["Zoë".encode(), "Zoë".encode("latin-1")])
def test_a_name_is_understood_however_the_client_encodes_it(name):
    assert parse(OPEN + basic(name + b":x")).tenant == "Zoë"


@pytest.mark.parametrize(
    "credentials", ["Bearer YTpi", "Basic", "Basic ???", f"Basic {b64encode(b'anna').decode()}"]
)
def test_credentials_that_name_no_tenant_are_wrong(credentials):
    with pytest.raises(ValueError, match="are to be Basic, with the tenant as the user"):
        parse(OPEN + f"\r\nProxy-Authorization: {credentials}".encode())


def test_a_host_that_is_none_is_left_out():
    assert parse(b"GET / HTTP/1.1\r\nHost: a'b").host == ""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("API.acme.example.:443", ("api.acme.example", 443)),
        ("[::1]:8443", ("[::1]", 8443)),
        ("127.0.0.1:1", ("127.0.0.1", 1)),
    ],
)
def test_a_tunnel_leads_to_a_host_and_a_port(target, expected):
    assert authority_of(target) == expected


@pytest.mark.parametrize("target", ["api.acme.example", ":443", "a:b", "https://a:1", "a:123456"])
def test_anything_else_is_no_target_of_a_tunnel(target):
    with pytest.raises(ValueError, match="by host and port"):
        authority_of(target)


@given(st.binary(max_size=200))
@example(OPEN + b"\r\n: \r\nno colon")
def test_any_bytes_are_read_or_refused(text):
    try:
        head = parse(text)
    except ValueError:
        return
    assert head.method.isalpha()
