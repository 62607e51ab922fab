"""Who is answered, who may pass, and what someone is told who may not."""

import socket
from ipaddress import ip_address

import pytest

from mockserver.intercept.home import Home
from mockserver.intercept.target import (
    NotMocked,
    Target,
    host_problem,
    is_local,
    is_own,
    port_problem,
)

HOST = "api.acme.example"
ELSEWHERE = "tele.example"


def target_of(*allowed):
    return Target(app=None, hosts={HOST}, tenant="t", home=Home(), allowed=allowed)


@pytest.mark.parametrize("host", [HOST, "API.acme.example."])
@pytest.mark.parametrize(("port", "scheme"), [(None, "https"), (443, "https"), (80, "http")])
def test_a_provider_is_answered_at_the_port_of_its_scheme(host, port, scheme):
    assert target_of().takes(host, "what", port, scheme)


@pytest.mark.parametrize(
    ("port", "scheme", "own"), [(8443, "https", 443), (443, "http", 80), (80, "wss", 443)]
)
def test_another_port_of_a_provider_is_refused(port, scheme, own):
    target = target_of()

    with pytest.raises(NotMocked, match=f"refused GET it: {HOST} is answered at port {own} alone"):
        target.takes(HOST, "GET it", port, scheme)

    assert [(one.host, one.what) for one in target.refused] == [(HOST, "GET it")]
    assert port_problem(HOST, 443) == ""


def test_a_refusal_says_how_to_let_the_request_out():
    with pytest.raises(NotMocked, match=rf'allow_hosts=\["{ELSEWHERE}"\]'):
        target_of().takes(ELSEWHERE, "what")


def test_a_refusal_tells_no_secrets():
    target, url = target_of(), f"https://user:hunter2@{ELSEWHERE}/x?api_key=SECRET&a=1"

    with pytest.raises(NotMocked) as refusal:
        target.takes(ELSEWHERE, f"GET {url}")

    assert target.refused[0].what == f"GET https://…@{ELSEWHERE}/x?api_key=…&a=1"
    assert target.refused[0].what in str(refusal.value)


def test_allowed_hosts_and_this_machine_pass():
    target = target_of(ELSEWHERE)

    assert target.takes(ELSEWHERE, "what") is False
    assert target.takes("0.0.0.0", "what", 8000, "http") is False  # noqa: S104 - no one binds
    assert target.refused == []


def test_addresses_are_connected_to_only_where_a_name_is_allowed_that_may_have_them():
    assert not target_of().lets_connect("198.51.100.1")
    assert target_of(ELSEWHERE).lets_connect("198.51.100.1")
    assert not target_of(ELSEWHERE).lets_connect("other.example")
    assert not target_of(ELSEWHERE).lets_out("198.51.100.1")


@pytest.mark.parametrize(
    "host",
    ["localhost", "app.localhost", "127.0.0.1", "127.1", "[::1]", "::", "0.0.0.0", ""],  # noqa: S104
)
def test_names_and_addresses_of_this_machine_are_local(host):
    assert is_local(host)


def test_the_name_of_this_machine_is_local(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "Laptop")

    assert is_local("laptop")
    assert not is_local("other-laptop")


@pytest.mark.parametrize("host", ["198.51.100.1", "2001:db8::1", ELSEWHERE, "localhost.example"])
def test_nothing_else_is_local(host):
    assert not is_local(host)


class Interface:
    """A socket of a machine that has one address."""

    def __init__(self, *_):
        """Nothing is opened."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is open."""

    def bind(self, address):
        if address != ("10.1.2.3", 0):
            raise OSError("cannot assign requested address")


@pytest.mark.parametrize(("address", "is_it"), [("10.1.2.3", True), ("10.1.2.4", False)])
def test_addresses_in_its_networks_are_this_machine(monkeypatch, address, is_it):
    monkeypatch.setattr(socket, "socket", Interface)

    assert is_own(ip_address(address)) is is_it


@pytest.mark.parametrize("name", ["db", "db.example", "DB.example.", "10.0.0.1", "::1", "a_b-c.d"])
def test_names_and_addresses_can_be_allowed(name):
    assert host_problem(name) == ""
    assert target_of(name)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("https://x.example/", "; write 'x.example'"),
        ("x.example:443", "; write 'x.example'"),
        ("http://[::1]:80", "; write '::1'"),
        ("*.x.example", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_what_is_no_name_cannot_be_allowed_and_is_told_what_would_be(text, hint):
    assert host_problem(text) == f"{text!r} is not the name of a host{hint}"
    with pytest.raises(ValueError, match="is not the name of a host"):
        target_of(text)
