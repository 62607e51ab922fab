"""The background loop, and what becomes of it, and of calls under way, in a forked child."""

import asyncio
import os
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, os
import httpx
from mockserver.intercept.home import Home
from mockserver.intercept.router import httpx_door
from mockserver.intercept.target import Target

HOST = "api.acme.example"

async def app(scope, receive, send):
    is_endless = scope["path"] == "/endless"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": is_endless})
    while is_endless and (await receive())["type"] != "http.disconnect":
        pass

async def careless():
    return client.get(f"https://{HOST}/").status_code

async def by_itself():
    async with httpx.AsyncClient() as own:
        return (await own.get(f"https://{HOST}/")).status_code

def ask():
    return [client.get(f"https://{HOST}/").status_code, asyncio.run(careless()),
            asyncio.run(by_itself())]

home = Home()
with httpx_door(Target(app=app, hosts={HOST}, tenant="t", home=home)):
    client = httpx.Client(timeout=None)
    ask()
    pieces = client.send(client.build_request("GET", f"https://{HOST}/endless"), stream=True)
    child = os.fork()
    if child == 0:
        try:
            pieces.read()
        except httpx.RemoteProtocolError:
            print("broken off", flush=True)
    else:
        os.waitpid(child, 0)
    print(ask(), flush=True)
home.close()
print("ended", flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_child_is_answered_as_its_parent_is_and_what_was_under_way_is_lost_to_it():
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}  # Python warns of forks beside threads
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environment,
    )
    answered = "[200, 200, 200]\nended\n"
    assert (ran.stdout, ran.stderr) == (f"broken off\n{answered}{answered}", "")


def test_what_runs_when_a_home_closes_is_ended_even_if_it_never_began(home):
    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    ended = []
    begun = home.start(work())
    home.loop.call_soon_threadsafe(home.loop.create_task, work())
    home.close()
    assert ended == ["work", "work"]
    assert begun.cancelled()


def test_a_home_begins_anew_when_it_is_needed_again(home):
    async def where():
        return asyncio.get_running_loop()

    first = home.run(where())
    home.close()
    home.close()
    assert first.is_closed()
    assert home.run(where()) is home.loop
    assert home.loop is not first
