"""Nothing reaches a real provider unnoticed, from whatever library."""

import asyncio
import http.client
import re
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import aiohttp
import httpx
import pytest
import requests
import uvloop

from mockserver.app import create_app
from mockserver.intercept import hearing, leaks
from mockserver.intercept.aiohttp_door import aiohttp_door
from mockserver.intercept.home import Home
from mockserver.intercept.http_client_door import http_client_door
from mockserver.intercept.leaks import Guard, Leak
from mockserver.intercept.target import Target
from mockserver.settings import Settings

HOST = "api.acme.example"
URL = f"https://{HOST}/v1/videos"
PROXY = "http://127.0.0.1:1"
HERE = "tests/intercept/test_leaks.py"


@pytest.fixture
def guard():
    guard = Guard({HOST, "Api.Other.example"})
    guard.start()
    yield guard
    guard.stop()


async def with_httpx():
    async with httpx.AsyncClient() as client:
        await client.get(URL)


async def with_aiohttp(**options):
    async with aiohttp.ClientSession() as session, session.get(URL, **options):
        pass


async def with_loop(method, *args, **options):
    await getattr(asyncio.get_running_loop(), method)(*args, **options)


def through_a_proxy():
    connection = http.client.HTTPSConnection("127.0.0.1", 1)
    connection.set_tunnel(HOST)
    connection.connect()


def run(work, *args, **options):
    return lambda: asyncio.run(work(*args, **options))


def run_fast(work, *args, **options):
    return lambda: uvloop.run(work(*args, **options))


WAYS = {
    "name": lambda: socket.getaddrinfo(HOST, 443),
    "bytes": lambda: socket.getaddrinfo(HOST.encode(), 443),
    "shouting": lambda: socket.getaddrinfo("API.ACME.example.", 443),
    "old": lambda: socket.gethostbyname(HOST),
    "other": lambda: socket.getaddrinfo("api.other.example", 443),
    "connection": lambda: socket.create_connection((HOST, 443)),
    "http.client": lambda: http.client.HTTPSConnection(HOST).connect(),
    "tunnel": through_a_proxy,
    "urllib": lambda: urllib.request.urlopen(URL, timeout=1),
    "requests": lambda: requests.get(URL, timeout=1),
    "httpx": lambda: httpx.get(URL, timeout=1),
    "httpx-async": run(with_httpx),
    "httpx-uvloop": run_fast(with_httpx),
    "aiohttp": run(with_aiohttp),
    "aiohttp-uvloop": run_fast(with_aiohttp),
    "aiohttp-proxy": run(with_aiohttp, proxy=PROXY),
    "asyncio": run(with_loop, "create_connection", asyncio.Protocol, HOST, 443),
    "uvloop": run_fast(with_loop, "create_connection", asyncio.Protocol, HOST, 443),
    "uvloop-named": run_fast(with_loop, "create_connection", asyncio.Protocol, host=HOST, port=443),
    "uvloop-name": run_fast(with_loop, "getaddrinfo", HOST, 443),
}


@pytest.mark.parametrize("go", WAYS.values(), ids=WAYS)
def test_whoever_turns_to_a_provider_fails(guard, go):
    with pytest.raises(Leak, match=r"tried to reach api.*example, a real provider"):
        go()

    assert len(guard.leaks) == 1


def test_a_proxy_does_not_get_urllib3_past(guard):
    with pytest.raises(Leak):
        requests.get(URL, timeout=5, proxies={"https": PROXY})

    assert len(guard.leaks) == 1


def test_a_tunnel_is_heard_of_behind_a_proxy(guard):
    connection = http.client.HTTPSConnection("127.0.0.1", 1)
    connection.set_tunnel(HOST)

    with pytest.raises(Leak):
        hearing.hear("http.client.connect", (connection, "127.0.0.1", 1))

    assert len(guard.leaks) == 1


class Datagrams:
    """Looks like a socket for datagrams."""

    type = socket.SOCK_DGRAM


TOLD = {
    "socket.getaddrinfo": (HOST, 443, 0, 0, 0),
    "socket.gethostbyname": (HOST,),
    "socket.connect": (None, (HOST, 443)),
    "http.client.connect": (http.client.HTTPConnection("elsewhere"), HOST, 443),
}


@pytest.mark.parametrize("event", hearing.HEARD)
def test_each_event_with_a_name_is_understood(guard, event):
    with pytest.raises(Leak):
        hearing.hear(event, TOLD[event])

    assert len(guard.leaks) == 1


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, "/a/file")),
        ("socket.connect", (Datagrams, ("192.0.2.1", 9))),
        ("socket.connect", (None, ("127.0.0.1", 443))),
        ("socket.getaddrinfo", (None, 80)),
        ("urllib.Request", (URL, None, {}, "GET")),
    ],
)
def test_nothing_else_is_minded(guard, event, arguments):
    hearing.hear(event, arguments)

    assert guard.leaks == []


def test_macos_may_ask_whether_a_provider_needs_a_proxy(guard):
    settings = {"exclude_simple": False, "exceptions": ["169.254/16"]}

    assert urllib.request._proxy_bypass_macosx_sysconf(HOST, settings) is False  # noqa: SLF001
    assert guard.leaks == []


def test_a_lookup_to_choose_a_proxy_finds_nothing(guard):
    source = f"def proxy_bypass():\n    hear('socket.gethostbyname', ({HOST!r},))"
    names = {"__name__": "urllib.request", "hear": hearing.hear}
    exec(source, names)  # noqa: S102 - it is ours

    with pytest.raises(OSError, match="was not looked up"):
        names["proxy_bypass"]()

    assert guard.leaks == []


@pytest.mark.usefixtures("guard")
def test_a_leak_says_where_it_began():
    with pytest.raises(Leak) as leak:
        requests.get(URL, timeout=1)

    line = re.search(r"from  (\S+):(\d+), in (\w+)", str(leak.value))
    assert line[1] == HERE
    assert line[3] == "test_a_leak_says_where_it_began"


@pytest.mark.usefixtures("guard")
def test_a_leak_in_a_task_says_where_it_began():
    with pytest.raises(Leak, match=f"{HERE}:.*, in with_httpx"):
        asyncio.run(with_httpx())


def test_a_leak_that_is_swallowed_is_remembered(guard):
    with suppress(AssertionError):
        requests.get(URL, timeout=1)

    assert HERE in str(guard.leaks[0])


def test_a_leak_in_a_thread_names_it(guard):
    with ThreadPoolExecutor(1, "worker") as pool:
        lookup = pool.submit(socket.getaddrinfo, HOST, 443)

        where = pool.submit(leaks.origin)

    assert isinstance(lookup.exception(), Leak)
    assert "the thread worker_0" in where.result()
    assert "the thread worker_0" in str(guard.leaks[0])


def test_what_is_taken_is_forgotten(guard):
    with suppress(Leak):
        socket.getaddrinfo(HOST, 443)

    assert len(guard.taken()) == 1
    assert guard.taken() == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", None])
def test_this_machine_is_nobodys_provider(guard, host):
    assert socket.getaddrinfo(host, 80)
    asyncio.run(with_loop("getaddrinfo", host, 80))
    uvloop.run(with_loop("getaddrinfo", host, 80))

    assert guard.leaks == []


def test_a_guard_that_is_stopped_is_blind_and_can_start_again():
    guard = Guard({"localhost"})
    for _ in range(2):
        guard.start()
        with pytest.raises(Leak):
            socket.getaddrinfo("localhost", 80)
        guard.stop()
        assert socket.getaddrinfo("localhost", 80)

    assert len(guard.leaks) == 2


def test_the_places_it_watches_are_as_before_when_it_stops():
    places = [getattr(sys.modules[one.module], one.owner) for one in leaks.PLACES]
    before = [dict(vars(place)) for place in places]

    guard = Guard({HOST})
    guard.start()
    guard.stop()

    assert [dict(vars(place)) for place in places] == before


def test_what_the_doors_answer_is_no_leak(guard):
    home = Home()
    target = Target(app=create_app(Settings(seed=1)), hosts={HOST}, tenant="t", home=home)
    with http_client_door(target), aiohttp_door(target):
        requests.get(URL, timeout=5).close()
        urllib.request.build_opener(Anything).open(URL).close()
        asyncio.run(with_aiohttp())
    home.close()

    assert guard.leaks == []


class Anything(urllib.request.HTTPErrorProcessor):
    """Takes every answer for a good one."""

    def https_response(self, _request, response):
        return response


SCRIPT = """
import asyncio, sys
from mockserver.app import create_app
from mockserver.intercept.aiohttp_door import aiohttp_door
from mockserver.intercept.home import Home
from mockserver.intercept.http_client_door import http_client_door
from mockserver.intercept.leaks import Guard, Leak
from mockserver.intercept.target import Target

URL = "https://api.acme.example/v1/videos"
LIBRARIES = {"aiohttp", "urllib3", "uvicorn", "uvloop"}
target = Target(app=create_app(), hosts={"api.acme.example"}, tenant="t", home=Home())
guard = Guard(target.hosts)
guard.start()
with http_client_door(target), aiohttp_door(target):
    assert not LIBRARIES & set(sys.modules)
    import aiohttp, requests

    async def get():
        async with aiohttp.ClientSession() as session, session.get(URL) as answer:
            return answer.status

    print(requests.get(URL).status_code, asyncio.run(get()))
try:
    asyncio.run(get())
except Leak:
    print("kept")
target.home.close()
"""


def test_libraries_are_met_that_are_loaded_later():
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=30, check=False
    )

    assert ran.stdout == "404 404\nkept\n", ran.stderr
