"""Both ways to the mock for properties of clients, and a stub that answers what it is told."""

import json
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver.app import create_app
from mockserver.intercept.doors import open_doors
from mockserver.intercept.home import Home
from mockserver.intercept.target import Target
from mockserver.settings import Settings

NEWEST = ("venice@2026-10", "acedata@2026-10")


class Stage:
    """The mock as one test sees it: a tenant of its own, and what became of its requests."""

    def __init__(self, key, origin, ask):
        self.key = key
        self._origin = origin
        """Empty in process, where clients go to the provider's own host."""
        self._ask = ask
        self._begin()

    def base(self, real):
        """Give the base URL for a client: the provider's own, or the same path of the mock."""
        return f"{self._origin}{urlsplit(real).path}" if self._origin else real

    def latest(self, operation):
        """Give the latest request of a kind, or None before there is one.

        What works without a key belongs to no tenant, so nobody's is left out.
        """
        wanted = {"operation": operation, "limit": 1}
        return next(iter(self._ask("GET", "/journal", wanted)["entries"]), None)

    def sent(self, task):
        """Give the body of the request that opened a task."""
        wanted = {"tenant": self.key, "task": task}
        return self._ask("GET", "/journal", wanted)["entries"][0]["body"]["json"]

    def judge(self, operation, case, before, error):
        """See a body that breaks a rule refused, by the client or by the mock.

        A client may mend a body on its way, as by leaving out what is null: then another arrives.
        Gives what the mock said, if it was the mock that refused.
        """
        rule, body = case
        asked = self.latest(operation)
        if isinstance(error, ValueError | TypeError):
            assert asked == before, "it was sent all the same"
            return None
        assert asked != before, "it was never sent"
        if "json" in asked["body"] and text(asked["body"]["json"]) == text(body):
            assert (asked["rule"], error is None) == (rule, False)
        return asked["answer"]["json"] if error else None

    def forget(self):
        """Forget what this test did, its tasks included."""
        self._ask("POST", "/reset", {"tenant": self.key})
        self._begin()

    def _begin(self):
        """Let each look at a task move it one stage."""
        self._ask("POST", "/clock", {"tenant": self.key}, {"policy": "poll"})

    def fail(self, task, reason):
        """Let a task fail for a documented reason."""
        self._ask("POST", f"/tasks/{task}/fail", {"tenant": self.key}, {"reason": reason})


def text(body):
    """Give a body as text, in which 1 and true differ."""
    return json.dumps(body, sort_keys=True)


@contextmanager
def over_a_socket(request):
    """Lead clients to the mock that another process serves."""
    origin = request.getfixturevalue("origin")
    with httpx.Client(base_url=origin, trust_env=False) as control:
        yield partial(Stage, origin=origin, ask=partial(ask, control.request))


@contextmanager
def in_process(request, contracts=()):
    """Answer clients at the providers' own hosts, as an application in this process."""
    home, app_of = request.getfixturevalue("inside")
    app = app_of(contracts)
    transport = httpx.ASGITransport(app)
    control = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def send(*arguments, **options):
        return home.run(control.request(*arguments, **options))

    hosts = {host for one in app.state.providers.values() for host in one.hosts}
    with open_doors(Target(app=app, hosts=hosts, tenant=key_of(request), home=home)):
        yield partial(Stage, origin="", ask=partial(ask, send))
    home.run(control.aclose())


def ask(send, method, path, params, told=None):
    """Ask the control plane for something."""
    answer = send(method, f"/_screentest{path}", params=params, json=told)
    return answer.raise_for_status().json()


def key_of(request):
    """Give the key of a test, which no other one has."""
    return f"properties-{sha256(request.node.nodeid.encode()).hexdigest()[:16]}"


@pytest.fixture(scope="session")
def inside():
    """The loop that mocks live in in this process, and the mock that goes by some contracts."""
    home = Home()
    apps = {}

    def app_of(contracts):
        if contracts not in apps:
            apps[contracts] = create_app(Settings(seed=1, contracts=contracts))
            apps[contracts].state.world.outbox.home = lambda: home.loop
        return apps[contracts]

    yield home, app_of
    for app in apps.values():
        home.run(app.state.world.close())
    home.close()


@pytest.fixture(params=[over_a_socket, in_process], ids=["socket", "in-process"])
def stage(request):
    """The mock behind each of the doors, for one test."""
    with request.param(request) as made:
        yield made(key_of(request))


@pytest.fixture
def newest_stage(request):
    """The mock in process, by the rules that the newest clients speak."""
    with in_process(request, NEWEST) as made:
        yield made(key_of(request))


class Stub:
    """A server that gives one answer to everything, and keeps what it was asked."""

    def __init__(self, server):
        self.origin = f"http://127.0.0.1:{server.server_port}"
        self._server = server

    def give(self, answer):
        """Say what to answer from now on: something that `contracts.strategies.answers` drew."""
        self._server.answer = answer


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write for head and body

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.answer
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture(scope="session")
def stub():
    """Answer clients on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield Stub(server)
        server.shutdown()
