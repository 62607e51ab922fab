"""Calls that end before their answer is complete: by the client, by the door, or by a time-out."""

import asyncio
import atexit
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpcore
import httpx
import pytest
import trio

from mockserver.clock import pause
from mockserver.intercept import bridge_call, router
from mockserver.intercept.bridge import Bridge
from mockserver.intercept.bridge_call import Call
from mockserver.intercept.bridge_loops import Spare
from mockserver.intercept.target import Target

HOST = "api.acme.example"
ORIGIN = f"https://{HOST}"
PIECE = {"type": "http.response.body", "body": b"first", "more_body": True}
END = {"type": "http.response.body", "body": b"last"}
PATIENCE = 5
"""Seconds that are only waited for if something is wrong."""


def start(status=200, *headers):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


class Told:
    """An application that begins an answer, waits, and remembers what it is told meanwhile."""

    def __init__(self, *messages, heeds=True):
        self.messages = messages
        self.heeds = heeds
        self.heard = []
        self.waits = threading.Event()
        self.ended = threading.Event()

    async def __call__(self, _scope, receive, send):
        self.heard.append((await receive())["type"])
        try:
            for message in self.messages:
                await send(message)
            self.waits.set()
            self.heard.append((await receive())["type"])
            if not self.heeds:
                await pause(60)
        except asyncio.CancelledError:
            self.heard.append("cancelled")
            raise
        finally:
            self.ended.set()


HEAD_IS_DUE = ()
BODY_IS_DUE = start(), PIECE


@pytest.fixture
def client(lib, tls):
    with lib.Client(verify=tls, timeout=None) as client:
        yield client


def streamed(client, path=""):
    return client.send(client.build_request("GET", f"{ORIGIN}{path}"), stream=True)


# By the client


def test_a_timeout_holds_for_each_piece(caller, at_acme):
    app, pieces = Told(*BODY_IS_DUE), []
    at_acme(app)
    with pytest.raises(caller.lib.ReadTimeout):
        caller.send("GET", ORIGIN, on_piece=pieces.append, timeout=0.05)
    assert pieces == [b"first"]
    assert app.ended.wait(PATIENCE)
    assert app.heard == ["http.request", "http.disconnect"]


@pytest.mark.parametrize("run", [asyncio.run, trio.run], ids=["asyncio", "trio"])
def test_an_application_hears_of_it_when_its_client_is_cancelled(lib, at_acme, run, tls):
    async def impatient():
        async with lib.AsyncClient(timeout=None, verify=tls) as client:
            with anyio.move_on_after(0.05):
                await client.get(ORIGIN)
        await anyio.to_thread.run_sync(app.ended.wait, PATIENCE)

    app = Told()
    at_acme(app)
    run(impatient) if run is trio.run else run(impatient())
    assert app.heard == ["http.request", "http.disconnect"]


class EnoughError(Exception):
    """A client has read enough."""


@pytest.mark.parametrize("heeds", [True, False])
def test_an_application_hears_of_it_when_its_client_reads_no_further(
    caller, at_acme, monkeypatch, heeds
):
    def stop(_piece):
        raise EnoughError

    monkeypatch.setattr(bridge_call, "GRACE", 0.01)
    app = Told(*BODY_IS_DUE, heeds=heeds)
    at_acme(app)
    with pytest.raises(EnoughError):
        caller.send("GET", ORIGIN, on_piece=stop)
    assert app.ended.wait(PATIENCE)
    assert app.heard == ["http.request", "http.disconnect", *["cancelled"] * (not heeds)]


def test_a_client_that_leaves_before_its_turn_disturbs_nobody():
    async def late():
        call.start(asyncio.get_running_loop())
        await call.task

    app, among = Told(), set()
    call = Call(app, {"method": "GET"}, b"", httpcore, among)
    call.leave()
    asyncio.run(late())
    assert (app.heard, among) == ([], set())


def test_an_answer_that_is_forgotten_half_read_does_not_stop_the_request_under_way(client, at_acme):
    async def app(scope, receive, send):
        if scope["path"] == "/forgotten":
            return await forgotten(scope, receive, send)
        gc.collect()  # as may happen at any time
        await send(start(204))
        return await send(END)

    def pieces():
        with client.stream("GET", f"{ORIGIN}/forgotten") as answer:
            yield from answer.iter_raw()

    class Download:
        def __init__(self):
            self.pieces = pieces()
            self.itself = self

    forgotten = Told(*BODY_IS_DUE)
    at_acme(app)
    assert next(Download().pieces) == b"first"
    assert client.get(ORIGIN).status_code == 204
    assert forgotten.ended.wait(PATIENCE)


def test_an_answer_may_be_closed_in_another_loop_than_it_began_in(lib, at_acme, tls):
    async def begin():
        return await client.send(client.build_request("GET", ORIGIN), stream=True)

    async def end():
        await answer.aclose()
        await client.aclose()

    app, client = Told(*BODY_IS_DUE), lib.AsyncClient(verify=tls)
    at_acme(app)
    answer = asyncio.run(begin())
    asyncio.run(end())
    assert app.heard == ["http.request", "cancelled"]


# By the door


@pytest.mark.parametrize("messages", [HEAD_IS_DUE, BODY_IS_DUE], ids=["head", "body"])
def test_a_door_that_closes_hangs_up_on_clients_that_wait(caller, at_acme, messages):
    app = Told(*messages)
    door = at_acme(app)
    with ThreadPoolExecutor() as threads:
        sent = threads.submit(caller.send, "GET", ORIGIN, timeout=None)
        assert app.waits.wait(PATIENCE)
        door.close()
        error = sent.exception(PATIENCE)
    assert isinstance(error, caller.lib.RemoteProtocolError)
    assert "the mock closed its door" in str(error)
    assert app.ended.wait(PATIENCE)
    assert app.heard == ["http.request", "http.disconnect"]


def test_a_door_that_closes_hangs_up_on_clients_in_the_loop_that_closes_it(lib, at_acme, tls):
    async def careless():
        async with lib.AsyncClient(verify=tls, timeout=None) as client:
            waiting = asyncio.create_task(client.get(f"{ORIGIN}/waiting"))
            answer = await client.send(client.build_request("GET", ORIGIN), stream=True)
            door.close()
            return await asyncio.gather(waiting, answer.aread(), return_exceptions=True)

    door = at_acme(Told(*BODY_IS_DUE))
    assert [type(one) for one in asyncio.run(careless())] == [lib.RemoteProtocolError] * 2


def test_what_is_read_after_the_door_closed_is_no_complete_answer(lib, client, at_acme):
    app = Told(start(200, (b"content-length", b"1000")), PIECE)
    door = at_acme(app)
    answer = streamed(client)
    door.close()
    assert app.ended.wait(PATIENCE)
    with pytest.raises(lib.RemoteProtocolError, match="the mock closed its door"):
        answer.read()
    assert app.heard == ["http.request", "http.disconnect"]


def test_a_request_that_was_on_its_way_as_the_door_closed_is_hung_up_on(home):
    app = Told()
    bridge = Bridge(Target(app=app, hosts=[HOST], tenant="test-it", home=home), httpcore)
    bridge.close()
    with pytest.raises(httpcore.RemoteProtocolError, match="the mock closed its door"):
        bridge.answer(httpcore.Request("GET", ORIGIN), b"")
    assert app.heard == []


def test_a_request_that_finds_no_door_any_more_goes_nowhere():
    with pytest.raises(httpcore.ConnectError, match="the mock closed its door"):
        router.doors()[0].handler(httpx.Request("GET", ORIGIN))


# Side by side


def asked_in_thread(client, path):
    return client.get(f"{ORIGIN}{path}").status_code


def test_clients_in_other_threads_are_answered_while_one_waits(client, at_acme):
    async def app(scope, _receive, send):
        while scope["path"] == "/wait" and not others_are_done.is_set():
            began.set()
            await pause(0.001)
        await send(start(204))
        await send(END)

    began, others_are_done = threading.Event(), threading.Event()
    at_acme(app)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(asked_in_thread, client, "/wait")
        assert began.wait(PATIENCE)
        others = threads.map(lambda path: asked_in_thread(client, path), ["/two", "/three"])
        assert list(others) == [204, 204]
        others_are_done.set()
        assert first.result() == 204


def test_clients_in_other_threads_are_answered_while_an_application_blocks(client, at_acme):
    async def app(scope, _receive, send):
        if scope["path"] == "/block":
            began.set()
            other_is_done.wait(PATIENCE)
        await send(start(204))
        await send(END)

    began, other_is_done = threading.Event(), threading.Event()
    at_acme(app)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(asked_in_thread, client, "/block")
        assert began.wait(PATIENCE)
        assert asked_in_thread(client, "/other") == 204
        other_is_done.set()
        assert first.result() == 204


def test_streams_in_several_threads_do_not_wait_for_each_other(client, at_acme):
    async def app(scope, _receive, send):
        await send(start())
        await send(PIECE)
        await pause(0.001)
        while scope["path"] == "/slow" and not quick_is_read.is_set():
            slow_goes_on.set()
            await pause(0.001)
        await send(END)

    slow_goes_on, quick_is_read = threading.Event(), threading.Event()
    at_acme(app)
    slow, quick = streamed(client, "/slow"), streamed(client, "/quick")
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(slow.read)
        assert slow_goes_on.wait(PATIENCE)
        assert quick.read() == b"firstlast"
        quick_is_read.set()
        assert reading.result(PATIENCE) == b"firstlast"


def test_a_timeout_holds_while_another_thread_reads(lib, at_acme, tls, client):
    app = Told(*BODY_IS_DUE)
    door = at_acme(app)
    endless = streamed(client)
    with ThreadPoolExecutor() as threads, lib.Client(verify=tls, timeout=0.02) as impatient:
        answer = streamed(impatient)
        reading = threads.submit(endless.read)
        with pytest.raises(lib.ReadTimeout):
            answer.read()
        assert not reading.done()
        door.close()
        assert isinstance(reading.exception(PATIENCE), lib.RemoteProtocolError)


# What is left behind


def test_an_interrupted_request_leaves_nothing_behind_for_the_next(client, at_acme):
    async def app(scope, _receive, send):
        if scope["path"] == "/interrupted":
            raise KeyboardInterrupt
        await pause(0.001)
        await send(start(204))
        await send(END)

    at_acme(app)
    with pytest.raises(KeyboardInterrupt):
        client.get(f"{ORIGIN}/interrupted")
    assert client.get(ORIGIN).status_code == 204


def test_a_request_after_the_background_loop_began_anew_is_answered(client, at_acme, home):
    async def app(_scope, _receive, send):
        await send(start(204))
        await send(END)

    async def careless():
        return client.get(ORIGIN).status_code

    at_acme(app)
    assert asyncio.run(careless()) == 204
    home.close()
    assert asyncio.run(careless()) == 204


def test_what_a_request_left_unfinished_ends_with_the_process():
    async def forever():
        await asyncio.Event().wait()

    async def app(_scope, _receive, send):
        left.append(asyncio.ensure_future(forever()))
        await send(start(204))
        await send(END)

    spare, left = Spare(), []
    atexit.unregister(spare.close)
    assert spare.start(Call(app, {"method": "GET"}, b"", httpcore, set()))
    assert not left[0].done()
    spare.close()
    assert left[0].cancelled()
    assert left[0].get_loop().is_closed()
    assert not spare.start(Call(app, {"method": "GET"}, b"", httpcore, set()))
