"""Clients built on `http.client`, at a provider's real host."""

import asyncio
import http.client
import http.server
import json
import socket
import sys
import threading
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from mockserver.app import create_app
from mockserver.intercept.home import Home
from mockserver.intercept.http_client_door import http_client_door
from mockserver.intercept.target import NotMocked, Target
from mockserver.settings import Settings
from mockserver.testing.listening import Listening

HOST = "api.venice.ai"
BASE = f"https://{HOST}/api/v1/video"
MODEL = "seedance-2-0-text-to-video"
PRIVATE = "grok-imagine-text-to-video-private"
KEY = {"authorization": "Bearer any-key"}
ELSEWHERE = "api.elsewhere.example"


class Requests:
    """One session, as most code that uses requests has."""

    lost = requests.ConnectionError
    late = requests.ReadTimeout
    half = requests.exceptions.ChunkedEncodingError

    def __init__(self):
        self.session = requests.Session()
        self.close = self.session.close

    def __call__(self, method, url, body=None, *, wait=5.0):
        answer = self.session.request(method, url, json=body, headers=KEY, timeout=wait)
        return answer.status_code, answer.content


class Urllib3:
    """One pool, without retries."""

    lost = urllib3.exceptions.ProtocolError
    late = urllib3.exceptions.ReadTimeoutError
    half = urllib3.exceptions.ProtocolError

    def __init__(self):
        self.pool = urllib3.PoolManager(retries=False)
        self.close = self.pool.clear

    def __call__(self, method, url, body=None, *, wait=5.0):
        body = None if body is None else json.dumps(body)
        headers = KEY | {"content-type": "application/json"}
        answer = self.pool.request(method, url, body=body, headers=headers, timeout=wait)
        return answer.status, answer.data


class Urllib:
    """A connection for each request."""

    lost = http.client.RemoteDisconnected, ConnectionResetError
    late = TimeoutError
    half = http.client.IncompleteRead

    def close(self):
        """Nothing is kept."""

    def __call__(self, method, url, body=None, *, wait=5.0):
        body = None if body is None else json.dumps(body).encode()
        headers = KEY | {"content-type": "application/json"}
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=wait) as answer:
            return answer.status, answer.read()


class HttpClient:
    """One connection, kept by hand."""

    lost = http.client.RemoteDisconnected, ConnectionResetError
    late = TimeoutError
    half = http.client.IncompleteRead

    def __init__(self):
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()

    def __call__(self, method, url, body=None, *, wait=5.0):
        host, slash, path = url.removeprefix("https://").partition("/")
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(host, timeout=wait)
        body = None if body is None else json.dumps(body)
        headers = KEY | {"content-type": "application/json"}
        self.connection.request(method, slash + path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


LIBRARIES = [Requests, Urllib3, Urllib, HttpClient]
KEEPING = [Requests, Urllib3, HttpClient]


def target_of(app, home, tenant="this-test"):
    return Target(app=app, hosts={HOST}, tenant=tenant, home=home)


@pytest.fixture(scope="module")
def app():
    return create_app(Settings(seed=1, clock="poll"))


@pytest.fixture
def world(app):
    return app.state.world


@pytest.fixture
def home():
    home = Home()
    yield home
    home.close()


@pytest.fixture
def target(app, home, request):
    tenant = request.node.name
    yield target_of(app, home, tenant)
    app.state.world.forget(tenant)


@pytest.fixture
def _open(target):
    with http_client_door(target):
        yield


@pytest.fixture(params=LIBRARIES, ids=lambda one: one.__name__)
def ask(request, _open):
    with closing(request.param()) as ask:
        yield ask


@pytest.fixture(params=KEEPING, ids=lambda one: one.__name__)
def keeping(request):
    with closing(request.param()) as ask:
        yield ask


def submit(ask, prompt="a cat", **rest):
    body = {"model": MODEL, "prompt": prompt, "duration": "5s"}
    return ask("POST", f"{BASE}/queue", body, **rest)


def tenants_of(world):
    return {task.tenant for task in world.store.tasks.of_all()}


def tasks_of(app, tenant):
    return len(list(app.state.world.store.tasks.of(tenant)))


@contextmanager
def counting(monkeypatch):
    """Count the connections that are made."""
    made = []
    pair = socket.socketpair
    monkeypatch.setattr(socket, "socketpair", lambda: made.append(1) or pair())
    yield made


def test_a_film_is_ordered_awaited_and_fetched(ask, target, app):
    status, answer = submit(ask)
    queued = {"model": MODEL, "queue_id": json.loads(answer)["queue_id"]}
    looks = [ask("POST", f"{BASE}/retrieve", queued) for _ in range(3)]

    assert status == 200
    assert [look[0] for look in looks] == [200, 200, 200]
    assert looks[-1][1][4:8] == b"ftyp"
    assert tasks_of(app, target.tenant) == 1


def test_a_link_in_an_answer_leads_to_the_host_that_was_asked(ask):
    body = {"model": PRIVATE, "prompt": "a cat", "duration": "5s"}
    _, answer = ask("POST", f"{BASE}/queue", body)
    made = json.loads(answer)
    for _ in range(2):
        ask("POST", f"{BASE}/retrieve", {"model": PRIVATE, "queue_id": made["queue_id"]})

    assert made["download_url"].startswith(f"https://{HOST}/")
    assert ask("GET", made["download_url"])[1][4:8] == b"ftyp"


@pytest.mark.usefixtures("_open")
def test_requests_share_a_connection(keeping, home, monkeypatch):
    assert home.loop  # which has a pair of its own
    with counting(monkeypatch) as made:
        for _ in range(3):
            submit(keeping)

    assert len(made) == 1


def test_a_dropped_answer_is_an_error_of_the_library(ask, target, app):
    for name in ("reset", "empty"):
        with pytest.raises(ask.lost):
            submit(ask, f"a cat [screentest: lose-{name}]")
        ask.close()

    assert tasks_of(app, target.tenant) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a reset is an early end")
@pytest.mark.parametrize("ask", [Urllib, HttpClient], indirect=True)
def test_a_reset_is_told_from_an_early_end(ask):
    with pytest.raises(ConnectionResetError, match="reset by peer"):
        submit(ask, "a cat [screentest: lose-reset]")


def test_half_an_answer_is_an_error_of_the_library(ask):
    with pytest.raises(ask.half):
        submit(ask, "a cat [screentest: lose-half]")


def test_the_timeout_of_a_client_holds(ask, target, app):
    with pytest.raises(ask.late):
        submit(ask, "a cat [screentest: lose-timeout]", wait=0.1)

    assert tasks_of(app, target.tenant) == 1


@pytest.mark.usefixtures("_open")
def test_the_default_timeout_of_sockets_holds():
    socket.setdefaulttimeout(0.05)
    connection = http.client.HTTPSConnection(HOST)
    try:
        connection.request("GET", "/api/v1/models", headers=KEY)
        assert connection.sock.gettimeout() == 0.05
    finally:
        socket.setdefaulttimeout(None)
        connection.close()


@pytest.mark.usefixtures("_open")
def test_a_slow_answer_begins_before_it_ends(target, world):
    world.scenarios.add(
        {"name": "slow", "when": {"operation": "submit"}, "do": {"slow": 800}}, target.tenant
    )
    body = {"model": MODEL, "prompt": "a cat", "duration": "5s"}
    with requests.post(f"{BASE}/queue", json=body, headers=KEY, stream=True, timeout=5) as answer:
        pieces = list(answer.raw.stream(1024))

    assert json.loads(b"".join(pieces))["queue_id"]


@pytest.mark.usefixtures("_open")
def test_ten_megabytes_arrive():
    answer = requests.post(f"{BASE}/queue", data=b"x" * 10_000_000, headers=KEY, timeout=5)

    assert answer.status_code == 400


def test_other_hosts_are_refused_and_remembered(ask, target):
    with pytest.raises(NotMocked, match=ELSEWHERE):
        ask("GET", f"https://{ELSEWHERE}/v1")

    assert [one.host for one in target.refused] == [ELSEWHERE]


@pytest.mark.usefixtures("_open")
def test_retries_do_not_hide_a_refusal(target):
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=3))
        with pytest.raises(NotMocked, match=f"https://{ELSEWHERE}:"):
            session.get(f"https://{ELSEWHERE}/v1")

    assert len(target.refused) == 1


@pytest.mark.parametrize("ask", [Requests, Urllib3, Urllib], indirect=True)
def test_this_machine_is_reached(ask, app, home):
    with closing(Listening(app, home)) as listening:
        status, _ = ask("GET", f"{listening.origin}/api/v1/models")

    assert status == 200


@pytest.mark.parametrize("ask", [Requests, Urllib], indirect=True)
def test_proxies_of_the_environment_change_nothing(ask, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")

    assert submit(ask)[0] == 200
    with pytest.raises(NotMocked, match=ELSEWHERE):
        ask("GET", f"https://{ELSEWHERE}/")


@pytest.mark.usefixtures("_open")
def test_a_proxy_of_urllib3_is_passed_by():
    with urllib3.ProxyManager("http://proxy.example:3128") as pool:
        answer = pool.request("GET", f"https://{HOST}/api/v1/models", headers=KEY)

    assert answer.status == 200


def test_a_blocking_client_is_answered_within_a_running_loop(ask):
    async def main():
        return submit(ask)[0]

    assert asyncio.run(main()) == 200


@pytest.mark.usefixtures("_open")
def test_threads_are_answered_side_by_side(target, app):
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(pool_maxsize=8))
        body = {"model": MODEL, "prompt": "a cat", "duration": "5s"}

        def post():
            session.post(f"{BASE}/queue", json=body, headers=KEY, timeout=5)

        threads = [threading.Thread(target=post) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert tasks_of(app, target.tenant) == 8


def test_a_kept_connection_does_not_outlive_its_door(keeping, app, home):
    tenants = [f"{part} of {type(keeping).__name__}" for part in ("first", "second")]
    for tenant in tenants:
        with http_client_door(target_of(app, home, tenant)):
            submit(keeping)
        if isinstance(keeping, HttpClient):
            keeping.close()  # it has no pool that would notice

    assert [tasks_of(app, tenant) for tenant in tenants] == [1, 1]


def test_a_door_that_closes_hangs_up_on_calls_that_wait(app, home):
    target = target_of(app, home, "hung-up")
    connection = http.client.HTTPSConnection(HOST, timeout=5)
    body = json.dumps({"model": MODEL, "prompt": "[screentest: lose-timeout]", "duration": "5s"})
    with http_client_door(target):
        connection.request(
            "POST", "/api/v1/video/queue", body, KEY | {"content-type": "application/json"}
        )
        home.run(_until(lambda: tasks_of(app, "hung-up")))

    with closing(connection), pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


async def _until(holds):
    while not holds():  # noqa: ASYNC110 - the mock tells nobody
        await asyncio.sleep(0.001)


def test_the_inner_of_two_doors_answers(app, home):
    with http_client_door(target_of(app, home, "outer")):
        with http_client_door(target_of(app, home, "inner")):
            submit(Urllib())
        submit(Urllib())

    assert [tasks_of(app, tenant) for tenant in ("outer", "inner")] == [1, 1]


PLACES = [
    (module, name)
    for module in (http.client, urllib3.connection)
    for name in ("HTTPConnection", "HTTPSConnection")
]


def test_everything_is_as_before_when_the_door_closes(target):
    before = [vars(getattr(module, name))["connect"] for module, name in PLACES]

    with pytest.raises(ZeroDivisionError), http_client_door(target):
        1 / 0  # noqa: B018

    assert [vars(getattr(module, name))["connect"] for module, name in PLACES] == before


def test_what_was_patched_meanwhile_stays_and_finds_the_door_shut(target, monkeypatch):
    original = http.client.HTTPSConnection.connect
    with http_client_door(target):
        ours = http.client.HTTPSConnection.connect
        monkeypatch.setattr(http.client.HTTPSConnection, "connect", lambda _: "theirs")
    left = http.client.HTTPSConnection(HOST).connect()
    monkeypatch.setattr(http.client.HTTPSConnection, "connect", ours)
    connection = http.client.HTTPSConnection("127.0.0.1", 1, timeout=1)

    assert left == "theirs"
    with pytest.raises(ConnectionRefusedError):
        connection.connect()
    monkeypatch.undo()
    http.client.HTTPSConnection.connect = original


@contextmanager
def elsewhere(monkeypatch):
    """A server of this machine to which all connections lead that are made in the block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.server.seen.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda _host, _port, *rest: real(*server.server_address, *rest)
        )
        yield server.seen
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("library", [Requests, Urllib3])
def test_a_connection_that_is_older_than_the_door_is_not_used(library, target, monkeypatch):
    with elsewhere(monkeypatch) as seen, closing(library()) as ask:
        ask("GET", f"http://{HOST}/before")
        ask("GET", f"http://{ELSEWHERE}/before")
        with http_client_door(target):
            status, _ = ask("GET", f"http://{HOST}/api/v1/models")
            with pytest.raises(NotMocked, match=f"GET http://{ELSEWHERE}/v1:"):
                ask("GET", f"http://{ELSEWHERE}/v1")

    assert status == 200
    assert seen == ["/before", "/before"]


def test_a_connection_of_an_outer_door_is_not_used_in_an_inner_one(app, home):
    connection = HttpClient()
    with http_client_door(target_of(app, home, "around")):
        submit(connection)
        with http_client_door(target_of(app, home, "within")):
            submit(connection)
    connection.close()

    assert [tasks_of(app, tenant) for tenant in ("around", "within")] == [1, 1]


@pytest.mark.usefixtures("_open")
def test_a_unix_socket_may_have_any_name():
    near, far = socket.socketpair()
    connection = http.client.HTTPConnection("docker")
    connection.sock = near
    with far, closing(connection):
        connection.request("GET", "/info")

        assert far.recv(1024).startswith(b"GET /info HTTP/1.1")


@pytest.mark.usefixtures("_open")
def test_a_proxy_that_forwards_is_passed_by(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    body = {"model": MODEL, "prompt": "a cat", "duration": "5s"}
    with requests.Session() as session:
        queue = f"http://{HOST}/api/v1/video/queue?a=1"
        queued = session.post(queue, json=body, headers=KEY, timeout=5)
        root = session.get(f"http://{HOST}", timeout=5)

    assert queued.json()["queue_id"]
    assert root.status_code == 200


@pytest.mark.usefixtures("_open")
def test_a_proxy_that_forwards_is_asked_for_nothing_that_is_refused(monkeypatch, target):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with pytest.raises(NotMocked, match=f"POST http://{ELSEWHERE}/v1"):
        requests.post(f"http://{ELSEWHERE}/v1?token=SECRET", timeout=5)

    assert [one.what for one in target.refused] == [f"POST http://{ELSEWHERE}/v1?token=…"]


@pytest.mark.usefixtures("_open")
def test_a_proxy_that_forwards_is_asked_for_what_may_pass(monkeypatch):
    with elsewhere(monkeypatch) as seen, urllib3.ProxyManager("http://127.0.0.1:1") as pool:
        answered = pool.request("GET", f"http://{HOST}/api/v1/models", headers=KEY)
        passed = pool.request("GET", "http://app.localhost/through")
        kept = pool.request("GET", "http://app.localhost/again")

    assert (answered.status, passed.status, kept.status) == (200, 204, 204)
    assert seen == ["http://app.localhost/through", "http://app.localhost/again"]


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(
    ("goal", "own"), [(f"https://{HOST}:8443", 443), (f"http://{HOST}:443", 80)]
)
def test_another_port_of_a_provider_is_refused(goal, own, target):
    with pytest.raises(NotMocked, match=f"is answered at port {own} alone"):
        requests.get(f"{goal}/v1", timeout=5)

    assert target.refused[0].what.removeprefix("GET ").startswith(goal)
