"""Where callbacks may go, whatever URL a client thinks up."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import text

from mockserver import destinations
from mockserver.destinations import Forbidden, addresses, is_loopback, objection, parsed, shown
from mockserver.settings import Settings

NONE = frozenset()
ALLOWED = frozenset({"hooks.example", "other.example:8443"})


@pytest.fixture
def names(monkeypatch):
    """What names lead to, instead of what DNS says; and every look that was taken."""
    book = {}
    looks = []

    async def resolve(host, port):
        looks.append((host, port))
        return [ip_address(one) for one in book[host]]

    monkeypatch.setattr(destinations, "resolve", resolve)
    book["looks"] = looks
    return book


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "localhost",
        "::ffff:127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
    ],
)
def test_this_machine_is_loopback_however_it_is_spelled(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "192.168.0.1",
        "example.com",
        "::",
        "0",
        "fe80::1",
        "::ffff:10.0.0.1",
        "3232235521",
        "127.0.0.ä",
        "localhost.example.com",
        "",
        "::127.0.0.1",  # only a gateway could make this machine of it, and of the next two
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_nothing_else_is(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:0/", "'http://127.0.0.1:0/' names port 0, where nothing can listen"),
        ("http://2852039166/", "'2852039166' is not a loopback address"),
        ("http://[fe80::1%25eth0]/", "is not a loopback address"),
        ("http://127.0.0.1\\@example.com/", "'example.com' is not a loopback address"),
        ("http://user:secret@[bad/", "'http://[bad/' is not a URL"),
        ("http://user:secret@/x", "'http:///x' is not an http(s) URL"),
        ("//127.0.0.1/", "is not an http(s) URL"),
        ("http://other.example/", "'other.example' is not a loopback address"),
        ("http://hooks.example:99999/", "is not a URL"),
    ],
)
def test_what_the_text_of_a_url_tells_is_refused_at_once(url, reason):
    found = objection(url, ALLOWED)
    assert reason in found
    assert "secret" not in found


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1/x",
        "https://[::1]/",
        "http://hooks.example/",
        "https://HOOKS.example:1/",
        "http://other.example:8443/",
        "http://u:p@127.0.0.1/#part",
    ],
)
def test_this_machine_and_what_was_allowed_is_not_objected_to(url):
    assert objection(url, ALLOWED) == ""


@pytest.mark.parametrize("url", ["http://[::1/", "dummy", "http://x:0/", "ftp://x/"])
def test_a_url_that_nothing_can_be_posted_to_is_refused_in_words(url):
    with pytest.raises(ValueError, match=f"^'{re.escape(url)}' (is not|names)"):
        parsed(url)


def test_a_url_is_read_whoever_it_leads_to():
    assert parsed("https://stranger.example/x") == urlsplit("https://stranger.example/x")


@given(text(), text(alphabet=st.sampled_from("[]@:/?#\\\x00.%0x127ä ")))
def test_no_url_is_too_odd_to_be_judged(any_text, odd):
    for url in (any_text, f"http://{any_text}", f"https://{odd}", f"http://127.0.0.1{odd}"):
        assert isinstance(objection(url, ALLOWED), str)
        assert len(shown(url)) <= len(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://u:p@h/x@y", "http://h/x@y"),
        ("http://h?a=b@c", "http://h?a=b@c"),
        ("http://u@p@h#x", "http://h#x"),
        ("u:p@h", "u:p@h"),
        ("http://h", "http://h"),
    ],
)
def test_credentials_are_not_shown(url, expected):
    assert shown(url) == expected


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("169.254.169.254", "metadata"),
        ("169.254.0.1", "link-local"),
        ("fe80::1", "link-local"),
        ("::ffff:169.254.169.254", "metadata"),
        ("64:ff9b::a9fe:a9fe", "metadata"),
        ("2002:a9fe:a9fe::", "metadata"),
        ("100.100.100.200", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("224.0.0.1", "many machines"),
        ("ff02::1", "many machines"),
        ("255.255.255.255", "many machines"),
        ("0.0.0.0", "no address of a machine"),  # noqa: S104 - which is the point
        ("::", "no address of a machine"),
        ("::ffff:0.0.0.0", "no address of a machine"),
    ],
)
async def test_some_addresses_are_refused_even_where_their_host_is_allowed(names, address, reason):
    names["hooks.example"] = [address]
    with pytest.raises(Forbidden, match=f"'hooks.example' leads to .*{reason}"):
        await addresses(urlsplit("http://hooks.example/"), ALLOWED)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Forbidden, match=reason):
        await addresses(urlsplit(f"http://{host}/"), frozenset({address}))


async def test_one_bad_address_is_enough(names):
    names["hooks.example"] = ["93.184.216.34", "169.254.169.254"]
    with pytest.raises(Forbidden):
        await addresses(urlsplit("http://hooks.example/"), ALLOWED)


async def test_an_allowed_host_may_be_anywhere_else_and_is_looked_up_once(names):
    names["other.example"] = ["10.0.0.1", "2001:db8::1"]
    found = await addresses(urlsplit("https://other.example:8443/"), ALLOWED)
    assert found == ["10.0.0.1", "2001:db8::1"]
    assert names["looks"] == [("other.example", 8443)]


async def test_a_name_of_this_machine_must_lead_to_it(names):
    names["localhost"] = ["127.0.0.1", "10.0.0.1"]
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1, which is not a loopback address"):
        await addresses(urlsplit("http://localhost/"), NONE)


async def test_an_address_is_not_looked_up(names):
    assert await addresses(urlsplit("http://2130706433/"), NONE) == ["127.0.0.1"]
    assert names["looks"] == []


async def test_localhost_is_resolved_by_the_system():
    assert "127.0.0.1" in await addresses(urlsplit("http://localhost:80/"), NONE)


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "169.254.169.254:8080", "fd00:ec2::254", "224.0.0.1"]
)
def test_allowing_a_host_that_callbacks_are_never_sent_to_is_refused_at_start(host):
    with pytest.raises(ValueError, match=f"callbacks are never sent to {host}, which is "):
        Settings(seed=1, callback_hosts=frozenset({host}))


@pytest.mark.parametrize("host", ["hooks.example", "hooks.example:8080", "10.0.0.1:80", "fd00::1"])
def test_any_other_host_can_be_allowed(host):
    assert Settings(seed=1, callback_hosts=frozenset({host})).callback_hosts == {host}
