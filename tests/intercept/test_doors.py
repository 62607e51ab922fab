"""Behind the doors, nothing reaches another machine; and what outlives them, no provider."""

import asyncio
import http.client
import logging
import socket
import subprocess
import sys
import threading
from contextlib import closing

import aiohttp
import pytest
import uvloop

from mockserver.intercept import doors, hearing
from mockserver.intercept.behind import BEHIND, Behind, behind
from mockserver.intercept.doors import open_doors
from mockserver.intercept.home import Home
from mockserver.intercept.leaks import Leak
from mockserver.intercept.target import NotMocked, Target

HOST = "api.acme.example"
ELSEWHERE = "tele.example"


async def app(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def target():
    with closing(Home()) as home:
        yield Target(app=app, hosts={HOST}, tenant="t", home=home)


class OwnConnection(http.client.HTTPSConnection):
    """Connects by itself, as that of httplib2 does."""

    def connect(self):
        self.sock = socket.create_connection((self.host, self.port))


def send(connection):
    with closing(connection):
        connection.request("GET", "/")


async def with_loop():
    await asyncio.get_running_loop().create_connection(asyncio.Protocol, ELSEWHERE, 443)


WAYS = {
    "name": lambda: socket.create_connection((ELSEWHERE, 443)),
    "address": lambda: socket.create_connection(("198.51.100.1", 443)),
    "lookup": lambda: socket.gethostbyname(ELSEWHERE),
    "own-connect": lambda: send(OwnConnection(ELSEWHERE)),
    "asyncio": lambda: asyncio.run(with_loop()),
    "uvloop": lambda: uvloop.run(with_loop()),
}


@pytest.mark.parametrize("go", WAYS.values(), ids=WAYS)
def test_what_goes_past_the_doors_is_refused_and_remembered(target, go):
    with open_doors(target), pytest.raises(NotMocked, match="nothing here answers"):
        go()

    assert [one.host for one in target.refused] in ([ELSEWHERE], ["198.51.100.1"])


def test_a_provider_that_is_connected_to_past_the_doors_is_refused_with_what_helps(target):
    with open_doors(target), pytest.raises(NotMocked, match="give it the URL of screentest_serv"):
        OwnConnection(HOST).connect()

    assert [one.what for one in target.refused] == [f"{HOST}:443"]


def test_a_client_that_would_connect_by_itself_is_answered(target):
    with open_doors(target), closing(OwnConnection(HOST)) as connection:
        connection.request("GET", "/")

        assert connection.getresponse().status == 204


def test_this_machine_is_reached_by_tcp_and_unix_sockets(target, tmp_path):
    with open_doors(target), socket.create_server(("127.0.0.1", 0)) as tcp:
        with socket.create_connection(tcp.getsockname()):
            pass
        with socket.socket(socket.AF_UNIX) as unix, pytest.raises(FileNotFoundError):
            unix.connect(str(tmp_path / "none"))
        with socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.settimeout(0)
            probe.connect(("127.0.0.1", 9))

    assert target.refused == []


def test_the_inner_of_two_decides(target):
    inner = Target(app=app, hosts={HOST}, tenant="i", home=target.home, allowed={ELSEWHERE})
    with behind(target):
        with behind(inner):
            within = BEHIND.minds(ELSEWHERE)
        around = BEHIND.minds(ELSEWHERE)

    assert (within, around) == (False, True)


def test_a_refusal_names_the_port_where_there_is_one(target):
    guard = Behind()
    guard.begin(target)
    said = [str(guard.refusal(*to)) for to in ((ELSEWHERE, None), (ELSEWHERE, 80), (HOST, 443))]
    guard.end(target, set(threading.enumerate()))
    hearing.posted.remove(guard)

    assert [one.partition(": ")[0] for one in said] == [
        f"screentest refused {ELSEWHERE}",
        f"screentest refused {ELSEWHERE}:80",
        f"screentest refused {HOST}:443",
    ]


class Outliving:
    """A thread that begins in a block, and goes on after it when it is told to."""

    def __init__(self, go):
        self.go, self.error, self.may = go, None, threading.Event()
        self.thread = threading.Thread(target=self.run, name="outliving")

    def run(self):
        self.may.wait(5)
        try:
            self.go()
        except Exception as error:  # noqa: BLE001 - whatever becomes of it
            self.error = error

    def end(self):
        self.may.set()
        self.thread.join(5)
        return self.error


def resolve():
    return socket.getaddrinfo(HOST, 443)


async def with_aiohttp():
    async with aiohttp.ClientSession() as session, session.get(f"https://{HOST}/"):
        pass


AFTERWARDS = {
    "lookup": resolve,
    "asyncio": lambda: asyncio.run(with_aiohttp()),
    "uvloop": lambda: uvloop.run(with_aiohttp()),
}


@pytest.mark.parametrize("go", AFTERWARDS.values(), ids=AFTERWARDS)
def test_a_thread_that_outlives_its_test_reaches_no_provider(target, go):
    outliving = Outliving(go)
    with open_doors(target):
        outliving.thread.start()

    error = outliving.end()

    assert isinstance(error, Leak)
    assert str(error).startswith(f"the thread outliving tried to reach {HOST}")


def test_a_thread_that_outlives_its_test_reaches_this_machine(target):
    outliving = Outliving(lambda: socket.getaddrinfo("localhost", 80))
    with open_doors(target):
        outliving.thread.start()

    assert outliving.end() is None


def test_a_test_that_follows_may_mean_to_reach_a_provider(target):
    with open_doors(target):
        kept = BEHIND.minds(HOST)

    assert kept
    assert not BEHIND.minds(HOST)


ALONE = f"""
import asyncio, threading
from mockserver.intercept.doors import open_doors
from mockserver.intercept.home import Home
from mockserver.intercept.target import Target

def watched():
    return asyncio.BaseEventLoop.getaddrinfo

target, may = Target(app=None, hosts={{{HOST!r}}}, tenant="t", home=Home()), threading.Event()
with open_doors(target):
    pass
before, thread = watched(), threading.Thread(target=may.wait)
with open_doors(target):
    thread.start()
between = watched()
may.set()
thread.join()
with open_doors(target):
    within = watched()
print(between is not before, within is watched() is before)
"""


def test_nothing_is_patched_any_more_once_the_threads_that_were_left_have_ended():
    """In a process of its own: threads of other tests may be left in this one."""
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, check=True, text=True)
    assert done.stdout == "True True\n"


def test_doors_open_without_httpx(target, monkeypatch):
    monkeypatch.setattr(doors, "find_spec", lambda _: None)

    with open_doors(target), closing(http.client.HTTPSConnection(HOST)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 204


def test_doors_that_cannot_all_be_opened_say_what_is_needed_and_close(target, monkeypatch):
    monkeypatch.setattr(doors, "find_spec", lambda name: name == "httpx")

    with pytest.raises(RuntimeError, match="pip install respx"), open_doors(target):
        pass  # pragma: no cover - it is never entered

    assert not BEHIND.minds(ELSEWHERE)


def test_a_websocket_is_refused_without_advice_on_what_to_install(target, caplog):
    caplog.set_level(logging.INFO)

    async def connect():
        async with aiohttp.ClientSession() as session:
            await session.ws_connect(f"wss://{HOST}/")

    with open_doors(target), pytest.raises(aiohttp.WSServerHandshakeError):
        asyncio.run(connect())

    assert "nothing here answers one" in caplog.text
    assert "pip install" not in caplog.text
