"""Who reaches the control plane: this machine, or who has the token; never a web page."""

import subprocess
import sys

import httpx
import pytest

from contracts.kernel.registry import providers
from mockserver.admission import objection
from mockserver.app import create_app
from mockserver.commands.serve import serve
from mockserver.settings import Settings
from mockserver.world import World

HEALTH = "/_screentest/health"


def scope_of(peer="127.0.0.1", bound="127.0.0.1", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    client = None if peer is None else (peer, 5000)
    return {"headers": raw, "client": client, "server": (bound, 8600)}


def rule(scope, token=""):
    found = objection(scope, token)
    return found.rule if found else None


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("127.0.0.1", None),
        ("127.8.9.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        (None, None),
        ("testclient", None),
        ("10.0.0.7", "not-local"),
        ("0.0.0.0", "not-local"),  # noqa: S104 - an address like any other
        ("fe80::1%eth0", "not-local"),
        ("::ffff:10.0.0.7", "not-local"),
    ],
)
def test_a_peer_is_on_this_machine_or_refused(peer, expected):
    assert rule(scope_of(peer)) == expected
    assert rule(scope_of(peer, authorization="Bearer secret"), "secret") is None


@pytest.mark.parametrize(
    "header",
    [
        "forwarded",
        "via",
        "x_forwarded_for",
        "x_forwarded_host",
        "X_Forwarded_Proto",
        "x_original_forwarded_for",
        "x_real_ip",
        "true_client_ip",
        "cf_connecting_ip",
    ],
)
def test_a_proxy_speaks_for_someone_else(header):
    assert rule(scope_of(**{header: "1.2.3.4"})) == "not-local"


@pytest.mark.parametrize("header", ["x_forwarding", "trivia", "x_client_ip_count"])
def test_other_headers_are_no_proxys(header):
    assert rule(scope_of(**{header: "1.2.3.4"})) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "token"),
        ({"authorization": "Bearer other"}, "token"),
        ({"authorization": "Basic secret"}, "token"),
        ({"authorization": "secret"}, "token"),
        ({"x_screentest_token": "sécret"}, "token"),
        ({"authorization": "bearer secret"}, None),
        ({"x_screentest_token": "secret"}, None),
    ],
)
def test_a_token_that_is_set_is_always_asked_for(headers, expected):
    assert rule(scope_of(**headers), "secret") == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:8600", None),
        ("[::1]:8600", None),
        ("10.0.0.7:8600", None),
        ("localhost", None),
        ("LOCALHOST:1", None),
        ("mock.localhost:8600", None),
        ("mock.test:8600", None),
        ("rebound.example:8600", "foreign-host"),
        ("localhost.example", "foreign-host"),
        ("[::1", "foreign-host"),
        (":8600", "foreign-host"),
    ],
)
def test_a_host_is_an_address_or_this_machine(host, expected):
    assert rule(scope_of(bound="mock.test", host=host)) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"origin": "http://localhost:8600"}, None),
        ({"origin": "http://localhost:3000"}, "foreign-page"),
        ({"origin": "https://evil.example"}, "foreign-page"),
        ({"origin": "null"}, "foreign-page"),
        ({"sec_fetch_site": "cross-site"}, "foreign-page"),
        ({"sec_fetch_site": "same-site"}, "foreign-page"),
        ({"sec_fetch_site": "same-origin"}, None),
        ({"sec_fetch_site": "none"}, None),
    ],
)
def test_a_page_of_another_origin_is_refused(headers, expected):
    assert rule(scope_of(host="localhost:8600", **headers)) == expected


async def test_a_refusal_names_its_rule(client):
    answer = await client.post("/_screentest/reset", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.headers["x-screentest-rule"] == "screentest/foreign-page"
    assert "web page" in answer.json()["error"]


async def test_this_machine_reaches_it_by_both_doors(door):
    async with door(create_app(Settings(seed=1))) as client:
        assert (await client.get(HEALTH)).status_code == 200


async def test_a_token_lets_in_and_keeps_out_by_both_doors(door):
    async with door(create_app(Settings(seed=1, control_token="secret"))) as client:
        assert (await client.get(HEALTH)).status_code == 403
        headers = {"x-screentest-token": "secret", "host": "a-container:8600"}
        assert (await client.get(HEALTH, headers=headers)).status_code == 200


def test_a_token_is_not_shown():
    assert "secret" not in repr(Settings(control_token="secret"))


def test_a_token_can_be_given_by_option_or_environment():
    (option,) = [one for one in serve.params if one.name == "control_token"]
    assert option.opts == ["--control-token"]
    assert option.envvar == "SCREENTEST_CONTROL_TOKEN"


@pytest.mark.parametrize("one", providers().values(), ids=lambda one: one.id)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        HEALTH,
        "/_screentest/openapi.json",
        "/_screentest/openapi/x.json",
        "/_screentest/sink",
        "/_screentest/media",
        "/_screentest/mediax",
    ],
)
@pytest.mark.parametrize("end", ["", ".", ".:443", ":443"])
async def test_a_providers_host_has_nothing_of_ours(client, one, path, end):
    answer = await client.get(path, headers={"host": f"{one.hosts[0]}{end}"})
    assert answer.status_code == one.errors["no-route"].status
    assert answer.headers["x-screentest-rule"] == f"{one.id}/no-route"


async def test_a_providers_host_has_the_sinks_of_its_callbacks(client, world):
    host = next(iter(providers().values())).hosts[0]
    answer = await client.post("/_screentest/sink/s", headers={"host": host}, content=b"{}")
    assert answer.status_code == 204
    assert len(world.sinks.sink("s").arrivals) == 1


async def test_a_providers_host_has_the_media_it_links_to(client):
    host = next(iter(providers().values())).hosts[0]
    answer = await client.get("/_screentest/media/none.mp4", headers={"host": host})
    assert answer.headers["x-screentest-rule"] == "screentest/no-media"


async def test_media_sinks_and_contracts_are_open_to_all(clock):
    app = create_app(world=World(Settings(seed=1, control_token="secret"), clock))
    transport = httpx.ASGITransport(app, client=("10.0.0.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://mock.example") as far:
        one = next(iter(providers()))
        assert (await far.get(f"/_screentest/openapi/{one}.json")).status_code == 200
        assert (await far.get("/_screentest/openapi.json")).status_code == 200
        assert (await far.post("/_screentest/sink/s", content=b"{}")).status_code == 204
        assert (await far.get("/_screentest/media/x.mp4")).status_code == 404
        assert (await far.get(HEALTH)).status_code == 403
        assert (await far.get("/_screentest/sink/s")).status_code == 403
        assert (await far.delete("/_screentest/sink/s")).status_code == 403


def test_an_app_does_not_load_the_control_plane_until_it_is_asked():
    code = (
        "import sys, mockserver.app; print([m for m in sys.modules if 'mockserver.control' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
